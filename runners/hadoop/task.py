"""The one script that all tasks of a job on Hadoop start, ``/bin/sh task.sh 0-mapper``, and what it tells of failures.

It holds the job's command lines as a shell reads them, since Hadoop Streaming splits a command by rules of its own and
hands it over in whatever encoding its Java has. On stderr, which YARN keeps as the task's log, it leaves

    gristmill-task TAB attempt                                          before the command
    gristmill-failed TAB exit status TAB seconds since 1970 TAB attempt TAB host TAB input file TAB first byte TAB bytes

and, where the output of a map-only job is to be put in the order of its input, this first line in each part file:

    gristmill-split TAB input file TAB first byte
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from signal import Signals
from typing import TYPE_CHECKING

from gristmill.task.processes import signal_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

#: The script's name where a task runs.
NAME = "gristmill-task.sh"
#: The most lines of a failed task's stderr that are shown.
STDERR_LINES = 100
#: What a part file of a map-only job begins with, if it is to be put in order.
SPLIT = b"gristmill-split\t"

_BEFORE = """\
attempt=$mapreduce_task_attempt_id
printf 'gristmill-task\\t%s\\n' "$attempt" >&2
case $1 in
"""
_PART = """\
{name})
    {header}{command}
    ;;
"""
_HEADER = """printf 'gristmill-split\\t%s\\t%s\\n' "$mapreduce_map_input_file" "$mapreduce_map_input_start"
    """
_AFTER = """\
*)
    echo "no part $1" >&2
    exit 2
    ;;
esac
status=$?
if [ "$status" -eq 0 ]; then
    # a program may want no more of its input; Hadoop would take the closed pipe for a failure
    cat >/dev/null
    exit 0
fi
printf 'gristmill-failed\\t%s\\t%s\\t%s\\t%s\\t%s\\t%s\\t%s\\n' "$status" "$(date +%s)" "$attempt" \\
    "${NM_HOST:-$(uname -n)}" "$mapreduce_map_input_file" "$mapreduce_map_input_start" \\
    "$mapreduce_map_input_length" >&2
exit "$status"
"""
_ATTEMPT = re.compile(r"attempt_\d+_\d+_([mr])_(\d+)_\d+$")
#: Where a task runs: of no use to a person, and long.
_FOLDER = re.compile(r"/\S*/container_\w+/")
_NOISE = re.compile(r"reporter:|log4j:|SLF4J:")
_FIELDS = re.compile(r"gristmill-failed\t(\d+)\t(\d+)\t([^\t]*)\t([^\t]*)\t([^\t]*)\t(\d*)\t(\d*)$")


def script(commands: Mapping[str, Sequence[str]], in_order: str = "") -> str:
    """The script for these command lines, by the names of their parts; part `in_order` tells its split first."""
    parts = [
        _PART.format(name=name, header=_HEADER if name == in_order else "", command=shlex.join(command))
        for name, command in commands.items()
    ]
    return "".join((_BEFORE, *parts, _AFTER))


@dataclass(frozen=True)
class Failure:
    """A command that failed: with which exit status, when, in which attempt, where, reading what; and its stderr."""

    status: int
    seconds: int
    attempt: str
    host: str
    path: str
    start: int
    length: int
    said: tuple[str, ...]

    @property
    def task(self) -> str:
        """What a person calls the task: ``map task 3``."""
        found = _ATTEMPT.match(self.attempt)
        if not found:
            return self.attempt or "a task"
        return f"{'reduce' if found[1] == 'r' else 'map'} task {int(found[2])}"

    @property
    def why(self) -> str:
        """One line: the last that the command said, with what it ended by where that is not plain failure."""
        if self.status - 128 in set(Signals):
            return f"killed by signal {signal_name(self.status - 128)}"
        last = next((line.strip() for line in reversed(self.said) if line.strip()), "")
        if self.status == 1 and last:  # as Python ends after a traceback
            return last
        return ": ".join(filter(None, (f"exit status {self.status}", last)))


def first_failure(logs: str) -> Failure | None:
    """The failure that came first, in what ``yarn logs -log_files stderr`` printed; None where it tells of none."""
    return min(_failures(logs), key=lambda failure: failure.seconds, default=None)


def _failures(logs: str) -> Iterator[Failure]:
    said: list[str] = []
    for line in logs.splitlines():
        if found := _FIELDS.match(line):
            status, seconds, attempt, host, path, start, length = found.groups()
            place = (path, int(start or 0), int(length or 0))
            yield Failure(int(status), int(seconds), attempt, host, *place, tuple(said[-STDERR_LINES:]))
        if found or line.startswith(("gristmill-task\t", "LogContents:")):
            said = []
        elif not _NOISE.match(line):
            said.append(_FOLDER.sub("", line))
