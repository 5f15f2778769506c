"""Steps without Hadoop that copy, and the gate before S3."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.cluster.emr import ask
from tests.cluster.emr.emr import Emr
from tests.cluster.emr.s3_gate import Gate, operation

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cluster.emr.s3 import S3

BUCKET = "copies"
INPUT, OUTPUT = f"s3://{BUCKET}/in/*", f"s3://{BUCKET}/out"


@pytest.fixture(scope="module")
def bucket(s3: S3) -> Any:
    client = s3.client()
    client.create_bucket(Bucket=BUCKET)
    for name, body in (("in/1", b"b\n"), ("in/0/a", b"a\n"), ("in/_SUCCESS", b"")):
        client.put_object(Bucket=BUCKET, Key=name, Body=body)
    return client


@pytest.fixture
def copying(s3: S3, tmp_path: Path) -> Iterator[Emr]:
    emr = Emr.start(tmp_path / "emr", None, s3)
    yield emr
    emr.stop()


@pytest.fixture
def gate(s3: S3) -> Iterator[Gate]:
    gate = Gate(s3.url)
    yield gate
    gate.stop()


def copy(output: str = OUTPUT, source: str = INPUT) -> dict[str, Any]:
    return ask.step("hadoop-streaming", "-input", source, "-output", output)


def test_a_step_copies_its_input_and_refuses_what_hadoop_refuses(bucket: Any, copying: Emr) -> None:
    """An output that is there, and an input that is not."""
    client = copying.client()
    cluster = ask.run_job_flow(client, copy(), copy(), copy(f"{OUTPUT}2", f"s3://{BUCKET}/none"))
    ask.until(lambda: ask.states(client, cluster) == ["COMPLETED", "FAILED", "FAILED"])
    assert bucket.get_object(Bucket=BUCKET, Key="out/part-00000")["Body"].read() == b"a\nb\n"
    listed = bucket.list_objects_v2(Bucket=BUCKET, Prefix="out")["Contents"]
    assert [each["Key"] for each in listed] == ["out/_SUCCESS", "out/part-00000"]
    newest, older, _ = client.list_steps(ClusterId=cluster)["Steps"]
    assert older["Status"]["FailureDetails"]["Reason"] == "Output directory already exists."
    assert newest["Status"]["FailureDetails"]["Reason"] == "Unknown Error."


def test_a_copy_that_is_cancelled_leaves_what_hadoop_leaves(bucket: Any, copying: Emr) -> None:
    """So does one that ends with its service."""
    copying.control(step_seconds=60)
    client = copying.client()
    cluster = ask.run_job_flow(client, copy(f"{OUTPUT}3"))
    ask.until(lambda: ask.states(client, cluster) == ["RUNNING"])
    (step,) = client.list_steps(ClusterId=cluster)["Steps"]
    client.cancel_steps(ClusterId=cluster, StepIds=[step["Id"]])
    ask.until(lambda: ask.states(client, cluster) == ["CANCELLED"])
    (left,) = bucket.list_objects_v2(Bucket=BUCKET, Prefix="out3")["Contents"]
    assert left["Key"] == "out3/_temporary/0"


@pytest.mark.parametrize("fault", ["throttle", "error", "refused", "lost", "half", "late", "slow"])
def test_a_call_of_s3_meets_a_fault_on_its_way(bucket: Any, gate: Gate, s3: S3, fault: str) -> None:
    """boto3 sends it again."""
    from botocore.config import Config

    from tests.cluster.emr.s3 import session

    config = Config(read_timeout=0.5, retries={"mode": "standard", "total_max_attempts": 3})
    keys = {"aws_access_key_id": s3.access_key, "aws_secret_access_key": s3.secret_key}
    client = session().client("s3", endpoint_url=gate.url, region_name=s3.region, config=config, **keys)
    gate.faults.order([{"call": "ListObjectsV2", "fault": fault, "seconds": 1.0, "after": 1}])
    for _ in range(2):
        (found,) = client.list_objects_v2(Bucket=BUCKET, Prefix="in/0")["Contents"]
        assert found["Key"] == "in/0/a"
    assert client.head_object(Bucket=BUCKET, Key="in/0/a")["ContentLength"] == 2
    assert (gate.calls, gate.faults.left()) == ({"ListObjectsV2": 3, "HeadObject": 1}, 0)
    last = time.monotonic() + 5
    while gate.busy:
        assert time.monotonic() < last
        time.sleep(0.05)


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("GET", "/b?list-type=2&prefix=a", "ListObjectsV2"),
        ("GET", "/b?uploads&prefix=a", "ListMultipartUploads"),
        ("POST", "/b?delete", "DeleteObjects"),
        ("PUT", "/b/a/c", "PutObject"),
        ("PUT", "/b/a?partNumber=1&uploadId=x", "UploadPart"),
        ("POST", "/b/a?uploads", "CreateMultipartUpload"),
        ("POST", "/b/a?uploadId=x", "CompleteMultipartUpload"),
        ("DELETE", "/b/a?uploadId=x", "AbortMultipartUpload"),
        ("GET", "/b/a", "GetObject"),
        ("HEAD", "/b/a", "HeadObject"),
        ("PUT", "/b", "PUT"),
    ],
)
def test_an_operation_of_s3_is_known_by_its_request(method: str, path: str, name: str) -> None:
    """By the words that AWS gives it."""
    assert operation(method, path, {}) == name
