"""The local runner with -v: a line of shell for each task that has ended."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.runners.helpers import Combined, Lines, Text, Words, write
from mrjob.step import MRStep

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import RunJob
    from tests.runners.conftest import RunHere

    Pairs = Iterator[tuple[Any, Any]]


class Raw(Text):
    """The names of its files."""

    def mapper_raw(self, path: str, _: str) -> Pairs:
        yield None, path.rpartition("/")[2]


COUNTS = """\
from gristmill import Job


class Counts(Job):
    def mapper(self, _, line):
        yield from ((word, 1) for word in line.split())

    def reducer(self, word, counts):
        yield word, sum(counts)


if __name__ == "__main__":
    Counts.run()
"""

ONE = ("-D", "mapreduce.job.maps=1", "-D", "mapreduce.job.reduces=1")


@pytest.fixture
def task_lines(caplog: pytest.LogCaptureFixture, run_here: RunHere) -> Any:
    """Run a job verbosely; its lines of tasks, with N for the seconds."""

    def run(job: type[Words], *args: str | Path, stdin: bytes = b"") -> list[str]:
        with caplog.at_level(logging.DEBUG, "mrjob.gristmill"):
            run_here(job, *args, stdin=stdin)
        return [
            re.sub(r"\d+\.\d s$", "N s", record.getMessage())
            for record in caplog.records
            if record.levelno == logging.DEBUG and record.name == "mrjob.gristmill"
        ]

    return run


def test_a_task_tells_what_it_read_its_runs_its_lines_and_its_seconds(run_job: RunJob, tmp_path: Path) -> None:
    """On stderr, by the name that the user gave, in the order in which the tasks end."""
    write(tmp_path / "job.py", COUNTS.encode())
    write(tmp_path / "grain.txt", b"rye rye\nbar rye\n")
    command = ["job.py", "--no-conf", "-v", "-D", "mapreduce.job.maps=2", "-D", "mapreduce.job.reduces=2", "grain.txt"]
    done = run_job(*command, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, b'"bar"\t1\n"rye"\t3\n'), done.stderr
    lines = [line for line in done.stderr.decode().splitlines() if re.match(r"(map|reduce) \d", line)]
    assert len(lines) == 4
    maps, reduces = sorted(lines[:2]), sorted(lines[2:])
    assert re.fullmatch(r"map 0 < grain\.txt bytes 0-8 > 1 run, 2 lines, \d+\.\d s", maps[0])
    assert re.fullmatch(r"map 1 < grain\.txt bytes 8-16 > 2 runs, 2 lines, \d+\.\d s", maps[1])
    assert re.fullmatch(r"reduce 0 < 1 run > part-00000, 1 line, \d+\.\d s", reduces[0])
    assert re.fullmatch(r"reduce 1 < 2 runs > part-00001, 1 line, \d+\.\d s", reduces[1])


def test_without_v_no_task_is_told_of(run_here: RunHere, grain: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Nor are its lines counted."""
    with caplog.at_level(logging.INFO, "mrjob.gristmill"):
        run_here(Words, *ONE, grain)
    assert "map 0" not in caplog.text


def test_a_task_of_several_small_files_tells_how_many_and_the_first_and_the_last(
    task_lines: Any, tmp_path: Path
) -> None:
    """In a folder they are named below it."""
    for name in ("a.txt", "b.txt", "deep/c.txt"):
        write(tmp_path / "in" / name, b"rye\n")
    write(tmp_path / "in" / "large.txt", b"rye\n" * 9)
    assert task_lines(Words, *ONE, "--num-cores", "1", tmp_path / "in") == [
        "map 0 < 4 files, a.txt to deep/c.txt > 1 run, 12 lines, N s",
        "reduce 0 < 1 run > part-00000, 1 line, N s",
    ]


def test_a_map_without_reducer_tells_its_part(task_lines: Any, grain: Path) -> None:
    """Its lines are those of the file."""
    assert task_lines(Lines, *ONE, grain) == [f"map 0 < {grain} bytes 0-16 > part-00000, 2 lines, N s"]


def test_standard_input_is_a_dash_and_a_later_step_reads_parts(task_lines: Any) -> None:
    """Those of the step before."""

    class Twice(Words):
        def steps(self) -> list[MRStep]:
            return [MRStep(mapper=self.mapper), MRStep(reducer=self.reducer)]

    assert task_lines(Twice, *ONE, stdin=b"rye oat\nrye\n") == [
        "map 0 < - bytes 0-12 > part-00000, 3 lines, N s",
        "map 0 < part-00000 bytes 0-24 > 1 run, 3 lines, N s",
        "reduce 0 < 1 run > part-00000, 2 lines, N s",
    ]


def test_more_than_one_spill_is_told(task_lines: Any, tmp_path: Path) -> None:
    """A larger mapreduce.task.io.sort.mb would spare them; the combiner leaves at most one line of a word in each."""
    write(tmp_path / "words.txt", b"".join(b"%0100d\n" % (number % 500) for number in range(60_000)))
    small = ("-D", "mapreduce.task.io.sort.mb=2", "-D", "mapreduce.job.maps=1", "-D", "mapreduce.job.reduces=2")
    lines = task_lines(Combined, *small, tmp_path / "words.txt")
    assert lines[0] == f"map 0 < {tmp_path}/words.txt bytes 0-6060000 > 8 runs of 4 spills, 1,578 lines, N s"
    assert sorted(lines[1:]) == [
        "reduce 0 < 4 runs > part-00000, 250 lines, N s",
        "reduce 1 < 4 runs > part-00001, 250 lines, N s",
    ]


def test_a_list_of_files_names_the_file_of_each_task(task_lines: Any, grain: Path) -> None:
    """The path that stands in the list, of a job with mapper_raw."""
    assert task_lines(Raw, *ONE, grain) == [f"map 0 < {grain} > part-00000, 1 line, N s"]


def test_a_name_that_would_write_to_the_terminal_is_escaped(task_lines: Any, tmp_path: Path) -> None:
    """A line's end and an escape sequence stay within the line."""
    lines = task_lines(Words, *ONE, write(tmp_path / "we\nird\x1b[31m.txt", b"rye\n"))
    assert lines[0] == f"map 0 < '{tmp_path}/we\\nird\\x1b[31m.txt' bytes 0-4 > 1 run, 1 line, N s"
