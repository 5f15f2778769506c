"""What a run has on S3 that is to be removed: written down on this machine, so that a later run can do it.

    TMPDIR/gristmill-emr-UID.RUN/left.json
    {"endpoint": "https://…", "request": "ID", "cluster": "j-…", "cluster_name": "…", "steps": ["…"],
     "folder": "s3://…/gristmill.ID", "output": "s3://…"}

A driver that was killed leaves steps that run on. So a later run removes what they use when they have ended, and the
output only where they have not completed; a run with the same request ID takes all over.
"""

from __future__ import annotations

import json
import logging
import os
import re
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gristmill.errors import RunError

from ..owned_folder import NotOurs, OwnedFolder, open_own, sweep
from .api import ENDED

if TYPE_CHECKING:
    from .api import EmrApi
    from .s3_files import S3Files

log = logging.getLogger("mrjob.gristmill")

NAME = "left.json"
_PREFIX = f"gristmill-emr-{os.getuid()}."
_NAMES = re.compile(re.escape(_PREFIX) + ".+")
#: The most bytes of a ledger that are read.
_MOST = 1 << 20
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
    #: The run's own folder, "" for none, and an output that is not there before it completes.
    folder: str = ""
    output: str = ""


class Ledger:
    """The entries of one run, in a folder of this machine that is locked while the run lives."""

    def __init__(self, parent: str | None, run: str) -> None:
        folder = Path(parent or tempfile.gettempdir()).absolute()
        try:
            self.owned = OwnedFolder(folder, _PREFIX, run)
        except OSError as error:
            raise RunError(f"{folder}: {error.strerror}; name another folder by --local-tmp-dir") from None
        self.entries = Entries()

    def enter(self, entries: Entries) -> None:
        """Write entries down, before what they name is made."""
        self.entries = entries
        path = self.owned.path / NAME
        # whole at every moment, since a run may be killed at any
        written = path.with_suffix(".new")
        written.write_text(json.dumps(asdict(entries)), encoding="utf-8")
        written.replace(path)

    def settle(self, files: S3Files, *, keep_output: bool) -> bool:
        """Remove what the entries name; False, and an error in the log, where that cannot be done."""
        try:
            _remove(self.entries, files, keep_output=keep_output)
        except RunError as error:
            log.error("error: %s; the next run on this machine tries again", error)
            return False
        self.entries = Entries()
        return True


def sweep_left(parent: Path, endpoint: str, request: str, api: EmrApi, files: S3Files) -> None:
    """Remove what killed runs of this user left on S3, as far as it is known by this endpoint and not in use."""

    def adopt(folder: Path) -> bool:
        try:
            entries = _read(folder)
        except FileNotFoundError:  # killed before it was written
            return True
        except (NotOurs, OSError, ValueError, TypeError, RecursionError):
            log.warning("%s is no ledger of a run; what it names is left as it is", folder / NAME)
            return True
        if entries.request == request:
            return True
        if entries.endpoint != endpoint:
            return False
        try:
            states = _states(entries, api)
            if all(state in ENDED for state in states):
                _remove(entries, files, keep_output=not states or states[-1] == "COMPLETED")
                return True
        except RunError as error:
            log.info("%s: %s; a later run tries again", folder / NAME, error)
        return False

    sweep(parent, _NAMES, adopt)


def _states(entries: Entries, api: EmrApi) -> list[str]:
    """The states of a run's steps, in their order; those that are not there are left out."""
    cluster = entries.cluster or api.find_cluster(entries.cluster_name, entries.request) or ""
    found = {step["Name"]: step["Status"]["State"] for step in (api.steps(cluster) if cluster else ())}
    return [found[name] for name in entries.steps if name in found]


def _remove(entries: Entries, files: S3Files, *, keep_output: bool) -> None:
    output = "" if keep_output else entries.output
    files.remove(*(path for path in (entries.folder, output) if path))


def _read(folder: Path) -> Entries:
    """The ledger in `folder`; ValueError or TypeError where it is none of a run's."""
    with open_own(folder) as opened, open_own(folder / NAME, opened) as file:
        content = json.loads(os.read(file, _MOST))
    entries = Entries(**content)
    entries = replace(entries, steps=tuple(entries.steps))
    if entries.folder and not _FOLDER.fullmatch(entries.folder):
        raise ValueError(entries.folder)
    return entries
