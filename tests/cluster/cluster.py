"""A real Hadoop on this machine: HDFS and YARN, each daemon a process of its own on 127.0.0.1, at ports that are free.

    cluster = Cluster.start(folder)      # 10 to 20 s, 1.4 GB; MissingError where its parts cannot be had
    cluster.hadoop                       # its `hadoop` command; `hdfs`, `mapred` and `yarn` lie beside it
    cluster.env                          # what a client's environment needs
    cluster.kill("nodemanager1")         # with -9
    cluster.restart("nodemanager1")
    cluster.stop()                       # no process is left, nor is one when the starter is killed

`folder`/hadoop is HADOOP_HOME, `folder`/logs holds what each daemon said, `folder`/data goes when the cluster stops.
Tasks find a python3 that has no packages, 3.9 where the machine has one.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from http.client import HTTPException
from typing import TYPE_CHECKING, Any

from tests.cluster import guard, layout, parts, settings

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

#: A daemon that is not there after so many seconds, on a machine that is busy with other things, does not come.
SECONDS = 120
#: Seconds between two looks at daemons that are starting.
LOOK = 0.1
#: How much of a daemon's log an error shows.
LOG_LINES = 12
#: What an environment says of proxies does not concern 127.0.0.1.
_open = urllib.request.build_opener(urllib.request.ProxyHandler({})).open


class StartError(Exception):
    """A daemon did not come up; the text holds the end of its log."""


class Cluster:
    """A cluster in `folder`; `seconds` is what its start took, without the fetching of its parts."""

    def __init__(self, folder: Path, found: parts.Parts) -> None:
        self.folder = folder
        self.seconds = 0.0
        self._at = settings.Addresses()
        self._daemons: dict[str, subprocess.Popen[bytes]] = {}
        self._guard: subprocess.Popen[bytes] | None = None
        for name in ("data/tmp", "logs"):
            (folder / name).mkdir(parents=True)
        home = folder / "hadoop"
        layout.make_node(folder / "node")
        layout.make_home(home, found, settings.files(folder, self._at))
        self.hadoop = home / "bin" / "hadoop"
        self.env = {
            "HADOOP_HOME": str(home),
            "HADOOP_CONF_DIR": str(home / "etc" / "hadoop"),
            "JAVA_HOME": str(found.java),
            "PATH": f"{home / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        }
        # an environment as bare as a node's is
        self._node_env = {
            "PATH": settings.node_path(folder),
            "LANG": "C.UTF-8",
            "TMPDIR": f"{folder}/data/tmp",
            guard.MARK: str(folder),
        }

    @classmethod
    def start(cls, folder: Path) -> Cluster:
        """A cluster in the new folder `folder`, every daemon of it up; MissingError, StartError."""
        found = parts.find()
        begun = time.monotonic()
        folder = folder.resolve()
        if not re.fullmatch(r"[\w./+-]+", str(folder), re.ASCII):
            raise StartError(
                f"Hadoop does not work in {str(folder)!r}: name a folder of plain letters, without a space"
            )
        cluster = cls(folder, found)
        try:
            cluster._start()
        except BaseException:
            cluster.stop()
            raise
        cluster.seconds = time.monotonic() - begun
        return cluster

    def stop(self) -> None:
        """End every process of the cluster, its clients' and tasks' too; may be called again."""
        guard.end(self.folder)
        for daemon in self._daemons.values():
            daemon.wait()
        if self._guard:
            self._guard.kill()
            self._guard.wait()

    def kill(self, name: str) -> None:
        """Kill the daemon `name` (one of settings.DAEMONS) with -9, and nothing that it has started."""
        self._daemons[name].kill()
        self._daemons[name].wait()

    def restart(self, name: str) -> None:
        """Start the daemon `name` again, killed before if it runs, and wait until it is back; StartError."""
        self.kill(name)
        self._launch(name)
        self._wait([name])

    def mend(self) -> None:
        """Start again every daemon that does not run; StartError."""
        for name in settings.DAEMONS:
            if name not in self.pids:
                self.restart(name)

    @property
    def webhdfs(self) -> str:
        """The address of HDFS's REST interface."""
        return f"http://{self._at('namenode', 'web')}/webhdfs/v1"

    @property
    def pages(self) -> dict[str, str]:
        """The addresses of the web pages; HDFS's own are in no jar, so its address answers to programs alone."""
        return {
            "yarn": f"http://{self._at('resourcemanager', 'web')}/cluster",
            "history": f"http://{self._at('historyserver', 'web')}/jobhistory",
            "hdfs": f"http://{self._at('namenode', 'web')}/jmx",
        }

    @property
    def pids(self) -> dict[str, int]:
        """The process id of each daemon that runs."""
        return {name: daemon.pid for name, daemon in self._daemons.items() if daemon.poll() is None}

    def megabytes(self) -> int:
        """The memory of all daemons, what they share counted once."""
        import psutil

        sizes = [psutil.Process(pid).memory_full_info() for pid in self.pids.values()]
        return int(sum(getattr(size, "pss", size.uss) for size in sizes) / 1e6)

    def live_datanodes(self) -> int:
        """How many data nodes the name node counts as alive."""
        return int(self._namenode()["NumLiveDataNodes"])

    def live_nodemanagers(self) -> int:
        """How many node managers the resource manager counts as alive."""
        return int(self._ask("resourcemanager", "ws/v1/cluster/metrics")["clusterMetrics"]["activeNodes"])

    def application(self, name: str) -> dict[str, Any]:
        """What the resource manager knows of an application: its `state`, `finalStatus` and more."""
        return dict(self._ask("resourcemanager", f"ws/v1/cluster/apps/{name}")["app"])

    def last_application(self) -> int:
        """The number of the application that was submitted last; 0 for none."""
        apps = (self._ask("resourcemanager", "ws/v1/cluster/apps")["apps"] or {}).get("app", [])
        return max((int(app["id"].rpartition("_")[2]) for app in apps), default=0)

    def _start(self) -> None:
        # a session of its own: Ctrl-C at the starter's terminal does not reach it
        self._guard = subprocess.Popen(
            [sys.executable, guard.__file__, str(self.folder), str(os.getpid())],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        # who waits for others starts while the file system is made, in an order that keeps two cores busy
        self._launch("resourcemanager")
        if self._run("namenode", "-format", "-nonInteractive").wait():
            raise StartError(self._end_of_log("namenode"))
        for name in ("namenode", *settings.DATANODES, *settings.NODEMANAGERS):
            self._launch(name)
        self._wait(["namenode"])
        self._make_folder("/tmp", "1777")
        self._make_folder(f"/user/{settings.USER}", "755")
        self._launch("historyserver")
        self._wait(settings.DAEMONS)

    def _launch(self, name: str) -> None:
        options = settings.options(name, self.folder, self._at)
        self._daemons[name] = self._run(name, *(f"-D{setting}={value}" for setting, value in options.items()))

    def _run(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        kind = name.rstrip("12")
        with (self.folder / "logs" / f"{name}.log").open("ab") as log:
            return subprocess.Popen(
                [str(self.hadoop), kind, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._node_env,
                cwd=self.folder,
                start_new_session=True,
            )

    def _wait(self, names: Iterable[str]) -> None:
        """Until `names` answer, and who answers has every node that runs; StartError."""
        for name in names:
            last = time.monotonic() + SECONDS
            while not self._is_up(name):
                if self._daemons[name].poll() is not None or time.monotonic() > last:
                    raise StartError(self._end_of_log(name))
                time.sleep(LOOK)

    def _is_up(self, name: str) -> bool:
        running = self.pids
        try:
            if name in settings.DATANODES:
                # it knows its name node once it is registered there
                (information,) = self._ask(name, "jmx?qry=Hadoop:service=DataNode,name=DataNodeInfo")["beans"]
                if information["NamenodeAddresses"] == "{}":
                    return False
                return self.live_datanodes() >= len(running.keys() & set(settings.DATANODES))
            if name in settings.NODEMANAGERS:
                self._ask(name, "ws/v1/node/info")
                return self.live_nodemanagers() >= len(running.keys() & set(settings.NODEMANAGERS))
            if name == "namenode":
                return bool(self._namenode()["FSState"] == "Operational")
            if name == "historyserver":
                return bool(self._ask(name, "ws/v1/history/info"))
            return bool(self._ask(name, "ws/v1/cluster/info"))
        # not there yet, or there and not ready to answer
        except (OSError, HTTPException, ValueError, LookupError):
            return False

    def _namenode(self) -> dict[str, Any]:
        (beans,) = self._ask("namenode", "jmx?qry=Hadoop:service=NameNode,name=FSNamesystemState")["beans"]
        return dict(beans)

    def _ask(self, name: str, path: str) -> dict[str, Any]:
        request = urllib.request.Request(
            f"http://{self._at(name, 'web')}/{path}", headers={"Accept": "application/json"}
        )
        with _open(request, timeout=SECONDS) as answer:
            return dict(json.load(answer))

    def _make_folder(self, path: str, mode: str) -> None:
        address = f"{self.webhdfs}{path}?op=MKDIRS&permission={mode}&user.name={settings.USER}"
        with _open(urllib.request.Request(address, method="PUT"), timeout=SECONDS):
            pass

    def _end_of_log(self, name: str) -> str:
        path = self.folder / "logs" / f"{name}.log"
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()[-LOG_LINES:]
        return "\n".join((f"the cluster's {name} did not come up; {path} ends with", *lines))
