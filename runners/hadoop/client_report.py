"""The log of Hadoop's client while a job runs -> its ids, its address, progress, counters, and why it failed.

    … Submitted application application_1795619329472_0003
    … The url to track the job: http://…
    …  map 50% reduce 0%
    … Task Id : attempt_1795619329472_0003_m_000000_0, Status : FAILED     the lines below say why
    … Job job_1795619329472_0003 failed with state FAILED due to: …
    … Counters: 57                                                         groups after a TAB, counters after two
    … Error Launching job : …                                              nothing was submitted

Patterns are open-ended: an id has any length, a line may begin with anything, an unknown line is passed over.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gristmill.task.counters import Counters

#: Seconds from the first retry to reach a daemon until it is given up, if no job has been submitted by then.
PATIENCE = 20

_APPLICATION = re.compile(r"\bSubmitted application application_(\d+_\d+)")
_JOB = re.compile(r"\bRunning job: job_(\w+)")
_ADDRESS = re.compile(r"The url to track the job: (\S+)")
_PROGRESS = re.compile(r"\bmap (\d+)% reduce (\d+)%")
_ATTEMPT_FAILED = re.compile(r"\bTask Id ?: (attempt_\w+), Status ?: FAILED")
_JOB_FAILED = re.compile(r"\bJob \S+ failed with state \w+ due to: (.*)")
_COUNTERS = re.compile(r"\bCounters: \d+$")
_GROUP = re.compile(r"\t(?!\t)(.+)$")
_COUNTER = re.compile(r"\t\t(.+)=(-?\d+)$")
_STAGING = re.compile(r"([^\s:]\S*/\.staging/job_\d+_\d+)\b")
_REFUSED = re.compile(r"Error [Ll]aunching job ?(?:, [\w ]*)?: (.*)")
_RETRY = re.compile(r"Retrying connect to server: (\S+?)\. |([Tt]rying to fail ?over)")
_EXCEPTION = re.compile(r"(?:^|[: ])((?:[a-z]\w*\.)+[A-Z]\w*(?:Exception|Error): .*)")
_FS_ERROR = re.compile(r"(?:-?\w+): (.+)$")


class ClientReport:
    """The facts of one job, read from the client's log line by line."""

    def __init__(self) -> None:
        #: What application_… and job_… have in common; "" until the job is submitted.
        self.number = ""
        self.address = ""
        #: The folder on the cluster where the client has put the job's files, which a killed job leaves; "" if unknown.
        self.staging = ""
        self.map = self.reduce = 0
        self.counters: Counters = {}
        #: The first failed attempt and the first line of why.
        self.attempt = ""
        self.attempt_reason = ""
        #: Why the job failed as a whole, why it was not submitted, the last exception that was named.
        self.job_reason = ""
        self.refusal = ""
        self.exception = ""
        #: The last line that is not blank.
        self.last = ""
        self._group: dict[str, int] | None = None
        self._expects_reason = False
        self._retrying_since = 0.0
        self._daemon = ""

    @property
    def application(self) -> str:
        """YARN's id of the job; "" where it has none."""
        return f"application_{self.number}" if self.number else ""

    @property
    def job(self) -> str:
        """MapReduce's id of the job; "" where it has none."""
        return f"job_{self.number}" if self.number else ""

    @property
    def error(self) -> str:
        """The first attempt that failed, and why; "" where the log names none."""
        return f"{self.attempt}: {self.attempt_reason}" if self.attempt else ""

    @property
    def reason(self) -> str:
        """The most specific reason of a failure that the log has; "" where it has none."""
        return self.refusal or self.attempt_reason or self.job_reason or self.exception

    def add_line(self, line: str) -> bool:
        """Parse the next line of the log; True where the progress of map or reduce has changed."""
        line = line.rstrip("\r\n")
        self.last = line.strip() or self.last
        if self._is_of_counters(line):
            return False
        if self._expects_reason and line.strip():
            self._expects_reason = False
            self.attempt_reason = self.attempt_reason or line.strip()
        for pattern, name in _FACTS.items():
            if found := pattern.search(line):
                setattr(self, name, getattr(self, name) or found[1].strip())
        if found := _ATTEMPT_FAILED.search(line):
            self._expects_reason = not self.attempt
            self.attempt = self.attempt or found[1]
        if found := _RETRY.search(line):
            self._daemon = found[1] or self._daemon
            self._retrying_since = self._retrying_since or time.monotonic()
        if found := _PROGRESS.search(line):
            before = (self.map, self.reduce)
            self.map, self.reduce = int(found[1]), int(found[2])
            return (self.map, self.reduce) != before
        return False

    def _is_of_counters(self, line: str) -> bool:
        if _COUNTERS.search(line):
            self.counters, self._group = {}, {}
            return True
        if self._group is None:
            return False
        if found := _COUNTER.match(line):
            self._group[found[1].strip()] = int(found[2])
        elif found := _GROUP.match(line):
            self._group = self.counters.setdefault(found[1].strip(), {})
        else:
            self._group = None
        return self._group is not None

    def unreachable(self) -> str:
        """The daemon that has not answered for PATIENCE seconds before any job was submitted; "" for none."""
        if self.number or not self._retrying_since or time.monotonic() - self._retrying_since < PATIENCE:
            return ""
        return self._daemon or "its name node"


_FACTS = {
    _APPLICATION: "number",
    _JOB: "number",
    _ADDRESS: "address",
    _STAGING: "staging",
    _JOB_FAILED: "job_reason",
    _REFUSED: "refusal",
    _EXCEPTION: "exception",
}


def fs_error(output: str) -> str:
    """The error in the output of ``hadoop fs``, without the log lines around it."""
    lines = [line for line in output.splitlines() if line.strip()]
    errors = [found[1] for line in lines if (found := _FS_ERROR.match(line))]
    return (errors or lines or ["it says nothing"])[-1]
