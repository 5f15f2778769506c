"""One task reads several small files, each as if it were alone: here, and on Spark."""

from __future__ import annotations

import os
import re
import signal
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gristmill.job.base import Job
from gristmill.runners import conventions
from gristmill.shuffle import collector
from tests.conftest import SECONDS
from tests.runners.helpers import Failing, Text, failure, write
from mrjob.compat import jobconf_from_env

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import RunJob
    from tests.runners.conftest import RunHere

    Pairs = Iterator[tuple[Any, Any]]

pytestmark = pytest.mark.usefixtures("nothing_is_left")


class Tells(Text):
    """For each file, once: its name, its range, its lines, and the process that reads it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.held = 0

    def mapper(self, _: object, line: str) -> None:
        self.held += 1

    def mapper_final(self) -> Pairs:
        where = Path(jobconf_from_env("mapreduce.map.input.file")).name
        start, length = (jobconf_from_env(f"mapreduce.map.input.{name}") for name in ("start", "length"))
        self.increment_counter("lines", where, self.held)
        self.increment_counter("processes", str(os.getpid()))
        yield None, f"{where} {start}-{length}: {self.held}"


class Sorted(Tells):
    """The same through a reducer."""

    def reducer(self, _: object, told: Iterator[str]) -> Pairs:
        for text in told:
            yield None, text


@pytest.fixture
def files(tmp_path: Path) -> Path:
    """A hundred files, number N with N % 3 lines; the last lines of some have no end."""
    for number in range(100):
        write(tmp_path / "in" / f"{number:02}", b"\n".join([b"oat"] * (number % 3)) + b"\n" * (number % 2))
    return tmp_path / "in"


@pytest.mark.parametrize("job", [Tells, Sorted])
def test_each_file_is_mapped_by_a_job_of_its_own_in_few_processes(
    run_here: RunHere, files: Path, job: type[Tells]
) -> None:
    """At least four a core, of about the same size."""
    ran = run_here(job, "--num-cores", "2", files)
    sizes = [path.stat().st_size for path in sorted(files.iterdir())]
    lines = [sum(1 for _ in path.open()) for path in sorted(files.iterdir())]
    told = [f"{number:02} 0-{size}: {count}\n" for number, (size, count) in enumerate(zip(sizes, lines))]
    assert ran.output.decode() == "".join(told)
    assert ran.counters[0]["lines"] == {f"{number:02}": count for number, count in enumerate(lines)}
    assert 8 <= len(ran.counters[0]["processes"]) <= 12


def test_a_combiner_that_runs_while_a_file_is_read_leaves_its_name(
    run_here: RunHere, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Here after each record: mapper and combiner are told of the file that is read then."""

    class Names(Job):
        SORTED_OUTPUT = True

        def mapper(self, _: object, line: str) -> Pairs:
            for word in ("mill", line):
                yield f"{word} of {Path(jobconf_from_env('mapreduce.map.input.file')).name}", 1

        def combiner(self, key: str, counts: Iterator[int]) -> Pairs:
            assert key.endswith(Path(jobconf_from_env("mapreduce.map.input.file")).name)
            yield key, sum(counts)

        def reducer(self, key: str, counts: Iterator[int]) -> Pairs:
            yield key, sum(counts)

    monkeypatch.setattr(conventions, "SORT_MB", 0)
    monkeypatch.setattr(collector, "_PENDING", 1)
    ran = run_here(Names, "--num-cores", "2", files)
    lines = {path.name: path.read_text().splitlines() for path in files.iterdir()}
    of_lines = Counter(
        f'"{word} of {name}"' for name, words in lines.items() for line in words for word in ("mill", line)
    )
    assert ran.output.decode() == "".join(f"{key}\t{count}\n" for key, count in sorted(of_lines.items()))


@pytest.mark.parametrize("reduces", ["0", "2"])
def test_a_last_line_without_an_end_is_not_joined_with_the_next_file(
    run_here: RunHere, files: Path, reduces: str
) -> None:
    """As a program may leave it."""

    class Joins(Text):
        def mapper_cmd(self) -> str:
            return "sh -c 'cat >/dev/null; printf mill'"

        def reducer_cmd(self) -> str:
            return "cat"

    ran = run_here(Joins, "-D", f"mapreduce.job.reduces={reduces}", files)
    assert ran.output == b"mill\n" * 100


@pytest.mark.parametrize(
    ("fail", "reason"),
    [
        ("raise", "ValueError: no oat today (/in/13, line 1)"),
        ("die", "killed by signal 9 (SIGKILL) (is memory short?)"),
    ],
)
def test_a_task_that_fails_names_the_file_it_was_at(
    run_here: RunHere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fail: str, reason: str
) -> None:
    """Whichever of its files that is."""
    for number in range(20):
        write(tmp_path / "in" / f"{number:02}", b"oat\n" if number == 13 else b"rye\n")
    monkeypatch.setattr(Failing, "fails", "mapper")
    if fail == "die":
        monkeypatch.setattr(Failing, "fail", lambda self, word: os.kill(os.getpid(), signal.SIGKILL))
    assert failure(run_here, Failing, tmp_path / "in") == (
        f"Step 1 of 1 failed: map task 1, reading /in/13 bytes 0-4: {reason}"
    )


ON_SPARK = """\
import os

from gristmill.job.base import Job
from pyspark import TaskContext


class Tells(Job):
    held = 0

    def mapper(self, _, line):
        self.held += 1

    def mapper_final(self):
        self.increment_counter("files of task", str(TaskContext.get().partitionId()))
        yield os.environ["gristmill_input_name"], self.held


if __name__ == "__main__":
    Tells.run()
"""


@pytest.mark.long
@pytest.mark.timeout(20 * SECONDS)
@pytest.mark.usefixtures("workers_that_end")
def test_sparks_tasks_are_few_too(run_job: RunJob, tmp_path: Path) -> None:
    """Four a core, of about the same size."""
    (tmp_path / "tells.py").write_text(ON_SPARK)
    (tmp_path / "in").mkdir()
    for number in range(100):
        (tmp_path / "in" / f"{number:02}").write_bytes(b"mill\n" * (number % 3))
    args = ["tells.py", "--no-conf", "-r", "spark", "--spark-master", "local[2]", "in"]
    done = run_job(*args, cwd=tmp_path, seconds=10 * SECONDS)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.decode() == "".join(f'"{number:02}"\t{number % 3}\n' for number in range(100))
    assert 8 <= len(re.findall(rb"\t\t\d+=\d+\n", done.stderr)) <= 12
