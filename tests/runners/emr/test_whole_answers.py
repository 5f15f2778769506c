"""Half an answer is an error that is sent again, and never one that says less."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gristmill.runners.emr.clients import READ_ATTEMPTS, NoAnswer, one_line
from gristmill.runners.emr.s3_files import S3Files
from tests.runners.emr.test_submitting import LONG_AGO, request

if TYPE_CHECKING:
    from gristmill.runners.emr.api import EmrApi
    from gristmill.runners.emr.clients import Clients
    from tests.runners.emr.service import Services

TORN = ["half", "torn", "page", "half throttle"]


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """botocore waits between two sends of a read."""
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda _: None)


@pytest.mark.parametrize("fault", TORN)
def test_half_a_page_is_not_taken_for_one_without_steps(services: Services, api: EmrApi, fault: str) -> None:
    """Whether it is the first or one behind it: the step is found."""
    cluster = services.emr.add_cluster()
    for number in range(60):
        services.emr.add_job_flow_steps(request(cluster, f"n{number}"))
    services.emr.faults["ListSteps"] = [fault, "ok", fault]
    assert api.find_steps(cluster, ["n1", "n59"]) == ["s-2", "s-60"]
    assert services.emr.count() == {"ListSteps": 4}
    services.emr.faults["ListSteps"] = ["ok", fault]
    assert len(list(api.unended_steps())) == 60


@pytest.mark.parametrize("fault", TORN)
def test_half_a_list_of_clusters_does_not_hide_one(services: Services, api: EmrApi, fault: str) -> None:
    """Nor does half of what is said of one."""
    tags = [{"Key": "gristmill-request", "Value": "ID"}]
    cluster = services.emr.add_cluster("gristmill words ID", Tags=tags)
    services.emr.faults.update({"ListClusters": [fault], "DescribeCluster": [fault]})
    assert api.find_cluster("gristmill words ID", "ID", LONG_AGO) == cluster
    assert services.emr.count() == {"ListClusters": 2, "DescribeCluster": 2}


@pytest.mark.parametrize("fault", TORN)
def test_half_of_what_is_said_of_a_step_is_asked_for_again(services: Services, api: EmrApi, fault: str) -> None:
    """And half of the answer to a cancellation, which does no harm twice."""
    cluster = services.emr.add_cluster()
    (step,) = api.add_steps(request(cluster))
    services.emr.faults.update({"DescribeStep": [fault], "CancelSteps": [fault]})
    # a look that is done moves the step of this service on
    assert api.look(cluster, step).state == ("RUNNING" if fault == "half throttle" else "COMPLETED")
    api.cancel(cluster, [step])
    api.terminate(cluster)
    assert services.emr.count()["CancelSteps"] == 2
    assert services.emr.count()["TerminateJobFlows"] == 1


def test_an_answer_that_stays_torn_says_so(services: Services, api: EmrApi) -> None:
    """It may pass, as what EMR does not answer at all."""
    services.emr.faults["DescribeCluster"] = ["half"] * READ_ATTEMPTS
    with pytest.raises(NoAnswer, match=r"^AWS: An error occurred \(502\) .*: half an answer; try again later$"):
        api.cluster(services.emr.add_cluster())


def test_a_write_whose_answer_is_torn_is_sent_once(services: Services, aws: Clients) -> None:
    """What it has made is looked for by who sent it."""
    services.emr.faults["AddJobFlowSteps"] = TORN.copy()
    for _ in TORN:
        with pytest.raises(NoAnswer, match="half an answer"), one_line():
            aws.writes.add_job_flow_steps(**request(services.emr.add_cluster()))
    assert services.emr.count() == {"AddJobFlowSteps": len(TORN)}


@pytest.mark.parametrize(
    "look",
    [
        lambda files: files.exists("s3://b/in"),
        lambda files: files.has_input("s3://b/i*"),
        lambda files: files.list_files("s3://b/in") == ["s3://b/in/a"],
        lambda files: list(files.list_below("s3://b/in")) == ["s3://b/in/a"],
    ],
)
def test_half_a_list_of_objects_does_not_hide_one(services: Services, aws: Clients, look: Any) -> None:
    """botocore asks again for XML that is cut short."""
    services.s3["b", "in/a"] = b"a"
    services.halves = 2
    assert look(S3Files(aws.s3))
    assert services.halves < 0


def test_the_length_of_a_file_is_no_length_of_an_answer(services: Services, aws: Clients) -> None:
    """HeadObject tells it and sends no byte of it."""
    services.s3["b", "in/a"] = b"0123456789"
    assert aws.s3.head_object(Bucket="b", Key="in/a")["ContentLength"] == 10
    assert b"".join(S3Files(aws.s3).chunks("s3://b/in/a")) == b"0123456789"
