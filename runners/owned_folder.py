"""Folders that a run owns: locked while it lives, swept by the next run after it was killed.

The lock is flock's, so it ends with the process that holds it, also by kill -9.
"""

from __future__ import annotations

import fcntl
import glob
import os
import shutil
import tempfile
from pathlib import Path
from typing import IO, Callable

_LOCK = ".lock"


class OwnedFolder:
    """A new folder `parent`/`prefix``name`, locked by this process, after a sweep of `prefix` with `last`."""

    def __init__(self, parent: Path, prefix: str, name: str, last: Callable[[Path], object] = lambda _: None) -> None:
        parent.mkdir(parents=True, exist_ok=True)
        sweep(parent, prefix, last)
        self.path = parent / (prefix + name)
        # under another name until it is locked, so that no sweep meets it unlocked
        unlocked = Path(tempfile.mkdtemp(prefix=f".new{prefix}", dir=parent))
        self._lock: IO[bytes] = (unlocked / _LOCK).open("wb")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        unlocked.rename(self.path)

    def become(self, path: Path) -> None:
        """Give the folder its final name; it is no longer owned."""
        (self.path / _LOCK).unlink()
        self.path.chmod(0o777 & ~_umask())
        self.path.rename(path)
        self._lock.close()

    def keep(self) -> None:
        """Unlock the folder and leave it to a person: no sweep removes it; may be called again."""
        (self.path / _LOCK).unlink(missing_ok=True)
        self._lock.close()

    def release(self) -> None:
        """Unlock the folder: the next sweep removes it."""
        self._lock.close()

    def remove(self) -> None:
        """Remove the folder, unless it was renamed; may be called again."""
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock.close()


def sweep(parent: Path, prefix: str, last: Callable[[Path], object] = lambda _: None) -> None:
    """Remove the folders under `parent` that begin with `prefix` and whose owner has ended, each after `last(path)`."""
    for path in parent.glob(glob.escape(prefix) + "*"):
        try:
            with (path / _LOCK).open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:  # in use, somebody else's, or none of ours
            continue
        last(path)
        shutil.rmtree(path, ignore_errors=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
