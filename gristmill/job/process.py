"""A job's process: standard streams that are closed, full, or whose reader has gone, and the signals that end it."""

from __future__ import annotations

import io
import os
import signal
import sys
import traceback
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

from gristmill import plain
from gristmill.errors import InputError, OutputError, RunError, UnknownOutcome, place_of

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Signals that end a run as Ctrl-C does, where the system has them: a request to stop, a terminal that was closed.
_STOPPING = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


class ReaderGone(Exception):
    """The reader of standard output has closed it, as in ``job | head -1``."""


class Stopped(SystemExit):
    """A signal asked this process to end; the exit status is 128 plus its number, as a shell has it."""


class _Stdin(io.RawIOBase):
    """Standard input that the shell has closed (``<&-``): an error only where a job reads it."""

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, _: Any) -> NoReturn:
        """Raise InputError."""
        raise InputError("standard input is closed; give files or folders")


class _Stdout(io.FileIO):
    """Standard output whose errors differ from those of the job's own files: ReaderGone and OutputError."""

    #: Unwritten data is dropped, or Python retries at exit.
    abandoned = False

    def __init__(self, *, closed: bool) -> None:
        super().__init__(1, "wb", closefd=False)
        self._closed_before = closed

    def write(self, data: Any) -> int:
        """Write bytes; the number written. Raises ReaderGone or OutputError."""
        if self.abandoned:
            return len(data)
        if self._closed_before:
            raise OutputError("standard output is closed; open it, or name a place to write to by -o")
        try:
            return super().write(data)
        except BrokenPipeError:
            raise ReaderGone from None
        except OSError as error:
            raise OutputError(f"standard output: {error.strerror}; what was printed is not whole") from None


def guard_streams() -> None:
    """Make standard input and output raise RunError or ReaderGone, and keep the numbers of closed ones from files."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest free number, this one
    if sys.stdin is None:
        sys.stdin = io.TextIOWrapper(io.BufferedReader(_Stdin()))
    # a program that runs a job may have replaced sys.stdout
    if sys.stdout is sys.__stdout__:
        old: Any = sys.stdout
        text = io.TextIOWrapper(io.BufferedWriter(_Stdout(closed=old is None)), "utf-8")
        if old is not None:
            lines = old.line_buffering or old.write_through  # python -u
            text.reconfigure(encoding=old.encoding, errors=old.errors, line_buffering=lines)
        sys.stdout = text


def abandon_stdout() -> None:
    """Drop what is not yet written to standard output, after an error of it was reported."""
    _Stdout.abandoned = True


@contextmanager
def ending_in_one_line(*failures: type[Exception]) -> Iterator[None]:
    """A program's whole run, with the streams guarded: RunError and `failures` become one line and exit status 1.

    UnknownOutcome is a line and exit status 3. Ctrl-C exits with 130. A reader that closed our standard output gets no
    line, and the status is 1.
    """
    reported: tuple[type[Exception], ...] = (RunError, *failures)
    guard_streams()
    try:
        try:
            yield
        finally:
            sys.stdout.flush()
    except ReaderGone:
        abandon_stdout()
        sys.exit(1)
    except UnknownOutcome as error:
        sys.stderr.write(plain.line(str(error)) + "\n")
        sys.exit(3)
    except reported as error:
        if isinstance(error, OutputError):
            abandon_stdout()
        sys.exit(plain.line(f"error: {error}"))
    except KeyboardInterrupt:
        sys.exit(130)


def tell_of_terminal(inputs: list[str], *, quiet: bool) -> None:
    """Say that standard input is read where a person at a terminal would wait for the end of nothing."""
    if not quiet and (not inputs or "-" in inputs) and sys.stdin.isatty():
        sys.stderr.write("reading standard input: type lines, and Ctrl-D to end them, or name files\n")


def show_places() -> None:
    """Have an error of a job's own code that ends this process show, behind its message, the record it was met at."""
    before = sys.excepthook

    def show(kind: Any, error: BaseException, trace: Any) -> None:
        place = place_of(error)
        if place:
            text = "".join(traceback.format_exception(kind, error, trace))
            sys.stderr.write(f"{text.rstrip()}{plain.line(place)}\n")
        else:
            before(kind, error, trace)

    sys.excepthook = show


@contextmanager
def stopping_in_order() -> Iterator[None]:
    """SIGTERM and SIGHUP end the run as Ctrl-C does, by an exception: children are killed, temporary files removed."""

    def leave(number: int, _: object) -> NoReturn:
        raise Stopped(128 + number)

    before = {}
    try:
        for number in _STOPPING:
            if signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
                before[number] = signal.signal(number, leave)
    except ValueError:  # not the main thread: the program that runs this job handles signals itself
        pass
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
