"""What a run has on S3 that is to be removed: written down on this machine, so that a later run can do it.

    TMPDIR/gristmill-emr-UID.one.DIGEST/    is there while a driver works for the request ID that it is made of
    TMPDIR/gristmill-emr-UID.RUN/left.json
    {"endpoint": "https://…", "request": "ID", "cluster": "j-…", "cluster_name": "…", "steps": ["…"],
     "folder": "s3://…/gristmill.ID", "output": "s3://…", "until": 0, "sent": 1795804000.0, "is_going": false}

A driver that was killed leaves steps that run on. So a later run removes what they use when they have ended, and the
output only where they have not completed and nobody else writes it (see unfinished); a run with the same request ID
takes all over.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import time
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from gristmill.errors import RunError

from .. import ledger_file
from ..owned_folder import InUse, NotOurs, sweep
from .api import ENDED, why
from .s3_files import NothingThere
from .unfinished import why_kept

if TYPE_CHECKING:
    from pathlib import Path

    from ..owned_folder import OwnedFolder
    from .api import EmrApi
    from .s3_files import S3Files

log = logging.getLogger("mrjob.gristmill")

_PREFIX = f"gristmill-emr-{os.getuid()}."
_NAMES = re.compile(re.escape(_PREFIX) + ".+")
#: Days that an output which could not be printed is kept for the same command.
DAYS = 7
_FOLDER = re.compile(r"s3://(?!(?:.*/)?\.\.?(?:/|$))[^/]+/(?:.+/)?gristmill\.[A-Za-z0-9._-]+")


@dataclass(frozen=True)
class Entries:
    """What a run made, and by which names its steps are found."""

    endpoint: str = ""
    request: str = ""
    #: Whose steps they are: a cluster's id, or the name of one that the run makes.
    cluster: str = ""
    cluster_name: str = ""
    steps: tuple[str, ...] = ()
    #: The run's own folder, "" for none, and an output that was not there before the run sent its steps.
    folder: str = ""
    output: str = ""
    #: No other run removes it before, in seconds since 1970.
    until: float = 0
    #: When a call that makes something was last sent, in seconds since 1970; 0 for never.
    sent: float = 0
    #: Whether the folder is being removed, so that what is there of an output may be a part of it.
    is_going: bool = False


class Ledger:
    """The entries of one run, in a folder of this machine that is locked while the run lives."""

    def __init__(self, parent: str | None, run: str) -> None:
        self.owned = ledger_file.own_folder(parent, _PREFIX, run)
        self.entries = Entries()
        #: Whether its entries are an earlier run's, whose steps nobody has looked for yet.
        self.is_taken = False
        #: What no other driver with the same request ID has while this one lives.
        self._claim: OwnedFolder | None = None

    def claim(self, run: Entries) -> None:
        """Keep other drivers of this user's, on this machine, from the same run; RunError where one works for it."""
        name = hashlib.sha256(f"{run.endpoint} {run.folder}".encode()).hexdigest()[:32]
        try:
            self._claim = ledger_file.claim(self.owned.path.parent, _PREFIX, f"one.{name}")
        except InUse:
            raise RunError(
                f"--request-id {run.request}: another run with it is under way on this machine; wait until that has "
                "ended, or leave it out to run the job anew"
            ) from None

    def release(self) -> None:
        """Leave the entries to a later run."""
        self._unclaim()
        self.owned.release()

    def remove(self) -> None:
        """Remove the ledger, whose entries are settled."""
        self._unclaim()
        self.owned.remove()

    def _unclaim(self) -> None:
        if self._claim:
            self._claim.remove()

    def enter(self, entries: Entries) -> None:
        """Write entries down, before what they name is made; when a call was last sent stays known."""
        self.entries, self.is_taken = replace(entries, sent=max(entries.sent, self.entries.sent)), False
        ledger_file.write(self.owned.path, asdict(self.entries))

    def begin(self, entries: Entries, *, is_adopted: bool) -> None:
        """Enter what this run has.

        What adopted steps write to was empty where the run says so that has sent them.
        """
        earlier = self.entries
        self.enter(replace(entries, output=earlier.output, is_going=earlier.is_going) if is_adopted else entries)

    def note_sent(self) -> None:
        """Write down that a call which makes something is about to be sent."""
        self.enter(replace(self.entries, sent=time.time()))

    def check_output(self) -> None:
        """NothingThere for a printed output whose removal has begun."""
        if self.entries.is_going:
            raise NothingThere(f"{self.entries.folder}/output: it is being removed")

    def take(self, entries: Entries) -> None:
        """Take the entries of an earlier run over, before its ledger goes."""
        self.enter(replace(entries, output=entries.output or self.entries.output))
        self.is_taken = True

    def keep(self, how: str) -> None:
        """Leave the printed output for DAYS to a run with the same request ID; `how` says how to have that."""
        log.warning("the output stays in %s/output: %s, within %d days", self.entries.folder, how, DAYS)
        self.enter(replace(self.entries, until=time.time() + DAYS * 86_400))
        self.release()

    def settle(self, api: EmrApi, files: S3Files, failure: str | None) -> bool:
        """Remove what the entries name; False, and an error in the log, where that cannot be done.

        The output only where there was a `failure` of a step that was sent, "" for one without a reason.
        """
        try:
            self.enter(replace(self.entries, is_going=True))
            _remove(self.entries, api, files, failure)
        except RunError as error:
            log.error("error: %s; the next run on this machine tries again", error)
            return False
        self.entries = Entries()
        return True


