"""The tasks of the local runner, each run in a forked process.

pack of splits -> mapper -> collector: sort, combiner -> sorted runs     MapTask, in a step with a reducer
pack of splits -> mapper -> part file                                    MapTask, in a step without one
runs of one partition -> merge -> reducer -> part file                   ReduceTask
"""

from __future__ import annotations

import io
import time
from dataclasses import dataclass, field
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Callable

from gristmill.input import reading
from gristmill.input.splits import open_file
from gristmill.shuffle.collector import Collector, Layout
from gristmill.shuffle.merge import Run, merge_all
from gristmill.task import substep

from ..part_file import PartFile
from .map_output import Output

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gristmill.input.splits import Split
    from gristmill.task.counters import Counters

    from ..part_codecs import Codec
    from ..progress import TaskProgress

    #: Runs a substep over lines: (where, lines, stdout).
    RunSubstep = Callable[[substep.TaskContext, Iterable[bytes], BinaryIO], None]


@dataclass(frozen=True)
class Site:
    """Where one task runs. Its functions are called in the task's own process."""

    #: For the task's own files.
    folder: Path
    stderr: str
    #: Makes the task's working directory.
    set_up: Callable[[], object]
    #: Gives a substep ("mapper", "combiner", "reducer") its context, in the environment of a split if one is given.
    context: Callable[..., substep.TaskContext]


@dataclass(frozen=True)
class Step:
    """What all tasks of a step share."""

    #: From 0.
    number: int
    layout: Layout
    #: The folder of part files.
    output: Path
    combines: bool
    #: Whether the input is a list of files, each for one map task.
    lists_files: bool
    run_substep: RunSubstep
    #: The site of a task, by its type ("mapper", "reducer") and number.
    site: Callable[[str, int], Site]
    #: What a part file has of whole lines of output; None: them.
    written: Callable[[bytes], bytes] | None
    #: What part files are compressed by.
    codec: Codec | None
    #: Whether a task counts the lines that it wrote.
    verbose: bool

    def part(self, number: int) -> Path:
        """The part file of a task."""
        return self.output / f"part-{number:05d}{self.codec.suffix if self.codec else ''}"

    def open_part(self, number: int) -> PartFile:
        """Make the part file of a task."""
        return PartFile(self.part(number), self.written, self.codec)


@dataclass(frozen=True)
class Outcome:
    """What a task that succeeded tells the driver."""

    counters: Counters
    seconds: float
    #: Lines written; 0 unless the step is verbose.
    lines: int
    #: Of a map task the runs of each partition.
    runs: list[list[Run]] = field(default_factory=list)
    spills: int = 0


@dataclass(frozen=True)
class MapTask:
    """Maps the splits of `pack`, one after the other."""

    step: Step
    number: int
    pack: list[Split]
    site: Site
    progress: TaskProgress

    def run(self) -> Outcome:
        """Write sorted runs, or in a step without a reducer the part file."""
        started = time.monotonic()
        self.site.set_up()
        if self.step.layout.reduces:
            return self._write_runs(started)
        path = self.step.part(self.number)
        with self.step.open_part(self.number) as out:
            context = self._map_splits(out)
        return Outcome(context.counters(), time.monotonic() - started, self._lines(path))

    def _write_runs(self, started: float) -> Outcome:
        path = self.site.folder / "runs"
        collector = Collector(str(path), self.step.layout, self._combine if self.step.combines else None)
        with Output(collector) as out:
            context = self._map_splits(out)
        runs = collector.finish()
        return Outcome(context.counters(), time.monotonic() - started, self._lines(path), runs, collector.spills)

    def _map_splits(self, out: Output | PartFile) -> substep.TaskContext:
        """Run the mapper over each split; the context of the last."""
        for number, split in enumerate(self.pack):
            self.progress.begin(number)
            context = self.site.context("mapper", split)
            with reading.open_split(split, self.progress.add) as source:
                lines = [b"%d\t%s" % (split.start, source.read())] if self.step.lists_files else source
                self.step.run_substep(context, lines, out)
            out.end_line()
        return context

    def _combine(self, lines: Iterable[bytes], write: Callable[[bytes], object]) -> None:
        """Run the combiner over a spill, in the environment of the split that is being mapped."""
        context = self.site.context("combiner", self._split())
        with io.BufferedWriter(substep.Sink(write), reading.CHUNK) as out:
            self.step.run_substep(context, lines, out)

    def _split(self) -> Split:
        """The split that is being mapped, or was when the task ended."""
        return self.pack[self.progress.current_input]

    def _lines(self, path: Path) -> int:
        return count_lines(path) if self.step.verbose else 0

    def reading(self) -> str:
        """What follows the task's name in an error: what it was reading."""
        return f", reading {self._split()}"

    def as_shell(self, outcome: Outcome) -> str:
        """The task as a line of shell: ``map 3 < docs.tsv bytes 0-33554432 > 2 runs, 1,234 lines, 1.2 s``."""
        if self.step.layout.reduces:
            runs = counted(sum(map(len, outcome.runs)), "run")
            target = runs if outcome.spills < 2 else f"{runs} of {outcome.spills} spills"
        else:
            target = self.step.part(self.number).name
        return f"map {self.number} < {self._source()} > {target}, {_lines_and_seconds(outcome)}"

    def _source(self) -> str:
        """The input by the user's names: a range of a file, or several files."""
        first, last = self._name(self.pack[0]), self._name(self.pack[-1])
        if len(self.pack) > 1:
            return f"{len(self.pack)} files, {first} to {last}"
        split = self.pack[0]
        return split.title or f"{first} bytes {split.start}-{split.start + split.length}"

    def _name(self, split: Split) -> str:
        """The user's name for the file of a split; ``-`` for standard input, ``part-00000`` in a later step."""
        name = split.file.name or ("-" if self.step.number == 0 else Path(split.file.path).name)
        # a control character would reach the terminal
        return name if name.isprintable() else ascii(name)


@dataclass(frozen=True)
class ReduceTask:
    """Merges the runs of one partition and reduces them."""

    step: Step
    number: int
    runs: list[Run]
    site: Site
    progress: TaskProgress

    def run(self) -> Outcome:
        """Write the part file."""
        started = time.monotonic()
        self.site.set_up()
        context = self.site.context("reducer")
        path = self.step.part(self.number)
        batches = merge_all(
            self.runs, self.site.folder, sort_values=self.step.layout.sort_values, on_read=self.progress.add
        )
        lines = self.step.layout.reducer_lines(chain.from_iterable(batches))
        with self.step.open_part(self.number) as out:
            self.step.run_substep(context, lines, out)
        seconds = time.monotonic() - started
        return Outcome(context.counters(), seconds, count_lines(path) if self.step.verbose else 0)

    def as_shell(self, outcome: Outcome) -> str:
        """The task as a line of shell: ``reduce 0 < 5 runs > part-00000, 1,234 lines, 0.8 s``."""
        target = self.step.part(self.number).name
        return f"reduce {self.number} < {counted(len(self.runs), 'run')} > {target}, {_lines_and_seconds(outcome)}"


def _lines_and_seconds(outcome: Outcome) -> str:
    return f"{counted(outcome.lines, 'line')}, {outcome.seconds:.1f} s"


def counted(number: int, noun: str) -> str:
    """A number with its noun: ``1 run``, ``1,234 lines``."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def count_lines(path: Path) -> int:
    """The newlines in a file, which may be compressed."""
    with open_file(path) as file:
        return sum(chunk.count(b"\n") for chunk in iter(partial(file.read, reading.CHUNK), b""))
