"""Tasks in forked processes, at most `cores` at a time.

A task lives no longer than its driver: it reads from a pipe that the driver alone can write to, and when that pipe
closes it kills its own process group, with the programs that it started.
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
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Callable, Generic, NoReturn, TypeVar

from gristmill.errors import BadInput, RunError, TaskFailed, error_class, place_of
from gristmill.task.last_words import signal_name, stderr_tail

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

T = TypeVar("T")

#: Signals that end a run after it has cleaned up.
_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
#: The numbers of the errors of a full disk.
DISK_FULL = (errno.ENOSPC, errno.EDQUOT)
_MAKE_ROOM = "; make room, or name a larger disk: --local-tmp-dir for what tasks keep, --output-dir for the output"
#: Seconds between two calls of `tick`.
TICK = 0.1


@dataclass(frozen=True)
class Task(Generic[T]):
    """A function to run in a process of its own, and how an error of it reads."""

    name: str
    work: Callable[[], T]
    #: The file to which the function writes its stderr.
    stderr: str = os.devnull
    #: Called when the task has ended: how far it came, to follow its name in an error.
    position: Callable[[], str] = str
    #: Whether it takes so much memory that of such tasks one runs at a time.
    is_large: bool = False

    def __str__(self) -> str:
        return self.name + self.position()


@dataclass
class _Child:
    """The process of the task of that number, and what it has sent of its pickled result."""

    pid: int
    number: int
    pickled: bytearray = field(default_factory=bytearray)


def run_tasks(
    tasks: list[Task[T]],
    cores: int,
    tick: Callable[[], None] | None = None,
    ended: Callable[[int, T], object] = lambda number, result: None,
) -> list[T]:
    """Run the tasks; their results, in the order of the tasks. The first failure kills the others and is a RunError.

    `tick` is called every TICK seconds or more often, `ended` with the number and the result of a task that succeeded.
    """
    results: dict[int, T] = {}
    children: dict[int, _Child] = {}
    waiting = dict(enumerate(tasks))
    bad: BadInput | None = None
    life, alive = os.pipe()
    try:
        while waiting or children:
            while len(children) < cores and (number := _next(waiting, tasks, children.values())) is not None:
                _start(number, waiting.pop(number), children, (life, alive))
            for source in select.select(list(children), [], [], TICK if tick else None)[0]:
                child = children[source]
                if (status := _read(source, children)) is None:
                    continue
                try:
                    results[child.number] = _result(tasks[child.number], status, bytes(child.pickled))
                except BadInput as error:
                    bad = error
                    _end_later(child.number, waiting, children)
                    break
                ended(child.number, results[child.number])
            if tick:
                tick()
    finally:
        for child in children.values():
            _kill(child.pid)
        for end in (*children, life, alive):
            os.close(end)
    if bad:
        raise bad
    return [results[number] for number in range(len(tasks))]


def _end_later(number: int, waiting: dict[int, Task[T]], children: dict[int, _Child]) -> None:
    """End the tasks behind one that met BadInput; those before it still run, as they may meet such a record too."""
    for later in range(number + 1, max(waiting, default=0) + 1):
        waiting.pop(later, None)
    for source, child in list(children.items()):
        if child.number > number:
            _kill(child.pid)
            del children[source]
            os.close(source)


def _start(number: int, task: Task[T], children: dict[int, _Child], life: tuple[int, int]) -> None:
    with _signals_held():
        source, pid = _fork(task, *life)
        children[source] = _Child(pid, number)


def _next(waiting: Mapping[int, Task[T]], tasks: Sequence[Task[T]], children: Iterable[_Child]) -> int | None:
    """The number of the first task that may start beside the `children`; None where none may."""
    large = any(tasks[child.number].is_large for child in children)
    return next((number for number, task in waiting.items() if not (large and task.is_large)), None)


def _read(source: int, children: dict[int, _Child]) -> int | None:
    """Read what a child has sent; where it has sent all, its exit status, and it is no longer among the children."""
    child = children[source]
    if data := os.read(source, 1 << 16):
        child.pickled += data
        return None
    # in this order, so that a signal at any point finds the child among those to kill
    status = _wait(child)
    del children[source]
    os.close(source)
    return status


def _wait(child: _Child) -> int:
    """The exit status, as `os.waitpid` has it, of a child that has closed its pipe."""
    # a task that died without a result may have left programs that it started
    return os.waitpid(child.pid, 0)[1] if child.pickled else _kill(child.pid)


def _fork(task: Task[T], life: int, alive: int) -> tuple[int, int]:
    """Start a process for `task`: the end of a pipe from which its result comes, and its process id.

    `life` and `alive` are the two ends of the pipe that closes when the driver ends.
    """
    source, sink = os.pipe()
    for stream in filter(None, (sys.stdout, sys.stderr)):
        stream.flush()
    pid = os.fork() or _child(task, life, sink, (source, alive))
    os.close(sink)
    return source, pid


@contextmanager
def _signals_held() -> Iterator[None]:
    """Block signals until the driver has noted its new child, and the child has reset the driver's handlers."""
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
        # a collection that walks the driver's objects would have their pages copied
        gc.freeze()
        threading.Thread(target=_die_with_driver, args=(life,), daemon=True).start()
        pickled = _pickled_result(task)
        with os.fdopen(sink, "wb") as file:
            file.write(pickled)
    finally:
        # the driver's frames, to which a return leads, kill other children and remove files
        os._exit(0)