def sweep_left(own: Ledger, run: Entries, api: EmrApi, files: S3Files) -> None:
    """Remove what killed runs of this user left on S3, as far as it is known by this endpoint and not in use.

    `run` has the endpoint, the request ID and the folder of the run that sweeps. What an earlier one with the same has
    entered goes to its `own` ledger; RunError where that one is still at work.
    """
    own.claim(run)

    def adopt(folder: Path) -> bool:
        try:
            entries = _read(folder)
        except FileNotFoundError:  # killed before it was written
            return True
        except (NotOurs, OSError, ValueError, TypeError, RecursionError):
            log.warning("%s is no ledger of a run; what it names is left as it is", folder / ledger_file.NAME)
            return True
        if (entries.endpoint, entries.request, entries.folder) == (run.endpoint, run.request, run.folder):
            own.take(entries)
            api.doubt(time.time() - entries.sent)
            return True
        if entries.endpoint != run.endpoint or entries.until > time.time():
            return False
        try:
            ends = _statuses(entries, api)
            if len(ends) < len(entries.steps) and time.time() - entries.sent < api.lifetime:
                # a step may come yet, and needs its files
                return False
            if all(status["State"] in ENDED for status in ends):
                is_failed = bool(ends) and ends[-1]["State"] != "COMPLETED"
                ledger_file.write(folder, asdict(replace(entries, is_going=True)))
                _remove(entries, api, files, why(ends[-1]) if is_failed else None)
                return True
        except RunError as error:
            log.info("%s: %s; a later run tries again", folder / ledger_file.NAME, error)
        return False

    sweep(own.owned.path.parent, _NAMES, adopt)


def _statuses(entries: Entries, api: EmrApi) -> list[dict[str, Any]]:
    """What EMR says of a run's steps, in their order; those that are not there are left out."""
    cluster = entries.cluster or api.find_cluster(entries.cluster_name, entries.request) or ""
    found = {step["Name"]: step["Status"] for step in (api.steps(cluster) if cluster else ())}
    return [found[name] for name in entries.steps if name in found]


def _remove(entries: Entries, api: EmrApi, files: S3Files, failure: str | None) -> None:
    if entries.folder:
        log.info("Removing %s...", entries.folder)
        files.remove(entries.folder)
    if failure is None or not entries.output:
        return
    kept = why_kept(entries.output, entries.steps, failure, api, files)
    if not kept:
        files.remove(entries.output)
    elif files.exists(entries.output):
        log.warning("%s is left as it is: %s; remove it by hand where nobody needs it", entries.output, kept)


def _read(folder: Path) -> Entries:
    """The ledger in `folder`; ValueError or TypeError where it is none of a run's."""
    entries = Entries(**ledger_file.read(folder))
    until, sent = float(entries.until), float(entries.sent)
    entries = replace(entries, steps=tuple(entries.steps), until=until, sent=sent, is_going=bool(entries.is_going))
    if entries.folder and not _FOLDER.fullmatch(entries.folder):
        raise ValueError(entries.folder)
    return entries
