"""Steps are adopted, followed and stopped."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

import pytest

from gristmill.errors import RunError, UnknownOutcome
from gristmill.runners.emr.api import EmrApi
from gristmill.runners.emr.plan import Plan
from gristmill.runners.emr.submission import Submission
from tests.runners.emr.clock import Time
from tests.runners.emr.test_submitting import CLUSTER

if TYPE_CHECKING:
    from gristmill.runners.emr.clients import Clients
    from tests.runners.emr.service import Services

STEPS = [{"Name": f"words ID {number}/2", "HadoopJarStep": {"Jar": "command-runner.jar"}} for number in (1, 2)]


def on(aws: Clients, time: Time, cluster: str = "", **about: Any) -> Submission:
    job_flow = {} if cluster else {**CLUSTER, "Steps": STEPS, "LogUri": "s3://own/logs/"}
    plan = Plan("ID", STEPS, cluster, job_flow, **about)
    return Submission(plan, EmrApi(aws, "ID", time.clock), time.clock)


def test_there_may_be_nothing_to_adopt(services: Services, aws: Clients, time: Time) -> None:
    """No cluster, or one without a step of this run's."""
    assert not on(aws, time).adopt()
    assert not on(aws, time, services.emr.add_cluster()).adopt()


def test_a_run_that_was_killed_between_two_steps_goes_on_with_the_second(
    services: Services, aws: Clients, time: Time
) -> None:
    """On a cluster that runs several at once the first alone was submitted."""
    cluster = services.emr.add_cluster(StepConcurrencyLevel=2)
    first = on(aws, time, cluster)
    first.look_at_cluster()
    first.submit(wait=True)
    second = on(aws, time, cluster)
    assert second.adopt()
    assert second.log_uri == "s3n://logs/"
    assert [end.state for end in second.ends()] == ["COMPLETED", "COMPLETED"]
    assert services.emr.count()["AddJobFlowSteps"] == 2
    assert not second.is_open


def test_a_step_behind_one_that_failed_is_not_followed(services: Services, aws: Clients, time: Time) -> None:
    """It is cancelled, or fails for want of its input."""
    services.emr.states = ["PENDING", "FAILED"]
    submission = on(aws, time)
    submission.submit(wait=True)
    assert [(end.step, end.state) for end in submission.ends()] == [("s-1", "FAILED")]
    assert submission.log_uri == "s3://own/logs/"


def test_only_a_call_whose_outcome_is_unknown_leaves_the_run_open(services: Services, aws: Clients, time: Time) -> None:
    """What a run has on S3 stays then."""
    cluster = services.emr.add_cluster()
    services.emr.faults["AddJobFlowSteps"] = ["refuse"]
    submission = on(aws, time, cluster)
    with pytest.raises(RunError):
        submission.submit(wait=False)
    assert not submission.is_open
    services.emr.faults["AddJobFlowSteps"] = ["close"] * 3
    with pytest.raises(UnknownOutcome):
        submission.submit(wait=False)
    assert submission.is_open


def test_a_run_that_is_stopped_while_it_submits_ends_what_it_has_made(
    services: Services, aws: Clients, time: Time
) -> None:
    """It has no ids then, and finds them by names."""
    submission = on(aws, time)
    services.emr.run_job_flow({**CLUSTER, "Steps": STEPS})
    submission.is_open = True
    submission.stop()
    assert services.emr.clusters["j-1"]["Status"] == {"State": "TERMINATING"}
    cluster = services.emr.add_cluster()
    submission = on(aws, time, cluster)
    submission.is_open = True
    submission.stop()
    assert services.emr.count()["CancelSteps"] == 0
    services.emr.add_job_flow_steps({"JobFlowId": cluster, "Steps": STEPS})
    submission._unanswered = [step["Name"] for step in STEPS]
    submission.is_open = True
    submission.stop()
    assert [step["left"] for step in services.emr.steps[cluster]] == [["CANCELLED"]] * 2
    assert not submission.is_open
    submission.stop()
    assert services.emr.count()["CancelSteps"] == 1


