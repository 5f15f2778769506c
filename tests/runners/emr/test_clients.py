"""boto3's clients, and what it raises as one line."""

from __future__ import annotations

import sys
from typing import Any

import pytest

from gristmill.errors import RunError
from gristmill.runners.emr.clients import Clients, NoAnswer, clients, one_line
from tests.runners.emr.service import Services

NOWHERE = "http://127.0.0.1:9"


def said(call: Any) -> str:
    with pytest.raises(RunError) as error, one_line():
        call()
    return str(error.value)


def test_without_boto3_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing else needs it."""
    monkeypatch.setitem(sys.modules, "boto3", None)
    with pytest.raises(RunError, match=r"^-r emr needs boto3, which is not installed: pip install 'gristmill\[aws\]'$"):
        clients({})


def test_a_write_is_sent_once_and_a_read_again(services: Services, aws: Clients) -> None:
    """In every case: boto3's own repetition makes a second step."""
    services.emr.faults = {"AddJobFlowSteps": ["close", "500"], "DescribeCluster": ["500", "close", "throttle"]}
    services.emr.faults["ListSteps"] = []
    cluster = services.emr.add_cluster()
    for _ in range(2):
        assert said(lambda: aws.writes.add_job_flow_steps(JobFlowId=cluster, Steps=[])).startswith("AWS: ")
    aws.reads.describe_cluster(ClusterId=cluster)
    assert services.emr.count() == {"AddJobFlowSteps": 2, "DescribeCluster": 4}


def test_an_endpoint_may_be_a_host() -> None:
    """As mrjob has it; S3's has its buckets in the path then."""
    made = clients({"region": "eu-west-1", "emr_endpoint": "emr.example", "s3_endpoint": "s3.example"})
    assert made.reads.meta.endpoint_url == "https://emr.example"
    assert made.s3.meta.config.s3["addressing_style"] == "path"
    assert made.answer_seconds == 60
    assert clients({"region": "eu-west-1"}).writes.meta.endpoint_url.startswith("https://elasticmapreduce.eu-west-1.")


def test_what_is_missing_of_aws_is_named(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    """A region, credentials."""
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    with pytest.raises(RunError, match=r"^AWS: no region; name it by --region, region in mrjob\.conf, or AWS_DEFAULT"):
        clients({})
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    made = clients({"region": "eu-west-1", "emr_endpoint": services.url})
    words = said(lambda: made.reads.list_clusters())
    assert words == "AWS: Unable to locate credentials; set AWS_PROFILE, or have credentials where boto3 looks for them"


def test_an_error_of_aws_says_what_to_do(services: Services, aws: Clients, monkeypatch: pytest.MonkeyPatch) -> None:
    """By its kind; one of the way there may pass."""
    services.refused = "private"
    assert said(lambda: aws.s3.get_object(Bucket="private", Key="a")).endswith(
        "; runners/emr/policies says what a submitter needs"
    )
    services.emr.faults["ListSteps"] = ["refuse"]
    words = said(lambda: aws.reads.list_steps(ClusterId="j-1"))
    assert "InvalidRequestException" in words
    assert words.endswith("; mend that, and run again")
    gone = clients({"emr_endpoint": NOWHERE, "answer_seconds": 1})
    with pytest.raises(NoAnswer, match=r'^AWS: .* "http://127.0.0.1:9/"; try again later$'), one_line():
        gone.writes.list_clusters()
