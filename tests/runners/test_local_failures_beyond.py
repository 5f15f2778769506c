"""The local runner: programs that fail and disks that are full, in one line that says what to do."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jobs.base import Job
from jobs.errors import InputError, RunError
from runners.shuffle import Collector
from mrjob.step import MRStep, StepFailedException

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.runners.conftest import RunHere

    Pairs = Iterator[tuple[Any, Any]]

FULL = "No space left on device"
ADVICE = "make room, or name a larger disk: --local-tmp-dir for what tasks keep, --output-dir for the output"


class Words(Job):
    """How often each word occurs, unless one of the three stages is told to fail."""

    fails = ""

    def mapper(self, _: object, line: str) -> Pairs:
        for word in line.split():
            self.stage("mapper", word)
            yield word, 1

    def combiner(self, word: str, counts: Iterator[int]) -> Pairs:
        self.stage("combiner", word)
        yield word, sum(counts)

    def reducer(self, word: str, counts: Iterator[int]) -> Pairs:
        self.stage("reducer", word)
        yield word, sum(counts)

    def stage(self, name: str, word: str) -> None:
        if self.fails == name and word == "oat":
            self.fail(word)

    def fail(self, word: str) -> None:
        print("about to fail", file=sys.stderr)  # noqa: T201
        raise ValueError(f"no {word} today")


@pytest.fixture
def grain(tmp_path: Path) -> Path:
    """Two lines of the same length, which two maps read."""
    path = tmp_path / "grain.txt"
    path.write_bytes(b"rye rye\noat rye\n")
    return path


#: Numbers of tasks that are the same everywhere.
TASKS = ("-D", "mapreduce.job.maps=2", "-D", "mapreduce.job.reduces=1")


def failure(run_here: RunHere, job: type[Job], *arguments: str | Path) -> str:
    """The message of a run that fails; it left neither output nor temporary files."""
    folder = Path(arguments[-1]).parent
    before = sorted(folder.iterdir())
    with pytest.raises((StepFailedException, RunError)) as error:
        run_here(job, *TASKS, "--output-dir", folder / "out", *arguments)
    assert sorted(folder.iterdir()) == before
    message = str(error.value)
    assert "\n" not in message
    return message.replace(str(folder), "")


@pytest.fixture(autouse=True)
def _nothing_is_left(job_tmp: Path) -> Iterator[None]:
    yield
    assert list(job_tmp.iterdir()) == []


#: The whole file in one map.
ONE = ("-D", "mapreduce.job.maps=1")


def program(command: str, part: str = "mapper") -> type[Job]:
    """A job of a program; without a reducer unless it is that."""

    class Program(Job):
        def steps(self) -> list[MRStep]:
            parts = {"mapper_cmd": "cat", "combiner_cmd": "cat", "reducer_cmd": "cat"}
            return [MRStep(**{**parts, f"{part}_cmd": command})]

    return Program


@pytest.mark.parametrize(
    ("part", "task"),
    [
        ("mapper", "map task 0, reading /grain.txt bytes 0-16"),
        ("combiner", "map task 0, reading /grain.txt bytes 0-16"),
        ("reducer", "reduce task 0"),
    ],
)
def test_a_program_that_fails_shows_its_stderr_and_its_exit_status(
    run_here: RunHere, grain: Path, caplog: pytest.LogCaptureFixture, part: str, task: str
) -> None:
    """Whatever its part."""
    command = "sh -c 'cat; echo no oat today >&2; exit 7'"
    message = failure(run_here, program(command, part), *ONE, grain)
    assert message == f"Step 1 of 1 failed: {task}: {command}: exit status 7"
    assert caplog.messages[-1].startswith("no oat today")


def test_a_program_that_is_killed_says_by_what(run_here: RunHere, grain: Path) -> None:
    """By number and name."""
    command = "sh -c 'kill -9 $$'"
    assert failure(run_here, program(command), grain).endswith(f": {command}: killed by signal 9 (SIGKILL)")


def test_a_program_that_is_not_there_is_named(run_here: RunHere, grain: Path) -> None:
    """With what to do."""
    advice = "ship it with --file, or give its path"
    message = failure(run_here, program("no-such-program -x"), grain)
    assert message == f"cannot start 'no-such-program': No such file or directory; {advice}"


def test_a_program_whose_input_is_damaged_is_not_to_blame(run_here: RunHere, tmp_path: Path) -> None:
    """The file is."""
    whole = gzip.compress(os.urandom(3_000_000))
    (tmp_path / "a.gz").write_bytes(whole[:2_000_000])
    with pytest.raises(InputError, match=f"^{tmp_path}/a.gz: damaged, cut short"):
        run_here(program("cat"), *TASKS, tmp_path / "a.gz")


def test_a_program_ends_when_its_output_finds_no_room(
    run_here: RunHere, grain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that never would by itself."""
    monkeypatch.setattr("runners.local.Collector", lambda path, *rest: Collector("/dev/full", *rest))
    message = failure(run_here, program("yes " + "y" * 1000), *ONE, "-D", "mapreduce.task.io.sort.mb=1", grain)
    assert message == f"Step 1 of 1 failed: map task 0, reading /grain.txt bytes 0-16: {FULL}; {ADVICE}"


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte."""
    path = tmp_path / "disk"
    path.mkdir()
    options = ["-t", "tmpfs", "-o", "size=1m", "tmpfs", str(path)]
    if os.geteuid() or subprocess.run(["mount", *options], capture_output=True, check=False).returncode:
        pytest.skip("only root, where it may, can mount a disk that is small enough to fill")
    yield path
    subprocess.run(["umount", str(path)], check=True)


@pytest.fixture
def harvest(tmp_path: Path) -> Path:
    """Three megabytes of words that all differ."""
    path = tmp_path / "harvest.txt"
    path.write_bytes(b"".join(b"%01000d\n" % number for number in range(3000)))
    return path


def test_a_disk_that_is_full_of_map_output_says_so(run_here: RunHere, disk: Path, harvest: Path) -> None:
    """It is left as it was."""
    with pytest.raises(StepFailedException, match=f"^Step 1 of 1 failed: map task .*: {FULL}; {ADVICE}$"):
        run_here(Words, *TASKS, "--local-tmp-dir", disk, harvest)
    assert list(disk.iterdir()) == []


def test_a_disk_that_is_full_of_output_says_so(run_here: RunHere, disk: Path, harvest: Path) -> None:
    """The output is not there in part."""
    with pytest.raises(StepFailedException, match=f"^Step 1 of 1 failed: reduce task 0: {FULL}; {ADVICE}$"):
        run_here(Words, *TASKS, "--output-dir", disk / "out", harvest)
    assert list(disk.iterdir()) == []


def test_a_disk_that_is_full_of_standard_input_says_so(run_here: RunHere, disk: Path, harvest: Path) -> None:
    """Before any task has started."""
    with pytest.raises(RunError, match=f"^{FULL}; {ADVICE}$"):
        run_here(Words, *TASKS, "--local-tmp-dir", disk, stdin=harvest.read_bytes())
    assert list(disk.iterdir()) == []


def test_without_such_a_disk_a_device_that_is_always_full_says_so(
    run_here: RunHere, grain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The runs of a map go there."""
    full = partial(Collector, "/dev/full")
    monkeypatch.setattr("runners.local.Collector", lambda path, *rest: full(*rest))
    assert failure(run_here, Words, grain).endswith(f": {FULL}; {ADVICE}")
