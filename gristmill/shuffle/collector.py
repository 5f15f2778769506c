"""Map output -> sorted runs on disk, in bounded memory, which `merge` then merges with those of the other map tasks.

A line ends at LF, CR LF or a lone CR, as Hadoop has the output of a program. Its key is what comes before its first
TAB; keys are compared as bytes. Lines of one key keep their order (by map task, then by line), or with SORT_VALUES are
in byte order. Where a job has rules of its own for what a key is, lines are held, sorted and spilled as these say.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import chain, repeat
from pathlib import Path
from typing import TYPE_CHECKING, Callable

from gristmill.input.records import unify_ends
from gristmill.shuffle.merge import Run

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gristmill.shuffle.record_rules import RecordRules

#: Bytes of map output that are grouped by key at a time.
_PENDING = 1 << 20
#: Bytes of a run written at a time.
_BUFFER = 1 << 20
#: What a line costs in memory besides its bytes: an object's header and its pointer in a list.
_LINE_OVERHEAD = 64

#: What a key costs besides: its bytes, the list of its lines, a dict's entry.
_KEY_OVERHEAD = 200

#: Runs a combiner: it takes sorted lines without their ends, and a function that takes its output.
Combine = Callable[["Iterable[bytes]", Callable[[bytes], object]], None]


@dataclass(frozen=True)
class Layout:
    """How map output is partitioned and sorted."""

    #: The reduce task of a key, from 0 to `reduces` - 1.
    partition: Callable[[bytes], int]
    reduces: int
    sort_values: bool
    #: Bytes of lines held before a spill, as Hadoop's mapreduce.task.io.sort.mb.
    budget: int
    #: What keys are, where it is not what comes before a line's first TAB; `partition` then takes what they make of it.
    rules: RecordRules | None = None

    def reducer_lines(self, lines: Iterable[bytes]) -> Iterable[bytes]:
        """Lines of the shuffle, as a reducer or a combiner gets them."""
        if not self.rules:
            return lines
        # here, since few jobs have rules
        from gristmill.shuffle.record_rules import reducer_line

        return map(reducer_line, lines)


class Collector:
    """Takes a map task's output by `write` or `record`, spills it as sorted runs, and gives them by `finish`.

    Lines are grouped by key in a dict, and a spill sorts the keys alone: a third of the cost of sorting the lines. The
    combiner runs over the sorted lines of each spill.
    """

    def __init__(self, path: str, layout: Layout, combine: Combine | None = None, *, is_combined: bool = False) -> None:
        """Write runs to the file `path`. `is_combined`: what is taken is a combiner's output."""
        self._file = Path(path).open("wb", _BUFFER)  # noqa: SIM115 (closed by finish)
        self._layout = layout
        self._combine = combine
        self._is_combined = is_combined
        self._chunks: list[bytes] = []
        self._records: list[bytes] = []
        self._pending = 0
        self._held = 0
        self._groups: defaultdict[bytes, list[bytes]] = defaultdict(list)
        self._runs: list[list[Run]] = [[] for _ in range(layout.reduces)]
        #: How often held lines were sorted and written.
        self.spills = 0

    def write(self, data: bytes) -> int:
        """Take the next bytes of output, which may end within a line; the number of them."""
        self._chunks.append(bytes(data))
        self._pending += len(data)
        if self._pending >= _PENDING:
            self._group_pending(b"")
        return len(data)

    def record(self, line: bytes) -> None:
        """Take one record, a line without its end, at half the cost of `write`, which splits its bytes into lines."""
        self._records.append(line)
        self._pending += len(line) + 1
        if self._pending >= _PENDING:
            self._group_pending(b"")

    def end_line(self) -> None:
        """End a last line that has no newline, before the output of the next split."""
        self._group_pending(b"\n")

    def finish(self) -> list[list[Run]]:
        """Spill what is held; the runs of each partition, in the order in which they were written."""
        self.end_line()
        self._spill()
        self._file.close()
        return self._runs

    def _group_pending(self, end: bytes) -> None:
        """Group the pending whole lines by key; `end`, where not empty, ends a last line that has no newline."""
        data = b"".join(self._chunks)
        # an LF may follow in the next chunk
        cr = b"\r" if data.endswith(b"\r") and not end else b""
        lines = unify_ends(data[:-1] if cr else data).split(b"\n")
        rest = lines.pop() + cr
        if end and rest:
            lines.append(rest)
            rest = b""
        lines += self._take_records()
        if rules := self._layout.rules:
            lines = rules.shuffled(lines, combined=self._is_combined)
            self._pending = sum(map(len, lines))
        self._held += self._pending + _LINE_OVERHEAD * len(lines)
        self._chunks = [rest] if rest else []
        self._pending = 0
        keys = len(self._groups)
        self._group(lines)
        self._held += _KEY_OVERHEAD * (len(self._groups) - keys)
        if self._held >= self._layout.budget:
            self._spill()

    def _take_records(self) -> list[bytes]:
        """The pending records, as lines: one that holds ends of lines is several, as it would be in a stream."""
        records, self._records = self._records, []
        text = b"\n".join(records)
        if b"\r" in text:
            return unify_ends(text + b"\n")[:-1].split(b"\n")
        return text.split(b"\n") if text.count(b"\n") >= len(records) > 0 else records

    def _group(self, lines: list[bytes]) -> None:
        groups = self._groups
        for line in lines:
            tab = line.find(b"\t")
            groups[line[:tab] if tab >= 0 else line].append(line)

    def _spill(self) -> None:
        self.spills += bool(self._groups)
        if self._combine and self._groups:
            lines = [line for partition in self._sorted() for line in partition]
            self._groups = defaultdict(list)
            combined: list[bytes] = []
            self._combine(self._layout.reducer_lines(lines), combined.append)
            lines = unify_ends(b"".join(combined)).split(b"\n")
            if not lines[-1]:
                lines.pop()
            if rules := self._layout.rules:
                lines = rules.shuffled(lines, combined=True)
            self._group(lines)
        for runs, lines in zip(self._runs, self._sorted()):
            if lines:
                start = self._file.tell()
                self._file.writelines(chain.from_iterable(zip(lines, repeat(b"\n"))))
                runs.append(Run(self._file.name, start, self._file.tell() - start))
        self._groups = defaultdict(list)
        self._held = 0

    def _sorted(self) -> list[list[bytes]]:
        """The lines held, by partition, those of each in order."""
        partitions: list[list[bytes]] = [[] for _ in range(self._layout.reduces)]
        partition = self._layout.partition
        for key in sorted(self._groups):
            group = self._groups[key]
            if self._layout.sort_values:
                group.sort()
            partitions[partition(key)] += group
        return partitions
