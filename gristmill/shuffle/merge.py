"""Sorted runs on disk -> merged lines, in bounded memory.

A run is a byte range of a file whose lines are in order of their keys, as a Collector writes it. A line's key is what
comes before its first TAB; keys are compared as bytes.
"""

from __future__ import annotations

import os
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Callable

from gristmill.errors import RunError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

#: The most runs that are merged at once: each has a file open.
FAN_IN = 128
#: Bytes of all runs together that a merge holds at a time: they stay in a core's cache. With Python's overhead on short
#: lines they take five times as much memory.
_MERGE_BYTES = 1 << 20
#: The least bytes read at a time of a run, since each batch of a merge costs a look at every run.
_LEAST_CHUNK = 1 << 17


@dataclass(frozen=True)
class Run:
    """`length` bytes of sorted lines in the file `path` from byte `start`."""

    path: str
    start: int
    length: int

    @classmethod
    def whole(cls, path: Path) -> Run:
        """The run that is all of a file."""
        return cls(str(path), 0, path.stat().st_size)

    def cut_short(self) -> RunError:
        """The error of a run of which there is less than was written."""
        name = f"temporary file {self.path}"
        return RunError(f"{name} is shorter than when it was written; keep others from it, and run the job again")


class _Cursor:
    """One run of a merge, read `chunk` bytes at a time. `entries[next:]` are the (key, line) pairs not merged yet."""

    def __init__(self, run: Run, chunk: int, on_read: Callable[[int], None]) -> None:
        self._run = run
        self._file = os.open(run.path, os.O_RDONLY)
        self._position = run.start
        self._end = run.start + run.length
        self._chunk = chunk
        self._on_read = on_read
        self._rest = b""
        self.entries: list[tuple[bytes, bytes]] = []
        self.next = 0

    def read_lines(self) -> list[bytes]:
        """The next whole lines, without their ends; none at the end of the run."""
        pieces = [self._rest]
        lines = [b""]
        while len(lines) == 1 and self._position < self._end:
            data = os.pread(self._file, min(self._chunk, self._end - self._position), self._position)
            if not data:
                raise self._run.cut_short()
            self._position += len(data)
            self._on_read(len(data))
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
        """Read the next entries and drop those that are merged; False at the end of the run."""
        self.entries, self.next = [], 0
        for line in self.read_lines():
            tab = line.find(b"\t")
            self.entries.append((line[:tab] if tab >= 0 else line, line))
        return bool(self.entries)

    def take(self, end: int) -> list[tuple[bytes, bytes]]:
        """The entries before index `end` that are not merged yet; they are from now on."""
        taken = self.entries[self.next : end]
        self.next = end
        return taken

    def close(self) -> None:
        """Close the file, if it is open."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def merge(
    runs: Sequence[Run], *, sort_values: bool, on_read: Callable[[int], None] = lambda _: None
) -> Iterator[list[bytes]]:
    """Batches of the lines, without their ends, of 1 to FAN_IN sorted runs, in order of (key, run), or of whole lines.

    `on_read` is called with the number of bytes of each read. Of a run that is not sorted all lines come, in any order.
    """
    cursors = [_Cursor(run, max(_MERGE_BYTES // len(runs), _LEAST_CHUNK), on_read) for run in runs]
    try:
        if len(cursors) == 1:
            while lines := cursors[0].read_lines():
                yield lines
            return
        while cursors := [cursor for cursor in cursors if cursor.next < len(cursor.entries) or cursor.fill()]:
            yield [line for _, line in (_next_by_value(cursors) if sort_values else _next_by_key(cursors))]
    finally:
        for cursor in cursors:
            cursor.close()


def _next_by_value(cursors: list[_Cursor]) -> list[tuple[bytes, bytes]]:
    """All entries up to the least of the cursors' last ones, in order: no entry still on disk comes before that one."""
    bound = min(cursor.entries[-1] for cursor in cursors)
    batch: list[tuple[bytes, bytes]] = []
    for cursor in cursors:
        batch += cursor.take(bisect_right(cursor.entries, bound, cursor.next))
    batch.sort()
    return batch


def _next_by_key(cursors: list[_Cursor]) -> list[tuple[bytes, bytes]]:
    """The same, in order of (key, run): of a key the lines of the first run come first, then the second's."""
    key, first = min((cursor.entries[-1][0], number) for number, cursor in enumerate(cursors))
    batch = []
    for number, cursor in enumerate(cursors):
        if number == first:
            end = len(cursor.entries)
        else:
            # (key,) sorts before every (key, line), and key + NUL is the least key after it
            end = bisect_left(cursor.entries, (key + b"\0",) if number < first else (key,), cursor.next)
        batch += cursor.take(end)
    batch.sort(key=itemgetter(0))
    return batch


def fan_in() -> int:
    """How many runs are merged at once: half as many as files may be open (ulimit -n), and at most FAN_IN."""
    import resource

    files = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return FAN_IN if files == resource.RLIM_INFINITY else min(max(files // 2, 2), FAN_IN)


def merge_all(
    runs: Sequence[Run], scratch: Path, *, sort_values: bool, on_read: Callable[[int], None] = lambda _: None
) -> Iterator[list[bytes]]:
    """As `merge`, of any number of runs: beyond `fan_in`, neighbours are first merged to longer runs in `scratch`."""
    level, at_once = 0, fan_in()
    while len(runs) > at_once:
        longer = []
        for first in range(0, len(runs), at_once):
            path = scratch / f"merge-{level}-{first}"
            with path.open("wb") as target:
                for lines in merge(runs[first : first + at_once], sort_values=sort_values, on_read=on_read):
                    target.write(join_lines(lines))
                longer.append(Run(str(path), 0, target.tell()))
        runs = longer
        level += 1
    return merge(runs, sort_values=sort_values, on_read=on_read) if runs else iter(())


def join_lines(lines: list[bytes]) -> bytes:
    """The lines as bytes of a file, each ended by LF. It changes `lines`, which spares a copy of the list."""
    lines.append(b"")
    return b"\n".join(lines)
