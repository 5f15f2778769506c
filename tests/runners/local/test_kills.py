"""The local runner: however a run is ended, its tasks end with it, and what it leaves is in nobody's way."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import RunJob

#: Seconds for a job to start, on a machine that has much else to do.
STARTED = 60
#: Seconds in which the tasks of a driver that was killed have to be gone.
GONE = 2

JOB = """\
import os
import signal

from gristmill.job.base import Job
from mrjob.step import MRStep


class Holds(Job):
    SORTED_OUTPUT = True

    def configure_args(self):
        super().configure_args()
        self.add_passthru_arg("--hold", default="nowhere")

    def steps(self):
        if self.options.hold == "program":
            return [MRStep(mapper_cmd="sh -c 'exec 3>$READY; echo >&3; exec sleep 1000'", reducer_cmd="cat")]
        return [MRStep(mapper=self.mapper, reducer=self.reducer)]

    def mapper(self, _, line):
        self.hold("mapper")
        yield line, 1

    def reducer(self, line, counts):
        self.hold("reducer")
        yield line, sum(counts)

    def hold(self, stage):
        if self.options.hold == stage:
            os.write(os.open(os.environ["READY"], os.O_WRONLY), b"!")
            signal.pause()


if __name__ == "__main__":
    Holds.run()
"""
ARGUMENTS = ["job.py", "--no-conf", "--num-cores", "2", "--output-dir", "out"]


class Ready:
    """A FIFO: tasks write a byte to it when they run, and it ends when the last of them is gone."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self._end = os.open(path, os.O_RDONLY | os.O_NONBLOCK)

    def wait_for(self, tasks: int) -> None:
        """Return when so many tasks have said that they run."""
        heard = b""
        while len(heard) < tasks:
            assert select.select([self._end], [], [], STARTED)[0], "no task has started"
            heard += os.read(self._end, tasks - len(heard))

    def wait_for_silence(self, seconds: float) -> None:
        """Return when no task is left."""
        assert select.select([self._end], [], [], seconds)[0], "there are tasks left"
        assert os.read(self._end, 1) == b""

    def close(self) -> None:
        """Release the FIFO."""
        os.close(self._end)


@pytest.fixture
def ready(tmp_path: Path) -> Iterator[Ready]:
    """The FIFO, in the folder of the job and its input: two lines for two maps, and for two reduces."""
    (tmp_path / "job.py").write_text(JOB)
    (tmp_path / "in.txt").write_bytes(b"corn\nrice\n")
    ready = Ready(tmp_path / "ready")
    yield ready
    ready.close()


def start(folder: Path, job_tmp: Path, *arguments: str, stdin: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
    """Start the job."""
    environment = {**os.environ, "TMPDIR": str(job_tmp), "READY": str(folder / "ready")}
    command = [sys.executable, *ARGUMENTS, *arguments]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=folder, env=environment, stdin=stdin, stdout=pipe, stderr=pipe)


def names(folder: Path) -> list[str]:
    """What a folder holds, hidden files too."""
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("hold", ["mapper", "reducer", "program"])
@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["INT", "TERM"])
def test_a_run_that_is_ended_leaves_nothing(
    ready: Ready, tmp_path: Path, job_tmp: Path, hold: str, number: int, status: int
) -> None:
    """By Ctrl-C or by a request to stop: no task, no temporary file, no output, no traceback."""
    process = start(tmp_path, job_tmp, "--hold", hold, "in.txt")
    ready.wait_for(2)
    assert any(name.startswith(".out.") for name in names(tmp_path))
    process.send_signal(number)
    stdout, stderr = process.communicate(timeout=STARTED)
    assert (process.returncode, stdout) == (status, b""), stderr.decode()
    assert b"Traceback" not in stderr
    ready.wait_for_silence(GONE)
    assert names(tmp_path) == ["in.txt", "job.py", "ready"]
    assert names(job_tmp) == []


@pytest.mark.parametrize("hold", ["mapper", "reducer", "program"])
def test_a_run_that_is_killed_is_in_nobodys_way(
    ready: Ready, tmp_path: Path, job_tmp: Path, run_job: RunJob, hold: str
) -> None:
    """Its tasks end within two seconds; the same command succeeds, and removes what the first has left."""
    process = start(tmp_path, job_tmp, "--hold", hold, "in.txt")
    ready.wait_for(2)
    process.kill()
    killed = time.monotonic()
    process.communicate(timeout=STARTED)
    ready.wait_for_silence(GONE - (time.monotonic() - killed))
    assert "out" not in names(tmp_path)
    done = run_job(*ARGUMENTS, "--cat-output", "in.txt", cwd=tmp_path)
    assert (done.stdout, done.returncode) == (b'"corn"\t1\n"rice"\t1\n', 0), done.stderr.decode()
    assert names(tmp_path) == ["in.txt", "job.py", "out", "ready"]
    assert names(job_tmp) == []


def test_what_a_killed_run_left_goes_with_the_next_into_its_folder(
    ready: Ready, tmp_path: Path, job_tmp: Path, run_job: RunJob
) -> None:
    """Whatever the name of its output, and whichever job it is."""
    process = start(tmp_path, job_tmp, "--hold", "mapper", "in.txt")
    ready.wait_for(2)
    process.kill()
    process.communicate(timeout=STARTED)
    ready.wait_for_silence(GONE)
    done = run_job("-m", "jobs.streaming", "--no-conf", "--output-dir", "other", "in.txt", cwd=tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    assert names(tmp_path) == ["in.txt", "job.py", "other", "ready"]
    assert names(job_tmp) == []


def test_a_run_that_waits_for_its_input_can_be_ended(ready: Ready, tmp_path: Path, job_tmp: Path) -> None:
    """More than a pipe holds has been read when it is."""
    process = start(tmp_path, job_tmp, stdin=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.write(b"rye\n" * 500_000)
    process.stdin.flush()
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=STARTED)
    assert process.returncode == 130, stderr.decode()
    assert b"Traceback" not in stderr
    assert names(tmp_path) == ["in.txt", "job.py", "ready"]
    assert names(job_tmp) == []


def test_a_reader_that_has_seen_enough_ends_the_run_quietly(tmp_path: Path, job_tmp: Path) -> None:
    """`| head -1`: one line of output, no traceback, no temporary file."""
    (tmp_path / "job.py").write_text(JOB)
    (tmp_path / "in.txt").write_bytes(b"".join(b"%0100d\n" % number for number in range(20_000)))
    command = f"({sys.executable} job.py --no-conf in.txt; echo $? >status) | head -n 1"
    environment = {**os.environ, "TMPDIR": str(job_tmp)}
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, env=environment, capture_output=True, check=True)
    assert done.stdout == b'"%0100d"\t1\n' % 0
    assert b"Traceback" not in done.stderr
    assert b"BrokenPipe" not in done.stderr
    assert (tmp_path / "status").read_text() == "1\n"
    assert names(job_tmp) == []
