"""Logs on S3, and why a step failed."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import pytest

from gristmill.errors import InputError
from gristmill.runners.emr import logs as logs_module
from gristmill.runners.emr.api import StepEnd
from gristmill.runners.emr.failure import step_error
from gristmill.runners.emr.logs import PATIENCE, StepLogs
from gristmill.runners.emr.s3_files import S3Files
from gristmill.runners.emr.submitting import Clock
from tests.runners.emr.clock import Time

if TYPE_CHECKING:
    from gristmill.runners.emr.clients import Clients
    from tests.runners.emr.service import Services

TABLE: dict[str, Any] = {"folder": "/gristmill.ID/input/", "files": ["docs.tsv"], "paths": [], "several": False}
END = StepEnd("j-1", "s-1", "FAILED", "Unknown Error.", ("application_7_1",))
CLIENT = """\
INFO impl.YarnClientImpl: Submitted application application_7_1
INFO mapreduce.Job: Running job: job_7_1
INFO mapreduce.Job: Task Id : attempt_7_1_m_000000_0, Status : FAILED
Error: java.lang.RuntimeException: PipeMapRed.waitOutputThreads(): subprocess failed with code 1
"""
TASK = (
    "gristmill-task\tattempt_7_1_m_000000_0\n"
    "Traceback (most recent call last):\nValueError: no number\n"
    "gristmill-failed\t1\t1795804000\tattempt_7_1_m_000000_0\tnode1\ts3://b/tmp/gristmill.ID/input/0000000/docs.tsv\t0\t9\n"
)


def made(aws: Clients, time: Time, *places: str, end: StepEnd = END) -> StepLogs:
    return StepLogs(S3Files(aws.s3), places, end, time.clock)


def put(services: Services, path: str, text: str) -> None:
    data = text.encode()
    services.s3["logs", f"j-1/{path}"] = gzip.compress(data) if path.endswith(".gz") else data


def error(logs: StepLogs, end: StepEnd = END) -> str:
    return str(step_error(end, logs, TABLE, [{"mapper": {}}], 0))


def test_a_failed_step_ends_with_its_tasks_error_its_input_and_its_host(
    services: Services, aws: Clients, time: Time, caplog: pytest.LogCaptureFixture
) -> None:
    """The traceback goes to the log; the first place that has logs is the one that counts."""
    put(services, "steps/s-1/syslog.gz", CLIENT)
    put(services, "containers/application_7_1/container_1/stderr.gz", TASK)
    put(services, "containers/application_7_1/container_1/syslog.gz", "nothing")
    logs = made(aws, time, "", "s3://none/", "s3n://logs/")
    said = "map task 0 on node1, reading docs.tsv bytes 0-9: ValueError: no number"
    assert error(logs) == f"Step 1 of 1 failed: {said}"
    assert "Traceback (most recent call last):\nValueError: no number" in caplog.text
    assert time.slept == []


def test_logs_are_waited_for(services: Services, aws: Clients, time: Time) -> None:
    """EMR brings them within minutes; where it does not, the line says where they would be."""
    logs = made(aws, time, "s3://logs")
    assert error(logs) == f"Step 1 of 1 failed: it failed; see {logs.where('application_7_1')}".replace(
        "it failed", "hadoop ended with exit status 1"
    )
    assert 2 * PATIENCE <= sum(time.slept) <= 2 * PATIENCE + 40
    end = StepEnd("j-1", "s-1", "FAILED", "Unknown Error.")
    assert error(logs, end) == "Step 1 of 1 failed: Unknown Error.; see s3://logs/j-1/steps/s-1/"
    end = StepEnd("j-1", "s-1", "FAILED")
    nowhere = "the step s-1 in EMR's console: the cluster keeps no logs on S3"
    assert error(made(aws, time), end) == f"Step 1 of 1 failed: EMR does not say why; see {nowhere}"


def test_a_step_that_was_ended_says_by_what(aws: Clients, time: Time) -> None:
    """It has no logs that say more."""
    end = StepEnd("j-1", "s-1", "CANCELLED", "by the user")
    assert error(made(aws, time, "s3://logs"), end) == (
        "Step 1 of 1 failed: s-1 is CANCELLED: by the user; see s3://logs/j-1/steps/s-1/"
    )
    assert time.slept == []


def test_each_version_of_a_log_is_read_once(services: Services, aws: Clients, time: Time) -> None:
    """EMR may replace one by a longer one, and is asked every few seconds for minutes."""
    put(services, "steps/s-1/syslog.gz", CLIENT)
    put(services, "containers/application_7_1/container_1/stderr.gz", "nothing yet")
    put(services, "containers/application_7_1/container_2/stderr.gz", "nothing at all")
    logs = made(aws, time, "s3://logs/")
    sleep = time.clock.sleep

    def comes(seconds: float) -> None:
        sleep(seconds)
        if len(time.slept) == 10:
            put(services, "containers/application_7_1/container_1/stderr.gz", TASK)

    logs._clock = Clock(time.clock.now, comes)
    assert error(logs).endswith("ValueError: no number")
    read = [each for each in services.headers if each["method"] == "GET" and ".gz" in each["path"]]
    assert len(read) == 4


def test_of_a_long_log_its_beginning_and_its_end_are_held(
    services: Services, aws: Clients, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever it grows to when it is decompressed; one may be of several gzip streams, or cut short."""
    data = b"first\n" + b"0" * (logs_module.FIRST + logs_module.LAST) + b"last\n"
    services.s3["logs", "long.gz"] = gzip.compress(data[:100]) + gzip.compress(data[100:])
    services.s3["logs", "long"] = data
    logs = made(aws, time, "s3://logs/")
    for uri in ("s3://logs/long.gz", "s3://logs/long"):
        text = logs.text(uri)
        assert len(text) < logs_module.FIRST + logs_module.LAST + 100
        assert (text[:6], text[-6:]) == ("first\n", "0last\n")
        assert f"\n... 11 bytes are left out; {uri} has them ...\n" in text
    services.s3["logs", "cut.gz"] = gzip.compress(data[:100], mtime=0)[:-9]
    assert logs.text("s3://logs/cut.gz").startswith("first\n")
    monkeypatch.setattr(logs_module, "MOST", 1 << 17)
    assert logs.text("s3://logs/long.gz").endswith("0")


