"""The local runner: a task that fails says why and what it was reading, and nothing is left that looks like output."""

from __future__ import annotations

import gzip
import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jobs.base import Job
from jobs.errors import BadInput, InputError, RunError
from runners.shuffle import Collector
from mrjob.step import MRStep, StepFailedException

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import RunJob
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


# the job


@pytest.mark.parametrize(
    ("stage", "task"),
    [
        ("mapper", "map task 1, reading /grain.txt bytes 8-16"),
        ("combiner", "map task 1, reading /grain.txt bytes 8-16"),
        ("reducer", "reduce task 0"),
    ],
)
def test_a_stage_that_raises_names_what_it_was_reading(
    run_here: RunHere,
    grain: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    stage: str,
    task: str,
) -> None:
    """And its own traceback is shown, with what it wrote to stderr."""
    monkeypatch.setattr(Words, "fails", stage)
    assert failure(run_here, Words, grain) == f"Step 1 of 1 failed: {task}: ValueError: no oat today"
    assert f'File "{__file__}", line ' in caplog.text
    assert f", in {stage}\n    self.stage(" in caplog.text
    assert caplog.text.rstrip().endswith("ValueError: no oat today")
    assert "about to fail\nTraceback" in caplog.text


def test_a_step_that_fails_is_counted(run_here: RunHere, grain: Path) -> None:
    """The first here has done its work."""

    class Steps(Words):
        def steps(self) -> list[MRStep]:
            return [MRStep(mapper=self.mapper, reducer=self.reducer), MRStep(mapper=self.late)]

        def late(self, key: str, value: int) -> Pairs:
            raise ValueError(key)

    message = failure(run_here, Steps, grain)
    assert message.startswith("Step 2 of 2 failed: map task ")
    assert message.endswith("/step-output/0000/part-00000 bytes 0-8: ValueError: oat")


def test_counters_of_a_step_that_failed_are_shown(
    run_here: RunHere, grain: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Those of the tasks that had ended well."""

    class Counts(Words):
        def mapper_final(self) -> None:
            self.increment_counter("maps", "ended")

        def reducer(self, word: str, counts: Iterator[int]) -> Pairs:
            raise ValueError

    with caplog.at_level("INFO"):
        failure(run_here, Counts, grain)
    assert "ended=2" in caplog.text


@pytest.mark.parametrize(
    ("code", "reason"), [(3, "the job exited: 3"), ("no oat", "the job exited: no oat")], ids=["a number", "a message"]
)
def test_a_job_that_exits_has_failed(
    run_here: RunHere, grain: Path, monkeypatch: pytest.MonkeyPatch, code: object, reason: str
) -> None:
    """With what it gave to sys.exit()."""
    monkeypatch.setattr(Words, "fails", "mapper")
    monkeypatch.setattr(Words, "fail", lambda self, word: sys.exit(code))
    task = "map task 1, reading /grain.txt bytes 8-16"
    assert failure(run_here, Words, grain) == f"Step 1 of 1 failed: {task}: {reason}"


def test_a_job_that_exits_with_0_has_not_failed(
    run_here: RunHere, grain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It wants no more of its input."""
    monkeypatch.setattr(Words, "fails", "mapper")
    monkeypatch.setattr(Words, "fail", lambda self, word: sys.exit(0))
    assert run_here(Words, *TASKS, grain).output == b'"rye"\t2\n'


def test_a_task_that_is_killed_says_by_what(
    run_here: RunHere, grain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the kernel does where memory runs out."""
    monkeypatch.setattr(Words, "fails", "mapper")
    monkeypatch.setattr(Words, "fail", lambda self, word: os.kill(os.getpid(), signal.SIGKILL))
    assert failure(run_here, Words, grain) == (
        "Step 1 of 1 failed: map task 1, reading /grain.txt bytes 8-16: killed by signal 9 (SIGKILL) (is memory short?)"
    )


def test_a_job_that_refuses_a_line_says_so_itself(
    run_here: RunHere, grain: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """File and line, without a traceback."""
    monkeypatch.setattr(Words, "fails", "mapper")
    monkeypatch.setattr(Words, "fail", lambda self, word: self.refuse(f"no {word} today"))
    with pytest.raises(BadInput) as error:
        run_here(Words, *TASKS, grain)
    assert str(error.value) == f"{grain}, line 2: no oat today"
    assert "Traceback" not in caplog.text


def test_a_user_sees_one_line_and_exit_status_1(run_job: RunJob, tmp_path: Path) -> None:
    """After the traceback, which is the job's own; nothing is on stdout."""
    (tmp_path / "job.py").write_text(
        "from jobs.base import Job\n\n"
        "class Fails(Job):\n"
        "    def mapper(self, _, line):\n"
        "        yield 1 / 0, line\n\n"
        "if __name__ == '__main__':\n"
        "    Fails.run()\n"
    )
    done = run_job("job.py", "--no-conf", "--output-dir", "out", *TASKS, cwd=tmp_path, stdin=b"rye\n")
    talk = done.stderr.decode()
    assert (done.returncode, done.stdout) == (1, b"")
    assert talk.count("Traceback") == 1
    assert f'  File "{tmp_path}/job.py", line 5, in mapper\n    yield 1 / 0, line\n' in talk
    assert talk.splitlines()[-1].startswith("error: Step 1 of 1 failed: map task 0, reading ")
    assert talk.splitlines()[-1].endswith("/STDIN bytes 0-4: ZeroDivisionError: division by zero")
    assert [path.name for path in tmp_path.iterdir()] == ["job.py"]


# programs

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


# a full disk


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
