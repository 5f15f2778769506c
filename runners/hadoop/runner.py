"""``-r hadoop``: a job on a Hadoop cluster, with as few starts of Java as it takes.

    local input                        -> fs -put
    the job's archive and task script  -> jar, one a step
    output, printed                    -> fs -get, merged here by key, fs -rm
    output, --output-dir               -> fs -test before, fs -mv behind

Of these -test, -mv and -rm are asked of the name node by HTTP where a cluster lets us (see webhdfs).

What a run makes on the cluster lies in one folder there, and beside an output directory under a hidden name. Both are
noted in this run's local folder, so that the next run on this machine removes what a killed one left.
"""

from __future__ import annotations

import logging
import os
import posixpath
import re
import tempfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from gristmill.errors import InputError, RunError, output_exists
from gristmill.input import names
from mrjob.logs.counters import _format_counters
from mrjob.step import StepFailedException

from ..owned_folder import OwnedFolder
from ..progress import Percent
from .client import Report
from .files import Left
from .hdfs import Hdfs, NoAnswer, listen
from .output import cat
from .steps import HadoopSteps
from .yarn import LOGS, Yarn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gristmill.task.counters import Counters

    from .task import Failure

log = logging.getLogger("mrjob.gristmill")

#: How Hadoop says that there is nothing at an input path.
_NO_INPUT = re.compile(r"Input path does not exist: (.*)|Input Pattern (.*) matches 0 files")
#: How Hadoop says that a task's program ended badly.
_DIED = re.compile(r"subprocess failed|Broken pipe|Stream closed")