def _pickled_result(task: Task[T]) -> bytes:
    """Run the task: ("done", result), or ("failed", class of the error, message, detail), pickled."""
    try:
        return pickle.dumps(("done", task.work()))
    except RunError as error:
        return pickle.dumps(("failed", error_class(error), str(error), ""))
    except BaseException as error:  # KeyboardInterrupt and SystemExit fail the task too
        is_full = isinstance(error, OSError) and error.errno in DISK_FULL  # a traceback adds nothing to the message
        return pickle.dumps(("failed", TaskFailed, one_line(error), "" if is_full else traceback.format_exc()))


def _die_with_driver(life: int) -> None:
    os.read(life, 1)
    os.killpg(0, signal.SIGKILL)


def one_line(error: BaseException) -> str:
    """The class and the message of an exception, as one line for a person, with the record that it was met at."""
    if isinstance(error, OSError) and error.strerror:
        # copy errors carry the target in filename2
        name = error.filename2 or error.filename
        hint = _MAKE_ROOM if error.errno in DISK_FULL else place_of(error)
        return error.strerror + (f": {name}" if name else "") + hint
    lines = str(traceback.TracebackException(type(error), error, None)).splitlines()
    return ": ".join([type(error).__name__, *lines[:1]]) + place_of(error)


def _result(task: Task[T], status: int, pickled: bytes) -> T:
    """The result of a task from its exit status and what it sent; raises RunError where it failed."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        hint = " (is memory short?)" if number == signal.SIGKILL else ""
        raise TaskFailed(f"{task}: killed by signal {signal_name(number)}{hint}", stderr_tail(task.stderr))
    if not pickled:
        raise TaskFailed(
            f"{task}: ended with exit status {os.WEXITSTATUS(status)} and no result", stderr_tail(task.stderr)
        )
    kind, *rest = pickle.loads(pickled)  # noqa: S301 (from our own child)
    if kind == "done":
        result: T = rest[0]
        return result
    error, message, detail = rest
    if error is not TaskFailed:
        raise error(message)
    raise TaskFailed(f"{task}: {message}", stderr_tail(task.stderr) + detail)


def _kill(pid: int) -> int:
    """Kill a child with its process group; its exit status, the child's own where it had ended; 0 if that was read."""
    try:
        os.killpg(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):  # its group is not made yet; on macOS: it has just ended
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    try:
        return os.waitpid(pid, 0)[1]
    except ChildProcessError:  # a signal came when the child had been waited for, and was still among those to kill
        return 0
