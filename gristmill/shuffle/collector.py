"""Map output -> sorted runs on disk, in bounded memory; `merge.py` then brings the runs of all map tasks together.

A line's key is what comes before its first TAB; keys are compared as bytes. Lines of one key keep the order in which
they came (by map task, then by line), or with SORT_VALUES are in byte order.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import chain, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Callable

from gristmill.shuffle.merge import Run

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Bytes of map output that wait for the next grouping by key.
_PENDING = 1 << 20
#: Bytes of a run that are written at a time.
_BUFFER = 1 << 20
#: What a line costs in memory besides its bytes: an object's header and its place in a list.
_LINE_OVERHEAD = 64

Combine = Callable[["Iterable[bytes]", Callable[[bytes], object]], None]


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
        #: How often held lines were sorted and written.
        self.spills = 0

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

    def end_line(self) -> None:
        """End a last line that has no newline: what comes is another's."""
        self._gather(b"\n")

    def finish(self) -> list[list[Run]]:
        """Write what is held; return for each partition its runs, in the order in which they were written."""
        self.end_line()
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
        self.spills += bool(self._groups)
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
