"""Tasks: several processes, each of which ends with its driver."""

from __future__ import annotations

import errno
import multiprocessing
import os
import pickle
import signal
import subprocess
import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from jobs.errors import BadInput, InputError, RunError, TaskFailed
from runners import tasks
from runners.tasks import Task, run_tasks

if TYPE_CHECKING:
    from collections.abc import Callable

#: Seconds for what takes a few milliseconds.
SOON = 30

FORK = multiprocessing.get_context("fork")


def fails(work: Callable[[], object], stderr: Path | None = None) -> RunError:
    """The error of a single task that does not end well."""
    task = Task("map task 0", work) if stderr is None else Task("map task 0", work, str(stderr))
    with pytest.raises(RunError) as error:
        run_tasks([task], 2)
    return error.value


def raises(error: BaseException) -> NoReturn:
    """Raise, as work of a task."""
    raise error


def hold(end: int) -> NoReturn:
    """Tell through the pipe `end` that it is held, and wait for ever; the pipe closes with the process."""
    os.write(end, b"held")
    signal.pause()
    raise AssertionError


# results


def test_results_come_in_the_order_of_the_tasks() -> None:
    """Whichever ends first: the last task here ends before the first can."""
    source, sink = os.pipe()

    def first() -> bytes:
        return b"first, after " + os.read(source, 10)

    def second() -> bytes:
        os.write(sink, b"second")
        return b"second"

    assert run_tasks([Task("a", first), Task("b", second)], 2) == [b"first, after second", b"second"]
    os.close(source)
    os.close(sink)


def test_no_tasks_have_no_results() -> None:
    """Nothing is started."""
    assert run_tasks([], 2) == []


def test_each_task_is_a_process_with_a_group_of_its_own() -> None:
    """So a signal for the driver's group from the terminal is not theirs, and they can be ended with what they start."""
    own = [Task(str(number), lambda: (os.getpid(), os.getpgid(0))) for number in range(3)]
    pids = run_tasks(own, 3)
    assert all(pid == group for pid, group in pids)
    assert len({os.getpid(), *(pid for pid, _ in pids)}) == 4


def test_as_many_tasks_run_at_once_as_there_are_cores(tmp_path: Path) -> None:
    """Each of six waits for a second one to be there, and is never more than the second."""
    barrier = FORK.Barrier(2, timeout=SOON)
    log = tmp_path / "log"

    def work() -> None:
        with log.open("a") as file:
            print("start", file=file, flush=True)
            barrier.wait()
            print("end", file=file, flush=True)
            barrier.wait()

    run_tasks([Task(str(number), work) for number in range(6)], 2)
    running = [0]
    for line in log.read_text().splitlines():
        running.append(running[-1] + (1 if line == "start" else -1))
    assert max(running) == 2


def test_a_result_may_be_larger_than_a_pipe_holds() -> None:
    """The driver reads while the task writes."""
    assert run_tasks([Task("a", lambda: b"x" * (1 << 20)), Task("b", lambda: b"y" * (1 << 20))], 1) == [
        b"x" * (1 << 20),
        b"y" * (1 << 20),
    ]


def test_the_driver_is_called_from_time_to_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """While it waits, too: a task that waits for the third call ends."""
    monkeypatch.setattr(tasks, "TICK", 0.001)
    source, sink = os.pipe()
    calls = []

    def tick() -> None:
        calls.append(1)
        if len(calls) == 3:
            os.write(sink, b"x")

    assert run_tasks([Task("a", lambda: os.read(source, 1))], 1, tick) == [b"x"]
    os.close(source)
    os.close(sink)


def test_signals_reach_tasks_and_driver_as_before() -> None:
    """They are held back only while a task is started."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [])

    def work() -> tuple[set[int], bool]:
        ends = all(signal.getsignal(number) == signal.SIG_DFL for number in (signal.SIGINT, signal.SIGTERM))
        return set(signal.pthread_sigmask(signal.SIG_BLOCK, [])), ends

    assert run_tasks([Task("a", work)], 1) == [(set(before), True)]
    assert signal.pthread_sigmask(signal.SIG_BLOCK, []) == before


def test_tasks_run_from_another_thread_than_the_main_one() -> None:
    """A program that runs several jobs may do so."""
    results: list[list[int]] = []
    thread = threading.Thread(target=lambda: results.append(run_tasks([Task("a", lambda: 7)], 1)))
    thread.start()
    thread.join(SOON)
    assert results == [[7]]


# failures


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
        (FileNotFoundError(errno.ENOENT, "No such file or directory", "words.txt"), "No such file or directory: words.txt"),
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


class Refused(BadInput):
    """An error of a job's own."""


