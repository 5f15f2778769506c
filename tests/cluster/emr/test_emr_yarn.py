"""Steps on the real YARN, with their files in the real S3."""

from __future__ import annotations

import gzip
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.cluster.emr import ask
from tests.cluster.emr.model import service
from tests.cluster.emr.steps import SUBMITTED

if TYPE_CHECKING:
    from tests.cluster.cluster import Cluster
    from tests.cluster.emr.emr import Emr

pytestmark = pytest.mark.cluster

#: A step takes 25 s on an idle machine.
SECONDS = 200
BUCKET = "yarn-steps"
MAPPER = b"""\
import sys, time
for line in sys.stdin:
    print(line.rstrip(), "mapped", sep="\\t")
    if line == "slow\\n":
        time.sleep(200)
    if line == "boom\\n":
        raise ValueError("it went boom")
"""


class Steps:
    """A cluster of the test's own, and its bucket."""

    def __init__(self, emr: Emr) -> None:
        assert emr.s3
        self.emr, self.s3, self.folder = emr.client(), emr.s3.client(), emr.folder / "steps"
        self.s3.create_bucket(Bucket=BUCKET)
        self.s3.put_object(Bucket=BUCKET, Key="code/mapper.py", Body=MAPPER)
        self.s3.put_object(Bucket=BUCKET, Key="in/a.txt", Body=b"mill\nflour\n")
        self.s3.put_object(Bucket=BUCKET, Key="boom/a.txt", Body=b"mill\nboom\n")
        self.s3.put_object(Bucket=BUCKET, Key="slow/a.txt", Body=b"slow\n")
        self.id = ask.run_job_flow(self.emr, LogUri=f"s3://{BUCKET}/logs", StepConcurrencyLevel=3)

    def add(self, *args: str, **config: Any) -> str:
        (step_id,) = ask.add(self.emr, self.id, ask.step(*args, **config))
        return step_id

    def streaming(self, source: str, output: str, **config: Any) -> str:
        return self.add(
            *("hadoop-streaming", "-files", f"s3://{BUCKET}/code/mapper.py#mapper.py"),
            *("-input", f"s3://{BUCKET}/{source}/", "-output", f"s3://{BUCKET}/{output}/"),
            *("-mapper", "python3 mapper.py", "-reducer", "cat"),
            **config,
        )

    def step(self, step_id: str) -> dict[str, Any]:
        return dict(self.emr.describe_step(ClusterId=self.id, StepId=step_id)["Step"])

    def until(self, step_id: str, *states: str) -> dict[str, Any]:
        last = time.monotonic() + SECONDS
        while (step := self.step(step_id))["Status"]["State"] not in states:
            assert time.monotonic() < last, step
            time.sleep(0.3)
        return step

    def until_there(self, prefix: str, count: int = 1) -> list[str]:
        """The keys that begin so, when there are so many."""
        ask.until(lambda: len(self.keys(prefix)) >= count, SECONDS)
        return self.keys(prefix)

    def keys(self, prefix: str) -> list[str]:
        found = self.s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
        return sorted(one["Key"] for one in found)

    def read(self, key: str) -> bytes:
        return bytes(self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())

    def log(self, key: str) -> str:
        return gzip.decompress(self.read(key)).decode()


@pytest.fixture(scope="module")
def steps(emr: Emr) -> Steps:
    """A cluster with a bucket of its own."""
    return Steps(emr)


@pytest.fixture(scope="module")
def started(steps: Steps) -> dict[str, str]:
    """Steps that run side by side: one completes, one fails, one never ends; the last two take what place is left."""
    own = {"S3MonitoringConfiguration": {"LogUri": f"s3://{BUCKET}/own"}}
    return {
        "in": steps.streaming("in", "out"),
        "boom": steps.streaming("boom", "boom-out", StepMonitoringConfiguration=own),
        "slow": steps.streaming("slow", "slow-out"),
        "copy": steps.add("hadoop", "fs", "-cp", f"s3://{BUCKET}/in/a.txt", "/test-emr.txt"),
        "list": steps.add("hdfs", "dfs", "-ls", "/"),
    }


def test_a_streaming_step_has_its_code_its_input_and_its_output_in_s3(steps: Steps, started: dict[str, str]) -> None:
    """command-runner.jar hadoop-streaming runs on YARN, with s3:// for all its files; its logs are in S3 afterwards."""
    step = steps.until(started["in"], "COMPLETED", "FAILED")
    assert step["Status"]["State"] == "COMPLETED", step
    assert b"".join(map(steps.read, steps.keys("out/part-"))) == b"flour\tmapped\nmill\tmapped\n"
    place = f"logs/{steps.id}/steps/{started['in']}/"
    names = ["controller.gz", "stderr.gz", "stdout.gz", "syslog.gz"]
    assert steps.until_there(place, 4) == [f"{place}{name}" for name in names]
    assert steps.log(f"{place}stderr.gz") == ""
    (application,) = SUBMITTED.findall(steps.log(f"{place}syslog.gz"))
    if "AdditionalInfo" in service().shape_for("Step").members:
        assert step["AdditionalInfo"]["ResourceManagerApplicationIds"] == [application]


def test_a_failed_step_has_the_traceback_of_its_task_in_its_own_place(steps: Steps, started: dict[str, str]) -> None:
    """A step's S3MonitoringConfiguration takes the place of its cluster's LogUri, for containers too."""
    step = steps.until(started["boom"], "COMPLETED", "FAILED")
    place = f"own/{steps.id}/steps/{started['boom']}/"
    assert step["Status"]["FailureDetails"] == {
        "Reason": "Unknown Error.",
        "LogFile": f"s3://{BUCKET}/{place}stderr.gz",
    }
    steps.until_there(place, 4)
    (application,) = SUBMITTED.findall(steps.log(f"{place}syslog.gz"))
    containers = f"own/{steps.id}/containers/{application}/"

    def traces() -> list[str]:
        return [log for key in steps.keys(containers) if "it went boom" in (log := steps.log(key))]

    ask.until(traces, SECONDS)
    assert "Traceback (most recent call last):" in traces()[0]
    assert steps.keys(containers)[0].startswith(f"{containers}container_")
    assert not steps.keys(f"logs/{steps.id}/steps/{started['boom']}")


def test_a_running_step_is_cancelled_with_its_application(
    steps: Steps, started: dict[str, str], cluster: Cluster
) -> None:
    """The process ends, and the job on YARN with it."""
    steps.until(started["slow"], "RUNNING")
    syslog = steps.folder / started["slow"] / "syslog"
    ask.until(lambda: syslog.exists() and SUBMITTED.search(syslog.read_text()), SECONDS)
    (application,) = SUBMITTED.findall(syslog.read_text())
    begun = time.monotonic()
    steps.emr.cancel_steps(ClusterId=steps.id, StepIds=[started["slow"]])
    steps.until(started["slow"], "CANCELLED")
    ask.until(lambda: cluster.application(application)["finalStatus"] == "KILLED", SECONDS)
    assert time.monotonic() - begun < 30


def test_hadoops_own_commands_are_steps(steps: Steps, started: dict[str, str]) -> None:
    """hadoop and hdfs, on HDFS and on S3 alike."""
    for name in ("copy", "list"):
        step = steps.until(started[name], "COMPLETED", "FAILED")
        assert step["Status"]["State"] == "COMPLETED", step
    place = f"logs/{steps.id}/steps/{started['list']}/stdout.gz"
    steps.until_there(place)
    assert " /user" in steps.log(place)
