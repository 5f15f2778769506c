"""Tasks in forked processes, at most `cores` at a time.

A task lives no longer than its driver: each holds the reading end of a pipe that only the driver can write to, and
kills its own process group, programs it started included, when that pipe closes.
"""

from __future__ import annotations

import os
import pickle
import select
import signal
import sys
import threading
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable, Generic, NoReturn, TypeVar

from jobs.errors import RunError, TaskFailed

T = TypeVar("T")

#: Lines of a failed task's stderr that are shown.
SAID = 100
#: Seconds between two looks at the progress of the tasks.
TICK = 0.1


@dataclass(frozen=True)
class Task(Generic[T]):
    """What to run in a process of its own, what to call it in an error, and the file that takes its stderr."""

    name: str
    work: Callable[[], T]
    stderr: str = os.devnull


@dataclass
class _Child:
    pid: int
    number: int
    outcome: bytearray = field(default_factory=bytearray)


def run_tasks(tasks: list[Task[T]], cores: int, tick: Callable[[], None] | None = None) -> list[T]:
    """The tasks' results, in the order of the tasks; the first failure kills the others and is raised as RunError."""
    results: dict[int, T] = {}
    children: dict[int, _Child] = {}
    waiting = list(enumerate(tasks))[::-1]
    life, alive = os.pipe()
    try:
        while waiting or children:
            while waiting and len(children) < cores:
                number, task = waiting.pop()
                source, pid = _fork(task, life, alive)
                children[source] = _Child(pid, number)
            for source in select.select(list(children), [], [], TICK if tick else None)[0]:
                child = children[source]
                data = os.read(source, 1 << 16)
                child.outcome += data
                if not data:
                    _, status = os.waitpid(child.pid, 0)
                    del children[source]
                    os.close(source)
                    results[child.number] = _result(tasks[child.number], status, bytes(child.outcome))
            if tick:
                tick()
    finally:
        for source, child in children.items():
            _kill(child.pid)
            os.close(source)
        os.close(life)
        os.close(alive)
    return [results[number] for number in range(len(tasks))]


def _fork(task: Task[T], life: int, alive: int) -> tuple[int, int]:
    source, sink = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if not pid:
        os.close(source)
        os.close(alive)
        _child(task, life, sink)
    os.close(sink)
    return source, pid


def _child(task: Task[T], life: int, sink: int) -> NoReturn:
    os.setpgid(0, 0)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    threading.Thread(target=_die_with_driver, args=(life,), daemon=True).start()
    outcome: tuple[Any, ...]
    try:
        outcome = ("done", task.work())
    except RunError as error:
        outcome = ("failed", type(error), str(error), "")
    except OSError as error:
        message = f"{error.strerror or error}{_advice(error)}"
        outcome = ("failed", TaskFailed, message, traceback.format_exc())
    except BaseException as error:  # the driver must hear of everything, KeyboardInterrupt and SystemExit too
        message = traceback.format_exception_only(type(error), error)[-1].strip()
        outcome = ("failed", TaskFailed, message, traceback.format_exc())
    with os.fdopen(sink, "wb") as file:
        pickle.dump(outcome, file)
    os._exit(0)


def _die_with_driver(life: int) -> None:
    os.read(life, 1)
    os.killpg(0, signal.SIGKILL)


def _advice(error: OSError) -> str:
    where = f": {error.filename}" if error.filename else ""
    full = "; make room there, or name a larger disk with --local-tmp-dir" if error.errno == 28 else ""
    return where + full


def _result(task: Task[T], status: int, outcome: bytes) -> T:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        hint = " (is memory short?)" if number == signal.SIGKILL else ""
        raise TaskFailed(f"{task.name}: killed by signal {number} ({signal.Signals(number).name}){hint}", _said(task))
    if not outcome:
        raise TaskFailed(f"{task.name}: ended with exit status {os.WEXITSTATUS(status)} and no result", _said(task))
    kind, *rest = pickle.loads(outcome)  # noqa: S301 (from our own child)
    if kind == "done":
        result: T = rest[0]
        return result
    error, message, detail = rest
    if error is not TaskFailed:
        raise error(message)
    raise TaskFailed(f"{task.name}: {message}", _said(task) + detail)


def _said(task: Task[T]) -> str:
    """The end of what the task wrote to stderr, without the counters and states it reported."""
    lines = Path(task.stderr).read_text(errors="replace").splitlines() if Path(task.stderr).exists() else []
    return "".join(f"{line}\n" for line in lines[-SAID:] if not line.startswith("reporter:"))


def _kill(pid: int) -> None:
    try:
        os.killpg(pid, signal.SIGKILL)
    except ProcessLookupError:  # it has not made its group yet
        os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
