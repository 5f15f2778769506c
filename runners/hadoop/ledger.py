"""What a run has on the cluster that is to be removed: written down, so that a later run can do it.

    TMPDIR/gristmill-hadoop-UID.RUN/left.json
    {"cluster": "…", "folders": ["gristmill.RUN", "/out/.NAME.gristmill.RUN", …], "jobs": ["job_…", …]}

A later run removes what a ledger names. So it believes one only where nobody else can have written it, and takes from
it only what a run of ours makes, on the cluster that it uses itself.
"""

from __future__ import annotations

import logging
import os
import re
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from gristmill.errors import RunError

from .. import ledger_file
from ..owned_folder import NotOurs, sweep
from .cluster import cluster_name
from .command import NoAnswer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ..owned_folder import OwnedFolder
    from ..remote_files import RemoteFiles
    from .yarn import Yarn


log = logging.getLogger("mrjob.gristmill")

_PREFIX = f"gristmill-hadoop-{os.getuid()}."
_NAMES = re.compile(re.escape(_PREFIX) + ".+")
#: The name of a run: its job's, its user's, date, time, microseconds; random letters, but of earlier versions.
_RUN = r"[\w.-]+\.\d{8}\.\d{6}\.\d{6}(?:\.[0-9a-f]{8})?"
_JOB = re.compile(r"job_\d+_\d+", re.ASCII)
#: No letter that ``hadoop fs`` takes for a pattern, or a terminal for a command.
_LETTER = r"[^/*?\[\]{}\\\x00-\x1f\x7f-\x9f]"
_FOLDER = re.compile(
    rf"(?:[a-z][\w+.-]*:/)?(?!(?:.*/)?\.\.?/)(?:{_LETTER}*/)*"
    rf"(?:gristmill\.{_RUN}|\.{_LETTER}+\.gristmill\.{_RUN}|\.staging/{_JOB.pattern})",
    re.ASCII,
)


class CleanupLedger:
    """Folders of the cluster to remove, and jobs that run there to kill; kept as JSON in a folder of this machine."""

    def __init__(self) -> None:
        self.cluster = ""
        self.folders: list[str] = []
        self.jobs: list[str] = []
        self._folder: Path | None = None

    def keep_in(self, folder: Path) -> None:
        """Write the ledger to a file in `folder`, now and at each change."""
        self._folder = folder
        self._save()

    def take_over(self, folder: Path) -> bool:
        """Add the entries of the ledger in `folder`, whose run was killed; False where that is left to a later run.

        It is where they are of another cluster, or cannot be read now.
        """
        try:
            cluster, folders, jobs = _entries(folder)
        except FileNotFoundError:  # killed before it was written
            return True
        except (NotOurs, ValueError, RecursionError):
            log.warning("%s is no ledger of a run; what it names is left as it is", folder / ledger_file.NAME)
            return True
        except OSError as error:
            log.warning("%s: %s; a later run tries again", folder / ledger_file.NAME, error.strerror)
            return False
        if not folders and not jobs:
            return True
        if cluster not in (self.cluster, None):
            _name_once(folder, cluster)
            return False
        strange = [name for name in folders if cluster is None or not _FOLDER.fullmatch(name)]
        strange += [name for name in jobs if cluster is None or not _JOB.fullmatch(name)]
        if strange:
            about = folder / ledger_file.NAME, ", ".join(map(repr, strange))
            log.warning("%s names what no run of this version makes, so that is left as it is: %s", *about)
        self.folders += [name for name in folders if name not in (*self.folders, *strange)]
        self.jobs += [name for name in jobs if name not in (*self.jobs, *strange)]
        self._save()
        return True

    def enter(self, folder: str = "", job: str = "") -> None:
        """Enter a folder that is about to be made, or a job that runs; "" is none, and an entry is made once."""
        self.folders += [folder] if folder and folder not in self.folders else []
        self.jobs += [job] if job and job not in self.jobs else []
        self._save()

    def strike(self, *gone: str) -> None:
        """Strike folders and jobs that are gone; those that are not in it are no error."""
        self.folders = [folder for folder in self.folders if folder not in gone]
        self.jobs = [job for job in self.jobs if job not in gone]
        with suppress(OSError):  # to remove what is gone is no error of a later run
            self._save()

    def _save(self) -> None:
        if self._folder and self._folder.is_dir():
            content = {"cluster": self.cluster, "folders": self.folders, "jobs": self.jobs}
            ledger_file.write(self._folder, content)


def _name_once(folder: Path, cluster: str) -> None:
    """Log, at the first call for `folder`, that its ledger waits for a run on its own cluster."""
    named = folder / "named"
    if not named.exists():
        named.touch()
        log.warning("%s: a killed run left files on the cluster %s; a run there removes them", folder, cluster)


def _entries(folder: Path) -> tuple[str | None, list[str], list[str]]:
    """The cluster, the folders and the jobs of the ledger in `folder`; ValueError where it is none.

    The cluster is None in one of an earlier version.
    """
    entries = ledger_file.read(folder)
    found: list[Any] = [entries.get(name) for name in ("folders", "jobs")] if isinstance(entries, dict) else [None]
    if not all(isinstance(names, list) and all(isinstance(name, str) for name in names) for names in found):
        raise ValueError
    return str(entries["cluster"]) if "cluster" in entries else None, found[0], found[1]


def own_folder(parent: str | None, run: str, ledger: CleanupLedger) -> OwnedFolder:
    """A new folder of this machine for the run of this name, with the ledger in it; RunError where it cannot be made.

    It lies in `parent`, or where temporary files do.
    """
    owned = ledger_file.own_folder(parent, _PREFIX, run)
    ledger.keep_in(owned.path)
    return owned


def adopt(ledger: CleanupLedger, parent: Path, hadoop: Sequence[str]) -> CleanupLedger:
    """The ledger, with those of killed runs in `parent` on the cluster that the command `hadoop` reaches."""
    ledger.cluster = cluster_name(hadoop)
    if left := sweep(parent, _NAMES, ledger.take_over):
        more = f" and {len(left) - 1} more" if len(left) > 1 else ""
        log.warning("%s%s: not this user's alone, so left as it is", left[0], more)
    return ledger


def clean_up(ledger: CleanupLedger, files: RemoteFiles, yarn: Yarn) -> None:
    """Kill the jobs and remove the folders of the ledger, and strike them; NoAnswer where the cluster gives none.

    Folders that the cluster does not let us remove are named and struck, or they would be met by every later run.
    """
    jobs, folders = ledger.jobs, ledger.folders
    for job in jobs:
        yarn.kill(job)
    try:
        if folders:
            files.remove(*folders)
    except NoAnswer:
        raise
    except RunError as error:
        log.warning("what earlier runs left on the cluster stays there: %s (%s)", " ".join(folders), error)
    ledger.strike(*jobs, *folders)


def remove_folders(ledger: CleanupLedger, files: RemoteFiles) -> bool:
    """Remove the folders of the ledger, and strike them; False, and an error in the log, where that cannot be done."""
    try:
        files.remove(*ledger.folders)
    except RunError as error:
        log.error("error: %s; the next run on this machine tries again", error)
        return False
    ledger.strike(*ledger.folders)
    return True
