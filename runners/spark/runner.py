"""``-r spark``: a job's steps on Spark, on this machine's cores unless --spark-master says otherwise.

    this process -> spark-submit -> its driver (harness.py) -> tasks on its executors (tasks.py) -> result file

mrjob's Spark runner gives the frame (options, uploads, Spark's own steps). Its harness is not used: Spark turns the
lines that it reads and writes into Java strings there, and all lines of a key are held in memory.
"""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gristmill.input import find
from gristmill.task import archive
from gristmill.task.counters import add_counters
from gristmill.task.environment import PACKAGE
from mrjob.parse import is_uri
from mrjob.step import StepFailedException

from .. import sent_files
from ..counters import log_counters
from ..inputs import log_hidden, utf8_path
from ..record_settings import refused_by_spark
from .failure import step_exception
from .folders import SparkFolders
from .java import java_home
from .plan import Input, Source
from .submit import LOCAL, bare, check_installed, program, submit

if TYPE_CHECKING:
    from gristmill.input.compression import Reader

log = logging.getLogger("mrjob.gristmill")


class SparkRunner(SparkFolders):
    """Runs a job on Spark; see the module for how, and mrjob for the options."""

    # before anything starts

    def _check_steps(self, steps: list[dict[str, Any]]) -> None:
        super()._check_steps(steps)
        streaming = any(step["type"] == "streaming" for step in steps)
        for kind, name in (("input", self._hadoop_input_format), ("output", self._hadoop_output_format)):
            if name and streaming:
                raise NotImplementedError(f"it names Hadoop's {kind} format {name}; use -r hadoop, or leave it out")
        if name := next(refused_by_spark(self._given_settings() if streaming else ()), None):
            raise NotImplementedError(f"it sets {name}; use -r local or -r hadoop, or leave it out")
        if self._opts["setup"] and not self._spark_executors_have_own_wd():
            raise NotImplementedError("it has --setup commands, which need a cluster; use -r local, or leave them out")
        if streaming and self._spark_deploy_mode() == "cluster":
            raise NotImplementedError("its driver must run on this machine; leave out --spark-deploy-mode cluster")
        if not self._opts["spark_submit_bin"]:
            check_installed()

    def _reader(self, is_remote: bool) -> Reader:
        return "spark" if is_remote or self._cluster_dir else "here"

    # what goes along

    def _others_sent(self) -> list[str]:
        return [*super()._others_sent(), *self._opts["libjars"]]

    def _create_dir_archives(self) -> None:
        super()._create_dir_archives()
        if self._spark_executors_have_own_wd():
            sent_files.check_suffixes(self._working_dir_mgr.paths("archive"))

    def _default_python_bin(self, local: bool = False) -> list[str]:
        command: list[str] = super()._default_python_bin(local=local or self._is_local)
        return command

    def _py_files(self) -> list[str]:
        """Those that the user named, and the job's archive with the harness in it."""
        return [*self._opts["py_files"], self._archive()]

    def _archive(self) -> str:
        path = Path(self._get_local_tmp_dir(), "job.zip")
        if not path.exists():
            sent = archive.sent_paths(self._opts)
            archive.write_archive(self._mrjob_cls, path, "gristmill.runners.spark.harness", sent=sent)
        return str(path)

    def _create_setup_wrapper_scripts(self) -> None:
        """Send what is the user's of the job, to be unpacked: a module may open a file that lies beside it."""
        package = Path(self._get_local_tmp_dir(), "job.package.zip")
        if self._mrjob_cls is not None and archive.write_package(self._mrjob_cls, package, with_script=True):
            self._working_dir_mgr.add("archive", str(package), PACKAGE)
        super()._create_setup_wrapper_scripts()

    def _links(self, step_num: int) -> dict[str, str] | None:
        """The files of a task's working directory: name -> path; None where Spark puts them there."""
        if self._spark_executors_have_own_wd():
            return None
        files = self._working_dir_mgr.name_to_path("file").items()
        # the job's own module is imported from its archive: a link would be gone with the first task's folder
        links = {name: str(Path(path).absolute()) for name, path in files if path != self._script_path}
        for name, path in self._working_dir_mgr.name_to_path("archive").items():
            links[name] = str(Path(self._get_local_tmp_dir(), f"unpacked-{step_num}", name))
            sent_files.unpack(path, links[name])
        return links

    # running

    def _spark_submit_args(self, step_num: int) -> list[str]:
        args: list[str] = super()._spark_submit_args(step_num)
        if not self._is_local:
            return args
        conf = {**LOCAL, "spark.local.dir": str(Path(self._get_local_tmp_dir(), "spark-local"))}
        return [word for name, value in conf.items() for word in ("--conf", f"{name}={value}")] + args

    def _spark_script_path(self, step_num: int) -> str:
        kind = self._get_step(step_num)["type"]
        if kind not in ("streaming", "spark"):
            path: str = super()._spark_script_path(step_num)
            return path
        script = Path(self._get_local_tmp_dir(), f"step-{step_num}.py")
        if kind == "spark":
            script.write_text(archive.program(self._mrjob_cls))
        return str(script)

    def _spark_script_args(self, step_num: int, last_step_num: int | None = None) -> list[str]:
        if self._get_step(step_num)["type"] == "streaming":
            self._write_harness(step_num, step_num if last_step_num is None else last_step_num)
            return []
        args: list[str] = super()._spark_script_args(step_num, last_step_num)
        return args

    def _write_harness(self, first: int, last: int) -> None:
        """The program that spark-submit runs for some streaming steps."""
        steps, is_last = range(first, last + 1), last == self._num_steps() - 1
        module, _ = archive.home(self._mrjob_cls)
        plan = {
            "module": module,
            "name": self._mrjob_cls.__qualname__,
            "steps": {step: self._get_step(step) for step in steps},
            "reduces": {step: self._num_reducers(step) for step in steps},
            "args": self._mr_job_extra_args(),
            "jobconf": {name: str(value) for name, value in self._jobconf_for_step(first).items()},
            "sort_values": bool(self._sort_values),
            "sort_mb": self._sort_mb(first),
            "job_key": self._job_key,
            "output": bare(self._step_output_uri(last)),
            "final_output": self._named_output if is_last and is_uri(self._named_output or "") else "",
            "links": self._links(first),
        }
        about = self._maps(first), self._least_split(first), self._cluster_dir, self._found.several
        how = (self.skip_unreadable, self.encoding) if first == 0 else ()
        source = Source(self._inputs(first), *about, self._copies(), *how)
        Path(self._spark_script_path(first)).write_text(program("main", plan, asdict(source), self._result_file(first)))

    def _copies(self) -> str:
        return f"{self._cluster_dir or f'file://{self._get_local_tmp_dir()}'}/copies"

    def _num_reducers(self, step_num: int) -> int | None:
        """The number of reduce tasks: 0 without a reducer, None for Spark's default."""
        return self._setting(step_num, "mapreduce.job.reduces") if "reducer" in self._get_step(step_num) else 0

    def _inputs(self, step_num: int) -> list[Input]:
        """What the step reads."""
        if not step_num:
            # keeps standard input in a file, if it is input
            self._get_input_paths()
            return [self._input(number, file) for number, file in enumerate(self._input_files)]
        inputs: list[Input] = []
        for uri in self._step_input_uris(step_num):
            if is_uri(bare(uri)):
                inputs.append(Input(uri))
            else:
                inputs += [Input(file.path, "") for file in find.find_files(bare(uri))]
        return inputs

    def _input(self, number: int, file: find.InputFile) -> Input:
        if self._is_remote(file.path):
            return Input(file.path)
        file = replace(file, path=str(self._stdin_path)) if file.path == "-" else file
        # what Spark's own reader takes is copied first
        copied = Path(self._get_local_tmp_dir(), "recoded", str(number))
        path = utf8_path(file, copied) if self._cluster_dir else file.path
        return Input(path, file.name, file.version if path == file.path else None)

    def _result_file(self, step_num: int) -> str:
        return str(Path(self._get_local_tmp_dir(), f"result-{step_num}.json"))

    def _run_step_on_spark(self, step: dict[str, Any], step_num: int, last_step_num: int | None = None) -> None:
        last = step_num if last_step_num is None else last_step_num
        args = self._args_for_spark_step(step_num, last)
        output = bare(self._step_output_uri(last))
        if step["type"] == "streaming" and not is_uri(output):
            with self._output_errors():
                Path(output).mkdir(parents=True)
        self._started = True
        self._submit(args, step_num, Path(self._result_file(step_num)), last)
        if not step_num:
            self._check_unchanged()

    def _submit(self, args: list[str], step_num: int, result_file: Path, last: int = -1) -> None:
        """Run spark-submit and take the result that its program wrote; StepFailedException, or an error of ours."""
        env = {**java_home(Path(self._get_local_tmp_dir())), **self._spark_cmdenv(step_num)}
        status, lines = submit(args, env)
        result = json.loads(result_file.read_text()) if result_file.exists() else {}
        self._count(step_num, last, result.get("counters", []))
        log_hidden(result.get("hidden", 0))
        if failed := result.get("failed"):
            if failed["detail"]:
                log.error(failed["detail"].rstrip())
            raise step_exception(failed, step_num, self._num_steps())
        if status:
            log.error("\n".join(lines))
            raise StepFailedException(f"spark-submit ended with exit status {status}", step_num, self._num_steps())

    def _count(self, first: int, last: int, counters: list[Any]) -> None:
        """Add up and log the counters of the steps from `first` to `last`, given by task."""
        self._counters += [{} for _ in range(first, last + 1)]
        if first == 0 <= last:
            add_counters(self._counters[0], self._skipped)
        for step, groups in counters:
            add_counters(self._counters[step], groups)
        for step in range(first, last + 1):
            log_counters(self._counters[step])
