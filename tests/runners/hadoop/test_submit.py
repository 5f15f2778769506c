"""What a step makes on the cluster stands in the ledger while its client runs, and its job ends with this process."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any, cast

import pytest

from gristmill.runners.hadoop import command
from gristmill.runners.hadoop.command import NoAnswer
from gristmill.runners.hadoop.ledger import CleanupLedger
from gristmill.runners.hadoop.submit import run_step
from tests.runners.helpers import room_for

if TYPE_CHECKING:
    from pathlib import Path

STAGING = "INFO mapreduce.JobResourceUploader: Disabling Erasure Coding for path: /user/a/.staging/job_1_2"
SUBMITTED = "INFO impl.YarnClientImpl: Submitted application application_1_2"
ADDRESS = "INFO mapreduce.Job: The url to track the job: http://node:8088/proxy/application_1_2/"
PROGRESS = "INFO mapreduce.Job:  map 50% reduce 0%"


class Bar:
    """Keeps the progress that it was shown; its `at` raises what the test asks for."""

    def __init__(self, ledger: CleanupLedger, raises: BaseException | None = None) -> None:
        self.ledger, self.raises = ledger, raises
        self.shown: list[tuple[int, int]] = []
        self.entered: list[list[str]] = []
        self.is_closed = False

    def show(self, maps: int, reduces: int) -> None:
        self.shown.append((maps, reduces))
        self.entered.append(self.ledger.jobs + self.ledger.folders)
        if self.raises and len(self.shown) == 2:
            raise self.raises

    def close(self) -> None:
        self.is_closed = True


class Cluster:
    """Kills jobs, and finds one by its tag."""

    def __init__(self) -> None:
        self.killed: list[str] = []

    def kill(self, job: str) -> None:
        self.killed.append(job)

    def find(self, tag: str) -> list[str]:
        return [f"job_of_{tag}"]


def run(lines: list[str], bar: Bar, cluster: Cluster) -> Any:
    """Run a client that prints these lines and ends with 3."""
    text = "\n".join(lines)
    client = [sys.executable, "-c", f"import sys; print({text!r}); sys.exit(3)"]
    return run_step(client, "mill", bar.ledger, cast("Any", cluster), cast("Any", bar))


def test_a_job_is_in_the_ledger_from_its_first_line_of_an_address_to_its_end(caplog: pytest.LogCaptureFixture) -> None:
    """With the folder of its client's own files; its page is shown once."""
    caplog.set_level(logging.INFO, "mrjob.gristmill")
    bar = Bar(CleanupLedger())
    status, report = run([STAGING, SUBMITTED, ADDRESS, PROGRESS], bar, Cluster())
    assert (status, report.job) == (3, "job_1_2")
    assert bar.shown == [(0, 0), (0, 0), (0, 0), (50, 0)]
    assert bar.entered == [[], [], ["job_1_2", "/user/a/.staging/job_1_2"], ["job_1_2", "/user/a/.staging/job_1_2"]]
    assert bar.is_closed
    assert (bar.ledger.jobs, bar.ledger.folders) == ([], [])
    assert caplog.messages == ["job_1_2: http://node:8088/proxy/application_1_2/"]


def test_a_run_that_is_stopped_kills_its_job_and_keeps_its_folder_to_remove() -> None:
    """By its id."""
    bar, cluster = Bar(CleanupLedger(), KeyboardInterrupt()), Cluster()
    with pytest.raises(KeyboardInterrupt):
        run([f"{SUBMITTED} {STAGING}", ADDRESS], bar, cluster)
    assert cluster.killed == ["job_1_2"]
    assert (bar.ledger.jobs, bar.ledger.folders) == ([], ["/user/a/.staging/job_1_2"])
    assert bar.is_closed


def test_a_job_that_has_no_id_yet_is_found_by_its_tag() -> None:
    """It may have been submitted all the same."""
    bar, cluster = Bar(CleanupLedger(), KeyboardInterrupt()), Cluster()
    with pytest.raises(KeyboardInterrupt):
        run([STAGING, STAGING], bar, cluster)
    assert cluster.killed == ["job_of_mill"]


def test_a_cluster_that_does_not_answer_has_no_job_to_kill(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would not answer that either."""
    monkeypatch.setattr(command.ClientReport, "unreachable", lambda _: "node:8032")
    bar, cluster = Bar(CleanupLedger()), Cluster()
    with pytest.raises(NoAnswer, match=r"^the cluster does not answer: node:8032; start it, or check HADOOP_CONF_DIR$"):
        run([STAGING], bar, cluster)
    assert cluster.killed == []
    assert bar.is_closed


def test_a_full_disk_here_does_not_keep_a_job_alive_there(tmp_path: Path) -> None:
    """That the ledger cannot be written is what the run ends with."""
    ledger, cluster = CleanupLedger(), Cluster()
    ledger.keep_in(tmp_path)
    with room_for(0), pytest.raises(OSError, match="File too large"):
        run([STAGING, SUBMITTED, ADDRESS], Bar(ledger), cluster)
    assert cluster.killed == ["job_1_2"]
