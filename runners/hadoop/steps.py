"""What a step on Hadoop is told: its programs, its files, its settings, where its input and its output are.

mrjob builds the command; what differs is here. Programs stand in one script (see hadoop_task), the job's package in one
archive (see ship). A record stays the line that it is: Hadoop's own way, key TAB value, adds a TAB to a line that has
none, and with mrjob's way of sorting values to every line of two fields.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path
from typing import Any

from gristmill.errors import RunError
from gristmill.task import archive
from mrjob.compat import jobconf_from_dict

from . import task
from .files import link_files
from .input import HadoopInput

#: Settings by which a job handles records, keys or partitions itself: then Hadoop's own ways hold.
_OWN_RECORDS = re.compile(r"^stream\.|comparator|partitioner")
_LINES = "keyonlytext"
_BY_FIRST_FIELD = "org.apache.hadoop.mapred.lib.KeyFieldBasedPartitioner"
_JAR = "hadoop*streaming*.jar"
_PARTS = ("mapper", "combiner", "reducer")


class HadoopSteps(HadoopInput):
    """The steps of a job, as arguments of Hadoop's commands."""

    _mrjob_cls: Any
    #: Where the output is to be in the end; "" where it is printed.
    _target: str
    _source = ""

    @property
    def _tag(self) -> str:
        """By this YARN knows the job before it has told its id."""
        return self._name().lower()[-90:]

    def get_hadoop_version(self) -> str:
        """Names of settings are the same in all that has YARN, so nobody is asked."""
        return "3.0.0"

    def get_hadoop_bin(self) -> list[str]:
        """The `hadoop` command: --hadoop-bin, $HADOOP_HOME's, the path's; RunError where there is none."""
        given = self._opts["hadoop_bin"]
        homes = [os.environ.get(name) for name in ("HADOOP_HOME", "HADOOP_PREFIX", "HADOOP_INSTALL")]
        places = [str(Path(home, "bin")) for home in homes if home] + [os.environ.get("PATH", os.defpath)]
        name = given[0] if given else "hadoop"
        found = shutil.which(name, path=os.pathsep.join(places))
        if not found:
            raise RunError(f"there is no command {name!r}; install Hadoop's, and set HADOOP_HOME or --hadoop-bin to it")
        return [found, *given[1:]] if given else [found]

    def get_hadoop_streaming_jar(self) -> str:
        """Hadoop's own jar for programs in any language; RunError where it is not found."""
        if not self._hadoop_streaming_jar:
            found = [jar for folder in self._hadoop_streaming_jar_dirs() for jar in Path(folder).rglob(_JAR)]
            jars = [jar for jar in found if "sources" not in jar.name]
            if not jars:
                raise RunError(f"there is no {_JAR} beside Hadoop's other jars; name it by --hadoop-streaming-jar")
            self._hadoop_streaming_jar = str(min(jars, key=lambda jar: (len(jar.parts), len(jar.name))))
        return str(self._hadoop_streaming_jar)

    # its programs

    def _py_files(self) -> list[str]:
        """Only those the user named: mrjob and the job's package are in the job's archive."""
        return list(self._opts["py_files"])

    def _create_setup_wrapper_scripts(self) -> None:
        self._source = self._script_path
        if any("script" in (step.get(part) or {}).get("type", "") for step in self._get_steps() for part in _PARTS):
            self._script_path = str(Path(self._get_local_tmp_dir(), f"{self._name().partition('.')[0]}.zip"))
            archive.write_archive(self._mrjob_cls, Path(self._script_path), names=json.dumps(self._names).encode())
            self._working_dir_mgr.add("file", self._script_path)
        super()._create_setup_wrapper_scripts()

    def _setup_cmd_content(self, setup: Any) -> list[str]:
        """mrjob's, with its lock in the application's folder, since it would stay in /tmp for ever."""
        lines: list[str] = super()._setup_cmd_content(setup)
        lock = f"exec 9>/tmp/wrapper.lock.{self._job_key}"
        return ['exec 9>"${LOCAL_DIRS%%,*}/gristmill-setup.lock"' if line == lock else line for line in lines]

    def _write_task_script(self) -> None:
        commands = {
            f"{step_num}-{part}": self._substep_args(step_num, part) if part in step else ["cat"]
            for step_num, step in enumerate(self._get_steps())
            if step["type"] == "streaming"
            for part in _PARTS
            if part in step or part == "mapper"
        }
        last = self._num_steps() - 1
        in_order = f"{last}-mapper" if self._is_in_order() else ""
        path = Path(self._get_local_tmp_dir(), task.NAME)
        path.write_text(task.script(commands, in_order), encoding="utf-8")
        self._working_dir_mgr.add("file", str(path), task.NAME)

    def _is_in_order(self) -> bool:
        """Whether the output is of maps alone and is printed: then its parts say where they belong."""
        step_num = self._num_steps() - 1
        printed = not (self._target or self._hadoop_output_format)
        return printed and self._get_step(step_num)["type"] == "streaming" and self._is_map_only(step_num)

    def _upload_args(self) -> list[str]:
        args = []
        for kind in ("file", "archive"):
            named = sorted(self._working_dir_mgr.name_to_path(kind).items())
            # the job's own module is in its archive
            wanted = [(name, path) for name, path in named if path != self._source]
            folder = Path(self._get_local_tmp_dir(), f"{kind}s")
            shutil.rmtree(folder, ignore_errors=True)
            if wanted:
                args += [f"-{kind}s", link_files(folder, wanted)]
        return args

    # a step

    def _is_map_only(self, step_num: int) -> bool:
        reduces = jobconf_from_dict(self._opts_for(step_num), "mapreduce.job.reduces")
        return "reducer" not in self._get_step(step_num) or str(reduces) == "0"

    def _opts_for(self, step_num: int) -> dict[str, Any]:
        """The settings that the user and the job gave for a step."""
        return {**self._opts["jobconf"], **(self._get_step(step_num).get("jobconf") or {})}

    def _jobconf_for_step(self, step_num: int) -> dict[str, Any]:
        name = f"{self._job_key} (step {step_num + 1} of {self._num_steps()})"
        ours = {"mapreduce.job.name": name, "mapreduce.job.tags": self._tag}
        ours["stream.tmpdir"] = self._get_local_tmp_dir()
        conf = {**ours, **self._record_jobconf(step_num), **super()._jobconf_for_step(step_num)}
        if "reducer" not in self._get_step(step_num):
            conf["mapreduce.job.reduces"] = "0"
        return conf

    def _record_jobconf(self, step_num: int) -> dict[str, str]:
        """Settings by which records stay as they are, where the job does not see to that itself.

        They are sorted as whole lines, so by key, then by value, and spread by their first field.
        """
        if self._has_own_records():
            return {}
        step = self._get_step(step_num)
        formatted = bool(self._hadoop_output_format) and step_num == self._num_steps() - 1
        conf = {} if formatted else {"stream.reduce.output": _LINES}
        if self._is_map_only(step_num):
            return {} if formatted else {"stream.map.output": _LINES}
        # what a combiner writes is read as a reducer's output is
        if not (self._partitioner or (formatted and "combiner" in step)):
            conf.update({"stream.map.output": _LINES, "stream.reduce.input": _LINES})
            conf["mapreduce.partition.keypartitioner.options"] = "-k1,1"
        return conf

    def _has_own_records(self) -> bool:
        steps = range(self._num_steps())
        return any(_OWN_RECORDS.search(name) for step_num in steps for name in self._opts_for(step_num))

    def _sort_values_partitioner(self) -> str | None:
        ours: str | None = super()._sort_values_partitioner()
        return ours if self._has_own_records() else _BY_FIRST_FIELD

    def _render_substep(self, step_num: int, mrc: str) -> str | None:
        if mrc in self._get_step(step_num) or mrc == "mapper":
            return f"/bin/sh {task.NAME} {step_num}-{mrc}"
        return None

    def _step_output_uri(self, step_num: int) -> str:
        if step_num == self._num_steps() - 1:
            return str(self._output_dir)
        return str(self._intermediate_output_dir(step_num))
