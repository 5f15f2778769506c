"""EMR's calls."""

from __future__ import annotations

from typing import Any

import pytest

from gristmill.errors import RunError
from gristmill.runners.emr.api import UNANSWERED, EmrApi, StepEnd
from gristmill.runners.emr.clients import Clients, NoAnswer, clients
from tests.runners.emr.clock import Time
from tests.runners.emr.service import Services
from tests.runners.emr.test_submitting import request


def test_a_step_is_found_among_many_by_pages(services: Services, api: EmrApi) -> None:
    """Newest first, and no further than needed."""
    cluster = services.emr.add_cluster()
    for number in range(120):
        services.emr.add_job_flow_steps(request(cluster, f"n{number}"))
    assert api.find_steps(cluster, ["n1", "n100"]) == ["s-2", "s-101"]
    assert services.emr.count() == {"ListSteps": 3}
    assert api.find_steps(cluster, ["n119"]) == ["s-120"]
    assert services.emr.count() == {"ListSteps": 4}
    assert api.find_steps(cluster, ["n1", "none"]) is None


def test_a_step_is_followed_to_its_end(services: Services, api: EmrApi, time: Time) -> None:
    """Every two seconds; each state is told once."""
    cluster = services.emr.add_cluster()
    services.emr.states = ["PENDING", "PENDING", "PENDING", "RUNNING", "COMPLETED"]
    services.emr.more = {"LogUri": "s3://logs/", "AdditionalInfo": {"ResourceManagerApplicationIds": ["application_1"]}}
    (step,) = api.add_steps(request(cluster))
    ends = list(api.follow(cluster, step))
    assert [end.state for end in ends] == ["PENDING", "RUNNING", "COMPLETED"]
    assert ends[0].log_uri == "s3://logs/"
    assert time.slept == [2, 2, 2]


def test_a_long_step_is_looked_at_less_often(api: EmrApi, time: Time, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every two seconds for ten minutes, then up to every twenty, give or take a fifth."""
    looks = iter(["RUNNING"] * 400 + ["COMPLETED"])
    monkeypatch.setattr(api, "look", lambda cluster, step: StepEnd(cluster, step, next(looks)))
    list(api.follow("j-1", "s-1"))
    assert time.slept[:300] == [2] * 300
    assert all(16 <= pause <= 24 for pause in time.slept[-50:])
    assert len(set(time.slept[-50:])) > 25


def test_a_step_is_followed_no_longer_than_it_may_take(services: Services, api: EmrApi) -> None:
    """What it is then is told by the last look."""
    cluster = services.emr.add_cluster()
    services.emr.states = ["RUNNING"]
    (step,) = api.add_steps(request(cluster))
    assert [end.state for end in api.follow(cluster, step, 60)] == ["RUNNING"]
    assert 29 < services.emr.count()["DescribeStep"] < 33


def test_a_look_without_an_answer_is_no_end(services: Services, time: Time) -> None:
    """But ten in a row are."""
    once = clients({"emr_endpoint": services.url, "s3_endpoint": services.url, "answer_seconds": 2})
    api = EmrApi(Clients(once.writes, once.writes, once.s3), "ID", time.clock)
    cluster = services.emr.add_cluster()
    (step,) = api.add_steps(request(cluster))
    services.emr.faults["DescribeStep"] = ["500", "throttle", "close"]
    assert [end.state for end in api.follow(cluster, step)] == ["RUNNING", "COMPLETED"]
    services.emr.faults["DescribeStep"] = ["500"] * UNANSWERED
    with pytest.raises(NoAnswer):
        list(api.follow(cluster, step))
    services.emr.faults["DescribeStep"] = ["refuse"]
    with pytest.raises(RunError, match="InvalidRequestException"):
        list(api.follow(cluster, step))


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ({}, ""),
        ({"StateChangeReason": {"Message": "stopped by the user"}}, "stopped by the user"),
        (
            {"FailureDetails": {"Reason": "Unknown Error.", "Message": "it died"}, "StateChangeReason": {}},
            "Unknown Error.: it died",
        ),
    ],
)
def test_what_emr_says_of_an_end_is_kept(services: Services, api: EmrApi, status: dict[str, Any], reason: str) -> None:
    """Its details, or why the state changed."""
    cluster = services.emr.add_cluster()
    (step,) = api.add_steps(request(cluster))
    services.emr.steps[cluster][0]["status"] = status
    assert api.look(cluster, step) == StepEnd(cluster, step, "RUNNING", reason)


def test_steps_are_cancelled_and_clusters_ended(services: Services, api: EmrApi) -> None:
    """A cluster that has ended takes no steps."""
    cluster = services.emr.add_cluster()
    (step,) = api.add_steps(request(cluster))
    api.cancel(cluster, [step])
    assert api.look(cluster, step).state == "CANCELLED"
    assert api.usable_cluster(cluster)["Name"] == "shared"
    api.terminate(cluster)
    with pytest.raises(RunError, match=r"^--cluster-id j-1: it is TERMINATING and takes no steps; name another"):
        api.usable_cluster(cluster)
