"""What a run has on the cluster that is to be removed: written down, so that a later run can do it."""

from __future__ import annotations

import json
import logging
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from gristmill.errors import RunError

from ..owned_folder import OwnedFolder

if TYPE_CHECKING:
    from ..remote_files import RemoteFiles
    from .yarn import Yarn


log = logging.getLogger("mrjob.gristmill")


class CleanupLedger:
    """Folders of the cluster to remove, and jobs that run there to kill; kept as JSON in a folder of this machine.

    {"folders": ["gristmill.KEY", …], "jobs": ["job_…", …]}
    """

    NAME = "left.json"

    def __init__(self) -> None:
        self.folders: list[str] = []
        self.jobs: list[str] = []
        self._file: Path | None = None

    def keep_in(self, folder: Path) -> None:
        """Write the ledger to a file in `folder`, now and at each change."""
        self._file = folder / self.NAME
        self._save()

    def take_over(self, folder: Path) -> None:
        """Add the entries of the ledger in `folder`, whose run was killed."""
        try:
            entries = json.loads((folder / self.NAME).read_bytes())
        except (OSError, ValueError):  # killed before it was written
            return
        self.folders += entries["folders"]
        self.jobs += entries["jobs"]

    def enter(self, folder: str = "", job: str = "") -> None:
        """Enter a folder that is about to be made, or a job that runs; "" is none, and an entry is made once."""
        self.folders += [folder] if folder and folder not in self.folders else []
        self.jobs += [job] if job and job not in self.jobs else []
        self._save()

    def strike(self, *gone: str) -> None:
        """Strike folders and jobs that are gone; those that are not in it are no error."""
        self.folders = [folder for folder in self.folders if folder not in gone]
        self.jobs = [job for job in self.jobs if job not in gone]
        self._save()

    def _save(self) -> None:
        if self._file and self._file.parent.is_dir():
            self._file.write_text(json.dumps({"folders": self.folders, "jobs": self.jobs}), encoding="utf-8")


def own_folder(parent: str | None, run: str, ledger: CleanupLedger) -> OwnedFolder:
    """A new folder of this machine for the run of this name, with the ledger in it; RunError where it cannot be made.

    It lies in `parent`, or where temporary files do. The ledgers that killed runs left there are taken over.
    """
    folder = Path(parent or tempfile.gettempdir()).absolute()
    try:
        owned = OwnedFolder(folder, f"gristmill-hadoop-{os.getuid()}.", run, ledger.take_over)
    except OSError as error:
        raise RunError(f"{folder}: {error.strerror}; name another folder by --local-tmp-dir") from None
    ledger.keep_in(owned.path)
    return owned


def clean_up(ledger: CleanupLedger, files: RemoteFiles, yarn: Yarn) -> None:
    """Kill the jobs and remove the folders of the ledger, and strike them; RunError where that cannot be done."""
    jobs, folders = ledger.jobs, ledger.folders
    for job in jobs:
        yarn.kill(job)
    if folders:
        files.remove(*folders)
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
