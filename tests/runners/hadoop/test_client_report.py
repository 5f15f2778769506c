"""The log of a real Hadoop's client is parsed; whatever else it may hold changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from gristmill.runners.hadoop import client_report
from gristmill.runners.hadoop.client_report import ClientReport, fs_error

#: Recorded: a job that ended well, one that failed, one that was not taken.
SAYS = Path(__file__).parent / "hadoop_says"


def lines(name: str) -> list[str]:
    return (SAYS / f"{name}.txt").read_text(encoding="utf-8").splitlines(keepends=True)


def parsed(log: list[str]) -> ClientReport:
    report = ClientReport()
    for line in log:
        report.add_line(line)
    return report


def test_a_job_that_ends_well_tells_its_ids_its_page_and_its_counters() -> None:
    """All 57 counters, in their groups."""
    report = parsed(lines("done"))
    assert (report.application, report.job) == ("application_1795619329472_0001", "job_1795619329472_0001")
    assert report.address == "http://localhost:29266/proxy/application_1795619329472_0001/"
    assert (report.map, report.reduce) == (100, 100)
    assert {group: len(names) for group, names in report.counters.items()} == {
        "File System Counters": 11,
        "Job Counters": 14,
        "Map-Reduce Framework": 24,
        "Shuffle Errors": 6,
        "File Input Format Counters": 1,
        "File Output Format Counters": 1,
    }
    assert report.counters["Map-Reduce Framework"]["Shuffled Maps"] == 2
    assert report.reason == ""


def test_a_job_that_fails_tells_the_first_attempt_that_failed_and_why() -> None:
    """Not the last, nor what Java's stack was."""
    report = parsed(lines("failed"))
    assert report.error == f"attempt_1795619329472_0004_m_000000_0: {report.reason}"
    assert (
        report.reason
        == "Error: java.lang.RuntimeException: PipeMapRed.waitOutputThreads(): subprocess failed with code 1"
    )
    assert report.job_reason == "Task failed task_1795619329472_0004_m_000000"
    assert report.counters["Job Counters"]["Failed map tasks"] == 7


def test_a_job_that_is_not_taken_has_no_id_and_a_reason() -> None:
    """As where its output directory exists."""
    report = parsed(lines("refused"))
    assert (report.application, report.job) == ("", "")
    assert report.reason == "Output directory hdfs://127.0.0.1:25460/user/analyst/t1 already exists"


@pytest.mark.parametrize(
    "form",
    [
        "Error Launching job :",
        "Error launching job , bad input path :",
        "Error launching job , Invalid job conf :",
        "Error launching job , Output path already exists :",
    ],
)
def test_a_job_is_refused_in_any_of_four_forms(form: str) -> None:
    """Those of Hadoop's class StreamJob."""
    report = parsed([f"ERROR streaming.StreamJob: {form} no: it is there\n", "Streaming Command Failed!\n"])
    assert report.reason == "no: it is there"


@pytest.mark.parametrize("number", ["1_1", "1795619329472_0001", "1795619329472_9999", "1795619329472_1234567"])
def test_ids_have_any_length(number: str) -> None:
    """A cluster goes on past its 9,999th job."""
    report = parsed([line.replace("1795619329472_0004", number) for line in lines("failed")])
    assert (report.application, report.job) == (f"application_{number}", f"job_{number}")
    assert report.attempt == f"attempt_{number}_m_000000_0"


@pytest.mark.parametrize("name", ["done", "failed", "refused"])
def test_warnings_between_the_lines_change_nothing(name: str) -> None:
    """Java and Hadoop warn of much, in many forms."""
    warnings = [
        "WARNING: An illegal reflective access operation has occurred\n",
        "SLF4J: Class path contains multiple SLF4J bindings.\n",
        "24/01/01 00:00:00 WARN util.NativeCodeLoader: Unable to load native-hadoop library\n",
        "OpenJDK 64-Bit Server VM warning: Sharing is only supported for boot loader classes\n",
        "\n",
        "2026-11-25 15:18:04,849 WARN mapreduce.Counters: Group FileSystemCounters is deprecated\n",
    ]
    log = lines(name)
    # but where a line belongs to the one above
    indexes = [index for index, line in enumerate(log) if not line.startswith(("\t", "Error: ", "Job failed"))]
    noisy = [text for index, line in enumerate(log) for text in ([*warnings, line] if index in indexes else [line])]
    assert vars(parsed(noisy)) == vars(parsed(log))


def test_each_step_of_progress_is_told_once() -> None:
    """Whoever shows it need not compare."""
    report = ClientReport()
    log = ["INFO mapreduce.Job:  map 0% reduce 0%", " map 50% reduce 0%", " map 50% reduce 0%", " map 100% reduce 30%"]
    assert [report.add_line(line) for line in log] == [False, True, False, True]
    assert (report.map, report.reduce) == (100, 30)


def test_a_counter_may_hold_any_character_and_be_negative() -> None:
    """The last = is the one before its value; what is no counter ends them."""
    report = parsed(["Counters: 2\n", "\twords\n", "\t\ta = b =-3\n", "\t\tgrüße=1\n", "Job ended\n", "\t\tnone=1\n"])
    assert report.counters == {"words": {"a = b": -3, "grüße": 1}}


def test_a_daemon_that_does_not_answer_is_given_up_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    """From the first vain try on, and not once a job runs."""
    now = [100.0]
    monkeypatch.setattr(client_report.time, "monotonic", lambda: now[0])
    retry = "INFO ipc.Client: Retrying connect to server: 10.0.0.1/10.0.0.1:8032. Already tried 0 time(s); retry policy"
    report = parsed([retry])
    now[0] += client_report.PATIENCE - 1
    assert report.unreachable() == ""
    now[0] += 1
    assert report.unreachable() == "10.0.0.1/10.0.0.1:8032"
    report.add_line("INFO impl.YarnClientImpl: Submitted application application_1_2")
    assert report.unreachable() == ""


def test_a_pair_of_name_nodes_that_do_not_answer_is_given_up_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """There the client's log is of failing over."""
    now = [100.0]
    monkeypatch.setattr(client_report.time, "monotonic", lambda: now[0])
    report = parsed(["WARN retry.RetryInvocationHandler: Exception while invoking; trying to failover immediately."])
    now[0] += client_report.PATIENCE
    assert report.unreachable() == "its name node"


@pytest.mark.parametrize(
    ("output", "error"),
    [
        (
            "2026-11-25 15:18:04,849 WARN x.Y: bad: thing\nput: Permission denied: user=me\n",
            "Permission denied: user=me",
        ),
        ("-mv: Fatal internal error\n", "Fatal internal error"),
        ("Killed\n\n", "Killed"),
        ("", "it says nothing"),
    ],
)
def test_an_error_of_the_file_system_is_its_own_line(output: str, error: str) -> None:
    """Without the log around it."""
    assert fs_error(output) == error
