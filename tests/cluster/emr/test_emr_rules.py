"""The life of clusters and steps, on steps that do nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.cluster.emr import ask

if TYPE_CHECKING:
    from tests.cluster.emr.emr import Emr


@pytest.fixture
def client(emr_rules: Emr) -> Any:
    return emr_rules.client()


def test_steps_run_in_order_and_tell_how_they_ended(client: Any) -> None:
    """A step completes, fails by its exit code, or fails for want of its program, and the next runs."""
    cluster = ask.run_job_flow(client)
    ask.add(client, cluster, ask.step("true"), ask.step("false"), ask.step("no-such-program"))
    ask.until(lambda: ask.states(client, cluster) == ["COMPLETED", "FAILED", "FAILED"])
    first, second, third = client.list_steps(ClusterId=cluster)["Steps"][::-1]
    assert third["Status"]["FailureDetails"] == {
        "Reason": "Unknown Error.",
        "Message": 'Cannot run program "no-such-program" (in directory "."): error=2, No such file or directory',
    }
    times = [found["Status"]["Timeline"] for found in (first, second)]
    assert times[0]["CreationDateTime"] <= times[0]["StartDateTime"] <= times[0]["EndDateTime"]
    assert times[0]["EndDateTime"] <= times[1]["StartDateTime"]


def test_a_cluster_starts_and_waits_with_its_times(emr_rules: Emr, client: Any) -> None:
    """STARTING, BOOTSTRAPPING, then WAITING where it is kept alive; steps may be added from the first on."""
    emr_rules.control(start_seconds=3)
    cluster = ask.run_job_flow(client)
    assert ask.status(client, cluster)["State"] == "STARTING"
    ask.add(client, cluster, ask.step("true"))
    ask.until(lambda: ask.status(client, cluster)["State"] == "BOOTSTRAPPING")
    assert ask.states(client, cluster) == ["PENDING"]
    ask.until(lambda: ask.status(client, cluster)["State"] == "WAITING")
    status = ask.status(client, cluster)
    assert status["StateChangeReason"] == {"Message": "Cluster ready after last step completed."}
    assert sorted(status["Timeline"]) == ["CreationDateTime", "ReadyDateTime"]
    assert ask.states(client, cluster) == ["COMPLETED"]


@pytest.mark.parametrize(
    ("program", "state", "message"),
    [("true", "TERMINATED", "Steps completed"), ("false", "TERMINATED", "Steps completed with errors")],
)
def test_a_cluster_that_is_not_kept_ends_with_its_steps(client: Any, program: str, state: str, message: str) -> None:
    """It takes no step after that."""
    cluster = ask.run_job_flow(client, ask.step(program), keep=False)
    ask.until(lambda: ask.status(client, cluster)["State"] == state)
    assert ask.status(client, cluster)["StateChangeReason"] == {"Code": "ALL_STEPS_COMPLETED", "Message": message}
    with pytest.raises(client.exceptions.ClientError, match="shutting down, terminated, or finished") as refused:
        ask.add(client, cluster, ask.step("true"))
    assert refused.value.response["Error"]["Code"] == "ValidationException"


@pytest.mark.parametrize("action", ["TERMINATE_CLUSTER", "TERMINATE_JOB_FLOW", None])
def test_a_failed_step_may_end_its_cluster(client: Any, action: str | None) -> None:
    """The steps behind it are cancelled; it is so unless the step says otherwise."""
    failing = ask.step("false", ActionOnFailure=action)
    if action is None:
        del failing["ActionOnFailure"]
    cluster = ask.run_job_flow(client, failing, ask.step("true"))
    ask.until(lambda: ask.status(client, cluster)["State"] == "TERMINATED_WITH_ERRORS")
    reason = {"Code": "STEP_FAILURE", "Message": "Shut down as step failed"}
    assert ask.status(client, cluster)["StateChangeReason"] == reason
    assert ask.states(client, cluster) == ["FAILED", "CANCELLED"]


def test_a_failed_step_may_cancel_those_behind_it(client: Any) -> None:
    """CANCEL_AND_WAIT leaves the cluster to other steps."""
    cluster = ask.run_job_flow(client, ask.step("false", ActionOnFailure="CANCEL_AND_WAIT"), ask.step("true"))
    ask.until(lambda: ask.states(client, cluster) == ["FAILED", "CANCELLED"])
    ask.add(client, cluster, ask.step("true"))
    ask.until(lambda: ask.states(client, cluster) == ["FAILED", "CANCELLED", "COMPLETED"])


def test_as_many_steps_run_at_once_as_the_cluster_allows(client: Any) -> None:
    """StepConcurrencyLevel, which may be changed; with more than one, steps must not end the cluster."""
    cluster = ask.run_job_flow(client, *[ask.step("sleep", "30")] * 3, StepConcurrencyLevel=2)
    ask.until(lambda: ask.states(client, cluster) == ["RUNNING", "RUNNING", "PENDING"])
    assert client.modify_cluster(ClusterId=cluster, StepConcurrencyLevel=3)["StepConcurrencyLevel"] == 3
    ask.until(lambda: ask.states(client, cluster) == ["RUNNING"] * 3)
    with pytest.raises(client.exceptions.ClientError, match="ActionOnFailure CANCEL_AND_WAIT is not valid"):
        ask.add(client, cluster, ask.step("true", ActionOnFailure="CANCEL_AND_WAIT"))


@pytest.mark.parametrize("option", ["SEND_INTERRUPT", "TERMINATE_PROCESS"])
def test_steps_are_cancelled_before_they_run_and_while_they_do(client: Any, option: str) -> None:
    """A step that has ended is not, and says so."""
    cluster = ask.run_job_flow(client, ask.step("true"), ask.step("sleep", "60"), ask.step("true"), ask.step("true"))
    ask.until(lambda: ask.states(client, cluster) == ["COMPLETED", "RUNNING", "PENDING", "PENDING"])
    ids = [found["Id"] for found in client.list_steps(ClusterId=cluster)["Steps"]][::-1]
    answer = client.cancel_steps(ClusterId=cluster, StepIds=ids[:3], StepCancellationOption=option)
    first, second, third = answer["CancelStepsInfoList"]
    assert (first["Status"], second["Status"], third["Status"]) == ("FAILED", "SUBMITTED", "SUBMITTED")
    assert first["Reason"] == f"Step {ids[0]} cannot be cancelled: it is COMPLETED."
    ask.until(lambda: ask.states(client, cluster) == ["COMPLETED", "CANCELLED", "CANCELLED", "COMPLETED"])


def test_a_cluster_is_terminated_with_what_runs_on_it(client: Any) -> None:
    """No step is left behind, and terminating it again changes nothing."""
    cluster = ask.run_job_flow(client, ask.step("sleep", "60"), ask.step("true"))
    ask.until(lambda: ask.states(client, cluster) == ["RUNNING", "PENDING"])
    client.terminate_job_flows(JobFlowIds=[cluster])
    assert ask.status(client, cluster)["State"] in ("TERMINATING", "TERMINATED")
    ask.until(lambda: ask.status(client, cluster)["State"] == "TERMINATED")
    client.terminate_job_flows(JobFlowIds=[cluster])
    status = ask.status(client, cluster)
    assert status["StateChangeReason"] == {"Code": "USER_REQUEST", "Message": "Terminated by user request"}
    assert "EndDateTime" in status["Timeline"]
    assert ask.states(client, cluster) == ["CANCELLED", "CANCELLED"]


def test_a_protected_cluster_is_not_terminated(client: Any) -> None:
    """Until its protection is taken off."""
    cluster = ask.run_job_flow(client, Instances={"TerminationProtected": True})
    with pytest.raises(client.exceptions.ClientError, match="termination protected"):
        client.terminate_job_flows(JobFlowIds=[cluster])
    client.set_termination_protection(JobFlowIds=[cluster], TerminationProtected=False)
    client.terminate_job_flows(JobFlowIds=[cluster])
    ask.until(lambda: ask.status(client, cluster)["State"] == "TERMINATED")


def test_an_idle_cluster_ends_by_its_policy(emr_rules: Emr, client: Any) -> None:
    """Idle is the time without a step; the clock of the service is put forward for it."""
    cluster = ask.run_job_flow(client, ask.step("sleep", "4"), AutoTerminationPolicy={"IdleTimeout": 60})
    other = ask.run_job_flow(client)
    ask.until(lambda: ask.states(client, cluster) == ["RUNNING"])
    emr_rules.control(advance=120)
    ask.until(lambda: ask.status(client, cluster)["State"] == "WAITING")
    emr_rules.control(advance=50)
    assert client.get_auto_termination_policy(ClusterId=cluster)["AutoTerminationPolicy"] == {"IdleTimeout": 60}
    assert ask.status(client, cluster)["State"] == "WAITING"
    emr_rules.control(advance=10)
    ask.until(lambda: ask.status(client, cluster)["State"] == "TERMINATED")
    client.put_auto_termination_policy(ClusterId=other, AutoTerminationPolicy={})
    assert client.get_auto_termination_policy(ClusterId=other)["AutoTerminationPolicy"] == {"IdleTimeout": 3600}
    client.remove_auto_termination_policy(ClusterId=other)
    assert "AutoTerminationPolicy" not in client.get_auto_termination_policy(ClusterId=other)


def test_a_cluster_may_be_told_to_end_with_its_steps(client: Any) -> None:
    """SetKeepJobFlowAliveWhenNoSteps; visibility is taken and has no effect."""
    cluster = ask.run_job_flow(client)
    client.set_visible_to_all_users(JobFlowIds=[cluster], VisibleToAllUsers=False)
    assert client.describe_cluster(ClusterId=cluster)["Cluster"]["VisibleToAllUsers"]
    client.set_keep_job_flow_alive_when_no_steps(JobFlowIds=[cluster], KeepJobFlowAliveWhenNoSteps=False)
    ask.until(lambda: ask.status(client, cluster)["State"] == "TERMINATED")
