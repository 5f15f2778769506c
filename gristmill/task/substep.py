"""One substep, a mapper, combiner or reducer, over some lines: the job in this process, or a program started for it."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
import traceback
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, cast

import gristmill.job.mrjob_compat  # noqa: F401 (before any mrjob module)
from gristmill.errors import RunError, TaskFailed
from gristmill.input.reading import CHUNK
from gristmill.job.process import Stopped
from gristmill.task import allowed, programs
from gristmill.task.last_words import signal_name
from gristmill.task.processes import DISK_FULL, one_line
from mrjob.parse import parse_mr_job_stderr
from mrjob.util import cmd_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO, TextIO

    from gristmill.task.counters import Counters

    Lines = Iterable[bytes]


@dataclass(frozen=True)
class Code:
    """What a substep runs: a job, a program's command line, or neither, which passes the lines on as they are."""

    #: Makes the job in the task's process, once its working directory and its environment are set.
    job: Callable[[], Any] | None = None
    command: tuple[str, ...] | None = None
    #: Modules' archives and folders of --py-files, in which the job finds what it imports.
    py_files: tuple[str, ...] = ()
    #: Whether a program gets each line with the end that it has: its records end at a delimiter.
    keeps_ends: bool = False
    #: Whether it is no failure that the job or the program ends with another status than 0.
    may_fail: bool = False


@dataclass(frozen=True)
class TaskContext:
    """Where a substep runs: its step, its working directory, its environment, and the file that takes its stderr."""

    #: "mapper", "combiner" or "reducer", as mrjob calls them.
    mrc: str
    step_num: int
    folder: str
    env: dict[str, str]
    stderr: str

    def counters(self) -> Counters:
        """The counters that the substep has reported so far."""
        with Path(self.stderr).open("rb") as file:
            counters: Counters = parse_mr_job_stderr(file)["counters"]
        return counters


class Sink(io.RawIOBase):
    """A raw stream that passes the bytes written to it to a function."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, data: Any) -> int:
        """Pass `data` on; the number of its bytes."""
        self._write(bytes(data))
        return len(data)


def run(code: Code, context: TaskContext, lines: Lines, out: BinaryIO) -> None:
    """Run a substep over `lines` and write its output to `out`; raises TaskFailed, or what the job raises.

    The process stays in the working directory of `context`, with its environment, and with its stderr as file 1 and 2.
    """
    os.chdir(context.folder)
    with Path(context.stderr).open("ab", buffering=0) as stderr:
        # a program that the job starts writes to file 1, which is the driver's stdout
        os.dup2(stderr.fileno(), 1)
        os.dup2(stderr.fileno(), 2)
        if code.job:
            os.environ.update(context.env)
            sys.path[:0] = [path for path in (context.folder, *code.py_files) if path not in sys.path]
            _run_job(code, lines, out, stderr)
        elif code.command is not None:
            _run_program(code, context, lines, out)
        else:
            out.writelines(map(ended, lines))


def _run_job(code: Code, lines: Lines, out: BinaryIO, stderr: Any) -> None:
    job = cast("Any", code.job)()
    job.sandbox(stdin=lines, stdout=out, stderr=stderr)
    with (
        as_text(out, stderr) as (stdout, log),
        redirect_stdout(stdout),
        redirect_stderr(log),
        failing(code.may_fail, log),
        exits_as_errors(),
    ):
        job.execute()


@contextmanager
def as_text(out: BinaryIO, stderr: BinaryIO) -> Iterator[tuple[TextIO, TextIO]]:
    """Text streams over both, to be sys.stdout and sys.stderr: what a job prints is its output, as on Hadoop."""
    stdout = io.TextIOWrapper(out, encoding="utf-8", write_through=True)
    log = io.TextIOWrapper(stderr, encoding="utf-8", errors="backslashreplace", write_through=True)
    try:
        yield stdout, log
    finally:
        stdout.detach()
        log.detach()


@contextmanager
def exits_as_errors() -> Iterator[None]:
    """A job that exits with 0 ends its task; with any other status or message it fails, which raises TaskFailed."""
    try:
        yield
    except Stopped:
        raise
    except SystemExit as error:
        if error.code:
            raise TaskFailed(f"the job exited: {error.code}") from error


@contextmanager
def failing(may_fail: bool, log: TextIO) -> Iterator[None]:
    """A job that fails ends its task, told in `log`, where it may fail; what we refuse is an error."""
    try:
        yield
    except Exception as error:
        is_ours = isinstance(error, RunError) and not isinstance(error, TaskFailed)
        if not may_fail or is_ours or (isinstance(error, OSError) and error.errno in DISK_FULL):
            raise
        traceback.print_exc(file=log)
        log.write(allowed.report(str(error) if isinstance(error, TaskFailed) else one_line(error)))


def _run_program(code: Code, context: TaskContext, lines: Lines, out: BinaryIO) -> None:
    command = code.command or ()
    name = cmd_line(command)
    try:
        process = subprocess.Popen(  # noqa: S603 (a list, no shell)
            command, CHUNK, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=context.folder, env=context.env
        )
    except OSError as error:
        why = programs.start_fault(error, Path(context.folder, command[0]))
        raise RunError(f"cannot start {command[0]!r}: {why}") from None
    failures: list[Exception] = []
    feeder = threading.Thread(
        target=_feed, args=(process.stdin, lines if code.keeps_ends else map(ended, lines), failures)
    )
    feeder.start()
    try:
        while data := cast("io.BufferedReader", process.stdout).read1(CHUNK):
            out.write(data)
    except BaseException:
        process.kill()
        raise
    status = process.wait()
    feeder.join()
    if failures:
        raise failures[0]
    if not status:
        return
    if status < 0:
        failure = f"{name}: killed by signal {signal_name(-status)}"
    else:
        why = programs.exit_fault(name, status, (Path(context.folder, word) for word in command))
        failure = f"{name}: exit status {status}{why}"
    if not code.may_fail:
        raise TaskFailed(failure)
    with Path(context.stderr).open("a", encoding="utf-8", errors="backslashreplace") as log:
        log.write(allowed.report(failure))


def _feed(sink: BinaryIO, lines: Lines, failures: list[Exception]) -> None:
    """Write the lines."""
    try:
        with sink:
            sink.writelines(lines)
    except BrokenPipeError:  # the program stopped reading; its exit status tells whether it failed
        pass
    except Exception as error:
        failures.append(error)


def ended(line: bytes) -> bytes:
    """A line of a file as lines that each end with LF: CR LF and a lone CR end a line too, as on Hadoop."""
    if b"\r" in line:
        return b"\n".join(line.splitlines()) + b"\n"
    return line if line.endswith(b"\n") else line + b"\n"
