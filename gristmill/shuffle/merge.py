"""Sorted runs on disk -> merged lines, in bounded memory.

A run is a part of a file that holds lines in order of their keys, as `shuffle.py` writes it: a line's key is what comes
before its first TAB, and is compared as bytes.
"""

from __future__ import annotations

import os
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Callable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

#: Runs merged at once: each has a file open, and macOS allows 256.
FAN_IN = 128
#: Bytes of all runs together that a merge holds at a time: what stays in a core's cache, and with Python's overhead on
#: short lines five times as much memory.
_MERGE_BYTES = 1 << 20
#: Bytes read at a time of each run, however many there are: each time all runs are looked at.
_LEAST_CHUNK = 1 << 17


@dataclass(frozen=True)
class Run:
    """`length` bytes of sorted lines in the file `path` from byte `start`."""

    path: str
    start: int
    length: int


class _Cursor:
    """One run of a merge, read a chunk at a time; `entries` are its (key, line) pairs, at hand from the one `at`."""

    def __init__(self, run: Run, chunk: int, seen: Callable[[int], None]) -> None:
        self._file = os.open(run.path, os.O_RDONLY)
        self._position = run.start
        self._end = run.start + run.length
        self._chunk = chunk
        self._seen = seen
        self._rest = b""
        self.entries: list[tuple[bytes, bytes]] = []
        self.at = 0

    def lines(self) -> list[bytes]:
        """The next whole lines; none at the end of the run."""
        pieces = [self._rest]
        lines = [b""]
        while len(lines) == 1 and self._position < self._end:
            data = os.pread(self._file, min(self._chunk, self._end - self._position), self._position)
            self._position += len(data)
            self._seen(len(data))
            lines = data.split(b"\n")
            pieces.append(lines[0])
        lines[0] = b"".join(pieces)
        self._rest = lines.pop()
        if self._position >= self._end:
            if self._rest:
                lines.append(self._rest)
                self._rest = b""
            if not lines:
                self.close()
        return lines

    def fill(self) -> bool:
        """Read further entries; False at the end of the run."""
        self.entries, self.at = [], 0
        for line in self.lines():
            tab = line.find(b"\t")
            self.entries.append((line[:tab] if tab >= 0 else line, line))
        return bool(self.entries)

    def take(self, cut: int) -> list[tuple[bytes, bytes]]:
        """The entries at hand before the one `cut`, which leave."""
        taken = self.entries[self.at : cut]
        self.at = cut
        return taken

    def close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def merge(runs: Sequence[Run], *, sort_values: bool, seen: Callable[[int], None]) -> Iterator[list[bytes]]:
    """The lines of at most FAN_IN sorted runs, in order, in batches; `seen` hears how many bytes each read took.

    Where a run is not in order its lines still all come, in no promised order.
    """
    cursors = [_Cursor(run, max(_MERGE_BYTES // len(runs), _LEAST_CHUNK), seen) for run in runs]
    try:
        if len(cursors) == 1:
            while lines := cursors[0].lines():
                yield lines
            return
        while cursors := [cursor for cursor in cursors if cursor.at < len(cursor.entries) or cursor.fill()]:
            yield [line for _, line in (_next_by_value(cursors) if sort_values else _next_by_key(cursors))]
    finally:
        for cursor in cursors:
            cursor.close()


def _next_by_value(cursors: list[_Cursor]) -> list[tuple[bytes, bytes]]:
    """All entries up to the least of the cursors' last ones: none that is still on disk comes before them."""
    bound = min(cursor.entries[-1] for cursor in cursors)
    batch: list[tuple[bytes, bytes]] = []
    for cursor in cursors:
        batch += cursor.take(bisect_right(cursor.entries, bound, cursor.at))
    batch.sort()
    return batch


def _next_by_key(cursors: list[_Cursor]) -> list[tuple[bytes, bytes]]:
    """The same, in the order (key, run): a run's lines of a key come before those of the runs behind it."""
    key, first = min((cursor.entries[-1][0], number) for number, cursor in enumerate(cursors))
    batch = []
    for number, cursor in enumerate(cursors):
        if number == first:
            cut = len(cursor.entries)
        else:
            # (key,) sorts before every (key, line), and key + NUL is the least key after it
            cut = bisect_left(cursor.entries, (key + b"\0",) if number < first else (key,), cursor.at)
        batch += cursor.take(cut)
    batch.sort(key=itemgetter(0))
    return batch


def merge_all(
    runs: Sequence[Run], scratch: Path, *, sort_values: bool, seen: Callable[[int], None]
) -> Iterator[list[bytes]]:
    """As merge, of any number of runs: beyond FAN_IN, neighbours are first merged to longer runs under `scratch`."""
    level = 0
    while len(runs) > FAN_IN:
        longer = []
        for first in range(0, len(runs), FAN_IN):
            path = scratch / f"merge-{level}-{first}"
            with path.open("wb") as target:
                for lines in merge(runs[first : first + FAN_IN], sort_values=sort_values, seen=seen):
                    target.write(join_lines(lines))
                longer.append(Run(str(path), 0, target.tell()))
        runs = longer
        level += 1
    return merge(runs, sort_values=sort_values, seen=seen) if runs else iter(())


def join_lines(lines: list[bytes]) -> bytes:
    """The lines as they stand in a file; `lines` is used up, which spares a copy of them all."""
    lines.append(b"")
    return b"\n".join(lines)