def test_an_error_of_ours_comes_out_as_it_is() -> None:
    """It says all, without the task's name or a traceback; a job's own class comes as the one of ours that it extends."""
    error = fails(partial(raises, InputError("a.gz: damaged")))
    assert (type(error), str(error)) == (InputError, "a.gz: damaged")

    class Strict(Refused):
        """Not to be found by its name."""

    error = fails(partial(raises, Strict("a.txt, line 7: no TAB")))
    assert (type(error), str(error)) == (BadInput, "a.txt, line 7: no TAB")


def test_a_result_that_cannot_be_sent_is_a_failure() -> None:
    """Here a function that no other process can find."""
    assert str(fails(lambda: lambda: 0)).startswith("map task 0: ")


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (signal.SIGKILL, "9 (SIGKILL) (is memory short?)"),
        (signal.SIGTERM, "15 (SIGTERM)"),
        (signal.SIGHUP, "1 (SIGHUP)"),
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
    said = error.detail.split("Traceback")[0].splitlines()
    assert said == [f"line {number}" for number in range(51, 150)] + ["last, \ufffd"]
    error = fails(lambda: os._exit(1), path)
    assert isinstance(error, TaskFailed)
    assert error.detail.splitlines() == said


def test_a_task_that_never_opened_its_stderr_has_said_nothing(tmp_path: Path) -> None:
    """It failed before."""
    error = fails(lambda: os._exit(1), tmp_path / "missing")
    assert isinstance(error, TaskFailed)
    assert error.detail == ""


# ends


def test_the_first_failure_ends_the_other_tasks() -> None:
    """With the programs they started; nothing waits for them."""
    source, sink = os.pipe()

    def other() -> int:
        return subprocess.run(["sh", "-c", "echo held; exec cat /dev/zero"], stdout=sink, check=False).returncode

    def first() -> None:
        assert os.read(source, 4) == b"held"
        raise ValueError("first")

    with pytest.raises(TaskFailed, match="a: ValueError: first"):
        run_tasks([Task("a", first), Task("b", other)], 2)
    os.close(sink)
    with os.fdopen(source, "rb") as file:
        while file.read(1 << 20):
            pass


def test_an_interrupted_driver_ends_its_tasks() -> None:
    """Ctrl-C raises KeyboardInterrupt in the driver; no task lives after that."""
    source, sink = os.pipe()

    def interrupt() -> None:
        os.read(source, 4)
        os.kill(os.getppid(), signal.SIGINT)
        signal.pause()

    with pytest.raises(KeyboardInterrupt):
        run_tasks([Task("a", partial(hold, sink)), Task("b", interrupt)], 2)
    os.close(sink)
    assert os.read(source, 1) == b""
    os.close(source)


def test_a_driver_that_is_killed_takes_its_tasks_along() -> None:
    """Even by SIGKILL: the pipe that tells them so closes with it."""
    source, sink = os.pipe()
    driver = FORK.Process(target=run_tasks, args=([Task("a", partial(hold, sink))], 1))
    driver.start()
    os.close(sink)
    assert os.read(source, 4) == b"held"
    driver.kill()
    driver.join(SOON)
    assert os.read(source, 1) == b""
    os.close(source)


def test_a_task_whose_driver_is_gone_kills_its_group(monkeypatch: pytest.MonkeyPatch) -> None:
    """Itself and the programs that it started."""
    killed: list[tuple[int, int]] = []
    monkeypatch.setattr(os, "killpg", lambda *args: killed.append(args))
    source, sink = os.pipe()
    os.close(sink)
    tasks._die_with_driver(source)
    os.close(source)
    assert killed == [(0, signal.SIGKILL)]


def test_a_task_that_has_no_group_yet_is_killed_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in the moment after it was forked."""
    pid = os.fork()
    if not pid:
        signal.pause()

    def no_group(group: int, number: int) -> NoReturn:
        raise ProcessLookupError

    monkeypatch.setattr(os, "killpg", no_group)
    tasks._kill(pid)
    with pytest.raises(ChildProcessError):
        os.waitpid(pid, 0)


def test_a_task_never_goes_back_into_the_frames_of_its_driver(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where even its outcome cannot be sent, it ends; what stands after run_tasks happens once."""

    def broken(outcome: Any) -> NoReturn:
        raise RuntimeError

    monkeypatch.setattr(pickle, "dumps", broken)
    with (tmp_path / "log").open("a") as log:
        error = fails(lambda: 0)
        print("once", file=log)
    assert str(error) == "map task 0: ended with exit status 0 and no result"
    assert (tmp_path / "log").read_text() == "once\n"


def test_no_descriptor_and_no_child_is_left() -> None:
    """After a failure, as after success."""
    before = sorted(Path("/dev/fd").iterdir())
    run_tasks([Task("a", lambda: 0)], 1)
    with pytest.raises(TaskFailed):
        run_tasks([Task("a", partial(raises, ValueError())), Task("b", signal.pause)], 2)
    assert sorted(Path("/dev/fd").iterdir()) == before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)
