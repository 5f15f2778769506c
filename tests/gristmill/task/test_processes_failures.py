"""Tasks: the error that the driver raises for one that fails."""

from __future__ import annotations

import errno
import os
import signal
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gristmill.errors import BadInput, InputError, TaskFailed
from gristmill.task.processes import Task, one_line, run_tasks
from tests.runners.helpers import fails, raises

if TYPE_CHECKING:
    pass


def test_a_task_that_raises_leaves_its_traceback() -> None:
    """The message is one line, with the task's name."""
    error = fails(partial(raises, ValueError("no number\nin line 7")))
    assert str(error) == "map task 0: ValueError: no number"
    assert isinstance(error, TaskFailed)
    assert error.detail.startswith("Traceback (most recent call last):\n")
    assert "in raises\n    raise error\nValueError: no number\nin line 7\n" in error.detail


@pytest.mark.parametrize(
    ("raised", "message"),
    [
        (KeyError("mill"), "KeyError: 'mill'"),
        (AssertionError(), "AssertionError"),
        (KeyboardInterrupt(), "KeyboardInterrupt"),
        (SystemExit(3), "SystemExit: 3"),
        (SyntaxError("bad", ("job.py", 7, 1, "x x")), "SyntaxError: bad (job.py, line 7)"),
        (
            FileNotFoundError(errno.ENOENT, "No such file or directory", "words.txt"),
            "No such file or directory: words.txt",
        ),
        (OSError("odd"), "OSError: odd"),
    ],
    ids=repr,
)
def test_an_error_is_one_line(raised: BaseException, message: str) -> None:
    """Whatever its kind."""
    assert str(fails(partial(raises, raised))) == f"map task 0: {message}"


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_full_disk_says_what_to_do(number: int) -> None:
    """No room, or none of one's own."""
    error = fails(partial(raises, OSError(number, os.strerror(number))))
    advice = "make room, or name a larger disk: --local-tmp-dir for what tasks keep, --output-dir for the output"
    assert str(error) == f"map task 0: {os.strerror(number)}; {advice}"
    assert isinstance(error, TaskFailed)
    assert error.detail == ""


def test_a_copy_that_finds_no_room_names_where_it_goes() -> None:
    """Not the file that it is made of, which lies on another disk."""
    error = OSError(errno.ENOSPC, "No space left on device", "job.py", None, "/disk/job.py")
    assert one_line(error).startswith("No space left on device: /disk/job.py; make room, ")


class Refused(BadInput):
    """An error of a job's own."""


def test_an_error_of_ours_comes_out_as_it_is() -> None:
    """It says all, without the task's name or a traceback; a job's own class comes as the one that it extends."""
    error = fails(partial(raises, InputError("a.gz: damaged")))
    assert (type(error), str(error)) == (InputError, "a.gz: damaged")

    class Strict(Refused):
        """No other process can import it."""

    error = fails(partial(raises, Strict("a.txt, line 7: no TAB")))
    assert (type(error), str(error)) == (BadInput, "a.txt, line 7: no TAB")


def test_of_bad_records_the_first_is_named_whichever_task_meets_its_own_first(tmp_path: Path) -> None:
    """Tasks before it run on, and those behind it end or never start."""
    running, started = tmp_path / "running", tmp_path / "started"

    def second() -> None:
        while not running.exists() or Path("/proc", running.read_text() or "self").exists():
            time.sleep(0.01)
        raise BadInput("line 2")

    def fourth() -> None:
        while not running.exists():
            time.sleep(0.01)
        raise BadInput("line 4")

    def fifth() -> None:
        running.write_text(str(os.getpid()))
        time.sleep(60)

    work = [int, second, partial(time.sleep, 0), fourth, fifth, started.touch]
    with pytest.raises(BadInput, match=r"^line 2$"):
        run_tasks([Task("t", one) for one in work], 3)
    assert not started.exists()


def test_a_result_that_cannot_be_sent_is_a_failure() -> None:
    """Here a function that no other process can find."""
    assert str(fails(lambda: lambda: 0)).startswith("map task 0: ")


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (signal.SIGKILL, "9 (SIGKILL) (is memory short?)"),
        (signal.SIGTERM, "15 (SIGTERM)"),
        (signal.SIGUSR1, f"{int(signal.SIGUSR1)} (SIGUSR1)"),
        (signal.SIGRTMIN + 5, str(signal.SIGRTMIN + 5)),
    ],
)
def test_a_task_that_a_signal_killed_says_which(number: int, name: str) -> None:
    """By number and name, where it has one."""
    assert str(fails(lambda: os.kill(os.getpid(), number))) == f"map task 0: killed by signal {name}"


def test_a_task_that_ends_without_a_word_says_its_exit_status() -> None:
    """As when a library calls exit()."""
    assert str(fails(lambda: os._exit(3))) == "map task 0: ended with exit status 3 and no result"


def test_what_a_task_said_on_stderr_is_shown(tmp_path: Path) -> None:
    """Its last hundred lines but those that report counters, before its traceback."""
    path = tmp_path / "stderr"
    talk = [f"line {number}\n" for number in range(150)]
    path.write_text("".join(talk) + "reporter:counter:a,b,1\n" * 200 + "last, \udcff\n", errors="surrogateescape")
    error = fails(partial(raises, ValueError("x")), path)
    assert isinstance(error, TaskFailed)
    lines = error.detail.split("Traceback")[0].splitlines()
    assert lines == [f"line {number}" for number in range(51, 150)] + ["last, \ufffd"]
    error = fails(lambda: os._exit(1), path)
    assert isinstance(error, TaskFailed)
    assert error.detail.splitlines() == lines


def test_a_task_that_never_opened_its_stderr_has_said_nothing(tmp_path: Path) -> None:
    """It failed before."""
    error = fails(lambda: os._exit(1), tmp_path / "missing")
    assert isinstance(error, TaskFailed)
    assert error.detail == ""
