"""The folder of one run on this machine, by which whoever comes knows how the run is, and it never runs twice.

    command.json   the words for `gristmill`, and the files that it needs (see `Command`)
    lock           held by flock while any process of the run lives; the number of their session
    programs/ input/ work/ tmp/     what the run needs; gone when it has ended
    output/        the job's --output-dir, or what it printed, which appears whole
    stop           there where a job that runs elsewhere is to stop
    log            what the job wrote to stderr
    outcome.json   how it ended; written once, by whoever holds the lock

The lock is taken before the run's process is started, and handed down: there is no moment in between. A folder with an
outcome is never run again. A lock that is free and no outcome: the run was killed, and may be started again.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager, suppress
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from gristmill.tiers import whole_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_OUTCOME, _COMMAND, _LOCK, _STOP = "outcome.json", "command.json", "lock", "stop"
#: The runs that this process has started and that have not ended.
_started: list[subprocess.Popen[bytes]] = []


class SentFile(NamedTuple):
    """A file that a run needs: where it is, where in the run's folder or on S3 it goes, and what it must be."""

    source: str
    target: str
    size: int
    sha256: str


class Command(NamedTuple):
    """What is run: the words for `gristmill`, from the folder ``work/``, and the files."""

    words: Sequence[str]
    files: Sequence[SentFile]
    #: Whether all of it runs on this machine; if not, a job that is killed may go on elsewhere.
    is_here: bool = True
    #: Where its output is in the end; "" for this folder.
    result: str = ""
    #: Whether no run of this request was begun before.
    is_first: bool = True
    #: A folder on S3 to remove when it has ended; "" for none.
    scratch: str = ""

    @property
    def keeps_printed(self) -> bool:
        """Whether its output is what it prints."""
        return not self.is_here and not self.result


class Outcome(NamedTuple):
    """How a run ended: DONE, FAILED or CANCELLED; why; where its output is, "" for the run's folder."""

    ending: str
    why: str = ""
    result: str = ""


class NoOutcome(Enum):
    """A run that has not ended."""

    RUNS = "a process of it lives"
    LOST = "none lives"


class RunFolder:
    """The folder at `path`; it need not be there before it is looked at."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.output = path / "output"
        self.log = path / "log"

    def prepare(self, command: Command) -> None:
        """Make the folder, and say what is run; may be called again."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        whole_file.write(self.path / _COMMAND, json.dumps(command).encode())

    def command(self) -> Command:
        """What is run."""
        words, files, *more = json.loads((self.path / _COMMAND).read_bytes())
        return Command(words, [SentFile(*file) for file in files], *more)

    def start(self) -> None:
        """Start the run, in a session of its own, unless it runs or has ended, or another starts it."""
        with self._locked() as lock:
            if lock is None or self._outcome():
                return
            process = subprocess.Popen(  # noqa: S603 (our own module)
                [sys.executable, "-m", "gristmill.tiers.run", str(self.path), str(lock)],
                # no folder of a person's, from which Python would import
                cwd=self.path,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(lock,),
                start_new_session=True,
            )
        _started.append(process)

    def look(self) -> Outcome | NoOutcome:
        """How the run ended, or how it is."""
        with self._locked() as lock:
            if found := self._outcome():
                return found
            if lock is None:
                return NoOutcome.RUNS
            # its process was killed between the job's end and its own
            if (self.output / "_SUCCESS").exists():
                return self.settle(Outcome("DONE"))
            return NoOutcome.LOST

    def end(self, outcome: Outcome) -> Outcome | None:
        """Kill the run, and give it this outcome where it has none; None where it has not ended yet: ask again."""
        with self._locked() as lock:
            if lock is not None:
                return self._outcome() or self.settle(outcome)
            with suppress(FileNotFoundError, ValueError, ProcessLookupError):
                # the lock is held, so that the session lives and no other can have its number
                os.killpg(int((self.path / _LOCK).read_text()), signal.SIGKILL)
        return None

    def ask_to_stop(self) -> None:
        """Have a run that goes on elsewhere stop, now or when it is started again."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        (self.path / _STOP).touch()

    def is_to_stop(self) -> bool:
        """Whether it is."""
        return (self.path / _STOP).exists()

    def printed(self) -> Path:
        """The file for what a job prints."""
        folder = self.path / f".{self.output.name}.printed"
        folder.mkdir(exist_ok=True)
        return folder / "part-00000"

    def keep_printed(self) -> None:
        """Have what was printed as the output."""
        folder = self.printed().parent
        (folder / "_SUCCESS").touch()
        folder.rename(self.output)

    def settle(self, outcome: Outcome) -> Outcome:
        """Store how the run ended, and remove what it needed; whoever calls this holds the lock."""
        # a job that was killed has left its output where it was in the making
        unfinished = self.path.glob(f".{self.output.name}.*")
        for path in (*(self.path / name for name in ("input", "programs", "work", "tmp")), *unfinished):
            shutil.rmtree(path, ignore_errors=True)
        whole_file.write(self.path / _OUTCOME, json.dumps(outcome).encode())
        return outcome

    def _outcome(self) -> Outcome | None:
        with suppress(FileNotFoundError):
            return Outcome(*json.loads((self.path / _OUTCOME).read_bytes()))
        return None

    @contextmanager
    def _locked(self) -> Iterator[int | None]:
        """The descriptor of the lock, held and empty; None where a process of the run, or a consumer, holds it."""
        # the system keeps a process that has ended until it is asked for
        _started[:] = [process for process in _started if process.poll() is None]
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        number = os.open(self.path / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            yield number if _try_lock(number) else None
        finally:
            os.close(number)


def _try_lock(number: int) -> bool:
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    # no process of the run lives, so that the number of its session may be another's by now
    os.ftruncate(number, 0)
    return True
