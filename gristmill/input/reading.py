"""A split of a file -> its bytes, decompressed."""

from __future__ import annotations

import io
import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Callable, cast

from gristmill.input import compression
from gristmill.input.decompress import Decompressed
from gristmill.input.find import raise_input_error

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
    """A stream of the split's bytes, decompressed; raises InputError.

    `on_read` is called with the number of bytes of each read of the file, before they are decompressed.
    """
    raw: io.RawIOBase = _Range(open_raw(split.file.path), split, on_read)
    if form := compression.form(split.file.path):
        raw = Decompressed(raw, form, split.file.path)
    return io.BufferedReader(raw, CHUNK)


class _Range(io.RawIOBase):
    """The bytes of a split of a file; of a pipe or a device all bytes."""

    def __init__(self, source: BinaryIO, split: Split, on_read: Callable[[int], None]) -> None:
        self._source = source
        self._on_read = on_read
        self._left: float = split.length
        if not stat.S_ISREG(os.fstat(source.fileno()).st_mode):
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
        return count

    def close(self) -> None:
        """Close the file."""
        self._source.close()
        super().close()
