"""A Hadoop without daemons: its LocalJobRunner runs a streaming job in the client's own process, in seconds."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from tests.cluster import layout, parts, settings

if TYPE_CHECKING:
    from subprocess import CompletedProcess


class LocalHadoop:
    """Hadoop's own code for splits, records, sorting and spreading, in `folder`; MissingError where it is not had."""

    def __init__(self, folder: Path) -> None:
        self._home = folder / "home"
        data = str(folder / "data")
        core = {"fs.defaultFS": "file:///", "hadoop.tmp.dir": data}
        mapred = {"mapreduce.framework.name": "local", "mapreduce.jobtracker.staging.root.dir": data}
        files = {
            "core-site.xml": settings.xml(core),
            "mapred-site.xml": settings.xml(mapred),
            "hosts": f"{settings.HOST} localhost {socket.gethostname()}\n",
            "log4j.properties": settings.LOG4J,
        }
        layout.make_home(self._home, parts.find(), files)
        self.env = {**os.environ, "HADOOP_HOME": str(self._home), "HADOOP_CONF_DIR": str(self._home / "etc" / "hadoop")}

    def stream(self, *args: str | Path, seconds: int = 120) -> CompletedProcess[bytes]:
        """Run ``hadoop jar hadoop-streaming.jar ARGS``."""
        jar = self._home / "share" / "hadoop" / "tools" / "lib" / f"hadoop-streaming-{parts.VERSION}.jar"
        command = [str(self._home / "bin" / "hadoop"), "jar", str(jar), *map(str, args)]
        return subprocess.run(command, env=self.env, capture_output=True, timeout=seconds, check=False)
