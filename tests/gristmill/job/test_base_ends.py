"""How a run of a job ends: what it refuses, signals, and what its usage says."""

from __future__ import annotations

import io
import os
import signal
import threading
from typing import TYPE_CHECKING, Any

import pytest

from gristmill.errors import BadInput, InputError, RunError
from gristmill.job.base import Job
from mrjob.step import MRStep

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.jobs.conftest import RunHere


class Length(Job):
    """The lengths of records.

    examples:
      python -m tests.jobs.length 100% of.txt
    """

    def mapper(self, _: Any, line: str) -> Iterator[tuple[str, int]]:
        yield line, len(line)


class Strict(Job):
    """Refuses the record `bad`, in its first step or its second."""

    def configure_args(self) -> None:
        super().configure_args()
        self.add_passthru_arg("--step", type=int, default=0)

    def steps(self) -> list[MRStep]:
        return [MRStep(mapper=self.check(0)), MRStep(mapper=self.check(1))]

    def check(self, step: int) -> Any:
        def mapper(_: Any, line: Any) -> Iterator[tuple[None, Any]]:
            if line == "bad" and step == self.options.step:
                self.refuse("a bad line")
            yield None, line

        return mapper


@pytest.mark.parametrize("runner", ["inline", "local"])
@pytest.mark.parametrize("maps", [1, 3])
def test_a_refused_record_is_named_by_file_and_line(run_here: RunHere, tmp_path: Path, runner: str, maps: int) -> None:
    """The job ends."""
    path = tmp_path / "lines.txt"
    path.write_bytes(b"a\rb\r\nc\n" * 9 + b"bad\nd\n")
    with pytest.raises(BadInput) as caught:
        run_here(Strict, "-r", runner, "-D", f"mapreduce.job.maps={maps}", path)
    assert str(caught.value) == f"{path}, line 28: a bad line"


@pytest.mark.parametrize("runner", ["inline", "local"])
def test_a_record_refused_in_a_later_step_is_not_one_of_standard_input(run_here: RunHere, runner: str) -> None:
    """What is named is the output of the step before."""
    with pytest.raises(BadInput, match=r"/part-00000, line 2: a bad line$"):
        run_here(Strict, "-r", runner, "--step", "1", "-D", "mapreduce.job.maps=1", stdin=b"a\nbad\n")


@pytest.mark.parametrize(
    ("env", "where"),
    [
        ({}, "standard input, line 3"),
        ({"mapreduce_map_input_file": "hdfs://host/in.txt"}, "hdfs://host/in.txt, line 3"),
        (
            {"mapreduce_map_input_file": "hdfs://host/in.txt", "mapreduce_map_input_start": "512"},
            "hdfs://host/in.txt, in the split from byte 512, line 3",
        ),
        (
            {
                "mapreduce_map_input_file": "file:///in.txt",
                "mapreduce_map_input_start": "512",
                "textinputformat_record_delimiter": "--",
            },
            "/in.txt, in the split from byte 512, line 3",
        ),
    ],
)
def test_on_a_cluster_a_line_is_told_within_its_split(
    monkeypatch: pytest.MonkeyPatch, env: dict[str, str], where: str
) -> None:
    """No task there knows how many lines come before its split."""
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    job = Strict(["--mapper"])
    job.record = 3
    assert job.where() == where


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (RunError("no mill"), "error: no mill"),
        (BadInput("no mill"), "error: no mill"),
        (KeyboardInterrupt(), 130),
    ],
)
def test_run_ends_with_one_line_or_the_status_of_ctrl_c(
    monkeypatch: pytest.MonkeyPatch, error: BaseException, code: Any
) -> None:
    """A string that Python exits with is printed, and the status is 1."""

    def execute(_: Any) -> None:
        raise error

    monkeypatch.setattr("sys.argv", ["length.py"])
    monkeypatch.setattr(Length, "execute", execute)
    with pytest.raises(SystemExit) as caught:
        Length.run()
    assert caught.value.code == code


class Ended(Job):
    """Asks its own process to end."""

    def mapper(self, _: Any, __: str) -> None:
        os.kill(os.getpid(), signal.SIGTERM)


class Exits(Job):
    def mapper(self, _: Any, __: str) -> None:
        os._exit(42)


def test_a_job_without_steps_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its author has yet to write them."""

    class Bare(Job):
        pass

    monkeypatch.setattr("sys.argv", ["bare.py", "-q"])
    with pytest.raises(SystemExit) as caught:
        Bare.run()
    assert caught.value.code == "error: the job has no steps; define a mapper, a reducer or both"


@pytest.mark.parametrize("runner", ["inline", "local"])
def test_a_program_catches_the_errors_of_mrjob(runner: str, tmp_path: Path) -> None:
    """An OSError where there is no such input, and SystemExit behind the error's line where a step fails."""
    with (
        Length(["-r", runner, "--no-conf", f"{tmp_path}/none"]).make_runner() as made,
        pytest.raises(OSError, match=r"^input .*/none does not exist; ") as caught,
    ):
        made.run()
    assert isinstance(caught.value, InputError)
    job: Any = Exits(["-r", "local", "--no-conf", "--local-tmp-dir", str(tmp_path), "-q"])
    job.sandbox(stdin=io.BytesIO(b"x\n"))
    with pytest.raises(SystemExit) as ended:
        job.run_job()
    assert ended.value.code == 1
    last = job.stderr.getvalue().decode().splitlines()[-1]
    assert last.startswith("error: Step 1 of 1 failed: map task 0, reading ")


def test_a_run_without_steps_is_told_so_by_its_runner() -> None:
    """Made by a program."""
    with (
        Job(["-r", "local", "--no-conf"]).make_runner() as made,
        pytest.raises(RunError, match=r"^the job has no steps; define a mapper, a reducer or both$"),
    ):
        made.run()


def test_sigterm_ends_a_run_as_an_exit_and_is_then_what_it_was(tmp_path: Path) -> None:
    """Temporary files are removed, the status is the shell's."""
    before = signal.getsignal(signal.SIGTERM)
    job: Any = Ended(["-q", "--no-conf", "-r", "inline", "--local-tmp-dir", str(tmp_path)])
    job.sandbox(stdin=io.BytesIO(b"x\n"))
    with pytest.raises(SystemExit) as caught:
        job.run_job()
    assert caught.value.code == 143
    assert signal.getsignal(signal.SIGTERM) is before
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("runner", ["inline", "local"])
def test_a_job_runs_in_a_thread_too(runner: str) -> None:
    """Signals are the business of the program whose thread it is."""
    job: Any = Length(["-q", "--no-conf", "-r", runner])
    job.sandbox(stdin=io.BytesIO(b"abc\n"))
    thread = threading.Thread(target=job.run_job)
    thread.start()
    thread.join()
    assert job.stdout.getvalue() == b'"abc"\t3\n'


def test_the_usage_shows_the_jobs_docstring() -> None:
    """With its examples, and a percent sign as it is; a job that has none has the bare line."""
    usage = Length(["--mapper"]).arg_parser.format_usage()
    assert usage.startswith("usage: ")
    assert "[options] [input files]\n\nThe lengths of records.\n\nexamples:\n" in usage
    assert "python -m tests.jobs.length 100% of.txt" in usage

    class Bare(Job):
        pass

    assert Bare(["--mapper"]).arg_parser.format_usage().strip().endswith("[options] [input files]")
