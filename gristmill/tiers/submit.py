"""What SUBMITTING and RUNNING do: a request becomes a run, a process on this machine, which is followed to its end.

The intent is written first; then the run is looked for, by the request's id; then the lease is asserted; then the run
is started. Whoever comes after a consumer that died in between finds the run, and starts no second one. A request that
is not to run gets an outcome in the run's place, so that no consumer that was stopped before can start it later.

The process of a run on EMR is a driver: one that is started after another, on this machine or on the next, takes over
the step of this request's id. So a request is cancelled there by a driver, which is asked to stop.
"""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.storage import default_storage

from gristmill.tiers import request as life
from gristmill.tiers.jobs import PROGRAMS_JOB
from gristmill.tiers.models import Role, State
from gristmill.tiers.run_folder import Command, NoOutcome, Outcome, RunFolder, SentFile
from gristmill.tiers.runner import LOCAL, keeps_apart, read_on_s3, words

if TYPE_CHECKING:
    from gristmill.tiers.models import Request, Upload
    from gristmill.tiers.request import Lease

#: A run that was begun so often is given up: some hours, by the pauses that a consumer makes.
MAX_STARTS = 20

#: Why a request is dead (see `gristmill.tiers.dead`).
GIVEN_UP = f"its run was begun {MAX_STARTS} times and never ended; see its events and its log"
_CANCELLED = Outcome(State.CANCELLED)
_UNTRUSTED = Outcome(
    State.FAILED,
    "it brings its own programs, and this consumer runs none; whoever answers for the machine may start it by "
    "gristmill consume --trust-programs",
)
_GIVEN_UP = Outcome(State.FAILED, GIVEN_UP)


def run_folder(request_id: str) -> RunFolder:
    """The folder of a request's run."""
    return RunFolder(settings.STATE / "runs" / request_id)


def start(request: Request, lease: Lease, *, trusts_programs: bool) -> None:
    """Start the run of a request, unless it runs, has ended or may not run; LeaseLost."""
    life.begin(lease, State(request.state), "run begun")
    folder = run_folder(request.pk)
    if folder.look() is not NoOutcome.LOST:
        return
    if refusal := _refusal(request, trusts_programs=trusts_programs):
        folder.end(refusal)
        return
    folder.prepare(command(request))
    life.renew(lease)
    folder.start()


def follow(request: Request, lease: Lease, *, trusts_programs: bool) -> None:
    """Store the end of a run; start it again where it was killed, end it where it was cancelled. LeaseLost."""
    folder = run_folder(request.pk)
    found = _stopped(folder) if request.cancel_asked else folder.look()
    if isinstance(found, Outcome):
        ending = State(found.ending)
        result = found.result or str(folder.output) if ending == State.DONE else ""
        text = f"ends as {ending}" + (f": {found.why}" if found.why else "")
        values = {"ending": ending, "why": found.why, "result": result}
        life.move(lease, State.RUNNING, State.NOTIFYING, text, **values)
    elif found is NoOutcome.LOST and life.has_rested(request):
        start(request, lease, trusts_programs=trusts_programs)


def _stopped(folder: RunFolder) -> Outcome | NoOutcome | None:
    """How a run ended that is to stop; None, or how it is, where it has not ended yet."""
    if settings.RUNNER == LOCAL:
        return folder.end(_CANCELLED)
    folder.ask_to_stop()
    return folder.look()


def _refusal(request: Request, *, trusts_programs: bool) -> Outcome | None:
    """How a request ends that is not to run; None for one that is."""
    if request.cancel_asked and (settings.RUNNER == LOCAL or _is_first(request)):
        return _CANCELLED
    if request.job == PROGRAMS_JOB and not (trusts_programs or keeps_apart()):
        return _UNTRUSTED
    return _GIVEN_UP if request.tries >= MAX_STARTS else None


def _is_first(request: Request) -> bool:
    """Whether no run of it can have been begun before."""
    return request.state == State.SUBMITTING and not request.tries


def command(request: Request) -> Command:
    """What is run for a request."""
    uploads = list(request.uploads.all())
    about = [request.job, *request.options]
    for upload in uploads:
        if upload.role != Role.INPUT:
            about += [f"--{upload.role}", shlex.quote(f"../programs/{upload.name}")]
    where, result = words(request.pk)
    scratch = read_on_s3(request.pk, [upload.name for upload in uploads if upload.role == Role.INPUT])
    files = [_sent(upload, scratch) for upload in uploads]
    inputs = f"{scratch}/input" if scratch else "../input"
    return Command([*about, *where, inputs], files, settings.RUNNER == LOCAL, result, _is_first(request), scratch)


def _sent(upload: Upload, scratch: str) -> SentFile:
    is_input = upload.role == Role.INPUT
    folder = f"{scratch}/input" if is_input and scratch else "input" if is_input else "programs"
    # an address where it is on S3, a path where it is not
    where = getattr(default_storage, "uri", default_storage.path)
    return SentFile(where(upload.key), f"{folder}/{upload.name}", upload.size, upload.sha256)
