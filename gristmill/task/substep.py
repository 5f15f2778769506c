"""One mapper, combiner or reducer over some lines: the job itself in this process, or a program beside it."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import threading
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, cast

from gristmill.errors import RunError, TaskFailed
from gristmill.input.reading import CHUNK
from gristmill.job.process import Stopped
from gristmill.task.processes import signal_name
from mrjob.parse import parse_mr_job_stderr
from mrjob.util import cmd_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO, TextIO

    from gristmill.task.counters import Counters

    Lines = Iterable[bytes]


@dataclass(frozen=True)
class TaskContext:
    """Where a substep runs: its step, its working directory, its environment, and the file that takes its stderr."""

    part: str
    step_num: int
    folder: str
    env: dict[str, str]
    stderr: str

    def counters(self) -> Counters:
        """The counters that the substep has reported so far, by group and name."""
        with Path(self.stderr).open("rb") as file:
            counters: Counters = parse_mr_job_stderr(file)["counters"]
        return counters


class Sink(io.RawIOBase):
    """A raw stream that hands what is written to a function."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._write(bytes(data))
        return len(data)


def run(runner: Any, place: TaskContext, lines: Lines, out: BinaryIO) -> None:
    """Run the substep that `place` names; a step without that substep passes its lines on."""
    os.chdir(place.folder)
    step = runner._get_step(place.step_num)
    with Path(place.stderr).open("ab", buffering=0) as stderr:
        # what the job starts may write to stdout, which is the driver's
        os.dup2(stderr.fileno(), 1)
        os.dup2(stderr.fileno(), 2)
        if place.part not in step:
            out.writelines(map(ended, lines))
        elif runner._in_process(step, place.part):
            _run_job(runner, place, lines, out, stderr)
        else:
            _run_program(runner._substep_args(place.step_num, place.part), place, lines, out)


def _run_job(runner: Any, place: TaskContext, lines: Lines, out: BinaryIO, stderr: Any) -> None:
    os.environ.update(place.env)
    sys.path[:0] = [path for path in (place.folder, *runner._opts["py_files"]) if path not in sys.path]
    job = runner._mrjob_cls(runner._args_for_task(place.step_num, place.part))
    job.sandbox(stdin=lines, stdout=out, stderr=stderr)
    with as_text(out, stderr) as (printed, said), redirect_stdout(printed), redirect_stderr(said), exits_told():
        job.execute()


@contextmanager
def as_text(out: BinaryIO, stderr: BinaryIO) -> Iterator[tuple[TextIO, TextIO]]:
    """The two streams for what a job prints, which is its output, as on Hadoop, and for what it says."""
    printed = io.TextIOWrapper(out, encoding="utf-8", write_through=True)
    said = io.TextIOWrapper(stderr, encoding="utf-8", errors="backslashreplace", write_through=True)
    try:
        yield printed, said
    finally:
        printed.detach()
        said.detach()


@contextmanager
def exits_told() -> Iterator[None]:
    """A job that exits with 0 has ended its task; with anything else it has failed, and says why."""
    try:
        yield
    except Stopped:
        raise
    except SystemExit as error:
        if error.code:
            raise TaskFailed(f"the job exited: {error.code}") from error


def _run_program(args: list[str], place: TaskContext, lines: Lines, out: BinaryIO) -> None:
    name = cmd_line(args)
    try:
        process = subprocess.Popen(  # noqa: S603 (a list, no shell)
            args, CHUNK, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=place.folder, env=place.env
        )
    except OSError as error:
        raise RunError(f"cannot start {args[0]!r}: {error.strerror}; ship it with --file, or give its path") from None
    failures: list[Exception] = []
    feeder = threading.Thread(target=_feed, args=(process.stdin, lines, failures))
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
    if status < 0:
        raise TaskFailed(f"{name}: killed by signal {signal_name(-status)}")
    if status:
        raise TaskFailed(f"{name}: exit status {status}")


def _feed(sink: BinaryIO, lines: Lines, failures: list[Exception]) -> None:
    """Write the lines, each ended by one LF whatever ended it, as Hadoop Streaming does."""
    try:
        with sink:
            sink.writelines(map(ended, lines))
    except BrokenPipeError:  # the program wants no more; its exit status says whether that is well
        pass
    except Exception as error:
        failures.append(error)


def ended(line: bytes) -> bytes:
    """A line as Hadoop has it: CR LF and a lone CR end lines too, the last line of a file is ended."""
    if b"\r" in line:
        return b"\n".join(line.splitlines()) + b"\n"
    return line if line.endswith(b"\n") else line + b"\n"
