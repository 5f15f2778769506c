"""What the runners have in common whose steps Hadoop's streaming jar runs: by the command of a cluster, and on EMR."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gristmill.input import names
from gristmill.task import archive, counters

from .. import sent_files
from ..inputs import FoundInputs
from ..job_steps import JobSteps
from ..setup_scripts import SetUpScripts
from ..streaming_step import BY_LINE, StreamingStep, step_arguments
from . import step, task
from .output import fetch, output_lines
from .upload import Upload, is_remote

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..streaming_step import StepFiles


class StreamingJob(FoundInputs, SetUpScripts):
    """The steps, the files and the output of a job; where they run is a runner's that extends it."""

    _mrjob_cls: Any
    #: Where the output is to be in the end; "" where it is printed.
    _target: str
    _output_dir: Any
    #: The path of the job's own module.
    _source: str
    _input: Upload
    _counters: list[counters.Counters]
    #: RemoteFiles of the cluster.
    _files: Any

    if TYPE_CHECKING:

        @property
        def _name(self) -> str:
            """The run's name, in letters that need no quoting anywhere."""

        def _step_files(self) -> StepFiles:
            """What the cluster fetches for a step."""

    _is_remote = staticmethod(is_remote)

    # this machine

    @property
    def _job(self) -> JobSteps:
        return JobSteps(
            self._get_steps(),
            self._opts["jobconf"],
            self._partitioner,
            sorts_values=bool(self._sort_values),
            plain_keys=bool(getattr(self._mrjob_cls, "PLAIN_KEYS", False)),
            input_format=BY_LINE if self._uses_input_manifest() else self._hadoop_input_format,
            output_format=self._hadoop_output_format,
        )

    def get_hadoop_version(self) -> str:
        """Names of settings are the same in all that has YARN, so no command is run."""
        return "3.0.0"

    def _reader(self, is_remote: bool) -> Any:
        return "hadoop"

    def _create_dir_archives(self) -> None:
        others = self._opts["py_files"] + self._opts["libjars"]
        sent_files.prepare(self._working_dir_mgr, self._dir_to_archive_path, others)
        sent_files.check_suffixes(self._working_dir_mgr.paths("archive"))

    def _create_input_manifest_if_needed(self) -> None:
        """Nothing yet: the paths of the input on the cluster are known once it is laid out."""

    # a run

    def _py_files(self) -> list[str]:
        """Only those the user named: mrjob and the job's package are in the job's archive."""
        return list(self._opts["py_files"])

    def _create_task_script(self) -> None:
        """Add what tasks start to the files that are sent to them."""
        self._create_setup_wrapper_scripts()
        step.send_task_script(
            self._working_dir_mgr,
            self._job,
            self._substep_args,
            Path(self._get_local_tmp_dir()),
            self._task_python_bin(),
            self._is_in_order(),
            self._cmdenv(),
        )

    def _create_setup_wrapper_scripts(self) -> None:
        if step.has_script(self._job):
            about = archive.sent_paths(self._opts), json.dumps(self._input.names).encode()
            path = Path(self._get_local_tmp_dir(), f"{self._name.partition('.')[0]}.zip")
            # the module of a package is in the job's archives
            self._source = "" if archive.home(self._mrjob_cls)[1] else self._script_path
            self._script_path = sent_files.add_job(self._working_dir_mgr, self._mrjob_cls, path, *about)
        super()._create_setup_wrapper_scripts()

    def _setup_lock(self) -> str:
        return step.SETUP_LOCK

    def _manifest_download_commands(self) -> list[tuple[str, str]]:
        return [("*", step.FETCH)]

    def _streaming_step(self, step_num: int) -> StreamingStep:
        uris = self._step_input_uris(step_num), self._step_output_uri(step_num)
        script, extra = f"/bin/sh {task.NAME}", self._opts["hadoop_extra_args"]
        arguments = step_arguments(self._job, step_num, script, uris, extra)
        return StreamingStep(arguments, self._step_files(), self._jobconf_for_step(step_num))

    def _step_input_uris(self, step_num: int) -> list[str]:
        return [self._intermediate_output_dir(step_num - 1)] if step_num else list(self._input.uris)

    def _step_output_uri(self, step_num: int) -> str:
        is_last = step_num == self._num_steps() - 1
        return str(self._output_dir if is_last else self._intermediate_output_dir(step_num))

    # the end

    def _is_in_order(self) -> bool:
        """Whether the output is printed in the order of the input: then its part files name their splits."""
        return not self._target and step.has_ordered_output(self._job)

    def counters(self) -> list[counters.Counters]:
        """The counters of each step, by group and name; of one whose client reported none, {}."""
        return self._counters

    def cat_output(self) -> Iterator[bytes]:
        """The job's output: part files in order of their numbers, or of the input, or merged by key."""
        source = self.get_output_dir()
        if source is None:
            raise ValueError("Run the job before streaming output")
        scratch = Path(self._get_local_tmp_dir())
        order = partial(names.input_order, self._input.names) if self._is_in_order() else None
        parts, merged = fetch(source, scratch, self._files), self.sorted_output and not self._job.is_map_only(-1)
        return output_lines(parts, scratch, order, merged=merged)
