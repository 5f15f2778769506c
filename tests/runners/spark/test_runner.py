"""The Spark runner: what the local runner gives, byte for byte, and what it says where Spark cannot."""

from __future__ import annotations

import gzip
import os
import re
import select
import signal
import subprocess
import sys
import tarfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import SECONDS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import RunJob

pytestmark = [pytest.mark.timeout(20 * SECONDS), pytest.mark.usefixtures("workers_that_end")]

DATA = Path(__file__).parents[3] / "data"

#: Three steps: with a combiner, without a mapper, without a reducer. It reads a file that it names itself, one of an
#: archive, and one that the command line names.
EVERYTHING = """\
import os
import sys
from pathlib import Path

from gristmill.job.base import Job
from gristmill.job.protocols import BytesProtocol
from mrjob.protocol import BytesValueProtocol
from mrjob.step import MRStep


class Everything(Job):
    INPUT_PROTOCOL = BytesValueProtocol
    INTERNAL_PROTOCOL = BytesProtocol
    OUTPUT_PROTOCOL = BytesProtocol
    SORT_VALUES = True
    FILES = ["sent.txt"]
    ARCHIVES = ["packed.tar.gz#packed"]

    def configure_args(self):
        super().configure_args()
        self.add_passthru_arg("--mark", default="")
        self.add_file_arg("--named")

    def steps(self):
        return [
            MRStep(mapper_init=self.start, mapper=self.first, combiner=self.add, reducer=self.add),
            MRStep(reducer=self.listed),
            MRStep(mapper=self.last),
        ]

    def start(self):
        sent = [Path("sent.txt"), Path("packed/inside.txt"), Path(self.options.named)]
        self.tail = b"".join(path.read_bytes() for path in sent) + self.options.mark.encode()
        self.tail += os.environ["SAID"].encode() + os.environ["my_conf"].encode()

    def first(self, _, line):
        print("a word on stderr", file=sys.stderr)
        name = os.environ["gristmill_input_name"].encode()
        for word in line.split():
            self.increment_counter("words", "bytes" if b"\\xff" in word else "text")
            yield word + self.tail, b"1"
            yield b"from " + name, b"1"

    def add(self, word, counts):
        yield word, b"%d" % sum(map(int, counts))

    def listed(self, word, counts):
        self.increment_counter("words", "distinct")
        yield word, b"|".join(counts)

    def last(self, word, counts):
        yield word.upper(), counts


if __name__ == "__main__":
    Everything.run()
"""


@pytest.fixture
def run_job(run_job: RunJob) -> RunJob:
    """Run a job that may take long where the machine has much else to do."""
    return partial(run_job, seconds=10 * SECONDS)


@pytest.fixture
def everything(tmp_path: Path) -> Path:
    """A folder with that job, what it reads, and its input: bytes that are no UTF-8, all ends of lines, a .gz file."""
    folder = tmp_path / "it's here"
    (folder / "in" / "deep").mkdir(parents=True)
    (folder / "everything.py").write_text(EVERYTHING)
    (folder / "sent.txt").write_text("-sent")
    (folder / "named.txt").write_text("-named")
    (folder / "inside.txt").write_text("-packed")
    with tarfile.open(folder / "packed.tar.gz", "w:gz") as packed:
        packed.add(folder / "inside.txt", "inside.txt")
    (folder / "in" / "a 100%.txt").write_bytes(b"mill rye\r\n\xff\xfe mill\rcorn\n\n\nmill\rmill\n" * 50)
    (folder / "in" / "deep" / "b.txt.gz").write_bytes(gzip.compress("rye é 水 \U0001f35e\n".encode() * 20))
    return folder


def counters(talk: bytes) -> list[str]:
    """The counters that a run has told, line by line."""
    return [line for line in talk.decode().splitlines() if line.startswith("\t")]


def names(folder: Path) -> list[str]:
    """What a folder holds, hidden files too."""
    return sorted(path.name for path in folder.iterdir() if path.name != "__pycache__")


