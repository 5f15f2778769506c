"""Records that end at other bytes than an end of line: a stream of them -> lines, as Hadoop gives them to a program.

    record DELIMITER record DELIMITER …  ->  record LF record LF …      the ends of lines that a record holds stay

Of delimiters that overlap the first counts, as for Hadoop 3.4 in one split. In several it reads other records where
a delimiter's beginning repeats itself (see findings/); this reads those of one split.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import BinaryIO

#: Bytes read at a time.
_CHUNK = 1 << 20


class Delimited(io.RawIOBase):
    """The bytes of a stream with LF for each delimiter, and behind the last record."""

    def __init__(self, source: Any, delimiter: bytes) -> None:
        """Read `source`, which this closes."""
        self._source = source
        self._delimiter = delimiter
        #: Bytes that may begin a delimiter, and bytes that are to be read.
        self._held = self._ready = b""
        self._is_ended = False
        #: Whether bytes of a record have been given that has not ended.
        self._is_inside = False

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        """Fill `buffer`; the number of bytes, 0 at the end."""
        while not self._ready and not self._is_ended:
            self._fill()
        data, self._ready = self._ready[: len(buffer)], self._ready[len(buffer) :]
        buffer[: len(data)] = data
        return len(data)

    def _fill(self) -> None:
        data = self._source.read(_CHUNK)
        self._is_ended = not data
        records, rest, held = _cut(self._held + (data or b""), self._delimiter)
        if self._is_ended:
            rest, held = rest + held, b""
        self._is_inside = bool(rest) or (self._is_inside and not records)
        end = b"\n" if self._is_ended and self._is_inside else b""
        self._ready = b"\n".join((*records, rest)) + end
        self._held = held

    def close(self) -> None:
        """Close the stream under it."""
        self._source.close()
        super().close()


def _cut(data: bytes, delimiter: bytes) -> tuple[list[bytes], bytes, bytes]:
    """The records that end in `data`, what stands behind them, and of that, apart, what may begin a delimiter."""
    *records, rest = data.split(delimiter)
    held = next((size for size in range(len(delimiter) - 1, 0, -1) if rest.endswith(delimiter[:size])), 0)
    return records, rest[: len(rest) - held], rest[len(rest) - held :]


def record_start(source: BinaryIO, position: int, size: int, delimiter: bytes) -> int:
    """The first byte at or after `position` that surely begins a record, or `size`.

    Before it stands a delimiter that overlaps none before it: of these, the first counts that a reader meets.
    """
    width = len(delimiter)
    base = max(position - 2 * width + 1, 0)
    last = -width
    window = b""
    source.seek(base)
    while chunk := source.read(_CHUNK):
        window += chunk
        place = window.find(delimiter)
        while place >= 0:
            start = base + place
            if start - last >= width and start + width >= position:
                return start + width
            last = start
            place = window.find(delimiter, place + 1)
        kept = min(width - 1, len(window))
        base += len(window) - kept
        window = window[len(window) - kept :]
    return size