class HadoopRunner(HadoopSteps):
    """Runs a job by the `hadoop` command; see the module for how, and mrjob for the options."""

    _STEP_TYPES: Any = frozenset({"jar", "streaming"})

    def __init__(self, mrjob_cls: Any, **kwargs: Any) -> None:
        # mrjob's __init__ may ask for the local folder
        self._scratch: OwnedFolder | None = None
        self._left = Left()
        super().__init__(**kwargs)
        self._mrjob_cls = mrjob_cls
        self._quiet = not logging.getLogger("mrjob").isEnabledFor(logging.INFO)
        self._upload_mgr = None
        self._hadoop_tmp_dir = posixpath.join(self._opts["hadoop_tmp_dir"] or "", f"gristmill.{self._name()}")
        self._target = (kwargs.get("output_dir") or "").rstrip("/")
        self._output_dir = self._target or f"{self._hadoop_tmp_dir}/output"
        self._step_output_dir = kwargs.get("step_output_dir")
        self._counters: list[Counters] = []

    @classmethod
    def _default_opts(cls) -> dict[str, Any]:
        # a small job in one container takes half the time, and Hadoop knows by itself what is small; its end is seen
        # half a second earlier; folders of input are walked, as on one machine
        jobconf = {
            "mapreduce.client.progressmonitor.pollinterval": "250",
            "mapreduce.job.ubertask.enable": "true",
            "mapreduce.input.fileinputformat.input.dir.recursive": "true",
        }
        ours = {"cleanup_on_failure": ["ALL"], "hadoop_tmp_dir": "", "jobconf": jobconf}
        return {**super()._default_opts(), **ours}

    # what is on this machine

    def _get_local_tmp_dir(self) -> str:
        if self._local_tmp_dir is None:
            parent = Path(self._opts["local_tmp_dir"] or tempfile.gettempdir()).absolute()
            try:
                prefix = f"gristmill-hadoop-{os.getuid()}."
                self._scratch = OwnedFolder(parent, prefix, self._name(), self._left.adopt)
            except OSError as error:
                raise RunError(f"{parent}: {error.strerror}; name another folder by --local-tmp-dir") from None
            self._local_tmp_dir = str(self._scratch.path)
            self._left.keep_in(self._scratch.path)
        return self._local_tmp_dir

    # what goes to the cluster

    def _run(self) -> None:
        hadoop = self.get_hadoop_bin()
        self._hdfs, self._yarn = Hdfs(hadoop), Yarn(hadoop)
        self._get_local_tmp_dir()
        self._remove_left()
        if self._target:
            if self._hdfs.exists(self._target):
                raise output_exists(self._target)
            folder, name = posixpath.split(self._target)
            self._output_dir = posixpath.join(folder, f".{name}.gristmill.{self._name()}")
            self._left.add(self._output_dir)
        self._upload()
        self._create_setup_wrapper_scripts()
        self._write_task_script()
        for step_num in range(self._num_steps()):
            self._run_step(step_num)
        if self._target:
            self._hdfs.move(self._output_dir, self._target)
            self._left.drop(self._output_dir)
            self._output_dir = self._target

    def _remove_left(self) -> None:
        """Kill the jobs of runs that were killed, and remove what they made."""
        for job in self._left.jobs:
            self._yarn.kill(job)
        if self._left.folders:
            self._hdfs.remove(*self._left.folders)
        self._left.drop(*self._left.jobs, *self._left.folders)

    # a step

    def _run_step(self, step_num: int) -> None:
        if self._step_output_uri(step_num).startswith(self._hadoop_tmp_dir):
            self._left.add(self._hadoop_tmp_dir)
        command = self._args_for_step(step_num)
        log.info("Running step %d of %d...", step_num + 1, self._num_steps())
        report, bar = Report(), Percent(quiet=self._quiet)
        told = False

        def heard(_: str) -> None:
            nonlocal told
            if report.address and not told:
                told = True
                self._left.add(report.staging, report.job)
                log.info("%s: %s", report.job, report.address)
            bar.show(report.map, report.reduce)

        try:
            status = listen(command, report, heard)
        except NoAnswer:
            raise
        except BaseException:
            self._kill(report)
            raise
        finally:
            bar.close()
        self._left.drop(report.job, report.staging)
        self._counters.append(report.counters)
        if report.counters:
            log.info("\n%s\n", _format_counters(report.counters))
        if status:
            self._fail(step_num, report, status)

    def _kill(self, report: Report) -> None:
        """Kill the job of a client that was stopped; one that was just submitted has not been named yet."""
        self._left.add(report.staging)
        for job in [report.job] if report.job else self._yarn.find(self._tag):
            log.info("Killing %s...", job)
            self._yarn.kill(job)
            self._left.drop(job)

    def _fail(self, step_num: int, report: Report, status: int) -> None:
        """Raise what says why a step failed."""
        if report.refusal:
            self._refuse(report.refusal)
        reason = report.says or ": ".join(filter(None, (f"hadoop ended with exit status {status}", report.last)))
        if report.application:
            log.info("Looking for what made it fail...")
            # in one container the client is told nothing of attempts
            reason = report.error or self._yarn.error(report.job) or reason
            # of a task that Hadoop ended there are no last words to wait for
            failure = self._yarn.failure(report.application, LOGS if _DIED.search(reason) else 0)
            if failure:
                log.error("\n".join(failure.said))
                reason = f"{failure.task} on {failure.host}{self._reading(failure)}: {failure.why}"
            else:
                reason = f"{reason}; see yarn logs -applicationId {report.application}"
        raise StepFailedException(reason, step_num, self._num_steps())

    def _refuse(self, why: str) -> NoReturn:
        """Raise what says why a step was not started."""
        if found := _NO_INPUT.search(why):
            path = found[1] or found[2]
            # as it was given, where that can be told
            path = next((given for given in self._names["paths"] if given.endswith(path.partition(":/")[2])), path)
            raise InputError(f"input {path} does not exist; give a file, a folder or a glob that the cluster has")
        raise RunError(f"Hadoop does not take the job: {why}; mend that")

    def _reading(self, failure: Failure) -> str:
        """What a failed task was reading, by the user's name."""
        if not failure.path:
            return ""
        name = names.resolve(self._names, failure.path) or failure.path
        return f", reading {name} bytes {failure.start}-{failure.start + failure.length}"

    # the end

    def counters(self) -> list[Counters]:
        """The counters of each step, by group and name."""
        return self._counters

    def cat_output(self) -> Iterator[bytes]:
        """The job's output: part files merged by key; without a reducer, in the order of the input."""
        source = self.get_output_dir()
        if source is None:
            raise ValueError("Run the job before streaming output")
        scratch = Path(self._get_local_tmp_dir())
        folder = scratch / "output"
        if not folder.exists():
            self._hdfs.get(source, str(folder))
        place = partial(names.input_order, self._names) if self._is_in_order() else None
        return cat(folder, scratch, place)

    def _cleanup_hadoop_tmp(self) -> None:
        if not self._left.folders:
            return
        try:
            self._hdfs.remove(*self._left.folders)
            self._left.drop(*self._left.folders)
        except RunError as error:
            log.error("error: %s; the next run on this machine tries again", error)
            if self._scratch:
                self._scratch.release()
                self._scratch = None

    def _cleanup_local_tmp(self) -> None:
        if self._scratch:
            self._scratch.remove()
        self._scratch, self._local_tmp_dir = None, None
