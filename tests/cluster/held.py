"""A job on the cluster that is held in its map phase, so that a fault comes when it should.

Its two maps each say that they run, by a file in `signs` that is named for the attempt and holds its process id, and go
on when no file hold.SUFFIX is there with which the attempt's id ends. The job is the index, of two files of documents.
"""

from __future__ import annotations

import subprocess
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from tests.cluster import guard, settings
from tests.runners.hadoop.client import Client

if TYPE_CHECKING:
    from collections.abc import Callable
    from subprocess import CompletedProcess

    from tests.cluster.cluster import Cluster

#: What happens on a cluster happens within so many seconds on a machine that is busy with other things, or does not.
SECONDS = 240
#: Seconds between two looks.
LOOK = 0.1
#: How the names of the main classes end that a job is made of.
CLIENT, MASTER, TASK = ".RunJar", ".MRAppMaster", ".YarnChild"
DOCUMENTS = Path(__file__).parents[2] / "data" / "documents.tsv"
JOB = """\
import os
import time
from pathlib import Path

from jobs.inverted_index import InvertedIndex


class Held(InvertedIndex):
    def configure_args(self):
        super().configure_args()
        self.add_passthru_arg("--signs")

    def mapper_init(self):
        super().mapper_init()
        signs = Path(self.options.signs)
        attempt = os.environ["mapreduce_task_attempt_id"]
        (signs / "new").joinpath(attempt).write_text(str(os.getpid()))
        (signs / "new").joinpath(attempt).rename(signs / attempt)
        while any(attempt.endswith(hold.name[5:]) for hold in signs.glob("hold.*")):
            time.sleep(0.05)

    def mapper(self, docid, text):
        if docid == b"boom":
            raise ValueError("it went boom")
        return super().mapper(docid, text)


if __name__ == "__main__":
    Held.run()
"""
#: A file is one map; each task has a container of its own, and the attempts are those that the fault makes.
CONF = (
    "-Dmapreduce.job.maps=1",
    "-Dmapreduce.job.ubertask.enable=false",
    "-Dmapreduce.map.speculative=false",
    "-Dmapreduce.reduce.speculative=false",
)


class Held:
    """The job in `folder`, which waits in its maps until `release`."""

    def __init__(self, cluster: Cluster, folder: Path) -> None:
        self.client = Client(cluster, folder)
        self._cluster = cluster
        self._folder = folder
        self._signs = folder / "signs"
        self._run: subprocess.Popen[bytes] | None = None
        (self._signs / "new").mkdir(parents=True)
        (folder / "held.py").write_text(JOB, encoding="utf-8")
        lines = DOCUMENTS.read_bytes().splitlines(keepends=True)
        (folder / "a.tsv").write_bytes(b"".join(lines[::2]))
        (folder / "b.tsv").write_bytes(b"".join(lines[1::2]))
        self.hold()

    def expected(self) -> bytes:
        """What the job prints with -r local."""
        done = self.client.run("-m", "jobs.inverted_index", "--no-conf", "-q", "a.tsv", "b.tsv", cwd=self._folder)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def command(self, *options: str) -> list[str]:
        """The job on the cluster."""
        return ["held.py", "-r", "hadoop", "--no-conf", "--signs", str(self._signs), *CONF, *options, "a.tsv", "b.tsv"]

    def start(self, *options: str) -> subprocess.Popen[bytes]:
        """Start the job on the cluster."""
        self._run = self.client.start(*self.command(*options), cwd=self._folder)
        return self._run

    def run(self, *options: str) -> CompletedProcess[bytes]:
        """Run the job on the cluster to its end."""
        return self.client.run(*self.command(*options), cwd=self._folder)

    def hold(self, suffix: str = "") -> None:
        """Let attempts wait whose ids end so: all of them, unless told."""
        (self._signs / f"hold.{suffix}").touch()

    def release(self, suffix: str = "") -> None:
        """Let them go on."""
        (self._signs / f"hold.{suffix}").unlink()

    def maps(self) -> dict[str, int]:
        """The process of each attempt at a map that has been started, by map and attempt: 000001_0."""
        found = sorted(self._signs.glob("attempt_*_m_*"))
        return {path.name.rpartition("_m_")[2]: int(path.read_text()) for path in found}

    def started(self, *maps: str) -> None:
        """Return when these attempts have been started."""
        self.until(lambda: set(maps) <= self.maps().keys(), f"of {maps} not all have started")

    def until(self, condition: Callable[[], object], what: str) -> None:
        """Return when `condition` is true; fail with what the job says if it ends before, or with `what`."""
        last = time.monotonic() + SECONDS
        while not condition():
            if self._run and self._run.poll() is not None:
                raise AssertionError(f"{what}: {self.end()[1]}")
            assert time.monotonic() < last, what
            time.sleep(LOOK)

    def end(self) -> tuple[bytes, str]:
        """What the job that was started printed and said, when it has ended."""
        assert self._run
        stdout, stderr = self._run.communicate(timeout=SECONDS)
        return stdout, stderr.decode()

    def running(self, *words: str) -> list[psutil.Process]:
        """The processes of the cluster and its clients in whose command line a word ends so."""
        found = []
        for process in guard.members(self._cluster.folder):
            with suppress(psutil.Error):
                if any(word.endswith(words) for word in process.cmdline()):
                    found.append(process)
        return found

    def gone(self) -> None:
        """Return when no process of a job is left, its mappers' Python among them."""
        self._run = None
        self.until(lambda: not self.running(CLIENT, MASTER, TASK, str(self._signs)), "there are processes left")

    def left(self) -> list[str]:
        """The files that a job that has ended leaves on either side; its processes go by themselves."""
        self.gone()
        return self.client.left() + [str(path) for path in self.client.tmp.iterdir()]

    def close(self) -> None:
        """End the job, if it has not ended, and mend the cluster."""
        for hold in self._signs.glob("hold.*"):
            hold.unlink()
        try:
            if self._run and self._run.poll() is None:
                self._run.terminate()
                self._run.communicate(timeout=SECONDS)
        finally:
            self._cluster.mend()


def node(process: psutil.Process) -> str:
    """The node manager that has started `process`, which works in one of its folders."""
    (name,) = set(Path(process.cwd()).parts) & set(settings.NODEMANAGERS)
    return name