@pytest.mark.parametrize(
    "master", [[], ["--spark-master", "local-cluster[1,2,1024]"]], ids=["one process", "executors of their own"]
)
def test_steps_of_all_kinds_print_what_the_local_runner_prints(
    everything: Path, run_job: RunJob, job_tmp: Path, master: list[str]
) -> None:
    """Files, archives, arguments, settings and counters included; nothing is left."""
    args = ["everything.py", "--no-conf", "--mark", "=it's", "--named", "named.txt", "--cmdenv", "SAID=-env"]
    args += ["-D", "my.conf=-conf", "-D", "mapreduce.job.maps=3", "-D", "mapreduce.job.reduces=2", "in"]
    local = run_job(*args, "-r", "local", cwd=everything)
    spark = run_job(*args, "-r", "spark", *master, cwd=everything)
    assert local.returncode == 0, local.stderr.decode()
    assert spark.returncode == 0, spark.stderr.decode()
    assert b"FROM A 100%.TXT\t350\n" in local.stdout
    assert b"\xff\xfe-SENT-PACKED-NAMED=IT'S-ENV-CONF\t50\n" in local.stdout
    assert sorted(spark.stdout.splitlines()) == sorted(local.stdout.splitlines())
    assert counters(spark.stderr) == counters(local.stderr)
    assert "\t\tbytes=50" in counters(spark.stderr)
    assert names(job_tmp) == []


def test_an_output_folder_is_hadoops(run_job: RunJob, tmp_path: Path, job_tmp: Path) -> None:
    """A part for each reduce, _SUCCESS and the manifest; nothing is printed, nothing is left."""
    args = ["-m", "jobs.inverted_index", "--no-conf", "-D", "mapreduce.job.reduces=3", DATA / "documents.tsv"]
    assert run_job(*args, "-o", tmp_path / "local").returncode == 0
    spark = run_job(*args, "-r", "spark", "-o", tmp_path / "spark")
    assert (spark.returncode, spark.stdout) == (0, b""), spark.stderr.decode()
    assert names(tmp_path) == ["local", "spark"]
    assert names(tmp_path / "spark") == ["_SUCCESS", "_gristmill.json", "part-00000", "part-00001", "part-00002"]
    for part in (tmp_path / "local").iterdir():
        assert (tmp_path / "spark" / part.name).read_bytes() == part.read_bytes()
    assert names(job_tmp) == []


def test_map_tasks_that_spill_more_than_once_lose_nothing(run_job: RunJob, tmp_path: Path) -> None:
    """A sort buffer of 1 MB takes a tenth of what each of two map tasks writes."""
    lines = (b"%d\tmill-%d rye-%d corn\n" % (number, number % 1009, number) for number in range(120_000))
    (tmp_path / "documents.tsv").write_bytes(b"".join(lines))
    args = ["-m", "jobs.inverted_index", "--no-conf", "--payload", "tf", tmp_path / "documents.tsv"]
    local = run_job(*args)
    small = ["-D", "mapreduce.task.io.sort.mb=1", "-D", "mapreduce.job.maps=2", "-D", "mapreduce.job.reduces=1"]
    spark = run_job(*args, "-r", "spark", *small)
    assert spark.returncode == 0, spark.stderr.decode()
    assert spark.stdout == local.stdout != b""


FAILS = """\
import sys

from gristmill.job.base import Job


class Fails(Job):
    def mapper(self, _, line):
        yield line, 1

    def reducer(self, line, counts):
        print("about to fail", file=sys.stderr)
        raise ValueError(f"no {line}")


if __name__ == "__main__":
    Fails.run()
"""


def test_a_failed_task_shows_its_traceback_and_one_line(run_job: RunJob, tmp_path: Path, job_tmp: Path) -> None:
    """And what it wrote to stderr; there is no output, and nothing is left."""
    (tmp_path / "fails.py").write_text(FAILS)
    args = ["fails.py", "--no-conf", "-r", "spark", "-D", "mapreduce.job.reduces=1", "-o", "out", "-"]
    done = run_job(*args, cwd=tmp_path, stdin=b"corn\n")
    talk = done.stderr.decode()
    assert (done.returncode, done.stdout) == (1, b""), talk
    assert "about to fail\nTraceback (most recent call last):\n" in talk
    assert re.search(r'fails.py", line 12, in reducer\n    raise ValueError', talk)
    assert talk.splitlines()[-1] == "error: Step 1 of 1 failed: reduce task 0: ValueError: no corn (key 'corn')"
    assert "Py4J" not in talk
    assert names(tmp_path) == ["fails.py"]
    assert names(job_tmp) == []


