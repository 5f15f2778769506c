"""What Spark's executors run: the job's own tasks over lines, as the local runner has them.

    split -> mapper, sort, combiner -> sorted runs -> pieces of them     (reduce, (run, position, bytes))
    pieces -> runs -> merge, reducer -> lines -> the next step's mapper, or the output

Spark moves the pieces and never looks into them, so bytes stay what they are, and a line of any length is many pieces.
"""

from __future__ import annotations

import io
import os
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from itertools import groupby
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from gristmill.input import find, reading
from gristmill.input.splits import Split, whole
from gristmill.shuffle.collector import Collector, Layout
from gristmill.shuffle.merge import Run, merge_all
from gristmill.shuffle.partition import partitioner
from gristmill.task import environment, substep
from mrjob.compat import translate_jobconf_for_all_versions

from . import task_folder

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextlib import AbstractContextManager

    #: A run: the rank of its map task, and its number there.
    RunKey = tuple[int, int, int]
    #: For which reduce task; of which run, from which byte of it, what bytes.
    Piece = tuple[int, tuple[RunKey, int, bytes]]

#: Bytes of a piece: pyspark gathers a thousand of them.
PIECE = 64 << 10


@dataclass(frozen=True)
class Plan:
    """Streaming steps to run in one go: the job, what to read, where to write. Steps are numbered as in the job."""

    module: str
    name: str
    steps: dict[int, dict[str, Any]]
    #: Reduce tasks of each step; 0 where it has none.
    reduces: dict[int, int]
    args: list[str]
    jobconf: dict[str, str]
    sort_values: bool
    sort_mb: int
    job_key: str
    output: str
    #: The task's working directory: name -> path on this machine. None where Spark has put the files there.
    links: dict[str, str] | None


@dataclass(frozen=True)
class MapTask:
    """A map task: what to call it in an error, what its environment says of its input, where that stands among all."""

    step_num: int
    number: int
    name: str
    where: dict[str, str]
    #: File and byte, or the number of the split and 0.
    rank: tuple[int, int]


