"""What SUBMITTING and RUNNING do: a request becomes a run on this machine, which is followed to its end.

The intent is written first; then the run is looked for, by the request's id; then the lease is asserted; then the run
is started. Whoever comes after a consumer that died in between finds the run, and starts no second one. A request that
is not to run gets an outcome in the run's place, so that no consumer that was stopped before can start it later.
"""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.files.storage import default_storage

from gristmill.job.settings import settings as settings_files
from gristmill.tiers import request as life
from gristmill.tiers.jobs import PROGRAMS_JOB
from gristmill.tiers.models import Role, State
from gristmill.tiers.run_folder import Command, NoOutcome, Outcome, RunFolder, SentFile

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
    found = folder.end(_CANCELLED) if request.cancel_asked else folder.look()
    if isinstance(found, Outcome):
        ending = State(found.ending)
        result = str(folder.output) if ending == State.DONE else ""
        text = f"ends as {ending}" + (f": {found.why}" if found.why else "")
        values = {"ending": ending, "why": found.why, "result": result}
        life.move(lease, State.RUNNING, State.NOTIFYING, text, **values)
    elif found is NoOutcome.LOST and life.has_rested(request):
        start(request, lease, trusts_programs=trusts_programs)


def _refusal(request: Request, *, trusts_programs: bool) -> Outcome | None:
    """How a request ends that is not to run; None for one that is."""
    if request.cancel_asked:
        return _CANCELLED
    if request.job == PROGRAMS_JOB and not trusts_programs:
        return _UNTRUSTED
    return _GIVEN_UP if request.tries >= MAX_STARTS else None


def command(request: Request) -> Command:
    """What is run for a request."""
    uploads = list(request.uploads.all())
    words = [request.job, *request.options]
    for upload in uploads:
        if upload.role != Role.INPUT:
            words += [f"--{upload.role}", shlex.quote(f"../programs/{upload.name}")]
    files = settings_files(None)
    conf = ["-c", str(Path(files[0]).expanduser().absolute())] if files else ["--no-conf"]
    words += [*conf, "-r", "local", "--output-dir", "../output", "../input"]
    return Command(words, [_sent(upload) for upload in uploads])


def _sent(upload: Upload) -> SentFile:
    folder = "input" if upload.role == Role.INPUT else "programs"
    return SentFile(default_storage.path(upload.key), f"{folder}/{upload.name}", upload.size, upload.sha256)
