"""Tasks in forked processes, at most `cores` at a time.

A task lives no longer than its driver: each holds the reading end of a pipe that only the driver can write to, and
kills its own process group, programs it started included, when that pipe closes.
"""

from __future__ import annotations

import errno
import gc
import os
import pickle
import select
import signal
import sys
import threading
import traceback
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Callable, Generic, NoReturn, TypeVar

from gristmill.errors import RunError, TaskFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

T = TypeVar("T")

#: Lines of a failed task's stderr that are shown.
STDERR_LINES = 100
#: What ends a run in good order: Ctrl-C and a request to stop.
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
#: The numbers of the errors that a full disk gives, and what an error then says.
FULL = (errno.ENOSPC, errno.EDQUOT)
_MAKE_ROOM = "; make room, or name a larger disk: --local-tmp-dir for what tasks keep, --output-dir for the output"
#: Seconds between two looks at the progress of the tasks.
TICK = 0.1


@dataclass(frozen=True)
class Task(Generic[T]):
    """What to run in a process of its own, what to call it in an error, and the file that takes its stderr.

    at  what follows the name in an error: how far it was, asked when it has ended
    """

    name: str
    work: Callable[[], T]
    stderr: str = os.devnull
    at: Callable[[], str] = str

    def __str__(self) -> str:
        return self.name + self.at()


@dataclass
class _Child:
    pid: int
    number: int
    outcome: bytearray = field(default_factory=bytearray)


def run_tasks(
    tasks: list[Task[T]],
    cores: int,
    tick: Callable[[], None] | None = None,
    ended: Callable[[int, T], None] | None = None,
) -> list[T]:
    """The tasks' results, in the order of the tasks; the first failure kills the others and is raised as RunError.

    `ended` is called with the number and the result of each task when it has succeeded.
    """
    results: dict[int, T] = {}
    children: dict[int, _Child] = {}
    waiting = list(enumerate(tasks))[::-1]
    life, alive = os.pipe()
    try:
        while waiting or children:
            while waiting and len(children) < cores:
                number, task = waiting.pop()
                with _signals_held():
                    source, pid = _fork(task, life, alive)
                    children[source] = _Child(pid, number)
            for source in select.select(list(children), [], [], TICK if tick else None)[0]:
                child = children[source]
                data = os.read(source, 1 << 16)
                child.outcome += data
                if not data:
                    # a task that died before it could tell may have left programs that it started
                    status = os.waitpid(child.pid, 0)[1] if child.outcome else _kill(child.pid)
                    del children[source]
                    os.close(source)
                    result = _result(tasks[child.number], status, bytes(child.outcome))
                    results[child.number] = result
                    if ended:
                        ended(child.number, result)
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
    for stream in filter(None, (sys.stdout, sys.stderr)):
        stream.flush()
    pid = os.fork() or _child(task, life, sink, (source, alive))
    os.close(sink)
    return source, pid


@contextmanager
def _signals_held() -> Iterator[None]:
    """Let signals wait until the driver knows its new child, and the child has let go of the driver's handlers."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _ENDING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _child(task: Task[T], life: int, sink: int, drivers: tuple[int, int]) -> NoReturn:
    try:
        for end in drivers:
            os.close(end)
        os.setpgid(0, 0)
        for number in _ENDING:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, _ENDING)
        # what the driver made stays as it is: no collection walks it, and no page of it is copied for that
        gc.freeze()
        threading.Thread(target=_die_with_driver, args=(life,), daemon=True).start()
        outcome = _outcome(task)
        with os.fdopen(sink, "wb") as file:
            file.write(outcome)
    finally:
        # never back into the driver's frames, which end other children and remove files
        os._exit(0)


def _outcome(task: Task[T]) -> bytes:
    """What the driver is told, pickled: ("done", result), or ("failed", class of the error, message, detail)."""
    try:
        return pickle.dumps(("done", task.work()))
    except RunError as error:
        # a job's own class may be unknown to pickle
        ours = next(kind for kind in type(error).__mro__ if kind.__module__ == RunError.__module__)
        return pickle.dumps(("failed", ours, str(error), ""))
    except BaseException as error:  # the driver must hear of everything, KeyboardInterrupt and SystemExit too
        told = isinstance(error, OSError) and error.errno in FULL  # by its one line
        return pickle.dumps(("failed", TaskFailed, one_line(error), "" if told else traceback.format_exc()))


def _die_with_driver(life: int) -> None:
    os.read(life, 1)
    os.killpg(0, signal.SIGKILL)


def one_line(error: BaseException) -> str:
    """What an exception says, as one line for a person."""
    if isinstance(error, OSError) and error.strerror:
        # of a copy, the second is where it goes
        name = error.filename2 or error.filename
        return error.strerror + (f": {name}" if name else "") + (_MAKE_ROOM if error.errno in FULL else "")
    said = str(traceback.TracebackException(type(error), error, None)).splitlines()
    return ": ".join([type(error).__name__, *said[:1]])


def signal_name(number: int) -> str:
    """A signal as an error names it: ``9 (SIGKILL)``."""
    return f"{number} ({signal.Signals(number).name})" if number in set(signal.Signals) else str(number)


def _result(task: Task[T], status: int, outcome: bytes) -> T:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        hint = " (is memory short?)" if number == signal.SIGKILL else ""
        raise TaskFailed(f"{task}: killed by signal {signal_name(number)}{hint}", stderr_tail(task.stderr))
    if not outcome:
        raise TaskFailed(
            f"{task}: ended with exit status {os.WEXITSTATUS(status)} and no result", stderr_tail(task.stderr)
        )
    kind, *rest = pickle.loads(outcome)  # noqa: S301 (from our own child)
    if kind == "done":
        result: T = rest[0]
        return result
    error, message, detail = rest
    if error is not TaskFailed:
        raise error(message)
    raise TaskFailed(f"{task}: {message}", stderr_tail(task.stderr) + detail)


def stderr_tail(stderr: str) -> str:
    """The end of what a task wrote to its file of stderr, without the counters and states it reported."""
    if not Path(stderr).is_file():
        return ""
    with Path(stderr).open(errors="replace") as lines:
        return "".join(deque((line for line in lines if not line.startswith("reporter:")), STDERR_LINES))


def _kill(pid: int) -> int:
    """Kill a child with its group; its exit status, which is its own where it has ended before."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # it has not made its group yet; on macOS: it has just ended
        os.kill(pid, signal.SIGKILL)
    return os.waitpid(pid, 0)[1]
