"""Tasks: none lives longer than its driver."""

from __future__ import annotations

import multiprocessing
import os
import pickle
import signal
import subprocess
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import psutil
import pytest

from gristmill.errors import TaskFailed
from gristmill.task import processes
from gristmill.task.processes import Task, run_tasks
from tests.runners.helpers import fails, raises

if TYPE_CHECKING:
    pass

#: Seconds for what takes a few milliseconds.
SOON = 30
FORK = multiprocessing.get_context("fork")


def hold(end: int) -> NoReturn:
    """Tell through the pipe `end` that it is held, and wait for ever; the pipe closes with the process."""
    os.write(end, b"held")
    signal.pause()
    raise AssertionError


def test_the_first_failure_ends_the_other_tasks() -> None:
    """With the programs they started; nothing waits for them."""
    source, sink = os.pipe()

    def other() -> int:
        return subprocess.run(["sh", "-c", "echo held; exec cat /dev/zero"], stdout=sink, check=False).returncode

    def first() -> None:
        assert os.read(source, 4) == b"held"
        raise ValueError("first")

    both: list[Task[Any]] = [Task("a", first), Task("b", other)]
    with pytest.raises(TaskFailed, match="a: ValueError: first"):
        run_tasks(both, 2)
    os.close(sink)
    with os.fdopen(source, "rb") as file:
        while file.read(1 << 20):
            pass


def test_a_task_that_is_killed_takes_its_programs_along() -> None:
    """One that reads nothing would not end by itself."""
    source, sink = os.pipe()

    def work() -> None:
        subprocess.Popen(["sh", "-c", "echo held; exec sleep 1000"], stdout=sink)
        assert os.read(source, 4) == b"held"
        os.kill(os.getpid(), signal.SIGKILL)

    assert str(fails(work)).startswith("map task 0: killed by signal 9")
    os.close(sink)
    assert os.read(source, 1) == b"\n"
    assert os.read(source, 1) == b""
    os.close(source)


def test_an_interrupted_driver_ends_its_tasks() -> None:
    """Ctrl-C raises KeyboardInterrupt in the driver; no task lives after that."""
    source, sink = os.pipe()

    def interrupt() -> None:
        os.read(source, 4)
        os.kill(os.getppid(), signal.SIGINT)
        signal.pause()

    both: list[Task[Any]] = [Task("a", partial(hold, sink)), Task("b", interrupt)]
    with pytest.raises(KeyboardInterrupt):
        run_tasks(both, 2)
    os.close(sink)
    assert os.read(source, 1) == b""
    os.close(source)


def test_a_signal_between_the_end_of_a_task_and_its_removal_ends_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """The task that has been waited for is still among those to kill; that it is gone hides no signal and no task."""
    source, sink = os.pipe()
    wait = processes._wait

    def interrupted(child: Any) -> NoReturn:
        wait(child)
        raise KeyboardInterrupt

    monkeypatch.setattr(processes, "_wait", interrupted)
    both: list[Task[Any]] = [Task("a", lambda: os.read(source, 4)), Task("b", partial(hold, sink))]
    with pytest.raises(KeyboardInterrupt):
        run_tasks(both, 2)
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
    processes._die_with_driver(source)
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
    assert processes._kill(pid) == signal.SIGKILL
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
    before, children = sorted(Path("/dev/fd").iterdir()), psutil.Process().children()
    run_tasks([Task("a", lambda: 0)], 1)
    both: list[Task[Any]] = [Task("a", partial(raises, ValueError())), Task("b", signal.pause)]
    with pytest.raises(TaskFailed):
        run_tasks(both, 2)
    assert sorted(Path("/dev/fd").iterdir()) == before
    assert psutil.Process().children() == children


def test_a_signal_that_the_driver_ignores_is_ignored_by_its_tasks() -> None:
    """As nohup wants it; others end a task as they end any program."""
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        handlers = run_tasks(
            [Task("map task 0", lambda: [signal.getsignal(n) for n in (signal.SIGHUP, signal.SIGTERM)])], 1
        )
    finally:
        signal.signal(signal.SIGHUP, before)
    assert handlers == [[signal.SIG_IGN, signal.SIG_DFL]]
