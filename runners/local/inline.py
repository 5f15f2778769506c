"""``-r inline``: mrjob's inline runner, for a debugger, with Hadoop's conventions for input and output.

splits of the local runner -> a file each -> mrjob's tasks, one after the other in this process -> part files

Between maps and reduces stands the local runner's shuffle, with one reduce where none are asked for.
"""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Callable

from gristmill.errors import RunError, TaskFailed
from gristmill.input import reading
from gristmill.input.compression import suffix_of
from gristmill.input.decompress import BZIP2, GZIP
from gristmill.input.splits import open_file
from gristmill.shuffle.collector import Collector
from gristmill.shuffle.merge import join_lines, merge_all
from gristmill.task import substep
from gristmill.task.processes import DISK_FULL
from mrjob.inline import InlineMRJobRunner
from mrjob.step import StepFailedException

from ..part_file import PartFile
from .one_machine import OneMachineRunner, as_map_split

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gristmill.shuffle.collector import Layout
    from gristmill.shuffle.merge import Run

#: What the set-up script of other runners unpacks for `mapper_raw`, as mrjob documents it.
_UNPACKED = (suffix_of(BZIP2), suffix_of(GZIP))


class InlineRunner(OneMachineRunner, InlineMRJobRunner):
    """Runs a job in this process, one task at a time; an exception of the job's is raised as it is."""

    alias = "inline"
    #: Whose combiner's input is sorted.
    _sorting_step = 0

    def __init__(self, mrjob_cls: Any = None, **kwargs: Any) -> None:
        super().__init__(mrjob_cls, **kwargs)
        # a step without reduces is one of maps alone, as on Hadoop
        for step_num, step in enumerate(self._steps or ()):
            if not self._num_reducers(step_num):
                self._steps[step_num] = {mrc: step[mrc] for mrc in step if mrc not in ("combiner", "reducer")}

    def _is_own(self, error: OSError) -> bool:
        """An error of the job's is raised as it is, a full disk as RunError."""
        return error.errno in DISK_FULL

    def _log_cause_of_error(self, ex: BaseException) -> None:
        # the line of a RunError names its cause
        if not isinstance(ex, RunError):
            super()._log_cause_of_error(ex)

    def _invoke_task_func(self, task_type: str, step_num: int, task_num: int) -> Callable[..., None]:
        invoke = super()._invoke_task_func(task_type, step_num, task_num)
        is_last = task_type == self._last_task_type_in_step(step_num)
        takes_file = task_type == "mapper" and self._lists_files(step_num)

        def invoke_task(stdin: BinaryIO, stdout: BinaryIO, stderr: BinaryIO, wd: str, env: dict[str, str]) -> None:
            try:
                with (
                    PartFile(stdout, *(self._written(step_num), self._codec(step_num)) if is_last else ()) as out,
                    substep.as_text(out, stderr) as (printed, messages),
                    substep.failing(self._may_fail(step_num), messages),
                    substep.exits_as_errors(),
                    self._giving_plain_files() if takes_file else nullcontext(),
                ):
                    invoke(stdin, printed, messages, wd, env)
            except TaskFailed as error:
                what = f"{task_type} task {task_num}: {error}"
                raise StepFailedException(what, step_num, self._num_steps()) from None

        return invoke_task

    @contextmanager
    def _giving_plain_files(self) -> Iterator[None]:
        """Tasks that mrjob makes meanwhile get a compressed file as other runners give it to `mapper_raw`: unpacked."""
        job_class = self._mrjob_cls
        self._mrjob_cls = partial(_job_on_plain_file, job_class)
        try:
            yield
        finally:
            self._mrjob_cls = job_class

    def _task_output_path(self, task_type: str, step_num: int, task_num: int) -> str:
        path: str = super()._task_output_path(task_type, step_num, task_num)
        codec = self._codec(step_num) if task_type == self._last_task_type_in_step(step_num) else None
        return f"{path}{codec.suffix}" if codec else path

    def _split_mapper_input(self, input_paths: list[str], step_num: int) -> list[dict[str, Any]]:
        """Write each split of the local runner, decompressed, to the file that mrjob's task reads."""
        splits = self._splits(step_num)
        for split, target in zip(splits, self._yield_split_fileobjs("mapper", step_num)):
            with reading.open_split(split) as source, target:
                if self._lists_files(step_num):
                    target.write(b"%d\t" % split.start)
                if "mapper" in self._get_step(step_num):
                    shutil.copyfileobj(source, target, reading.CHUNK)
                else:  # these lines are sorted as they are
                    target.writelines(map(substep.ended, source))
        return [as_map_split(split) for split in splits]

    # the shuffle

    def _num_reducers(self, step_num: int) -> int:
        """The number of reduces that is asked for, or one; none in a step without a reducer."""
        reduces = self._setting(step_num, "mapreduce.job.reduces")
        return 0 if "reducer" not in self._get_step(step_num) else 1 if reduces is None else reduces

    def _run_mapper_and_combiner_func(self, step_num: int, task_num: int, map_split: Any) -> Any:
        self._sorting_step = step_num
        return super()._run_mapper_and_combiner_func(step_num, task_num, map_split)

    def _sort_input_func(self) -> Callable[[Sequence[str], str], None]:
        """A function that sorts the lines of files, for a combiner."""
        return partial(_sort_files, self._layout(self._sorting_step, 1))

    def _sort_reducer_input(self, step_num: int, num_map_tasks: int) -> None:
        """Write the input of each reduce task."""
        last = "combiner" if "combiner" in self._get_step(step_num) else "mapper"
        sources = [self._task_output_path(last, step_num, number) for number in range(num_map_tasks)]
        folder = Path(self._sorted_reducer_input_path(step_num)).parent
        folder.mkdir(parents=True)
        layout = self._layout(step_num, self._num_reducers(step_num))
        sorted_runs = _sorted_runs(layout, sources, folder / "runs", combined=last == "combiner")
        for number, runs in enumerate(sorted_runs):
            target = Path(self._task_input_path("reducer", step_num, number))
            target.parent.mkdir(parents=True)
            _write_merged(layout, runs, target)

    def _split_reducer_input(self, step_num: int) -> int:
        """The number of reduce tasks, whose input is written."""
        return self._num_reducers(step_num)


