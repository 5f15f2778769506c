"""The page -> a file that is whole or not there, a device, or standard output."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from secrets import token_hex

from gristmill.errors import OutputError


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
    beside = path.with_name(f".gristmill-{token_hex(8)}")
    try:
        with beside.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)
