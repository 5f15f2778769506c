"""``-r local``: all cores, forked tasks, byte ranges of the input, Hadoop's partitions, a merge sort bounded in memory.

    input -> splits -> map tasks (mapper, sort, combiner) -> runs -> reduce tasks (merge, reducer) -> part files

mrjob's local runner gives the frame (options, working directories, set-up scripts) and this class fills its hooks;
stages.py and tasks.py do what happens to the data.
"""

from __future__ import annotations

import logging
import os
import shlex
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from gristmill.errors import RunError, TaskFailed
from gristmill.task import substep
from gristmill.task.archive import sent_paths
from mrjob.local import LocalMRJobRunner
from mrjob.step import StepFailedException

from .. import sent_files
from ..setup_scripts import SetUpScripts
from .one_machine import OneMachineRunner, as_map_split
from .stages import Workers, run_step
from .tasks import Site, Step

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gristmill.input.splits import Split

log = logging.getLogger("mrjob.gristmill")


class LocalRunner(OneMachineRunner, SetUpScripts, LocalMRJobRunner):
    """Runs a job on this machine's cores; see the module for how, and mrjob for the options."""

    alias = "local"

    def __init__(self, mrjob_cls: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        if not hasattr(os, "fork"):
            raise RunError("-r local needs fork(), which this system lacks; use -r inline, or WSL on Windows")
        self._mrjob_cls = mrjob_cls
        # tasks have working directories of their own
        self._opts["py_files"] = [str(Path(path).absolute()) for path in self._opts["py_files"]]

    # settings

    def _num_cores(self) -> int:
        if self._opts["num_cores"] is not None:
            cores = int(self._opts["num_cores"])
            if cores < 1:
                raise RunError(f"--num-cores is {cores}; give it 1 or more, or leave it out for all cores")
            return cores
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1

    def _num_reducers(self, step_num: int) -> int:
        reduces = self._setting(step_num, "mapreduce.job.reduces")
        return self._num_cores() if reduces is None else reduces

    # the job's own files

    def _py_files(self) -> list[str]:
        """Only those the user named: mrjob and the job's package are in the job's archive, or in this process."""
        return list(self._opts["py_files"])

    def _create_setup_wrapper_scripts(self) -> None:
        if self._mrjob_cls is not None and any(self._needs_script(step) for step in self._get_steps()):
            path, sent = Path(self._get_local_tmp_dir(), f"{Path(self._label()).name}.zip"), sent_paths(self._opts)
            self._script_path = sent_files.add_job(self._working_dir_mgr, self._mrjob_cls, path, sent)
        super()._create_setup_wrapper_scripts()

    def _setup_lock(self) -> str:
        return shlex.quote(str(Path(self._get_local_tmp_dir(), "setup.lock")))

    def _needs_script(self, step: dict[str, Any]) -> bool:
        """Whether a task of the step runs the job by a command line rather than in a forked process."""
        return any(
            step.get(mrc, {}).get("type") == "script" and not self._in_process(step, mrc)
            for mrc in ("mapper", "combiner", "reducer")
        )

    def _in_process(self, step: dict[str, Any], mrc: str) -> bool:
        """Whether the forked process of a task runs the substep itself."""
        own_python = self._opts["python_bin"] or self._opts["task_python_bin"]
        return (
            step[mrc]["type"] == "script"
            and "pre_filter" not in step[mrc]
            and not step.get("input_manifest")
            and not (own_python or self._opts["setup"] or self._mrjob_cls is None)
        )

    # a step

    def _run_streaming_step(self, step: dict[str, Any], step_num: int) -> None:
        try:
            self._create_dist_cache_dir(step_num)
            Path(self._output_dir_for_step(step_num)).mkdir(parents=True, exist_ok=True)
            # with -v a line for each task, in place of the bar
            quiet = not log.isEnabledFor(logging.INFO) or log.isEnabledFor(logging.DEBUG)
            workers = Workers(self._num_cores(), quiet, self._counters[step_num])
            run_step(self._step(step, step_num), self._packs(step_num), workers)
        except TaskFailed as error:
            if error.detail:
                log.error(error.detail.rstrip())
            raise StepFailedException(str(error), step_num, self._num_steps()) from None
        finally:
            self._log_counters(step_num)

    def _step(self, step: dict[str, Any], step_num: int) -> Step:
        """What the tasks of the step share."""
        reduces = self._num_reducers(step_num) if "reducer" in step else 0
        return Step(
            number=step_num,
            layout=self._layout(step_num, reduces),
            written=self._written(step_num),
            codec=self._codec(step_num),
            output=Path(self._output_dir_for_step(step_num)),
            combines="combiner" in step,
            lists_files=self._lists_files(step_num),
            run_substep=self._run_substep,
            site=partial(self._site, step_num),
            verbose=log.isEnabledFor(logging.DEBUG),
        )

    def _run_substep(self, context: substep.TaskContext, lines: Iterable[bytes], out: BinaryIO) -> None:
        """Run what the step says for a substep: the job in this process, a program, or nothing."""
        step, mrc = self._get_step(context.step_num), context.mrc
        if mrc not in step:
            code = substep.Code()
        elif self._in_process(step, mrc):
            job = partial(self._mrjob_cls, self._args_for_task(context.step_num, mrc))
            code = substep.Code(job, py_files=tuple(self._opts["py_files"]), may_fail=self._may_fail(context.step_num))
        else:
            command = tuple(self._substep_args(context.step_num, mrc))
            keeps_ends = mrc == "mapper" and bool(self._delimiter(context.step_num))
            code = substep.Code(command=command, keeps_ends=keeps_ends, may_fail=self._may_fail(context.step_num))
        substep.run(code, context, lines, out)

    def _site(self, step_num: int, task_type: str, number: int) -> Site:
        """Where a task runs."""
        task = (task_type, step_num, number)
        return Site(
            folder=Path(self._task_dir(*task)),
            stderr=self._task_stderr_path(*task),
            set_up=partial(self._setup_working_dir, *task),
            context=partial(self._context, task),
        )

    def _context(self, task: tuple[str, int, int], mrc: str, split: Split | None = None) -> substep.TaskContext:
        """Where a substep of a task runs, in the environment of the split that it reads."""
        env = self._env_for_task(*task, split and as_map_split(split))
        return substep.TaskContext(mrc, task[1], self._task_working_dir(*task), env, self._task_stderr_path(*task))