class Tasks:
    """The tasks of a plan. `counted.add` takes {(step, part, task): counters}."""

    def __init__(self, plan: Plan, counted: Any) -> None:
        self.plan = plan
        self._counted = counted

    # what a task runs

    def _code(self, context: substep.TaskContext) -> substep.Code:
        if context.mrc not in self.plan.steps[context.step_num]:
            return substep.Code()
        return substep.Code(partial(self._job, context))

    def _job(self, context: substep.TaskContext) -> Any:
        """The job, to be imported where its files are: in the task's working directory."""
        job_class = attrgetter(self.plan.name)(import_module(self.plan.module))
        return job_class([f"--step-num={context.step_num}", f"--{context.mrc}", *self.plan.args])

    # tasks

    def map_splits(self, step_num: int, splits: Iterable[tuple[int, Split]]) -> Iterator[Any]:
        """Map splits of files that this machine has."""
        for number, split in splits:
            with task_folder.folder() as folder:
                name = f"map task {number}, reading {split}"
                where = task_folder.where("file://" + split.file.path, split.start, split.length, split.file.name)
                task = MapTask(step_num, number, name, where, (number, 0))
                yield from self._map(task, folder, reading.open_split(split))

    def map_rows(
        self, step_num: int, names: dict[str, tuple[int, str]], number: int, rows: Iterable[Any]
    ) -> Iterator[Any]:
        """Map rows (file, start of the split, its length, line) that Spark has read; `names`: URI -> place, name."""
        for (file, start, length), group in groupby(rows, itemgetter(0, 1, 2)):
            with task_folder.folder() as folder:
                uri = unquote(file)
                place, given = names[uri]
                name = f"map task {number}, reading {given or uri} bytes {start}-{start + length}"
                task = MapTask(step_num, number, name, task_folder.where(uri, start, length, given), (place, start))
                self._counted.add({("rank", number): task.rank})
                yield from self._map(task, folder, nullcontext(bytes(row[3]) + b"\n" for row in group))

    def _map(self, task: MapTask, folder: Path, source: AbstractContextManager[Iterable[bytes]]) -> Iterator[Any]:
        reduces = self.plan.reduces[task.step_num]
        place = self._place("mapper", task.step_num, task.number, folder, task.where)
        runs: list[list[Run]] = []
        with self._telling(place, task.name, task.rank), source as lines:
            if reduces:
                collector = Collector(str(folder / "runs"), self._layout(reduces), self._combiner(place))
                with io.BufferedWriter(substep.Sink(collector.write), reading.CHUNK) as out:
                    substep.run(self._code(place), place, lines, out)
                runs = collector.finish()
            else:
                with self._sink(task.step_num, task.number, folder).open("wb", reading.CHUNK) as out:
                    substep.run(self._code(place), place, lines, out)
        if not reduces:
            yield from self._go_on(task.step_num, task.number, folder)
        for reduce, of_reduce in enumerate(runs):
            for order, run in enumerate(of_reduce):
                yield from ((reduce, ((*task.rank, order), *piece)) for piece in _pieces(run))

    def reduce(self, step_num: int, number: int, pieces: Iterable[Piece]) -> Iterator[Any]:
        """Reduce what came for reduce task `number`, and go on with what follows."""
        with task_folder.folder() as folder:
            runs = _gathered(pieces, folder)
            place = self._place("reducer", step_num, number, folder, {})
            with self._telling(place, f"reduce task {number}", (number, 0)):
                batches = merge_all(runs, folder, sort_values=self.plan.sort_values)
                with self._sink(step_num, number, folder).open("wb", reading.CHUNK) as out:
                    substep.run(self._code(place), place, (line for lines in batches for line in lines), out)
            yield from self._go_on(step_num, number, folder)

    def _go_on(self, step_num: int, number: int, folder: Path) -> Iterator[Any]:
        """With a task's output: map it for the next step, leave it as a part file, or hand it to Spark."""
        done = self._sink(step_num, number, folder)
        if step_num + 1 in self.plan.steps:
            split = whole(find.InputFile(str(done), ""))
            name = f"map task {number} of step {step_num + 2}, reading part {number} of step {step_num + 1}"
            further = folder / f"{folder.name}-next"
            further.mkdir()
            yield from self._map(
                MapTask(step_num + 1, number, name, {}, (number, 0)), further, reading.open_split(split)
            )
        elif "://" in self.plan.output:
            with done.open("rb") as file:
                while lines := file.readlines(PIECE):
                    # whoever writes them ends the last one
                    yield b"".join(lines)[:-1]
        else:
            # a task may be run twice; a part appears whole
            done.replace(Path(self.plan.output, f"part-{number:05d}"))

    def _sink(self, step_num: int, number: int, folder: Path) -> Path:
        """The file that takes a task's output, where it can be renamed to what it becomes."""
        if step_num + 1 in self.plan.steps or "://" in self.plan.output:
            return folder / "output"
        return Path(self.plan.output, f".part-{number:05d}.{folder.name}")

    def _layout(self, reduces: int) -> Layout:
        sort_values = self.plan.sort_values
        return Layout(partitioner(reduces, sort_values=sort_values), reduces, sort_values, self.plan.sort_mb << 20)

    def _combiner(self, place: substep.TaskContext) -> Any:
        combines = "combiner" in self.plan.steps[place.step_num]
        return partial(self._combine, replace(place, mrc="combiner")) if combines else None

    def _combine(self, place: substep.TaskContext, lines: Iterable[bytes], write: Any) -> None:
        with io.BufferedWriter(substep.Sink(write), reading.CHUNK) as out:
            substep.run(self._code(place), place, lines, out)

    def _place(self, part: str, step_num: int, number: int, folder: Path, where: dict[str, str]) -> substep.TaskContext:
        working = task_folder.working_folder(folder, self.plan.links)
        task = f"{self.plan.job_key}_{part}_{step_num:04d}{number}"
        conf = {
            **self.plan.jobconf,
            environment.JOB_ID: self.plan.job_key,
            environment.TASK_ID: f"task_{task}",
            environment.ATTEMPT_ID: f"attempt_{task}_0",
            environment.IS_MAP: str(part == "mapper").lower(),
            environment.PARTITION: str(number),
            environment.LOCAL_DIR: working,
            **where,
        }
        env = {
            environment.variable(name): conf[key] for key in conf for name in translate_jobconf_for_all_versions(key)
        }
        return substep.TaskContext(part, step_num, working, env, str(folder / "stderr"))

    @contextmanager
    def _telling(self, place: substep.TaskContext, name: str, rank: tuple[int, int]) -> Iterator[None]:
        """Have the driver told of the task's counters, and of its failure."""
        try:
            yield
        except Exception as error:
            raise task_folder.told(error, name, place) from None
        self._counted.add({(place.step_num, place.mrc, *rank): place.counters()})


def _pieces(run: Run) -> Iterator[tuple[int, bytes]]:
    with Path(run.path).open("rb") as file:
        for position in range(0, run.length, PIECE):
            file.seek(run.start + position)
            yield position, file.read(min(PIECE, run.length - position))


def _gathered(pieces: Iterable[Piece], folder: Path) -> list[Run]:
    """The runs again, in order of map tasks, whatever order their pieces come in."""
    sizes: dict[RunKey, int] = {}
    for _, (key, position, data) in pieces:
        file = os.open(folder / "{}-{}".format(*key), os.O_WRONLY | os.O_CREAT)
        try:
            os.pwrite(file, data, position)
        finally:
            os.close(file)
        sizes[key] = max(sizes.get(key, 0), position + len(data))
    return [Run(str(folder / "{}-{}".format(*key)), 0, sizes[key]) for key in sorted(sizes)]
