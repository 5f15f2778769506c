"""A step that failed is explained in one line, by what is nearest to the cause."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import pytest

from gristmill.errors import InputError, RunError
from gristmill.runners.hadoop.client_report import ClientReport
from gristmill.runners.hadoop.failure import LOGS, explain, refusal
from gristmill.runners.hadoop.task_log import Failure
from gristmill.runners.hadoop.yarn import Yarn

if TYPE_CHECKING:
    from gristmill.runners.hadoop.task_log import Reading
    from gristmill.runners.hadoop.yarn import Yarn

#: Names of a run's input: one file of this machine, and a folder of the cluster.
NAMES = {"folder": "/key/input/", "files": ["a b.txt"], "paths": ["hdfs:///logs"], "several": False}
SUBMITTED = "INFO impl.YarnClientImpl: Submitted application application_1_2"
ATTEMPT = "INFO mapreduce.Job: Task Id : attempt_1_2_m_000000_0, Status : FAILED"
DIED = "Error: java.lang.RuntimeException: PipeMapRed.waitOutputThreads(): subprocess failed with code 1"


@dataclass
class Stand:
    """A cluster that keeps this history and these logs, and how long the logs were waited for."""

    history: str = ""
    logs: Failure | None = None
    seconds: float = -1
    read: Reading | None = None

    where = Yarn.where

    def error(self, job: str) -> str:
        assert job == "job_1_2"
        return self.history

    def reading(self, application: str, seconds: float) -> Reading | None:
        assert (application, seconds) == ("application_1_2", LOGS)
        return self.read

    def failure(self, application: str, seconds: float) -> Failure | None:
        assert application == "application_1_2"
        self.seconds = seconds
        return self.logs


def report(*lines: str) -> ClientReport:
    made = ClientReport()
    for line in lines:
        made.add_line(line)
    return made


def explained(lines: list[str], cluster: Stand, step: dict[str, Any] | None = None) -> str:
    return explain(5, report(*lines), cast("Yarn", cluster), NAMES, step or {})


def test_a_task_that_left_its_stderr_is_named_with_its_input() -> None:
    """By the user's name for it; its logs are waited for, since its program ended badly."""
    logs = Failure(1, 5, "attempt_1_2_m_000003_0", "node-7", "hdfs://n/key/input/0000000/a", 10, 20, ("boom",))
    cluster = Stand(logs=logs)
    line = explained([SUBMITTED, ATTEMPT, DIED], cluster)
    assert line == "map task 3 on node-7, reading a b.txt bytes 10-30: boom"
    assert cluster.seconds == LOGS
    reduce = Failure(1, 5, "attempt_1_2_r_000000_0", "node-7", "", 0, 0, ("boom",))
    assert explained([SUBMITTED], Stand(logs=reduce)) == "reduce task 0 on node-7: boom"
    step = Failure(1, 5, "attempt_1_2_m_000000_0", "node-7", "hdfs://n/step/0000/part-0", 0, 9, ("boom",))
    assert explained([SUBMITTED], Stand(logs=step)) == (
        "map task 0 on node-7, reading hdfs://n/step/0000/part-0 bytes 0-9: boom"
    )


def test_a_grep_that_finds_nothing_is_told_as_what_it_is() -> None:
    """Where the program is a mapper; a reducer is another."""
    step = {"mapper": {"type": "command", "command": "grep x"}, "reducer": {"type": "script"}}
    logs = Failure(1, 5, "attempt_1_2_m_000003_0", "node-7", "hdfs://n/a", 10, 20, ())
    line = explained([SUBMITTED, ATTEMPT, DIED], Stand(logs=logs), step)
    assert line.endswith(": exit status 1 (as grep does where it finds nothing; write sh -c 'grep …; [ $? -le 1 ]')")
    reduce = Failure(1, 5, "attempt_1_2_r_000003_0", "node-7", "", 0, 0, ())
    assert explained([SUBMITTED, ATTEMPT, DIED], Stand(logs=reduce), step) == "reduce task 3 on node-7: exit status 1"


