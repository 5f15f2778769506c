"""The logs of a job's tasks -> the first failure of its commands.

gristmill-task TAB attempt          as `yarn logs -log_files stderr` prints them
…                                   the stderr of its command
gristmill-failed TAB …              the fields of a Failure (see task)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from signal import Signals
from typing import TYPE_CHECKING

from gristmill.task.last_words import STDERR_LINES, signal_name

if TYPE_CHECKING:
    from collections.abc import Iterator

_ATTEMPT = re.compile(r"attempt_\d+_\d+_([mr])_(\d+)_\d+$")
#: The folder that a task runs in: of no use to a person, and long.
_FOLDER = re.compile(r"/\S*/container_\w+/")
_NOISE = re.compile(r"reporter:|log4j:|SLF4J:")
_FIELDS = re.compile(r"gristmill-failed\t(\d+)\t(\d+)\t([^\t]*)\t([^\t]*)\t([^\t]*)\t(\d*)\t(\d*)$")

#: What Hadoop's own log of a task says: what it begins to read, and that the task fails, but for that of its program.
_READING = re.compile(r"Processing split: (\S.*):(\d+)\+(\d+)$")
_FAILING = re.compile(r"(?:Exception|Error) running (?:child|local) ")

#: URI, first byte and bytes of what a task reads.
Reading = tuple[str, int, int]


@dataclass(frozen=True)
class Failure:
    """A task whose command failed: with which exit status, when, in which attempt, on which host, reading what."""

    status: int
    #: When it ended, since 1970.
    seconds: int
    attempt: str
    host: str
    #: URI, first byte and bytes of its split; "", 0 and 0 of a reduce.
    path: str
    start: int
    length: int
    #: Its last lines.
    stderr: tuple[str, ...]

    @property
    def task(self) -> str:
        """The name of the task for a person: ``map task 3``."""
        found = _ATTEMPT.match(self.attempt)
        if not found:
            return self.attempt or "a task"
        return f"{'reduce' if found[1] == 'r' else 'map'} task {int(found[2])}"

    @property
    def reason(self) -> str:
        """One line: the last of stderr, behind the signal or the exit status, but for that of a Python traceback."""
        if self.status - 128 in set(Signals):
            return f"killed by signal {signal_name(self.status - 128)}"
        last = next((line.strip() for line in reversed(self.stderr) if line.strip()), "")
        if self.status == 1 and last:  # as Python ends after a traceback
            return last
        return ": ".join(filter(None, (f"exit status {self.status}", last)))


def first_failure(logs: str) -> Failure | None:
    """The earliest failure in the output of ``yarn logs -log_files stderr``; None where it has none."""
    return min(_failures(logs), key=lambda failure: failure.seconds, default=None)


def failed_reading(logs: str) -> Reading | None:
    """What the first task was reading that failed in the output of ``yarn logs -log_files syslog``; None for none."""
    reading: Reading | None = None
    for line in logs.splitlines():
        if line.startswith("Container: "):
            reading = None
        elif found := _READING.search(line):
            reading = found[1], int(found[2]), int(found[3])
        elif reading and _FAILING.search(line):
            return reading
    return None


def _failures(logs: str) -> Iterator[Failure]:
    stderr: list[str] = []
    for line in logs.splitlines():
        if found := _FIELDS.match(line):
            status, seconds, attempt, host, path, start, length = found.groups()
            split = (path, int(start or 0), int(length or 0))
            yield Failure(int(status), int(seconds), attempt, host, *split, tuple(stderr[-STDERR_LINES:]))
        if found or line.startswith(("gristmill-task\t", "LogContents:")):
            stderr = []
        elif not _NOISE.match(line):
            stderr.append(_FOLDER.sub("", line))
