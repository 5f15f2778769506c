"""Tasks: several processes, as many at once as there are cores, and what they give."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gristmill.task import processes
from gristmill.task.processes import Task, run_tasks

if TYPE_CHECKING:
    pass


#: Seconds for what takes a few milliseconds.
SOON = 30
FORK = multiprocessing.get_context("fork")


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
    """Ctrl-C in a terminal is the driver's alone, and they can be ended with what they start."""
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
    monkeypatch.setattr(processes, "TICK", 0.001)
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


def test_a_driver_may_have_no_stdout_and_no_stderr(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a daemon may."""
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "stderr", None)
    assert run_tasks([Task("a", lambda: 7)], 1) == [7]


def test_tasks_run_from_another_thread_than_the_main_one() -> None:
    """A program that runs several jobs may do so."""
    results: list[list[int]] = []
    thread = threading.Thread(target=lambda: results.append(run_tasks([Task("a", lambda: 7)], 1)))
    thread.start()
    thread.join(SOON)
    assert results == [[7]]


def test_the_driver_gets_each_result_as_soon_as_its_task_has_ended() -> None:
    """While others run: the second task here waits for the driver to have the first one's."""
    source, sink = os.pipe()
    seen: list[tuple[int, bytes]] = []

    def ended(number: int, result: bytes) -> None:
        seen.append((number, result))
        if number == 0:
            os.write(sink, b"go")

    assert run_tasks([Task("a", lambda: b"done"), Task("b", lambda: os.read(source, 2))], 2, ended=ended) == [
        b"done",
        b"go",
    ]
    assert seen == [(0, b"done"), (1, b"go")]
    os.close(source)
    os.close(sink)


def test_of_large_tasks_one_runs_at_a_time_beside_the_others(tmp_path: Path) -> None:
    """And the results are in order."""
    log = tmp_path / "log"

    def work(name: str) -> str:
        with log.open("ab", buffering=0) as file:
            file.write(f"{name} begins\n".encode())
            time.sleep(0.05)
            # however slow the machine is
            while name == "a" and b"small begins" not in log.read_bytes():
                time.sleep(0.05)
            file.write(f"{name} ends\n".encode())
        return name

    tasks = [Task(name, partial(work, name), is_large=name != "small") for name in ("a", "b", "small", "c")]
    assert run_tasks(tasks, 2) == ["a", "b", "small", "c"]
    lines = log.read_text().splitlines()
    large = [line for line in lines if not line.startswith("small")]
    assert large == [f"{name} {what}" for name in "abc" for what in ("begins", "ends")]
    assert lines.index("small begins") < lines.index("a ends")