def test_input_that_is_not_there_is_told_as_such(services: Services, aws: Clients, time: Time) -> None:
    """Nothing was started then."""
    put(services, "steps/s-1/stderr", "Error launching job : Input path does not exist: s3://b/none\n")
    found = step_error(END, made(aws, time, "s3://logs"), TABLE, [{}], 0)
    assert isinstance(found, InputError)


def test_what_a_task_was_reading_is_found_in_its_own_log(services: Services, aws: Clients, time: Time) -> None:
    """Where Hadoop ended it, and no program of the job's."""
    client = CLIENT.partition("Error: ")[0] + "Error: java.io.EOFException: Unexpected end of input stream\n"
    put(services, "steps/s-1/syslog", client)
    uri = "s3://b/tmp/gristmill.ID/input/0000000/docs.tsv"
    put(services, "containers/application_7_1/c/syslog", f"Processing split: {uri}:0+9\nException running child : x\n")
    assert "docs.tsv: damaged, cut short, padded" in error(made(aws, time, "s3://logs"))


def test_a_log_that_cannot_be_read_is_no_reason_to_end_otherwise(
    services: Services, aws: Clients, time: Time, caplog: pytest.LogCaptureFixture
) -> None:
    """One cut short is shown as such; a place that S3 does not show is told, once."""
    services.s3["logs", "j-1/steps/s-1/controller.gz"] = b"\x1f\x8b cut"
    logs = made(aws, time, "s3://logs")
    (uri,) = logs.step_files()
    assert logs.text(uri).startswith("s3://logs/j-1/steps/s-1/controller.gz: ")
    assert logs.error("job_7_1") == ""
    services.refused = "logs"
    assert error(logs, StepEnd("j-1", "s-1", "FAILED", "it died")).startswith("Step 1 of 1 failed: it died; see s3://")
    assert "runners/emr/policies says what a submitter needs" in caplog.text


def test_half_a_log_is_read_again(services: Services, aws: Clients, time: Time) -> None:
    """The connection ended; the log is there."""
    put(services, "steps/s-1/syslog", CLIENT)
    put(services, "containers/application_7_1/container_1/stderr", TASK)
    services.half_objects, services.halves = True, 2
    assert error(made(aws, time, "s3://logs")).endswith("ValueError: no number")
    assert services.halves < 0
    assert len(time.slept) == 2
