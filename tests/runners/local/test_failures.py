"""The local runner: a task that fails says why and what it was reading, and leaves nothing."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gristmill.errors import BadInput
from tests.runners import helpers
from tests.runners.helpers import TASKS, Failing, failure
from mrjob.step import MRStep

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import RunJob
    from tests.runners.conftest import RunHere

    Pairs = Iterator[tuple[Any, Any]]

pytestmark = pytest.mark.usefixtures("nothing_is_left")


@pytest.mark.parametrize(
    ("stage", "task", "place"),
    [
        ("mapper", "map task 1, reading /grain.txt bytes 8-16", "/grain.txt, line 2"),
        ("combiner", "map task 1, reading /grain.txt bytes 8-16", "key 'oat'"),
        ("reducer", "reduce task 0", "key 'oat'"),
    ],
)
def test_a_stage_that_raises_names_what_it_was_reading(
    run_here: RunHere,
    grain: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    stage: str,
    task: str,
    place: str,
) -> None:
    """And at which record; its own traceback is shown, with what it wrote to stderr."""
    monkeypatch.setattr(Failing, "fails", stage)
    assert failure(run_here, Failing, grain) == f"Step 1 of 1 failed: {task}: ValueError: no oat today ({place})"
    assert f'File "{helpers.__file__}", line ' in caplog.text
    assert f", in {stage}\n    self.stage(" in caplog.text
    assert caplog.text.rstrip().endswith("ValueError: no oat today")
    assert "about to fail\nTraceback" in caplog.text


def test_a_step_that_fails_is_counted(run_here: RunHere, grain: Path) -> None:
    """The first here has done its work."""

    class Steps(Failing):
        def steps(self) -> list[MRStep]:
            return [MRStep(mapper=self.mapper, reducer=self.reducer), MRStep(mapper=self.late)]

        def late(self, key: str, value: int) -> Pairs:
            if key == "oat":
                raise ValueError(key)
            yield key, value

    message = failure(run_here, Steps, grain)
    assert message.startswith("Step 2 of 2 failed: map task ")
    assert "/step-output/0000/part-00000 bytes 0-8: ValueError: oat (" in message
    assert message.endswith("/step-output/0000/part-00000, line 1)")


def test_counters_of_a_step_that_failed_are_shown(
    run_here: RunHere, grain: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Those of the tasks that had ended well."""

    class Counts(Failing):
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
    run_here: RunHere, grain: Path, monkeypatch: pytest.MonkeyPatch, code: int | str, reason: str
) -> None:
    """With what it gave to sys.exit()."""
    monkeypatch.setattr(Failing, "fails", "mapper")
    monkeypatch.setattr(Failing, "fail", lambda self, word: sys.exit(code))
    task = "map task 1, reading /grain.txt bytes 8-16"
    assert failure(run_here, Failing, grain) == f"Step 1 of 1 failed: {task}: {reason}"


def test_a_job_that_exits_with_0_has_not_failed(
    run_here: RunHere, grain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It wants no more of its input."""
    monkeypatch.setattr(Failing, "fails", "mapper")
    monkeypatch.setattr(Failing, "fail", lambda self, word: sys.exit(0))
    assert run_here(Failing, *TASKS, grain).output == b'"rye"\t2\n'


def test_a_task_that_is_killed_says_by_what(run_here: RunHere, grain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the kernel does where memory runs out."""
    monkeypatch.setattr(Failing, "fails", "mapper")
    monkeypatch.setattr(Failing, "fail", lambda self, word: os.kill(os.getpid(), signal.SIGKILL))
    assert failure(run_here, Failing, grain) == (
        "Step 1 of 1 failed: map task 1, reading /grain.txt bytes 8-16: killed by signal 9 (SIGKILL) (is memory short?)"
    )


def test_a_job_that_refuses_a_line_says_so_itself(
    run_here: RunHere, grain: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """File and line, without a traceback."""
    monkeypatch.setattr(Failing, "fails", "mapper")
    monkeypatch.setattr(Failing, "fail", lambda self, word: self.refuse(f"no {word} today"))
    with pytest.raises(BadInput) as error:
        run_here(Failing, *TASKS, grain)
    assert str(error.value) == f"{grain}, line 2: no oat today"
    assert "Traceback" not in caplog.text


def test_a_user_sees_one_line_and_exit_status_1(run_job: RunJob, tmp_path: Path) -> None:
    """After the traceback, which is the job's own; nothing is on stdout."""
    (tmp_path / "job.py").write_text(
        "from gristmill.job.base import Job\n\n"
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
    assert talk.splitlines()[-1].endswith(
        "/STDIN bytes 0-4: ZeroDivisionError: division by zero (standard input, line 1)"
    )
    assert [path.name for path in tmp_path.iterdir()] == ["job.py"]
