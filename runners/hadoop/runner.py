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

import json
import logging
import posixpath
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gristmill.input import names
from gristmill.task import archive, counters

from .. import sent_files
from ..counters import log_counters
from ..inputs import FoundInputs
from ..progress import Percent
from ..setup_scripts import SetUpScripts
from ..streaming_step import BY_LINE, JobSteps, StreamingStep, step_arguments, step_jobconf
from . import step, task
from .command import find_hadoop, find_streaming_jar
from .failure import step_error
from .folders import HadoopFolders
from .ledger import adopt, clean_up
from .output import fetch, output_lines, publish, reserve
from .submit import run_step
from .upload import Upload, bring_inputs, is_remote, lay_out, list_inputs, send
from .yarn import Yarn

if TYPE_CHECKING:
    from collections.abc import Iterator

log = logging.getLogger("mrjob.gristmill")


class HadoopRunner(FoundInputs, SetUpScripts, HadoopFolders):
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

    @cached_property
    def _yarn(self) -> Yarn:
        return Yarn(self.get_hadoop_bin())

    def get_hadoop_version(self) -> str:
        """Names of settings are the same in all that has YARN, so no command is run."""
        return "3.0.0"

    def get_hadoop_bin(self) -> list[str]:
        """The `hadoop` command: --hadoop-bin, $HADOOP_HOME's, the path's; RunError where there is none."""
        return find_hadoop(self._opts["hadoop_bin"])

    def get_hadoop_streaming_jar(self) -> str:
        """Hadoop's own jar for programs in any language; RunError where it is not found."""
        if not self._hadoop_streaming_jar:
            self._hadoop_streaming_jar = find_streaming_jar(self._hadoop_streaming_jar_dirs())
        return str(self._hadoop_streaming_jar)

    def _reader(self, is_remote: bool) -> Any:
        return "hadoop"

    def _create_dir_archives(self) -> None:
        others = self._opts["py_files"] + self._opts["libjars"]
        sent_files.prepare(self._working_dir_mgr, self._dir_to_archive_path, others)
        sent_files.check_suffixes(self._working_dir_mgr.paths("archive"))

    def _create_input_manifest_if_needed(self) -> None:
        """Nothing yet: the paths of the input on the cluster are known once it is laid out."""

    # a run

    def _run(self) -> None:
        step.check_settings(self._job)
        files, scratch = self._files, Path(self._get_local_tmp_dir())
        clean_up(adopt(self._ledger, scratch.parent, self.get_hadoop_bin()), files, self._yarn)
        if self._target:
            self._output_dir = reserve(self._target, self._name, files, self._ledger)
        self._upload_input()
        self._create_setup_wrapper_scripts()
        step.send_task_script(
            self._working_dir_mgr, self._job, self._substep_args, scratch, self._task_python_bin(), self._is_in_order()
        )
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

    def _py_files(self) -> list[str]:
        """Only those the user named: mrjob and the job's package are in the job's archive."""
        return list(self._opts["py_files"])

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

    def _streaming_step(self, step_num: int) -> StreamingStep:
        uris = self._step_input_uris(step_num), self._step_output_uri(step_num)
        script, extra = f"/bin/sh {task.NAME}", self._opts["hadoop_extra_args"]
        paths, scratch = self._working_dir_mgr.name_to_path, Path(self._get_local_tmp_dir())
        return StreamingStep(
            step_arguments(self._job, step_num, script, uris, extra),
            self._cmdenv(),
            step.step_files(paths, self._source, scratch, self._libjar_paths()),
            self._jobconf_for_step(step_num),
        )

    def _jobconf_for_step(self, step_num: int) -> dict[str, str]:
        settings = step.job_settings(self._job_key, step_num, self._num_steps(), self._get_local_tmp_dir())
        return step_jobconf(self._job, step_num, settings, super()._jobconf_for_step(step_num))

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
