"""``-r local``: all cores, forked tasks, byte ranges of the input, Hadoop's partitions, a merge sort bounded in memory.

    input -> splits -> map tasks (mapper, sort, combiner) -> runs -> reduce tasks (merge, reducer) -> part files

mrjob's local runner gives the frame (options, working directories, set-up scripts); what happens to the data is ours.
"""

from __future__ import annotations

import io
import logging
import os
import shlex
from dataclasses import replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

from gristmill.errors import RunError, TaskFailed
from gristmill.input import reading
from gristmill.shuffle.collector import Collector, Layout
from gristmill.shuffle.merge import Run, merge_all
from gristmill.shuffle.partition import partitioner
from gristmill.task import archive, substep
from gristmill.task.counters import add_counters
from gristmill.task.processes import Task, one_line, run_tasks
from mrjob.local import LocalMRJobRunner
from mrjob.step import StepFailedException

from ..progress import Progress, TaskProgress
from .map_output import Output, Part
from .simulated import Simulated

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gristmill.input.splits import Split
    from gristmill.task.counters import Counters

log = logging.getLogger("mrjob.gristmill")

#: MB of map output held by a task before it is sorted to disk, where jobconf does not set mapreduce.task.io.sort.mb.
SORT_MB = 32

#: Where a task runs a part of the step.
Places = Callable[[str], substep.TaskContext]


