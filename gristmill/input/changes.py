"""Files that change while they are read.

Size, inode and time of a file are noted when it is found, and compared when each split of it is opened and has been
read, and once more when all are. A file that grew is read as far as it was; any other change is an error. Pipes and
devices are not compared, and what says that it has no bytes, as files of /proc do.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from gristmill.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gristmill.input.find import InputFile


#: Bytes copied at a time.
_CHUNK = 1 << 20


class Version(NamedTuple):
    """What a file was: its size in bytes, its inode, when it was last written to (ns)."""

    size: int
    inode: int
    mtime: int


def version(status: os.stat_result) -> Version | None:
    """The version of a file; None of what is no file, a pipe or a device."""
    if not stat.S_ISREG(status.st_mode):
        return None
    return Version(status.st_size, status.st_ino, status.st_mtime_ns)


def check(file: InputFile, status: os.stat_result) -> bool:
    """Whether a file, which is `status` now, has grown; InputError where it has changed in another way."""
    noted = file.version
    if noted is None or not (noted.size or status.st_size):
        return False
    change = ""
    if status.st_ino != noted.inode:
        change = "another file took its place"
    elif status.st_size < noted.size:
        change = f"it was cut from {noted.size:,} bytes to {status.st_size:,}"
    elif status.st_size == noted.size and status.st_mtime_ns != noted.mtime:
        change = "it was written to"
    if change:
        raise InputError(f"input {file.path} changed while it was read, {change}; run again when nothing writes to it")
    return status.st_size > noted.size


def grown(files: Iterable[InputFile]) -> list[InputFile]:
    """Those of `files` that grew since they were found; InputError for one that has changed in another way."""
    found = []
    for file in files:
        if file.version is not None:
            try:
                status = Path(file.path).stat()
            except OSError as error:
                why = f"{error.strerror}; run again when nothing moves it"
                raise InputError(f"input {file.path} changed while it was read: {why}") from None
            if check(file, status):
                found.append(file)
    return found


def copy_noted(file: InputFile, target: Path) -> None:
    """Copy a file to `target`, as far as it was when it was noted."""
    left = file.version.size if file.version else 0
    with Path(file.path).open("rb") as source, target.open("wb") as copy:
        while left and (data := source.read(min(left, _CHUNK))):
            copy.write(data)
            left -= len(data)


def warning(files: list[InputFile]) -> str:
    """The line that tells of files that grew."""
    file = files[0]
    others = f", and {len(files) - 1} more" if len(files) > 1 else ""
    size = file.version.size if file.version else 0
    return f"input {file.path} grew while it was read: its first {size:,} bytes were read, as they were{others}"