def _job_on_plain_file(job_class: Any, args: list[str]) -> Any:
    """The task of a job whose last two arguments are a file's path and URI, on the file unpacked into this folder."""
    path = args[-2]
    if path.endswith(_UNPACKED):
        target = Path(tempfile.mkdtemp(prefix="input-", dir="."), Path(path).stem)
        with open_file(Path(path)) as source, target.open("wb") as plain:
            shutil.copyfileobj(source, plain, reading.CHUNK)
        args = [*args[:-2], str(target), args[-1]]
    return job_class(args)


def _sort_files(layout: Layout, sources: Sequence[str], target: str) -> None:
    runs = Path(f"{target}-runs")
    _write_merged(layout, _sorted_runs(layout, sources, runs)[0], Path(target))
    runs.unlink()


def _sorted_runs(layout: Layout, sources: Sequence[str], path: Path, *, combined: bool = False) -> list[list[Run]]:
    """The lines of files, which a mapper wrote or a combiner, as sorted runs of each partition, in the file `path`."""
    collector = Collector(str(path), layout, is_combined=combined)
    for source in sources:
        with Path(source).open("rb") as file:
            while data := file.read(reading.CHUNK):
                collector.write(data)
    return collector.finish()


def _write_merged(layout: Layout, runs: list[Run], target: Path) -> None:
    with target.open("wb") as file:
        for batch in merge_all(runs, target.parent, sort_values=layout.sort_values):
            file.write(join_lines(list(layout.reducer_lines(batch))))
