"""The faults that the tests' EMR is told to make, as a client meets them."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.cluster.emr import ask

if TYPE_CHECKING:
    from tests.cluster.emr.emr import Emr


@pytest.fixture
def client(emr_rules: Emr) -> Any:
    return emr_rules.client(read_timeout=0.5, connect_timeout=1)


def names(client: Any, cluster: str) -> list[str]:
    return [one["Name"] for one in client.list_steps(ClusterId=cluster)["Steps"]]


def order(emr: Emr, fault: str, **members: Any) -> None:
    emr.control(faults=[{"call": "AddJobFlowSteps", "fault": fault, **members}])


@pytest.mark.parametrize(("fault", "added"), [("lost", ["a"]), ("refused", [])])
def test_a_connection_may_be_closed_before_the_work_or_after_it(
    emr_rules: Emr, client: Any, fault: str, added: list[str]
) -> None:
    """The client sees the same, and the step is there or not."""
    from botocore.exceptions import ConnectionClosedError

    cluster = ask.run_job_flow(client)
    order(emr_rules, fault)
    with pytest.raises(ConnectionClosedError):
        ask.add(client, cluster, ask.step("true", name="a"))
    assert names(client, cluster) == added
    ask.add(client, cluster, ask.step("true", name="b"))
    assert names(client, cluster) == ["b", *added]


def test_half_an_answer_is_an_answer_without_members_to_botocore(emr_rules: Emr, client: Any) -> None:
    """It raises nothing, so whoever asked must look whether the ids are there."""
    cluster = ask.run_job_flow(client)
    order(emr_rules, "half")
    assert client.add_job_flow_steps(JobFlowId=cluster, Steps=[ask.step("true", name="a")]).keys() == {
        "ResponseMetadata"
    }
    assert names(client, cluster) == ["a"]


@pytest.mark.parametrize(("fault", "at_once"), [("late", ["a"]), ("slow", [])])
def test_an_answer_may_come_when_nobody_waits_for_it(
    emr_rules: Emr, client: Any, fault: str, at_once: list[str]
) -> None:
    """The work is done at once, or after the client has gone."""
    from botocore.exceptions import ReadTimeoutError

    cluster = ask.run_job_flow(client)
    order(emr_rules, fault, seconds=1.0)
    with pytest.raises(ReadTimeoutError):
        ask.add(client, cluster, ask.step("true", name="a"))
    patient = emr_rules.client()
    assert names(patient, cluster) == at_once
    ask.until(lambda: names(patient, cluster) == ["a"])


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [("throttle", 400, "ThrottlingException"), ("error", 500, "InternalFailure"), ("error", 503, "InternalFailure")],
)
def test_a_call_may_be_refused(emr_rules: Emr, client: Any, fault: str, status: int, code: str) -> None:
    """As many calls as it was told, and nothing is done by them."""
    cluster = ask.run_job_flow(client)
    order(emr_rules, fault, status=status, count=2)
    for _ in range(2):
        with pytest.raises(client.exceptions.ClientError) as refused:
            ask.add(client, cluster, ask.step("true"))
        assert refused.value.response["Error"]["Code"] == code
        assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert names(client, cluster) == []
    ask.add(client, cluster, ask.step("true"))
    assert emr_rules.calls()["AddJobFlowSteps"] == 3


def test_boto3s_own_retries_double_a_step_whose_answer_is_lost(emr_rules: Emr) -> None:
    """What these faults are for."""
    client = emr_rules.client(retries={"total_max_attempts": 3, "mode": "standard"})
    cluster = ask.run_job_flow(client)
    order(emr_rules, "lost", count=2)
    ask.add(client, cluster, ask.step("true"))
    assert names(client, cluster) == ["a step"] * 3


def test_calls_are_throttled_at_the_documented_rates_where_that_is_switched_on(emr_rules: Emr, client: Any) -> None:
    """Ten DescribeSteps at once, and one more two seconds later."""
    cluster = ask.run_job_flow(client, ask.step("true"))
    (step,) = client.list_steps(ClusterId=cluster)["Steps"]
    emr_rules.control(throttling=True)

    def throttled() -> bool:
        try:
            client.describe_step(ClusterId=cluster, StepId=step["Id"])
        except client.exceptions.ClientError as error:
            return bool(error.response["Error"] == {"Code": "ThrottlingException", "Message": "Rate exceeded"})
        return False

    begun = time.monotonic()
    assert [throttled() for _ in range(10)] == [False] * 10
    ask.until(throttled)
    ask.until(lambda: not throttled())
    assert time.monotonic() - begun > 1.5
    assert ask.status(client, cluster)


def test_a_fault_that_is_not_known_is_refused(emr_rules: Emr) -> None:
    """A mistake in a test does not pass for a fault."""
    with pytest.raises(ValueError, match="no fault 'lots'; there are throttle, error, late"):
        emr_rules.control(faults=[{"call": "ListSteps", "fault": "lots"}])
    with pytest.raises(ValueError, match=r"^a fault has no \{'kind'\}"):
        emr_rules.control(faults=[{"call": "ListSteps", "fault": "lost", "kind": "x"}])
