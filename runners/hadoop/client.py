"""What Hadoop's client says while a job runs -> its ids, its address, progress, counters, and why it failed.

    … Submitted application application_1795619329472_0003
    … The url to track the job: http://…
    …  map 50% reduce 0%
    … Task Id : attempt_1795619329472_0003_m_000000_0, Status : FAILED     the lines below say why
    … Job job_1795619329472_0003 failed with state FAILED due to: …
    … Counters: 57                                                         groups after a TAB, counters after two
    … Error Launching job : …                                              nothing was submitted

Patterns are open-ended: an id has any length, a line may begin with anything, a line that is not known is passed over.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gristmill.task.counters import Counters

#: Seconds from the first vain try to reach a daemon until it is given up, if no job has been submitted by then.
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


class Report:
    """What has been heard of one job, line by line."""

    def __init__(self) -> None:
        #: What application_… and job_… have in common; "" until the job is submitted.
        self.number = ""
        self.address = ""
        #: Where the client has put the job's files, which a job that is killed leaves; "" where it does not say.
        self.staging = ""
        self.map = self.reduce = 0
        self.counters: Counters = {}
        #: The first failed attempt and the first line of why.
        self.attempt = ""
        self.attempt_says = ""
        #: Why the job failed as a whole, why it was not submitted, the last exception that was named.
        self.job_says = ""
        self.refusal = ""
        self.exception = ""
        #: The last line that is not blank.
        self.last = ""
        self._group: dict[str, int] | None = None
        self._expects_why = False
        self._vain_since = 0.0
        self._vain = ""

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
        """The first attempt that failed, and why; "" where none was told of."""
        return f"{self.attempt}: {self.attempt_says}" if self.attempt else ""

    @property
    def says(self) -> str:
        """The best that the client had to say of a failure; "" where it said nothing."""
        return self.refusal or self.attempt_says or self.job_says or self.exception

    def hear(self, line: str) -> bool:
        """Take in the next line; whether map or reduce have got on."""
        line = line.rstrip("\r\n")
        self.last = line.strip() or self.last
        if self._counts(line):
            return False
        if self._expects_why and line.strip():
            self._expects_why = False
            self.attempt_says = self.attempt_says or line.strip()
        for pattern, name in _FACTS.items():
            if found := pattern.search(line):
                setattr(self, name, getattr(self, name) or found[1].strip())
        if found := _ATTEMPT_FAILED.search(line):
            self._expects_why = not self.attempt
            self.attempt = self.attempt or found[1]
        if found := _RETRY.search(line):
            self._vain = found[1] or self._vain
            self._vain_since = self._vain_since or time.monotonic()
        if found := _PROGRESS.search(line):
            before = (self.map, self.reduce)
            self.map, self.reduce = int(found[1]), int(found[2])
            return (self.map, self.reduce) != before
        return False

    def _counts(self, line: str) -> bool:
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
        """The daemon that has been tried in vain for too long before any job was submitted; "" while there is none."""
        if self.number or not self._vain_since or time.monotonic() - self._vain_since < PATIENCE:
            return ""
        return self._vain or "its name node"


_FACTS = {
    _APPLICATION: "number",
    _JOB: "number",
    _ADDRESS: "address",
    _STAGING: "staging",
    _JOB_FAILED: "job_says",
    _REFUSED: "refusal",
    _EXCEPTION: "exception",
}


def fs_error(talk: str) -> str:
    """What ``hadoop fs`` says went wrong, without the log lines around it."""
    lines = [line for line in talk.splitlines() if line.strip()]
    said = [found[1] for line in lines if (found := _FS_ERROR.match(line))]
    return (said or lines or ["it says nothing"])[-1]
