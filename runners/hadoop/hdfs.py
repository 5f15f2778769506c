"""Files on Hadoop's file systems: by ``hadoop fs``, a start of Java a call, or by HTTP where a cluster lets us.

Data goes by ``hadoop fs`` always, which checks it on its way.
"""

from __future__ import annotations

import logging
import os
import re
import subprocess
from contextlib import suppress
from typing import TYPE_CHECKING, Callable

from gristmill.errors import RunError

from .client import Report, fs_error
from .webhdfs import Unavailable, WebHdfs

if TYPE_CHECKING:
    from collections.abc import Sequence

log = logging.getLogger("mrjob.gristmill")

#: Seconds for Java to end in good order.
GRACE = 10
#: How ``hadoop fs -put`` and its like say that the folder to write into is missing.
_NO_FOLDER = "No such file or directory"
_CONNECTION = re.compile(r"(?:to (\S+) failed on .*)?(?:java\.net\.\w+Exception|ConnectTimeoutException)")


def environment() -> dict[str, str]:
    """This process's environment, in which Java takes names and arguments to be UTF-8, and says what it does."""
    env = dict(os.environ)
    locale = env.get("LC_ALL") or env.get("LC_CTYPE") or env.get("LANG") or ""
    if "utf" not in locale.lower():
        env["LC_ALL"] = "C.UTF-8"
    env["HADOOP_ROOT_LOGGER"] = "INFO,console"
    return env


def listen(command: Sequence[str], report: Report, heard: Callable[[str], object]) -> int:
    """Run a command of Hadoop's and give its exit status; `report` and `heard` are told each line that it says.

    It has a session of its own, so that Ctrl-C at the terminal is this process's to handle, and ends with this call.
    NoAnswer where no daemon does.
    """
    log.debug("> %s", " ".join(command))
    process = subprocess.Popen(  # noqa: S603 (a list, no shell)
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env=environment(),
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    )
    try:
        for line in process.stdout or ():
            log.debug("%s", line.rstrip())
            report.hear(line)
            heard(line)
            if where := report.unreachable():
                raise NoAnswer(where)
        return process.wait()
    finally:
        _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    """End a command that was left; Java removes its temporary files when it is asked to end."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class NoAnswer(RunError):
    """The cluster cannot be reached: start it, or name another."""

    def __init__(self, where: str) -> None:
        super().__init__(f"the cluster does not answer: {where}; start it, or check HADOOP_CONF_DIR")


class Hdfs:
    """The commands of ``hadoop fs`` that a run needs."""

    def __init__(self, hadoop: list[str]) -> None:
        self._hadoop = hadoop
        self._web = WebHdfs(hadoop)

    def put(self, folder: str, target: str) -> None:
        """Copy a local folder to `target`, and make the folder that `target` lies in if it is missing."""
        command = ("-put", folder, target)
        status, talk = self._call(*command)
        if status and _NO_FOLDER in talk:
            self._do("-mkdir", "-p", target.rpartition("/")[0] or ".")
            self._do(*command)
        elif status:
            self._fail(command, talk)

    def get(self, source: str, folder: str) -> None:
        """Copy `source` to the local path `folder`, which is not there yet."""
        self._do("-get", source, folder)

    def move(self, source: str, target: str) -> None:
        """Rename `source` to `target`, which is not there."""
        with suppress(Unavailable):
            return self._web.move(source, target)
        self._do("-mv", source, target)

    def remove(self, *paths: str) -> None:
        """Remove folders with all they hold; those that are gone are no error."""
        with suppress(Unavailable):
            for path in paths:
                self._web.remove(path)
            return
        self._do("-rm", "-r", "-f", "-skipTrash", *paths)

    def exists(self, path: str) -> bool:
        """Whether there is something at `path`."""
        with suppress(Unavailable):
            return self._web.exists(path)
        command = ("-test", "-e", path)
        status, talk = self._call(*command)
        if status and "test: " in talk:
            self._fail(command, talk)
        return not status

    def files(self, path: str) -> list[str]:
        """The files that a path or glob names, those in its folder where it is one."""
        command = ("-ls", "-C", path)
        done = subprocess.run(  # noqa: S603 (a list, no shell)
            [*self._hadoop, "fs", *command], env=environment(), capture_output=True, encoding="utf-8", check=False
        )
        if done.returncode:
            self._fail(command, done.stderr)
        return done.stdout.splitlines()

    def _do(self, *command: str) -> None:
        status, talk = self._call(*command)
        if status:
            self._fail(command, talk)

    def _call(self, *command: str) -> tuple[int, str]:
        lines: list[str] = []
        status = listen([*self._hadoop, "fs", *command], Report(), lines.append)
        return status, "".join(lines)

    def _fail(self, command: Sequence[str], talk: str) -> None:
        error = fs_error(talk)
        if found := _CONNECTION.search(error):
            raise NoAnswer(found[1] or error)
        raise RunError(f"hadoop fs {command[0]}: {error}; mend that, or name other paths")
