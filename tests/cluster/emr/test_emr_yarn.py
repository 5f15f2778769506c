"""Steps on the real YARN, with their files in the real S3."""

from __future__ import annotations

import gzip
import time
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.cluster.emr.emr import Emr

pytestmark = pytest.mark.cluster

#: A step takes 25 s on an idle machine.
SECONDS = 200
BUCKET = "yarn-steps"
MAPPER = b"""\
import sys
for line in sys.stdin:
    print(line.rstrip(), "mapped", sep="\\t")
    if line == "boom\\n":
        raise ValueError("it went boom")
"""


class Steps:
    """A cluster of the test's own, and its bucket."""

    def __init__(self, emr: Emr) -> None:
        assert emr.s3
        self.emr, self.s3 = emr.client(), emr.s3.client()
        self.s3.create_bucket(Bucket=BUCKET)
        self.s3.put_object(Bucket=BUCKET, Key="code/mapper.py", Body=MAPPER)
        self.s3.put_object(Bucket=BUCKET, Key="in/a.txt", Body=b"mill\nflour\n")
        self.s3.put_object(Bucket=BUCKET, Key="boom/a.txt", Body=b"mill\nboom\n")
        self.id = self.emr.run_job_flow(
            Name="steps",
            ReleaseLabel="emr-7.13.0",
            LogUri=f"s3://{BUCKET}/logs",
            JobFlowRole="EMR_EC2_DefaultRole",
            ServiceRole="EMR_DefaultRole",
            StepConcurrencyLevel=3,
            Instances={
                "KeepJobFlowAliveWhenNoSteps": True,
                "InstanceGroups": [{"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1}],
            },
        )["JobFlowId"]

    def add(self, *args: str, **config: Any) -> str:
        jar = {"Jar": "command-runner.jar", "Args": list(args)}
        step = {"Name": "a step", "ActionOnFailure": "CONTINUE", "HadoopJarStep": jar, **config}
        (step_id,) = self.emr.add_job_flow_steps(JobFlowId=self.id, Steps=[step])["StepIds"]
        return str(step_id)

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

    def until_there(self, key: str) -> None:
        last = time.monotonic() + SECONDS
        while key not in self.keys(key):
            assert time.monotonic() < last, self.keys("")
            time.sleep(0.3)

    def keys(self, prefix: str) -> list[str]:
        found = self.s3.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
        return sorted(one["Key"] for one in found)

    def read(self, key: str) -> bytes:
        return bytes(self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())

    def log(self, key: str) -> str:
        return gzip.decompress(self.read(key)).decode()


def test_a_streaming_step_has_its_code_its_input_and_its_output_in_s3(emr: Emr) -> None:
    """command-runner.jar hadoop-streaming runs on YARN, with s3:// for all its files; its logs are in S3 afterwards."""
    steps = Steps(emr)
    step_id = steps.streaming("in", "out")
    step = steps.until(step_id, "COMPLETED", "FAILED")
    assert step["Status"]["State"] == "COMPLETED", step
    assert b"".join(map(steps.read, steps.keys("out/part-"))) == b"flour\tmapped\nmill\tmapped\n"
    place = f"logs/{steps.id}/steps/{step_id}/"
    steps.until_there(f"{place}syslog.gz")
    assert "Submitted application application_" in steps.log(f"{place}syslog.gz")
    assert steps.log(f"{place}stderr.gz") == ""