def test_without_logs_the_first_attempt_is_named_and_where_they_would_be() -> None:
    """Nothing is waited for where Hadoop ended the task."""
    cluster = Stand(history="task_1_2_m_000000: not asked")
    assert explained([SUBMITTED, ATTEMPT, "task timeout set: 4s"], cluster) == (
        "attempt_1_2_m_000000_0: task timeout set: 4s; see yarn logs -applicationId application_1_2"
    )
    assert cluster.seconds == 0


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        (
            "Error: java.io.EOFException: Unexpected end of input stream",
            "damaged, cut short, padded, or not what its name says (EOFException: Unexpected end of input stream); "
            "fetch or make it again",
        ),
        ("Error: not a gzip file", "damaged, cut short, padded, or not what its name says ("),
        (
            "java.lang.RuntimeException: native zStandard library not available: built without",
            "Hadoop cannot read it (RuntimeException: native zStandard library not available: built without); "
            "make it a .gz",
        ),
    ],
)
def test_a_file_that_hadoop_could_not_decompress_is_named(reason: str, said: str) -> None:
    """By its user's name for it, one among many; where its log is not to be had, the attempt is."""
    cluster = Stand(read=("hdfs://n/key/input/0000000/a.gz", 0, 20))
    assert explained([SUBMITTED, ATTEMPT, reason], cluster).startswith(f"a b.txt: {said}")
    cluster = Stand(read=("hdfs://n/logs/x.gz", 0, 20))
    assert explained([SUBMITTED, ATTEMPT, reason], cluster).startswith(f"x.gz: {said}")
    assert "; see yarn logs " in explained([SUBMITTED, ATTEMPT, reason], Stand())


@pytest.mark.parametrize(
    "reason",
    [
        "Error: Java heap space",
        "Error: java.lang.OutOfMemoryError: Requested array size exceeds VM limit",
        "[x]Container [pid=7,containerID=c] is running 9B beyond the 'PHYSICAL' memory limit. Current usage: 1.1 GB",
        "Container [pid=7,containerID=c] is running beyond physical memory limits. Current usage: 1.1 GB",
    ],
)
def test_a_task_without_memory_says_which_to_raise(reason: str) -> None:
    """Of the map or the reduce tasks, whichever it was."""
    line = explained([SUBMITTED, ATTEMPT, reason], Stand())
    assert reason in line
    assert line.endswith("-D mapreduce.map.memory.mb=4096 -D mapreduce.map.java.opts=-Xmx3200m")
    line = explained([SUBMITTED, ATTEMPT.replace("_m_", "_r_"), reason], Stand())
    assert line.endswith("-D mapreduce.reduce.memory.mb=4096 -D mapreduce.reduce.java.opts=-Xmx3200m")


def test_a_job_in_one_container_is_explained_by_its_history() -> None:
    """Its client names no attempt; without a history, its own reason is left."""
    failed = "INFO mapreduce.Job: Job job_1_2 failed with state FAILED due to: Task failed task_1_2_m_000000"
    assert explained([SUBMITTED, failed], Stand(history="task_1_2_m_000000: timed out")) == (
        "task_1_2_m_000000: timed out; see yarn logs -applicationId application_1_2"
    )
    assert explained([SUBMITTED, failed], Stand()) == (
        "Task failed task_1_2_m_000000; see yarn logs -applicationId application_1_2"
    )


def test_a_client_that_submitted_nothing_has_its_last_line() -> None:
    """No log is looked for."""
    cluster = Stand()
    assert explained(["no such jar\n", "\n"], cluster) == "hadoop ended with exit status 5: no such jar"
    assert explained([], cluster) == "hadoop ended with exit status 5"
    assert cluster.seconds == -1


@pytest.mark.parametrize(
    ("reason", "kind", "message"),
    [
        ("Input path does not exist: hdfs:/logs", InputError, "input hdfs:///logs does not exist; "),
        ("Input path does not exist: hdfs://n:1/other", InputError, "input hdfs://n:1/other does not exist; "),
        ("Input Pattern hdfs://n:1/x* matches 0 files", InputError, "input hdfs://n:1/x* does not exist; "),
        ("Output directory x already exists", RunError, "Hadoop does not take the job: Output directory x already"),
    ],
)
def test_a_step_that_was_not_started_is_refused_in_one_line(reason: str, kind: Any, message: str) -> None:
    """Input by the name that its user gave, where that can be seen."""
    error = refusal(reason, NAMES)
    assert type(error) is kind
    assert str(error).startswith(message)
