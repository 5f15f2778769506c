"""Hadoop's commands on this machine: where they are, and a run of one, line by line.

hadoop fs …     files (see hdfs)
hadoop jar …    a step (see submit)
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Callable

from gristmill.errors import RunError

from .client_report import ClientReport

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

log = logging.getLogger("mrjob.gristmill")

#: Seconds for Java to end in good order.
GRACE = 10
#: The environment's names of Hadoop's folder, in the order they are looked at.
_HOMES = ("HADOOP_HOME", "HADOOP_PREFIX", "HADOOP_INSTALL")
_JAR = "hadoop*streaming*.jar"


class NoAnswer(RunError):
    """The cluster cannot be reached: start it, or name another."""

    def __init__(self, daemon: str) -> None:
        super().__init__(f"the cluster does not answer: {daemon}; start it, or check HADOOP_CONF_DIR")


def find_hadoop(given: Sequence[str]) -> list[str]:
    """The `hadoop` command and its arguments: the `given` one, $HADOOP_HOME's, the path's; RunError without one."""
    homes = [os.environ.get(name) for name in _HOMES]
    folders = [str(Path(home, "bin")) for home in homes if home] + [os.environ.get("PATH", os.defpath)]
    name, *arguments = given or ["hadoop"]
    found = shutil.which(name, path=os.pathsep.join(folders))
    if not found:
        raise RunError(f"there is no command {name!r}; install Hadoop's, and set HADOOP_HOME or --hadoop-bin to it")
    return [found, *arguments]


def find_streaming_jar(folders: Iterable[str]) -> str:
    """Hadoop's own jar for programs in any language, in or below one of these folders; RunError without one."""
    found = [jar for folder in folders for jar in Path(folder).rglob(_JAR)]
    jars = [jar for jar in found if "sources" not in jar.name]
    if not jars:
        raise RunError(f"there is no {_JAR} beside Hadoop's other jars; name it by --hadoop-streaming-jar")
    return str(min(jars, key=lambda jar: (len(jar.parts), len(jar.name))))


def environment() -> dict[str, str]:
    """This process's environment, in which Java takes names and arguments to be UTF-8, and logs what it does."""
    env = dict(os.environ)
    locale = env.get("LC_ALL") or env.get("LC_CTYPE") or env.get("LANG") or ""
    if "utf" not in locale.lower():
        env["LC_ALL"] = "C.UTF-8"
    env["HADOOP_ROOT_LOGGER"] = "INFO,console"
    return env


def run_command(
    command: Sequence[str], report: ClientReport, on_line: Callable[[str], object], data: IO[Any] | None = None
) -> int:
    """Run a command of Hadoop's, give each line of its output to `report`, then to `on_line`; its exit status.

    Where its output is `data` it goes to that file, and the lines are those of its errors. The command has a session of
    its own, so that Ctrl-C at the terminal is this process's to handle, and ends with this call.
    NoAnswer where no daemon does.
    """
    log.debug("> %s", " ".join(command))
    process = subprocess.Popen(  # noqa: S603 (a list, no shell)
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if data is None else data,
        stderr=subprocess.STDOUT if data is None else subprocess.PIPE,
        env=environment(),
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    try:
        for line in process.stdout or process.stderr or ():
            log.debug("%s", line.rstrip())
            report.add_line(line)
            on_line(line)
            if daemon := report.unreachable():
                raise NoAnswer(daemon)
        return process.wait()
    finally:
        _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    """End a command that still runs; Java removes its temporary files when it is asked to end."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
