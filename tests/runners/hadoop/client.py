"""A client of the tests' cluster: jobs run as a user runs them, with every start of Java counted."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from subprocess import CompletedProcess

    from tests.cluster.cluster import Cluster

#: A job takes 15 s on an idle machine.
SECONDS = 280
#: Seconds for a job's master to remove its own files.
LEAVE = 30
PROGRAM = """\
#!/bin/sh
echo "$(basename "$0") $*" >> '{calls}'
case "$*" in *"${{REFUSED:-no such word}}"*) echo "rm: Permission denied" >&2; exit 1 ;; esac
exec '{real}' "$@"
"""


class Client:
    """Commands of Hadoop's in `folder`, which write down each call, and a folder for the jobs' temporary files.

    A command that holds the words in REFUSED is refused, as by a cluster that denies it.
    """

    def __init__(self, cluster: Cluster, folder: Path) -> None:
        self._cluster = cluster
        #: Jobs of others have numbers up to it; where one was killed, its master may leave its files.
        self._before = cluster.last_application()
        self._calls = folder / "calls"
        self._home = folder / "home"
        self.tmp = folder / "tmp"
        self.tmp.mkdir()
        (self._home / "bin").mkdir(parents=True)
        for name in ("hadoop", "mapred", "yarn"):
            program = self._home / "bin" / name
            program.write_text(PROGRAM.format(calls=self._calls, real=cluster.hadoop.with_name(name)))
            program.chmod(0o755)
        (jar,) = cluster.hadoop.parents[1].rglob("share/**/hadoop-streaming*.jar")
        (self._home / jar.name).symlink_to(jar)

    @property
    def env(self) -> dict[str, str]:
        """What a job's environment needs."""
        env = {name: value for name, value in self._cluster.env.items() if name != "PATH"}
        return {**os.environ, **env, "HADOOP_HOME": str(self._home), "TMPDIR": str(self.tmp)}

    def start(self, *args: str | Path, cwd: Path | None = None) -> subprocess.Popen[bytes]:
        """Start ``python ARGS``."""
        command = [sys.executable, *map(str, args)]
        pipe = subprocess.PIPE
        return subprocess.Popen(command, cwd=cwd, env=self.env, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe)

    def run(
        self, *args: str | Path, cwd: Path | None = None, stdin: bytes = b"", **env: str
    ) -> CompletedProcess[bytes]:
        """Run ``python ARGS`` to its end, with `env` besides."""
        command = [sys.executable, *map(str, args)]
        env = {**self.env, **env}
        return subprocess.run(command, cwd=cwd, input=stdin, env=env, capture_output=True, timeout=SECONDS, check=False)

    def conf(self, file: str, name: str, value: str) -> Path:
        """A copy of the cluster's settings in which one, which `file` holds or not, has this value."""
        folder = self._home / "conf"
        folder.mkdir()
        for path in Path(self._cluster.env["HADOOP_CONF_DIR"]).iterdir():
            text = path.read_text()
            if path.name == file:
                row = f"<property><name>{name}</name><value>{value}</value></property>"
                text = re.sub(rf"<property><name>{re.escape(name)}</name>.*?</property>", "", text)
                text = text.replace("</configuration>", f"{row}</configuration>")
            (folder / path.name).write_text(text)
        return folder

    def calls(self) -> list[str]:
        """The commands of Hadoop's that were called since the last look, as far as their second word."""
        lines = self._calls.read_text().splitlines() if self._calls.exists() else []
        self._calls.write_text("")
        return [" ".join(line.split()[: 3 if line.split()[1] in ("fs", "job") else 2]) for line in lines]

    def fs(self, *args: str) -> str:
        """What ``hadoop fs ARGS`` prints."""
        command = [str(self._cluster.hadoop), "fs", *args]
        done = subprocess.run(command, env=self.env, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def left(self) -> list[str]:
        """All files of jobs on HDFS, but what tests put into /test and the logs and histories that Hadoop keeps.

        A job's master removes its own files some seconds after the client has seen the job's end.
        """
        last = time.monotonic() + LEAVE
        while (found := self._found()) and time.monotonic() < last:
            time.sleep(1)
        return found

    def _found(self) -> list[str]:
        kept = ("/test", "/tmp/logs", "/tmp/hadoop-yarn/staging/history")
        paths = self.fs("-ls", "-C", "-R", "/").splitlines()
        frame = ("/tmp", "/user")
        found = [path for path in paths if not path.startswith(kept) and path not in frame]
        found = [
            path for path in found if path.count("/") > 2 and not path.endswith(("/staging", "/root", "/.staging"))
        ]
        return [path for path in found if not self._is_others(path)]

    def _is_others(self, path: str) -> bool:
        job = re.search(r"/\.staging/job_\d+_(\d+)", path)
        return bool(job and int(job[1]) <= self._before)
