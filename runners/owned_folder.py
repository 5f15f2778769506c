"""Folders that a run owns: locked while it lives, swept by a later run of the same user after it was killed.

    .newPREFIX…     being made: empty, then with its lock
    PREFIXNAME      in use while its lock is held; left behind where the lock is free; kept for a person without one

The lock is flock's, so it ends with the process that holds it, also by kill -9. Others may write where our folders lie,
so a name proves nothing: what is not a folder of this user's, closed to all others, is neither opened nor removed.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import stat
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Callable

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

_LOCK = ".lock"
_NEW = ".new"


class NotOurs(PermissionError):
    """What lies at a path is not this user's, or not of the kind that we make: it is left as it is."""


class InUse(Exception):
    """A folder of this name is there: another run has it."""


class OwnedFolder:
    """A new folder `parent`/`prefix``name`, locked by this process.

    InUse where there is one that holds something, OSError where it cannot be made.
    """

    def __init__(self, parent: Path, prefix: str, name: str) -> None:
        parent.mkdir(parents=True, exist_ok=True)
        self.path = parent / (prefix + name)
        # under another name until it is locked, so that no sweep meets it unlocked
        while True:
            unlocked = Path(tempfile.mkdtemp(prefix=_NEW + prefix, dir=parent))
            lock = _new_lock(unlocked / _LOCK)
            if lock:
                break
        self._lock = lock
        try:
            unlocked.rename(self.path)
        except OSError as error:
            shutil.rmtree(unlocked, ignore_errors=True)
            lock.close()
            # which of the two it is depends on the file system
            if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
                raise InUse(str(self.path)) from None
            raise

    def become(self, path: Path) -> None:
        """Give the folder its final name; it is no longer owned."""
        # renamed first: no sweep takes a folder that is open to others, or has no lock
        self.path.rename(path)
        path.chmod(0o777 & ~umask())
        (path / _LOCK).unlink()
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


def _new_lock(path: Path) -> IO[bytes] | None:
    """The new file `path`, locked; None where a sweep came in between and removes its folder."""
    try:
        lock = path.open("xb")
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        path.stat()
    except (BlockingIOError, FileNotFoundError):
        lock.close()
        return None
    return lock


def sweep(parent: Path, names: re.Pattern[str], adopt: Callable[[Path], bool] = lambda _: True) -> list[Path]:
    """Remove the folders in `parent` with these names whose owner, a run of this user's, was killed.

    `adopt` is called with each before it goes; it stays where that gives False. The result is what has such a name and
    is not ours: that stays as it is.
    """
    try:
        # no paths are made of names that are others', of which there may be thousands
        with os.scandir(parent) as entries:
            listed = [each.name for each in entries]
    except OSError:  # what cannot be listed cannot be swept
        return []
    found = sorted(name for name in listed if names.fullmatch(name) or names.fullmatch(name[len(_NEW) :]))
    return [path for name in found if not _sweep(path := parent / name, adopt)]


def _sweep(path: Path, adopt: Callable[[Path], bool]) -> bool:
    """Sweep one folder; False where it is not ours."""
    try:
        if path.is_symlink():
            _remove_link(path)
        with open_own(path) as folder:
            if os.fstat(folder).st_mode & 0o777 != 0o700:
                return False
            with open_own(path / _LOCK, folder) as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if adopt(path):
                    shutil.rmtree(path, ignore_errors=True)
    except NotOurs:
        return False
    except FileNotFoundError:  # gone, kept for a person, or not locked yet
        if path.name.startswith(_NEW):
            with suppress(OSError):
                path.rmdir()
    except OSError:  # in use
        pass
    return True


def _remove_link(path: Path) -> None:
    """Remove a link that is this user's, and not what it leads to; NotOurs for another's."""
    if path.lstat().st_uid != os.geteuid():
        raise NotOurs
    path.unlink()


@contextmanager
def open_own(path: Path, folder: int | None = None) -> Iterator[int]:
    """The descriptor of a file, or where no `folder` is given of a folder, that is this user's, to read; else NotOurs.

    A file is opened in the open `folder`. No link is followed, nothing else is opened, and no open waits.
    """
    name, kind = (path, stat.S_ISDIR) if folder is None else (path.name, stat.S_ISREG)
    about = os.stat(name, dir_fd=folder, follow_symlinks=False)
    if about.st_uid != os.geteuid() or not kind(about.st_mode):
        raise NotOurs
    number = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    try:
        if not os.path.samestat(about, os.fstat(number)):
            raise NotOurs
        yield number
    finally:
        os.close(number)


def umask() -> int:
    """The mode bits that new files of this process lack."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
