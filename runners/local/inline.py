"""``-r inline``: mrjob's inline runner, for a debugger, with Hadoop's conventions for input and output.

splits of the local runner -> a file each -> mrjob's tasks, one after the other in this process -> part files
"""

from __future__ import annotations

import shutil
from typing import Any, BinaryIO, Callable

from gristmill.errors import RunError, TaskFailed
from gristmill.input import reading
from gristmill.task import substep
from gristmill.task.processes import DISK_FULL, one_line
from mrjob.inline import InlineMRJobRunner
from mrjob.step import StepFailedException

from .one_machine import OneMachineRunner


class InlineRunner(OneMachineRunner, InlineMRJobRunner):
    """Runs a job in this process, one task at a time; an exception of the job's is raised as it is."""

    alias = "inline"

    def run(self) -> None:
        """Run all steps; an error of the job's is raised as it is, a full disk as RunError."""
        try:
            super().run()
        except OSError as error:
            if error.errno in DISK_FULL:
                raise RunError(one_line(error)) from error
            raise

    def _log_cause_of_error(self, ex: BaseException) -> None:
        # the line of a RunError names its cause
        if not isinstance(ex, RunError):
            super()._log_cause_of_error(ex)

    def _invoke_task_func(self, task_type: str, step_num: int, task_num: int) -> Callable[..., None]:
        invoke = super()._invoke_task_func(task_type, step_num, task_num)

        def invoke_task(stdin: BinaryIO, stdout: BinaryIO, stderr: BinaryIO, wd: str, env: dict[str, str]) -> None:
            try:
                with substep.as_text(stdout, stderr) as (printed, messages), substep.exits_as_errors():
                    invoke(stdin, printed, messages, wd, env)
            except TaskFailed as error:
                what = f"{task_type} task {task_num}: {error}"
                raise StepFailedException(what, step_num, self._num_steps()) from None

        return invoke_task

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
        return [{"file": split.file.path, "start": split.start, "length": split.length} for split in splits]
