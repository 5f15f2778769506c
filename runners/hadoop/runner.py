"""``-r hadoop``: a job on a Hadoop cluster, with as few starts of Java as it takes.

    local input                        -> fs -put
    the job's archive and task script  -> jar, one a step
    output, printed                    -> fs -get, put in order here, fs -rm
    output, --output-dir               -> fs -test before, fs -put of its manifest and fs -mv behind

Of these -test, -mv, -rm and the manifest go by HTTP where a cluster lets us (see webhdfs).

What a run makes on the cluster lies in one folder there, and beside an output directory under a hidden name. Both stand
in a ledger in this run's local folder, so that the next run on this machine removes what a killed one left.
"""

from __future__ import annotations

import logging
import posixpath
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gristmill.task import counters

from ..counters import log_counters
from ..progress import Percent
from ..streaming_step import step_jobconf
from . import step
from .command import find_hadoop, find_streaming_jar
from .failure import step_error
from .folders import HadoopFolders
from .ledger import adopt, clean_up
from .output import publish, reserve
from .streaming_job import StreamingJob
from .submit import run_step
from .upload import Upload, bring_inputs, lay_out, list_inputs, send
from .yarn import Yarn

if TYPE_CHECKING:
    from ..streaming_step import StepFiles

log = logging.getLogger("mrjob.gristmill")


class HadoopRunner(StreamingJob, HadoopFolders):
    """Runs a job by the `hadoop` command; see the module for how, and mrjob for the options.

    Its methods are the hooks of mrjob's runner, in the order of a run.
    """

    _STEP_TYPES: Any = frozenset({"jar", "streaming"})

    def __init__(self, mrjob_cls: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._mrjob_cls = mrjob_cls
        self._upload_mgr = None
        self._hadoop_tmp_dir = posixpath.join(self._opts["hadoop_tmp_dir"] or "", f"gristmill.{self._name}")
        #: Where the output is to be in the end; "" where it is printed.
        self._target = (kwargs.get("output_dir") or "").rstrip("/")
        self._output_dir = self._target or f"{self._hadoop_tmp_dir}/output"
        self._step_output_dir, self._source = kwargs.get("step_output_dir"), self._script_path
        self._input = Upload({}, ())
        self._counters: list[counters.Counters] = []

    @classmethod
    def _default_opts(cls) -> dict[str, Any]:
        opts: dict[str, Any] = super()._default_opts()
        return {**opts, "cleanup_on_failure": ["ALL"], "hadoop_tmp_dir": "", "jobconf": step.DEFAULTS}

    # this machine

    @cached_property
    def _yarn(self) -> Yarn:
        return Yarn(self.get_hadoop_bin())

    def get_hadoop_bin(self) -> list[str]:
        """The `hadoop` command: --hadoop-bin, $HADOOP_HOME's, the path's; RunError where there is none."""
        return find_hadoop(self._opts["hadoop_bin"])

    def get_hadoop_streaming_jar(self) -> str:
        """Hadoop's own jar for programs in any language; RunError where it is not found."""
        if not self._hadoop_streaming_jar:
            self._hadoop_streaming_jar = find_streaming_jar(self._hadoop_streaming_jar_dirs())
        return str(self._hadoop_streaming_jar)

    # a run

    def _run(self) -> None:
        step.check_settings(self._job)
        files, scratch = self._files, Path(self._get_local_tmp_dir())
        clean_up(adopt(self._ledger, scratch.parent, self.get_hadoop_bin()), files, self._yarn)
        if self._target:
            self._output_dir = reserve(self._target, self._name, files, self._ledger)
        self._upload_input()
        self._create_task_script()
        for step_num in range(self._num_steps()):
            self._run_step(step_num)
        self.check_counters(self._counters, list)
        if self._target:
            publish(self._output_dir, self._target, self.manifest(self._counters), files, self._ledger)
            self._output_dir = self._target

    def _upload_input(self) -> None:
        here, there = Path(self._get_local_tmp_dir(), self._name), self._hadoop_tmp_dir
        lists_files = self._uses_input_manifest()
        sources = bring_inputs(self._found, here.with_name("hidden"), self._files, by_line=not lists_files)
        self._input = lay_out(sources, here, there, self._dump_stdin_to_local_file)
        if lists_files:
            self._input = list_inputs(self._input, here, there, self._files)
        send(here, there, self._files, self._ledger, sources.files)

    def _run_step(self, step_num: int) -> None:
        if self._step_output_uri(step_num).startswith(self._hadoop_tmp_dir):
            self._ledger.enter(self._hadoop_tmp_dir)
        command = self._args_for_step(step_num)
        log.info("Running step %d of %d...", step_num + 1, self._num_steps())
        bar = Percent(quiet=not logging.getLogger("mrjob").isEnabledFor(logging.INFO))
        status, report = run_step(command, step.yarn_tag(self._name), self._ledger, self._yarn, bar)
        counters.add_counters(report.counters, {} if step_num else self._skipped)
        self._counters.append(report.counters)
        log_counters(report.counters)
        if status:
            raise step_error((status, report), self._yarn, self._input.names, self._get_steps(), step_num)

    def _args_for_streaming_step(self, step_num: int) -> list[str]:
        return step.hadoop_command(
            self._streaming_step(step_num), self.get_hadoop_bin(), self.get_hadoop_streaming_jar()
        )

    def _step_files(self) -> StepFiles:
        paths, scratch = self._working_dir_mgr.name_to_path, Path(self._get_local_tmp_dir())
        return step.step_files(paths, self._source, scratch, self._libjar_paths())

    def _jobconf_for_step(self, step_num: int) -> dict[str, str]:
        settings = step.job_settings(self._job_key, step_num, self._num_steps(), self._get_local_tmp_dir())
        return step_jobconf(self._job, step_num, settings, super()._jobconf_for_step(step_num))
