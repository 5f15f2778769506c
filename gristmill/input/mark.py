"""The byte order mark at the start of a file, which is no part of its first record, as on Hadoop."""

from __future__ import annotations

import io
from codecs import BOM_UTF8
from typing import Any


class Unmarked(io.RawIOBase):
    """The bytes of a stream behind the mark that it may begin with; to be read by at least four at a time."""

    def __init__(self, source: Any, mark: bytes = BOM_UTF8) -> None:
        self._source = source
        self._mark = mark
        # of a buffered stream what has come, without waiting for more
        self._readinto = getattr(source, "readinto1", source.readinto)
        # a terminal that has said that it ends would be asked again
        self._is_begun = self._is_ended = False

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        """Fill `buffer`; the number of bytes, 0 at the end."""
        if self._is_begun:
            return self._read(memoryview(buffer))
        self._is_begun = True
        view, count = memoryview(buffer), 0
        while count < len(self._mark) and (more := self._read(view[count:])):
            count += more
        if bytes(view[: min(count, len(self._mark))]) != self._mark:
            return count
        rest = bytes(view[len(self._mark) : count])
        view[: len(rest)] = rest
        return len(rest) or self._read(view)

    def _read(self, view: memoryview) -> int:
        count = 0 if self._is_ended else self._readinto(view) or 0
        self._is_ended = not count
        return count

    def close(self) -> None:
        """Close the stream under it."""
        self._source.close()
        super().close()
