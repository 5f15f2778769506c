"""The page -> a file that is whole or not there, a device, or standard output."""

from __future__ import annotations

import errno
import fcntl
import os
import re
import stat
import sys
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import IO

from gristmill.errors import OutputError

#: The name of a file that is to get another when it is whole.
_BESIDE = re.compile(r"\.gristmill-[0-9a-f]{16}")


def write_output(data: bytes, to: str) -> None:
    """Write the file `to`, which holds all of `data` or is as it was; "-" is standard output. Raises OutputError."""
    if to == "-":
        rest = memoryview(data)
        while rest:
            # with PYTHONUNBUFFERED a write may be partial
            rest = rest[sys.stdout.buffer.write(rest) :]
        sys.stdout.flush()
        return
    try:
        path = _target(Path(to))
        # a pipe or a device is written in place: a rename would put a file there instead
        if path.exists() and not path.is_file():
            path.write_bytes(data)
        else:
            _replace(path, data)
    except OSError as error:
        raise OutputError(f"output {to}: {error.strerror}; name another file by -o, or make room") from None


def _target(path: Path) -> Path:
    """Where a path leads; OSError for the link of another user, who could have us replace what only we may."""
    if path.is_symlink() and path.lstat().st_uid not in (os.geteuid(), 0):
        raise OSError(errno.EPERM, "a link of another user")
    return path.resolve()


def _replace(path: Path, data: bytes) -> None:
    """Write a file beside `path`, by a name that nobody knows before, and give it that name when it is on the disk."""
    _sweep(path.parent)
    with _new_file(path.parent) as file:
        beside = Path(file.name)
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
            # while it is locked, so that no sweep takes it
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)


def _new_file(folder: Path) -> IO[bytes]:
    """A new file, locked as long as it is open."""
    while True:
        file = (folder / f".gristmill-{token_hex(8)}").open("xb")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            Path(file.name).lstat()
        except (BlockingIOError, FileNotFoundError):  # a sweep came in between
            file.close()
        else:
            return file


def _sweep(folder: Path) -> None:
    """Remove the files of runs of this user's that were killed: the lock of such a one is free."""
    with suppress(OSError):
        for path in [path for path in folder.iterdir() if _BESIDE.fullmatch(path.name)]:
            status = path.lstat()
            if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid():
                continue
            with suppress(BlockingIOError), path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()