@pytest.mark.parametrize("is_own", [True, False])
def test_what_a_run_that_is_stopped_has_asked_for_and_emr_does_not_show_is_unknown(
    services: Services, aws: Clients, time: Time, monkeypatch: pytest.MonkeyPatch, is_own: bool
) -> None:
    """It may come yet: the run stays open, so that what it has on S3 stays, and its ID is named."""
    submission = on(aws, time, "" if is_own else services.emr.add_cluster())

    def stopped(*_: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(EmrApi, "run_job_flow" if is_own else "add_steps", stopped)
    with pytest.raises(KeyboardInterrupt):
        submission.submit(wait=True)
    with pytest.raises(
        UnknownOutcome, match=r"^unknown: EMR may be making what was .*; run again with --request-id ID$"
    ):
        submission.stop()
    assert submission.is_open
    assert (services.emr.count()["TerminateJobFlows"], services.emr.count()["CancelSteps"]) == (0, 0)


def test_a_step_that_does_not_end_when_it_is_cancelled_is_told_of(
    services: Services, aws: Clients, time: Time, caplog: pytest.LogCaptureFixture
) -> None:
    """So is one that cannot be cancelled."""
    cluster = services.emr.add_cluster()
    services.emr.states = ["CANCEL_PENDING"]
    submission = on(aws, time, cluster)
    submission.submit(wait=False)
    with caplog.at_level(logging.INFO):
        submission.stop()
    assert submission.is_open
    assert "s-2 is CANCEL_PENDING; what it uses on S3 goes with the next run" in caplog.messages
    services.emr.faults["CancelSteps"] = ["refuse"]
    submission.stop()
    assert caplog.messages[-1].endswith("; end the steps of ID by hand")


def test_the_steps_of_a_new_cluster_are_looked_for_and_never_added(
    services: Services, aws: Clients, time: Time, monkeypatch: pytest.MonkeyPatch
) -> None:
    """EMR may list them a moment later."""
    submission = on(aws, time)
    submission.submit(wait=True)
    looks = iter([None, None, ["s-1", "s-2"]])
    monkeypatch.setattr(EmrApi, "find_steps", lambda *_: next(looks, None))
    assert submission.step_ids() == ["s-1", "s-2"]
    assert time.slept == [2, 2, 4]
    submission.steps = []
    with pytest.raises(RunError, match=r"^j-1 does not list its steps yet; run again with --request-id ID$"):
        list(submission.ends())
    assert services.emr.count()["AddJobFlowSteps"] == 0


def test_a_step_that_waits_for_one_that_failed_is_cancelled(
    services: Services, aws: Clients, time: Time, caplog: pytest.LogCaptureFixture
) -> None:
    """Its input will not come."""
    services.emr.states = ["RUNNING", "FAILED"]
    for number in (1, 2):
        submission = on(aws, time, services.emr.add_cluster())
        submission.submit(wait=True)
        services.emr.faults["CancelSteps"] = ["ok", "refuse"][number - 1 : number]
        assert [end.state for end in submission.ends()] == ["FAILED"]
    assert services.emr.steps["j-1"][1]["left"] == ["CANCELLED"]
    assert "InvalidRequestException" in caplog.messages[-1]


def test_a_step_that_goes_with_its_cluster_says_why_that_ended(services: Services, aws: Clients, time: Time) -> None:
    """Of the step EMR says nothing then."""
    services.emr.states = ["CANCELLED"]
    submission = on(aws, time)
    submission.submit(wait=True)
    services.emr.clusters["j-1"]["Status"] = {
        "State": "TERMINATED_WITH_ERRORS",
        "StateChangeReason": {"Message": "On the master instance, bootstrap action 1 failed"},
    }
    (end,) = submission.ends()
    assert end.reason == "On the master instance, bootstrap action 1 failed"
