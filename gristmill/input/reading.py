"""A split of a file -> its bytes: decompressed, of UTF-16 as UTF-8, without the mark that a file may begin with."""

from __future__ import annotations

import io
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Callable, cast

from gristmill.input import changes, compression
from gristmill.input.decompress import Decompressed
from gristmill.input.delimiter import Delimited
from gristmill.input.folders import raise_input_error
from gristmill.input.mark import Unmarked

if TYPE_CHECKING:
    from gristmill.input.splits import Split

#: Bytes read at a time.
CHUNK = 1 << 20


def open_raw(path: str) -> BinaryIO:
    """The file at `path`, unbuffered; raises InputError, which names it."""
    try:
        return Path(path).open("rb", buffering=0)
    except OSError as error:
        raise_input_error(error)


def open_split(split: Split, on_read: Callable[[int], None] = lambda _: None) -> BinaryIO:
    """A stream of the split's bytes, decompressed, without a byte order mark at the file's start; raises InputError.

    Where its records end at a delimiter, each ends with LF in its place.

    `on_read` is called with the number of bytes of each read of the file, before they are decompressed.
    """
    raw = open_plain(split, on_read)
    unmarked = raw if split.start else Unmarked(raw)
    return io.BufferedReader(Delimited(unmarked, split.delimiter) if split.delimiter else unmarked, CHUNK)


def open_plain(split: Split, on_read: Callable[[int], None] = lambda _: None) -> io.RawIOBase:
    """As `open_split`, unbuffered, with a byte order mark."""
    raw: io.RawIOBase = _Range(open_raw(split.file.path), split, on_read)
    if form := compression.form(split.file.path):
        raw = Decompressed(raw, form, split.file.path)
    if split.file.encoding:
        # here, since few files are
        from gristmill.input.recode import Utf8

        raw = Utf8(raw, split.file.encoding, split.file.path)
    return raw


class _Range(io.RawIOBase):
    """The bytes of a split of a file; all bytes of a pipe, a device, or a file that says it has none, as in /proc."""

    def __init__(self, source: BinaryIO, split: Split, on_read: Callable[[int], None]) -> None:
        self._source = source
        self._on_read = on_read
        self._file = split.file
        self._left: float = split.length
        status = os.fstat(source.fileno())
        changes.check(split.file, status)
        if not stat.S_ISREG(status.st_mode) or not status.st_size:
            self._left = float("inf")
        elif split.start:
            source.seek(split.start)

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        """Fill `buffer` as far as the split goes; the number of bytes, 0 at the end."""
        wanted = memoryview(buffer)[: int(min(self._left, len(buffer)))]
        count = cast("io.FileIO", self._source).readinto(wanted) or 0
        self._left -= count
        self._on_read(count)
        if not count:
            changes.check(self._file, os.fstat(self._source.fileno()))
        return count

    def close(self) -> None:
        """Close the file."""
        self._source.close()
        super().close()