class LocalRunner(Simulated, LocalMRJobRunner):
    """Runs a job on this machine's cores; see the module for how, and mrjob for the options."""

    alias = "local"

    def __init__(self, mrjob_cls: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not hasattr(os, "fork"):
            raise RunError("-r local needs fork(), which this system lacks; use -r inline, or WSL on Windows")
        self._mrjob_cls = mrjob_cls
        # tasks have working directories of their own
        self._opts["py_files"] = [str(Path(path).absolute()) for path in self._opts["py_files"]]
        self._quiet = not logging.getLogger("mrjob").isEnabledFor(logging.INFO)

    def _num_cores(self) -> int:
        if self._opts["num_cores"] is not None:
            cores = int(self._opts["num_cores"])
            if cores < 1:
                raise RunError(f"--num-cores is {cores}; give it 1 or more, or leave it out for all cores")
            return cores
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

    # the job's own files

    def _py_files(self) -> list[str]:
        """Only those the user named: mrjob and the job's package are in the job's archive, or in this process."""
        return list(self._opts["py_files"])

    def _create_setup_wrapper_scripts(self) -> None:
        if self._mrjob_cls is not None and any(self._needs_script(step) for step in self._get_steps()):
            self._script_path = str(Path(self._get_local_tmp_dir(), f"{Path(self._label()).name}.zip"))
            archive.write_archive(self._mrjob_cls, Path(self._script_path))
            self._working_dir_mgr.add("file", self._script_path)
        super()._create_setup_wrapper_scripts()

    def _setup_cmd_content(self, setup: Any) -> list[str]:
        """mrjob's, with its lock in this run's folder, since it would stay in /tmp for ever, and with a path quoted."""
        lock = shlex.quote(str(Path(self._get_local_tmp_dir(), "setup.lock")))
        lines: list[str] = super()._setup_cmd_content(setup)
        ours = {f"exec 9>/tmp/wrapper.lock.{self._job_key}": f"exec 9>{lock}", "cd $__mrjob_PWD": 'cd "$__mrjob_PWD"'}
        return [ours.get(line, line) for line in lines]

    def _needs_script(self, step: dict[str, Any]) -> bool:
        """Whether a task of the step runs the job by a command line rather than in a forked process."""
        return any(
            step.get(part, {}).get("type") == "script" and not self._in_process(step, part)
            for part in ("mapper", "combiner", "reducer")
        )

    def _in_process(self, step: dict[str, Any], part: str) -> bool:
        own_python = self._opts["python_bin"] or self._opts["task_python_bin"]
        return (
            step[part]["type"] == "script"
            and "pre_filter" not in step[part]
            and not step.get("input_manifest")
            and not (own_python or self._opts["setup"] or self._mrjob_cls is None)
        )

    def run(self) -> None:
        """Run all steps; a task's errors come as StepFailedException, those of this process as RunError."""
        try:
            super().run()
        except OSError as error:
            raise RunError(one_line(error)) from error

    # a step

    def _run_streaming_step(self, step: dict[str, Any], step_num: int) -> None:
        try:
            self._create_dist_cache_dir(step_num)
            Path(self._output_dir_for_step(step_num)).mkdir(parents=True, exist_ok=True)
            reduces = self._num_reducers(step_num) if "reducer" in step else 0
            layout = Layout(
                partitioner(max(reduces, 1), sort_values=bool(self._sort_values)),
                reduces,
                bool(self._sort_values),
                (self._setting(step_num, "mapreduce.task.io.sort.mb") or SORT_MB) << 20,
            )
            runs = self._map(step_num, layout)
            if reduces:
                self._reduce(step_num, layout, runs)
        except TaskFailed as error:
            if error.detail:
                log.error(error.detail.rstrip())
            raise StepFailedException(str(error), step_num, self._num_steps()) from None
        finally:
            self._log_counters(step_num)

    def _num_reducers(self, step_num: int) -> int:
        reduces = self._setting(step_num, "mapreduce.job.reduces")
        return self._num_cores() if reduces is None else reduces

    # map

    def _map(self, step_num: int, layout: Layout) -> list[list[list[Run]]]:
        """Run the map tasks; the runs of each task and partition."""
        packs = self._packs(step_num)
        total = sum(split.length for pack in packs for split in pack)
        progress = Progress("map", len(packs), total, quiet=self._quiet)
        tasks = [
            Task(
                f"map task {number}",
                partial(self._map_task, step_num, number, pack, layout, progress.task(number)),
                self._task_stderr_path("mapper", step_num, number),
                partial(_reading, pack, progress.task(number)),
            )
            for number, pack in enumerate(packs)
        ]
        try:
            return self._run_tasks(step_num, tasks, progress)
        finally:
            progress.close()

    def _map_task(
        self, step_num: int, number: int, pack: list[Split], layout: Layout, seen: TaskProgress
    ) -> tuple[list[list[Run]], Counters]:
        task = self._place("mapper", step_num, number)
        place = partial(self._place_at, task, number, pack, seen)
        if not layout.reduces:
            with Part(Path(self._output_dir_for_step(step_num), f"part-{number:05d}")) as part:
                self._map_pack(place, pack, seen, part)
            return [], task.counters()
        combine = partial(self._combine, place) if "combiner" in self._get_step(step_num) else None
        collector = Collector(str(Path(self._task_dir("mapper", step_num, number), "runs")), layout, combine)
        with Output(collector) as out:
            self._map_pack(place, pack, seen, out)
        return collector.finish(), task.counters()

    def _place_at(
        self, place: substep.TaskContext, number: int, pack: list[Split], seen: TaskProgress, part: str
    ) -> substep.TaskContext:
        """Where a map task runs a part of the step, in the environment of the split that it is at."""
        split = pack[seen.at]
        where = {"file": split.file.path, "start": split.start, "length": split.length}
        return replace(place, mrc=part, env=self._env_for_task("mapper", place.step_num, number, where))

    def _map_pack(self, place: Places, pack: list[Split], seen: TaskProgress, out: Output | Part) -> None:
        for number, split in enumerate(pack):
            seen.begin(number)
            mapping = place("mapper")
            with reading.open_split(split, seen.add) as source:
                listed = self._lists_files(mapping.step_num)
                lines = [b"%d\t%s" % (split.start, source.read())] if listed else source
                substep.run(self._code(mapping), mapping, lines, out)
            out.end_line()

    def _combine(self, place: Places, lines: Iterable[bytes], write: Any) -> None:
        combining = place("combiner")
        with io.BufferedWriter(substep.Sink(write), reading.CHUNK) as out:
            substep.run(self._code(combining), combining, lines, out)

    # reduce

    def _reduce(self, step_num: int, layout: Layout, runs: list[list[list[Run]]]) -> None:
        partitions = [list(chain.from_iterable(task[number] for task in runs)) for number in range(layout.reduces)]
        total = sum(run.length for partition in partitions for run in partition)
        progress = Progress("reduce", layout.reduces, total, quiet=self._quiet)
        tasks = [
            Task(
                f"reduce task {number}",
                partial(self._reduce_task, step_num, number, partition, layout, progress.task(number)),
                self._task_stderr_path("reducer", step_num, number),
            )
            for number, partition in enumerate(partitions)
        ]
        try:
            self._run_tasks(step_num, tasks, progress)
        finally:
            progress.close()
        # what has not been written to the disk yet need not be, and there is room for the output
        for path in {run.path for run in chain.from_iterable(partitions)}:
            Path(path).unlink()

    def _reduce_task(
        self, step_num: int, number: int, runs: list[Run], layout: Layout, seen: TaskProgress
    ) -> tuple[None, Counters]:
        place = self._place("reducer", step_num, number)
        scratch = Path(self._task_dir("reducer", step_num, number))
        batches = merge_all(runs, scratch, sort_values=layout.sort_values, on_read=seen.add)
        with Path(self._output_dir_for_step(step_num), f"part-{number:05d}").open("wb", reading.CHUNK) as out:
            substep.run(self._code(place), place, chain.from_iterable(batches), out)
        return None, place.counters()

    # tasks

    def _place(self, part: str, step_num: int, number: int) -> substep.TaskContext:
        folder = self._setup_working_dir(part, step_num, number)
        env = self._env_for_task(part, step_num, number)
        return substep.TaskContext(part, step_num, folder, env, self._task_stderr_path(part, step_num, number))

    def _code(self, context: substep.TaskContext) -> substep.Code:
        """What the task runs for the substep: the job in its process, a program, or nothing."""
        step = self._get_step(context.step_num)
        if context.mrc not in step:
            return substep.Code()
        if not self._in_process(step, context.mrc):
            return substep.Code(command=tuple(self._substep_args(context.step_num, context.mrc)))
        job = partial(self._mrjob_cls, self._args_for_task(context.step_num, context.mrc))
        return substep.Code(job, py_files=tuple(self._opts["py_files"]))

    def _run_tasks(self, step_num: int, tasks: list[Task[Any]], progress: Progress) -> list[Any]:
        """Run tasks that return (result, counters); add the counters up, return the results."""
        results = []
        for result, counters in run_tasks(tasks, self._num_cores(), progress.tick):
            results.append(result)
            add_counters(self._counters[step_num], counters)
        return results


def _reading(pack: list[Split], seen: TaskProgress) -> str:
    return f", reading {pack[seen.at]}"