def test_a_strict_job_names_the_file_and_the_line(run_job: RunJob, tmp_path: Path, job_tmp: Path) -> None:
    """As the local runner does, and without a traceback."""
    path = tmp_path / "in.tsv"
    path.write_bytes(b"a\tmill\n" * 20 + b"no tab\n")
    args = ["-m", "jobs.inverted_index", "--no-conf", "--strict", "-D", "mapreduce.job.maps=2", path]
    local = run_job(*args)
    spark = run_job(*args, "-r", "spark")
    last = spark.stderr.splitlines()[-1]
    assert last.startswith(b"error: " + bytes(path) + b", line 21: no TAB; ")
    assert last == local.stderr.splitlines()[-1]
    assert b"Traceback" not in spark.stderr
    assert (spark.returncode, names(job_tmp)) == (1, [])


HOLDS = """\
import os
import signal

from gristmill.job.base import Job


class Holds(Job):
    def mapper(self, _, line):
        if "READY" in os.environ:
            os.write(os.open(os.environ["READY"], os.O_WRONLY), b"!")
            KILL
        yield line, 1

    def reducer(self, line, counts):
        yield line, sum(counts)


if __name__ == "__main__":
    Holds.run()
"""


@pytest.fixture
def ready(tmp_path: Path) -> Iterator[int]:
    """The reading end of a FIFO that a held task writes to, and that ends when the task is gone."""
    (tmp_path / "holds.py").write_text(HOLDS.replace("KILL", "signal.pause()"))
    (tmp_path / "in.txt").write_bytes(b"corn\n")
    os.mkfifo(tmp_path / "ready")
    end = os.open(tmp_path / "ready", os.O_RDONLY | os.O_NONBLOCK)
    yield end
    os.close(end)


def held(folder: Path, job_tmp: Path, ready: int) -> subprocess.Popen[bytes]:
    """A run whose task holds."""
    environment = {**os.environ, "TMPDIR": str(job_tmp), "READY": str(folder / "ready")}
    command = [sys.executable, "holds.py", "--no-conf", "-r", "spark", "-o", "out", "in.txt"]
    process = subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert select.select([ready], [], [], SECONDS)[0], "no task has started"
    assert os.read(ready, 1) == b"!"
    return process


@pytest.mark.long
def test_a_run_that_is_interrupted_leaves_nothing(tmp_path: Path, job_tmp: Path, ready: int) -> None:
    """By Ctrl-C: no task, no temporary file, no output, no traceback."""
    process = held(tmp_path, job_tmp, ready)
    process.send_signal(signal.SIGINT)
    stdout, stderr = process.communicate(timeout=SECONDS)
    assert (process.returncode, stdout) == (130, b""), stderr.decode()
    assert b"Traceback" not in stderr
    assert select.select([ready], [], [], SECONDS)[0], "the task is left"
    assert names(tmp_path) == ["holds.py", "in.txt", "ready"]
    assert names(job_tmp) == []


def test_a_run_that_is_killed_is_in_nobodys_way(tmp_path: Path, job_tmp: Path, ready: int, run_job: RunJob) -> None:
    """Its tasks end with it; the same command succeeds, and removes what the first has left."""
    process = held(tmp_path, job_tmp, ready)
    process.kill()
    process.communicate(timeout=SECONDS)
    assert select.select([ready], [], [], SECONDS)[0], "the task is left"
    assert "out" not in names(tmp_path)
    done = run_job("holds.py", "--no-conf", "-r", "spark", "-o", "out", "--cat-output", "in.txt", cwd=tmp_path)
    assert (done.stdout, done.returncode) == (b'"corn"\t1\n', 0), done.stderr.decode()
    assert names(tmp_path) == ["holds.py", "in.txt", "out", "ready"]
    assert names(job_tmp) == []


@pytest.mark.long
def test_a_task_that_is_killed_ends_the_run_with_one_line(run_job: RunJob, tmp_path: Path, job_tmp: Path) -> None:
    """On this machine Spark does not try a task again."""
    (tmp_path / "holds.py").write_text(HOLDS.replace("KILL", "os.kill(os.getpid(), signal.SIGKILL)"))
    args = ["holds.py", "--no-conf", "-r", "spark", "-"]
    done = run_job(*args, cwd=tmp_path, stdin=b"corn\n", env={"READY": os.devnull})
    last = done.stderr.decode().splitlines()[-1]
    assert last.startswith("error: Step 1 of 1 failed: org.apache.spark.SparkException: Job aborted")
    assert "Python worker exited unexpectedly (crashed)" in last
    assert (done.returncode, done.stdout, names(job_tmp)) == (1, b"", [])
