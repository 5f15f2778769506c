"""The local runner: programs that fail and disks that are full, in one line that says what to do."""

from __future__ import annotations

import gzip
import os
import subprocess
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gristmill.errors import InputError, RunError
from gristmill.job.base import Job
from gristmill.shuffle.collector import Collector
from tests.runners.helpers import TASKS, Failing, failure
from mrjob.step import MRStep, StepFailedException

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.runners.conftest import RunHere

    Pairs = Iterator[tuple[Any, Any]]

pytestmark = pytest.mark.usefixtures("nothing_is_left")

FULL = "No space left on device"
ADVICE = "make room, or name a larger disk: --local-tmp-dir for what tasks keep, --output-dir for the output"


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
    monkeypatch.setattr("gristmill.runners.local.tasks.Collector", lambda path, *rest: Collector("/dev/full", *rest))
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
        run_here(Failing, *TASKS, "--local-tmp-dir", disk, harvest)
    assert list(disk.iterdir()) == []


def test_a_disk_that_is_full_of_output_says_so(run_here: RunHere, disk: Path, harvest: Path) -> None:
    """The output is not there in part."""
    with pytest.raises(StepFailedException, match=f"^Step 1 of 1 failed: reduce task 0: {FULL}; {ADVICE}$"):
        run_here(Failing, *TASKS, "--output-dir", disk / "out", harvest)
    assert list(disk.iterdir()) == []


def test_a_disk_that_is_full_of_standard_input_says_so(run_here: RunHere, disk: Path, harvest: Path) -> None:
    """Before any task has started."""
    with pytest.raises(RunError, match=f"^{FULL}; {ADVICE}$"):
        run_here(Failing, *TASKS, "--local-tmp-dir", disk, stdin=harvest.read_bytes())
    assert list(disk.iterdir()) == []


def test_without_such_a_disk_a_device_that_is_always_full_says_so(
    run_here: RunHere, grain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The runs of a map go there."""
    full = partial(Collector, "/dev/full")
    monkeypatch.setattr("gristmill.runners.local.tasks.Collector", lambda path, *rest: full(*rest))
    assert failure(run_here, Failing, grain).endswith(f": {FULL}; {ADVICE}")
