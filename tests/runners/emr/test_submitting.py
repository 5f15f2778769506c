"""Nothing is made twice, and nothing lost."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import pytest

from gristmill.errors import RunError, UnknownOutcome
from gristmill.runners.emr import submitting
from gristmill.runners.emr.api import EmrApi
from gristmill.runners.emr.clients import clients
from gristmill.runners.emr.submitting import Clock, lifetime

if TYPE_CHECKING:
    from gristmill.runners.emr.clients import Clients
    from tests.runners.emr.clock import Time
    from tests.runners.emr.service import Services

LONG_AGO = datetime(2020, 1, 1, tzinfo=timezone.utc)


def request(cluster: str, *names: str) -> dict[str, Any]:
    steps = [{"Name": name, "HadoopJarStep": {"Jar": "command-runner.jar"}} for name in names or ("words ID 1/1",)]
    return {"JobFlowId": cluster, "Steps": steps}


CLUSTER = {
    "Name": "gristmill words ID",
    "Instances": {"InstanceCount": 1},
    "Tags": [{"Key": "gristmill-request", "Value": "ID"}],
}


@pytest.mark.parametrize("fault", ["lose", "torn"])
def test_a_step_whose_answer_is_lost_is_adopted(services: Services, api: EmrApi, fault: str) -> None:
    """It is found by its name among those of the cluster."""
    cluster = services.emr.add_cluster()
    api.add_steps(request(cluster, "another 1/1"))
    services.emr.faults["AddJobFlowSteps"] = [fault]
    assert api.add_steps(request(cluster, "words ID 1/2", "words ID 2/2")) == ["s-2", "s-3"]
    assert services.emr.count() == {"AddJobFlowSteps": 2, "ListSteps": 1}


@pytest.mark.parametrize("fault", ["500", "close"])
def test_a_step_that_is_certainly_not_there_is_sent_again(
    services: Services, api: EmrApi, time: Time, aws: Clients, fault: str
) -> None:
    """Several looks have not found it, until longer has passed than a request can live."""
    cluster = services.emr.add_cluster()
    services.emr.faults["AddJobFlowSteps"] = [fault]
    assert api.add_steps(request(cluster)) == ["s-1"]
    assert services.emr.count()["AddJobFlowSteps"] == 2
    assert services.emr.count()["ListSteps"] >= 5
    assert sum(time.slept) > lifetime(aws) == 14


def step_appears(services: Services, cluster: str, time: Time, after: float) -> Clock:
    """A clock on which EMR has the step once more seconds than these have passed."""

    def sleep(seconds: float) -> None:
        time.clock.sleep(seconds)
        if not services.emr.steps[cluster] and time.seconds > after:
            services.emr.add_job_flow_steps(request(cluster))

    return Clock(time.clock.now, sleep)


def test_a_step_that_appears_late_is_not_sent_again(services: Services, api: EmrApi, time: Time) -> None:
    """EMR may be at it still when the connection has ended."""
    cluster = services.emr.add_cluster()
    services.emr.faults["AddJobFlowSteps"] = ["close"]
    api._sender.clock = step_appears(services, cluster, time, 5)
    assert api.add_steps(request(cluster)) == ["s-1"]
    assert len(services.emr.steps[cluster]) == 1


def test_what_a_killed_run_has_asked_for_is_looked_for_before_anything_is_sent(
    services: Services, api: EmrApi, time: Time
) -> None:
    """Its call may be done when its driver is dead."""
    cluster = services.emr.add_cluster()
    api.doubt(3)
    api._sender.clock = step_appears(services, cluster, time, 3)
    assert api.add_steps(request(cluster)) == ["s-1"]
    assert services.emr.count()["AddJobFlowSteps"] == 0


@pytest.mark.parametrize(("ago", "waited"), [(3, 11), (-60, 14), (15, 0)])
def test_what_a_killed_run_asked_for_is_not_looked_for_longer_than_it_can_live(
    services: Services, api: EmrApi, time: Time, aws: Clients, ago: float, waited: float
) -> None:
    """Then it is sent; a clock that was put back makes no run wait for hours."""
    cluster = services.emr.add_cluster()
    api.doubt(ago)
    assert api.add_steps(request(cluster)) == ["s-1"]
    assert waited <= time.seconds < waited + 10
    assert services.emr.count()["ListSteps"] == (0 if waited == 0 else 6)


def test_each_send_is_told_of_before_it_is_made(services: Services, aws: Clients, time: Time) -> None:
    """So that a run that is killed meanwhile has it written down."""
    told: list[int] = []
    api = EmrApi(aws, "ID", time.clock, lambda: told.append(services.emr.count()["AddJobFlowSteps"]))
    services.emr.faults["AddJobFlowSteps"] = ["throttle"]
    api.add_steps(request(services.emr.add_cluster()))
    assert told == [0, 1]


def test_what_stays_unknown_ends_the_run_with_the_id_to_run_again_with(services: Services, api: EmrApi) -> None:
    """Neither a third lost answer nor a look without one lets the run go on."""
    cluster = services.emr.add_cluster()
    services.emr.faults["AddJobFlowSteps"] = ["close"] * 3
    with pytest.raises(UnknownOutcome, match=r"^unknown: run again with --request-id ID$"):
        api.add_steps(request(cluster))
    assert services.emr.count()["AddJobFlowSteps"] == 3
    services.emr.faults = {"AddJobFlowSteps": ["close"], "ListSteps": ["refuse"]}
    with pytest.raises(UnknownOutcome, match=r"^unknown: run again with --request-id ID$"):
        api.add_steps(request(cluster))
    assert services.emr.steps[cluster] == []


def test_a_call_that_is_one_too_many_is_sent_again_later(services: Services, api: EmrApi, time: Time) -> None:
    """EMR says that it has not done it; so no look is needed."""
    cluster = services.emr.add_cluster()
    services.emr.faults["AddJobFlowSteps"] = ["throttle"] * 3
    assert api.add_steps(request(cluster)) == ["s-1"]
    assert [0.5 <= pause / first <= 1 for pause, first in zip(time.slept, (1, 2, 4))] == [True] * 3
    services.emr.faults["AddJobFlowSteps"] = ["throttle"] * submitting.SENDS
    with pytest.raises(RunError, match="ThrottlingException"):
        api.add_steps(request(cluster))
    assert services.emr.count() == {"AddJobFlowSteps": 4 + submitting.SENDS}


def test_a_call_that_is_refused_is_an_error(services: Services, api: EmrApi, time: Time) -> None:
    """It is not sent again."""
    services.emr.faults["AddJobFlowSteps"] = ["refuse"]
    with pytest.raises(RunError, match="it says InvalidRequestException"):
        api.add_steps(request(services.emr.add_cluster()))
    assert (services.emr.count(), time.slept) == ({"AddJobFlowSteps": 1}, [])


def test_a_service_that_cannot_be_reached_is_tried_and_then_named(time: Time, services: Services) -> None:
    """Nothing was sent, so nothing is looked for."""
    nowhere = EmrApi(clients({"emr_endpoint": "http://127.0.0.1:9", "answer_seconds": 1}), "ID", time.clock)
    with pytest.raises(RunError, match="Could not connect"):
        nowhere.add_steps(request("j-1"))
    assert len(time.slept) == submitting.SENDS - 1


@pytest.mark.parametrize("fault", ["ok", "lose", "torn"])
def test_a_cluster_whose_answer_is_lost_is_found_by_its_name_and_tag(
    services: Services, api: EmrApi, fault: str
) -> None:
    """Another of its name is none of this run's."""
    services.emr.add_cluster("gristmill words ID")
    services.emr.faults["RunJobFlow"] = [fault]
    assert api.run_job_flow(CLUSTER, "ID", LONG_AGO) == "j-2"
    assert api.find_cluster("gristmill words ID", "ID") == "j-2"
    assert api.find_cluster("gristmill words ID", "other") is None
    assert services.emr.count()["RunJobFlow"] == 1
