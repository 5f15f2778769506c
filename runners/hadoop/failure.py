"""Why a step failed, from what the client and the cluster keep of it -> one line for a person."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any, Protocol

from gristmill.errors import InputError, RunError
from gristmill.input import names
from gristmill.input.globs import COLON, NO_COLON
from gristmill.task.programs import exit_fault
from mrjob.step import StepFailedException

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .client_report import ClientReport
    from .task_log import Failure, Reading

log = logging.getLogger("mrjob.gristmill")

#: Seconds to wait for the logs of a job that has failed: each node hands them in some seconds after the job ends.
LOGS = 40

#: How Hadoop's client reports that there is nothing at an input path.
_NO_INPUT = re.compile(r"Input path does not exist: (.*)|Input Pattern (.*) matches 0 files")
#: How Hadoop reports that a task's program ended badly.
_DIED = re.compile(r"subprocess failed|Broken pipe|Stream closed")
#: How Hadoop's codecs say that they cannot read a file; none names it.
_UNREAD = re.compile(
    r"EOFException|ZipException|not a gzip file|native \S+ library not available|net\.jpountz|Frame|descriptor|"
    r"BZip2|bzip2|CRC|Unexpected end of|invalid (?:block|stored|distance|code|bit)|incorrect (?:data|header)|"
    r"unknown compression"
)
#: How Java says that its heap is too small, and YARN that a container is.
_NO_MEMORY = re.compile(r"OutOfMemoryError|Java heap space|running .*beyond .*memory", re.IGNORECASE)
_REDUCE_ATTEMPT = re.compile(r"(?:attempt|task)_\d+_\d+_r_")
_EXCEPTION = re.compile(r"(?:[a-z]\w*\.)+([A-Z]\w*(?:Exception|Error)\b.*)")


class TaskLogs(Protocol):
    """Where the logs of a job's tasks are: by YARN's commands, or on EMR's S3."""

    def error(self, job: str) -> str:
        """Why the first failed task of a job failed, by its history; "" where there is none."""
        ...

    def failure(self, application: str, seconds: float) -> Failure | None:
        """The first failure in the logs of an application's tasks, waited for `seconds`; None where there is none."""
        ...

    def reading(self, application: str, seconds: float) -> Reading | None:
        """What the first of its tasks that Hadoop ended was reading, waited for `seconds`; None where there is none."""
        ...

    def where(self, application: str) -> str:
        """Where a person finds the logs of an application."""
        ...


def step_error(
    ended: tuple[int, ClientReport],
    yarn: TaskLogs,
    table: dict[str, Any],
    steps: Sequence[dict[str, Any]],
    step_num: int,
) -> RunError | StepFailedException:
    """The error of a step of a job, by what its client `ended` with."""
    status, report = ended
    if report.refusal:
        return refusal(report.refusal, table)
    return StepFailedException(explain(status, report, yarn, table, steps[step_num]), step_num, len(steps))


def explain(status: int, report: ClientReport, yarn: TaskLogs, table: dict[str, Any], step: dict[str, Any]) -> str:
    """One line on why `step` failed, whose client ended with `status`; what its task wrote goes to the log.

    `table` has the user's names of the input's files. A client whose report has a refusal is for `refusal`.
    """
    reason = report.reason or ": ".join(filter(None, (f"hadoop ended with exit status {status}", report.last)))
    if not report.application:
        return f"{reason}; {NO_COLON}" if COLON in reason else reason
    log.info("Looking for what made it fail...")
    # of a job in one container the client's log names no attempt
    reason = report.error or yarn.error(report.job) or reason
    # a task that Hadoop ended wrote nothing that could be waited for
    failure = yarn.failure(report.application, LOGS if _DIED.search(reason) else 0)
    if failure:
        log.error("\n".join(failure.stderr))
        return f"{failure.task} on {failure.host}{_split_of(failure, table)}: {failure.reason}{_hint(failure, step)}"
    if _NO_MEMORY.search(reason):
        return f"{reason}; {_more_memory(reason)}"
    reading = yarn.reading(report.application, LOGS) if _UNREAD.search(reason) else None
    if not reading:
        return f"{reason}; see {yarn.where(report.application)}"
    name = names.resolve(table, reading[0]) or reading[0]
    found = _EXCEPTION.search(reason)
    cause = found[1] if found else reason
    if "native" in cause or "ClassNotFound" in cause:
        return f"{name}: Hadoop cannot read it ({cause}); make it a .gz"
    return f"{name}: damaged, cut short, padded, or not what its name says ({cause}); fetch or make it again"


def _hint(failure: Failure, step: dict[str, Any]) -> str:
    """What to know of a program that ended so."""
    substep = step.get("reducer" if failure.task.startswith("reduce") else "mapper", {})
    return exit_fault(substep.get("command", ""), failure.status)


def _more_memory(reason: str) -> str:
    """What to do where a task's Java had too little memory."""
    kind = "reduce" if _REDUCE_ATTEMPT.search(reason) else "map"
    return (
        "its longest line may be too long for a task, which holds it several times over; give it more memory: "
        f"-D mapreduce.{kind}.memory.mb=4096 -D mapreduce.{kind}.java.opts=-Xmx3200m"
    )


def _split_of(failure: Failure, table: dict[str, Any]) -> str:
    """What a failed task was reading, by the user's name."""
    if not failure.path:
        return ""
    name = names.resolve(table, failure.path) or failure.path
    return f", reading {name} bytes {failure.start}-{failure.start + failure.length}"


def refusal(reason: str, table: dict[str, Any]) -> RunError:
    """The error of a step that Hadoop did not start."""
    if found := _NO_INPUT.search(reason):
        path = found[1] or found[2]
        # as it was given, where that can be seen
        path = next((given for given in table["paths"] if given.endswith(path.partition(":/")[2])), path)
        return InputError(f"input {path} does not exist; give a file, a folder or a glob that the cluster has")
    return RunError(f"Hadoop does not take the job: {reason}; mend that")
