"""Map output -> sorted runs on disk -> merged lines, in bounded memory.

A line's key is what comes before its first TAB; keys are compared as bytes. Lines of one key keep the order in which
they came (by map task, then by line), or with SORT_VALUES are in byte order. A run is a part of a file that holds one
partition's lines in that order.
"""

from __future__ import annotations

import os
from bisect import bisect_left, bisect_right
from collections import defaultdict
from dataclasses import dataclass
from itertools import chain, repeat
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Callable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

#: Bytes of map output that wait for the next grouping by key.
_PENDING = 1 << 20
#: Bytes of a run that are written at a time.
_BUFFER = 1 << 20
#: What a line costs in memory besides its bytes: an object's header and its place in a list.
_LINE_OVERHEAD = 64
#: Runs merged at once: each has a file open, and macOS allows 256.
FAN_IN = 128
#: Bytes of all runs together that a merge holds at a time: what stays in a core's cache, and with Python's overhead on
#: short lines five times as much memory.
_MERGE_BYTES = 1 << 20
#: Bytes read at a time of each run, however many there are.
_LEAST_CHUNK = 1 << 14

Combine = Callable[["Iterable[bytes]", Callable[[bytes], object]], None]


@dataclass(frozen=True)
class Run:
    """`length` bytes of sorted lines in the file `path` from byte `start`."""

    path: str
    start: int
    length: int


@dataclass(frozen=True)
class Layout:
    """How map output is laid out: the partition of a key, how many there are, and whether values are sorted."""

    partition: Callable[[bytes], int]
    reduces: int
    sort_values: bool
    #: Bytes held before a spill, as Hadoop's mapreduce.task.io.sort.mb.
    budget: int


class Collector:
    """Takes a map task's output by `write` and keeps it as sorted runs; `finish` gives the runs of each partition.

    Within a spill lines are gathered by key in a dict and only the keys are sorted: that costs a third of sorting the
    lines. `combine(lines, write)`, where given, is run over the sorted lines of each spill.
    """

    def __init__(self, path: str, layout: Layout, combine: Combine | None = None) -> None:
        self._file = Path(path).open("wb", _BUFFER)  # noqa: SIM115 (closed by finish)
        self._layout = layout
        self._combine = combine
        self._chunks: list[bytes] = []
        self._records: list[bytes] = []
        self._pending = 0
        self._held = 0
        self._groups: defaultdict[bytes, list[bytes]] = defaultdict(list)
        self._runs: list[list[Run]] = [[] for _ in range(layout.reduces)]

    def write(self, data: bytes) -> int:
        """Take the next bytes of output, cut anywhere."""
        self._chunks.append(bytes(data))
        self._pending += len(data)
        if self._pending >= _PENDING:
            self._gather(b"")
        return len(data)

    def record(self, line: bytes) -> None:
        """Take one record, a line without its end: half the cost of writing it to a stream that is cut up again."""
        self._records.append(line)
        self._pending += len(line) + 1
        if self._pending >= _PENDING:
            self._gather(b"")

    def finish(self) -> list[list[Run]]:
        """Write what is held; return for each partition its runs, in the order in which they were written."""
        self._gather(b"\n")
        self._spill()
        self._file.close()
        return self._runs

    def _gather(self, end: bytes) -> None:
        """Move whole lines from what came to their keys' groups; `end` ends a last line that has no newline."""
        lines = b"".join(self._chunks).split(b"\n")
        rest = lines.pop()
        if end and rest:
            lines.append(rest)
            rest = b""
        lines += self._whole_records()
        self._held += self._pending + _LINE_OVERHEAD * len(lines)
        self._chunks = [rest] if rest else []
        self._pending = 0
        self._group(lines)
        if self._held >= self._layout.budget:
            self._spill()

    def _whole_records(self) -> list[bytes]:
        """The records that came; one that holds newlines is as many lines, as it is to a stream."""
        records, self._records = self._records, []
        text = b"\n".join(records)
        return text.split(b"\n") if text.count(b"\n") >= len(records) > 0 else records

    def _group(self, lines: list[bytes]) -> None:
        groups = self._groups
        for line in lines:
            tab = line.find(b"\t")
            groups[line[:tab] if tab >= 0 else line].append(line)

    def _spill(self) -> None:
        if self._combine and self._groups:
            lines = [line for part in self._sorted() for line in part]
            self._groups = defaultdict(list)
            combined: list[bytes] = []
            self._combine(lines, combined.append)
            lines = b"".join(combined).split(b"\n")
            if not lines[-1]:
                lines.pop()
            self._group(lines)
        for runs, part in zip(self._runs, self._sorted()):
            if part:
                start = self._file.tell()
                self._file.writelines(chain.from_iterable(zip(part, repeat(b"\n"))))
                runs.append(Run(self._file.name, start, self._file.tell() - start))
        self._groups = defaultdict(list)
        self._held = 0

    def _sorted(self) -> list[list[bytes]]:
        """The lines held, by partition, each in order."""
        parts: list[list[bytes]] = [[] for _ in range(self._layout.reduces)]
        partition = self._layout.partition
        for key in sorted(self._groups):
            group = self._groups[key]
            if self._layout.sort_values:
                group.sort()
            parts[partition(key)] += group
        return parts


class _Cursor:
    """One run of a merge, read a chunk at a time; `entries` are the (key, line) pairs at hand."""

    def __init__(self, run: Run, chunk: int, seen: Callable[[int], None]) -> None:
        self._file = os.open(run.path, os.O_RDONLY)
        self._position = run.start
        self._end = run.start + run.length
        self._chunk = chunk
        self._seen = seen
        self._rest = b""
        self.entries: list[tuple[bytes, bytes]] = []

    def lines(self) -> list[bytes]:
        """The next whole lines; none at the end of the run."""
        pieces = [self._rest]
        while self._position < self._end:
            data = os.pread(self._file, min(self._chunk, self._end - self._position), self._position)
            self._position += len(data)
            self._seen(len(data))
            pieces.append(data)
            if b"\n" in data:
                break
        lines = b"".join(pieces).split(b"\n")
        self._rest = lines.pop()
        if self._position >= self._end:
            if self._rest:
                lines.append(self._rest)
                self._rest = b""
            if not lines:
                self.close()
        return lines

    def fill(self) -> bool:
        """Have entries at hand; False at the end of the run."""
        if not self.entries:
            for line in self.lines():
                tab = line.find(b"\t")
                self.entries.append((line[:tab] if tab >= 0 else line, line))
        return bool(self.entries)

    def take(self, cut: int) -> list[tuple[bytes, bytes]]:
        """The first `cut` entries, which leave."""
        taken, self.entries = self.entries[:cut], self.entries[cut:]
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
        while cursors := [cursor for cursor in cursors if cursor.fill()]:
            yield [line for _, line in (_next_by_value(cursors) if sort_values else _next_by_key(cursors))]
    finally:
        for cursor in cursors:
            cursor.close()


def _next_by_value(cursors: list[_Cursor]) -> list[tuple[bytes, bytes]]:
    """All entries up to the least of the cursors' last ones: none that is still on disk comes before them."""
    bound = min(cursor.entries[-1] for cursor in cursors)
    batch = [entry for cursor in cursors for entry in cursor.take(bisect_right(cursor.entries, bound))]
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
            cut = bisect_left(cursor.entries, (key + b"\0",) if number < first else (key,))
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
                    target.write(b"\n".join(lines) + b"\n")
                longer.append(Run(str(path), 0, target.tell()))
        runs = longer
        level += 1
    return merge(runs, sort_values=sort_values, seen=seen) if runs else iter(())
