"""What Spark's executors run: the job's own tasks over lines, as the local runner has them.

split -> mapper, sort, combiner -> sorted runs -> pieces of them
pieces -> runs -> merge, reducer -> lines -> the next step's mapper, or the output
"""

from __future__ import annotations

import io
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from itertools import chain, groupby
from operator import attrgetter, itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import unquote

from gristmill.input import find, reading
from gristmill.input.splits import Split, whole
from gristmill.input.usable import skipped_counters
from gristmill.shuffle.collector import Collector, Layout
from gristmill.shuffle.merge import Run, merge_all
from gristmill.shuffle.partition import partitioner
from gristmill.task import environment, substep
from mrjob.compat import translate_jobconf_for_all_versions

from ..part_file import PartFile
from . import task_folder
from .failure import task_exception
from .pieces import PIECE, cut_runs, gather_runs

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextlib import AbstractContextManager

    from .pieces import Piece
    from .plan import Plan


@dataclass(frozen=True)
class MapTask:
    """A map task: its name in an error, the settings of its input, and its rank in the order of the input."""

    step_num: int
    number: int
    name: str
    settings: dict[str, str]
    #: File and byte, or the number of the split and 0.
    rank: tuple[int, int]


class Tasks:
    """The tasks of a plan. They give their counters to Spark's accumulator, as {(step, substep, task): counters}."""

    def __init__(self, plan: Plan, counters: Any) -> None:
        self.plan = plan
        self._counters = counters
        #: The user's names of the files that Spark's own reader reads, by their URIs.
        self.names: dict[str, str] = {}

    def _run_substep(self, context: substep.TaskContext, lines: Iterable[bytes], out: BinaryIO) -> None:
        """Run the job for a substep of its step, or pass the lines on."""
        code = substep.Code()
        if context.mrc in self.plan.steps[context.step_num]:
            # modules stay imported behind the task, whose folder goes
            package = Path(context.folder, environment.PACKAGE).resolve()
            code = substep.Code(partial(self._job, context), py_files=(str(package),) if package.exists() else ())
        substep.run(code, context, lines, out)

    def _job(self, context: substep.TaskContext) -> Any:
        """The job, to be imported where its files are: in the task's working directory."""
        job_class = attrgetter(self.plan.name)(import_module(self.plan.module))
        return job_class([f"--step-num={context.step_num}", f"--{context.mrc}", *self.plan.args])

    def skip(self, step_num: int, files: int) -> None:
        """Count files of the input that the driver leaves out."""
        self._counters.add({(step_num, "skipped"): skipped_counters(files)})

    # map

    def map_splits(self, step_num: int, splits: Iterable[tuple[int, Split]]) -> Iterator[Any]:
        """Map splits of files that this machine has; (number, split) -> pieces, or lines of output."""
        for number, split in splits:
            with task_folder.new_folder() as folder:
                name = f"map task {number}, reading {split}"
                uri = "file://" + split.file.path
                settings = task_folder.input_settings(uri, split.start, split.length, split.file.name)
                task = MapTask(step_num, number, name, settings, (number, 0))
                yield from self._map(task, folder, reading.open_split(split))

    def map_rows(
        self, step_num: int, names: dict[str, tuple[int, str]], number: int, rows: Iterable[Any]
    ) -> Iterator[Any]:
        """Map rows (file, start of the split, its length, line) that Spark has read; `names`: URI -> index, name."""
        for (file, start, length), group in groupby(rows, itemgetter(0, 1, 2)):
            with task_folder.new_folder() as folder:
                uri = unquote(file)
                index, given = names[uri]
                name = f"map task {number}, reading {given or uri} bytes {start}-{start + length}"
                settings = task_folder.input_settings(uri, start, length, given)
                task = MapTask(step_num, number, name, settings, (index, start))
                self._counters.add({("rank", number): task.rank})
                yield from self._map(task, folder, nullcontext(bytes(row[3]) + b"\n" for row in group))

    def _map(self, task: MapTask, folder: Path, source: AbstractContextManager[Iterable[bytes]]) -> Iterator[Any]:
        reduces = self.plan.reduces[task.step_num]
        context = self._context("mapper", task.step_num, task.number, folder, task.settings)
        runs: list[list[Run]] = []
        with self._reporting(context, task.name, task.rank), source as lines:
            if reduces:
                collector = Collector(str(folder / "runs"), self._layout(reduces), self._combiner(context))
                with io.BufferedWriter(substep.Sink(collector.write), reading.CHUNK) as out:
                    self._run_substep(context, lines, out)
                runs = collector.finish()
            else:
                with PartFile(self._output_file(task.step_num, task.number, folder)) as out:
                    self._run_substep(context, lines, out)
        if reduces:
            yield from cut_runs(runs, task.rank)
        else:
            yield from self._pass_on(task.step_num, task.number, folder)

    def _layout(self, reduces: int) -> Layout:
        sort_values = self.plan.sort_values
        return Layout(partitioner(reduces, sort_values=sort_values), reduces, sort_values, self.plan.sort_mb << 20)

    def _combiner(self, context: substep.TaskContext) -> Any:
        combines = "combiner" in self.plan.steps[context.step_num]
        return partial(self._combine, replace(context, mrc="combiner")) if combines else None

    def _combine(self, context: substep.TaskContext, lines: Iterable[bytes], write: Any) -> None:
        with io.BufferedWriter(substep.Sink(write), reading.CHUNK) as out:
            self._run_substep(context, lines, out)

    # reduce

    def reduce(self, step_num: int, number: int, pieces: Iterable[Piece]) -> Iterator[Any]:
        """Reduce the pieces of partition `number`; the next step's pieces, or lines of output."""
        with task_folder.new_folder() as folder:
            runs = gather_runs(pieces, folder)
            context = self._context("reducer", step_num, number, folder, {})
            with self._reporting(context, f"reduce task {number}", (number, 0)):
                batches = merge_all(runs, folder, sort_values=self.plan.sort_values)
                with PartFile(self._output_file(step_num, number, folder)) as out:
                    self._run_substep(context, chain.from_iterable(batches), out)
            yield from self._pass_on(step_num, number, folder)

    # output

    def _output_file(self, step_num: int, number: int, folder: Path) -> Path:
        """The file that takes a task's output, on the disk of the part file that it may become."""
        if step_num + 1 in self.plan.steps or "://" in self.plan.output:
            return folder / "output"
        return Path(self.plan.output, f".part-{number:05d}.{folder.name}")

    def _pass_on(self, step_num: int, number: int, folder: Path) -> Iterator[Any]:
        """Pass a task's output on: to the next step's mapper, to a part file, or as lines to Spark."""
        output = self._output_file(step_num, number, folder)
        if step_num + 1 in self.plan.steps:
            split = whole(find.InputFile(str(output), ""))
            name = f"map task {number} of step {step_num + 2}, reading part {number} of step {step_num + 1}"
            further = folder / f"{folder.name}-next"
            further.mkdir()
            yield from self._map(
                MapTask(step_num + 1, number, name, {}, (number, 0)), further, reading.open_split(split)
            )
        elif "://" in self.plan.output:
            with output.open("rb") as file:
                while lines := file.readlines(PIECE):
                    # Spark ends the last line
                    yield b"".join(lines)[:-1]
        else:
            # a task may be run twice; a part appears whole
            output.replace(Path(self.plan.output, f"part-{number:05d}"))

    # context

    def _context(
        self, mrc: str, step_num: int, number: int, folder: Path, settings: dict[str, str]
    ) -> substep.TaskContext:
        """Where a substep runs, in the environment that Hadoop would give it."""
        working = task_folder.working_folder(folder, self.plan.links)
        task = f"{self.plan.job_key}_{mrc}_{step_num:04d}{number}"
        conf = {
            **self.plan.jobconf,
            environment.JOB_ID: self.plan.job_key,
            environment.TASK_ID: f"task_{task}",
            environment.ATTEMPT_ID: f"attempt_{task}_0",
            environment.IS_MAP: str(mrc == "mapper").lower(),
            environment.PARTITION: str(number),
            environment.LOCAL_DIR: working,
            **settings,
        }
        env = {
            environment.variable(name): conf[key] for key in conf for name in translate_jobconf_for_all_versions(key)
        }
        return substep.TaskContext(mrc, step_num, working, env, str(folder / "stderr"))

    @contextmanager
    def _reporting(self, context: substep.TaskContext, name: str, rank: tuple[int, int]) -> Iterator[None]:
        """Report the task's counters, or its failure, to the driver."""
        try:
            yield
        except Exception as error:
            raise task_exception(error, name, context) from None
        self._counters.add({(context.step_num, context.mrc, *rank): context.counters()})
