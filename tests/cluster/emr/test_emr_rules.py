"""The service's rules, on steps that do nothing."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cluster.emr.emr import Emr

#: What happens here happens within a moment.
SECONDS = 20


def run_job_flow(client: Any, **members: Any) -> str:
    """The id of a new cluster that stays."""
    instances = {
        "KeepJobFlowAliveWhenNoSteps": True,
        "InstanceGroups": [{"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1}],
        **members.pop("Instances", {}),
    }
    request = {
        "Name": "mill",
        "ReleaseLabel": "emr-7.13.0",
        "JobFlowRole": "EMR_EC2_DefaultRole",
        "ServiceRole": "EMR_DefaultRole",
        "Instances": instances,
        **members,
    }
    return str(client.run_job_flow(**request)["JobFlowId"])


def step(*args: str, name: str = "a step", **members: Any) -> dict[str, Any]:
    """A StepConfig."""
    jar = {"Jar": "command-runner.jar", "Args": list(args)}
    return {"Name": name, "ActionOnFailure": "CONTINUE", "HadoopJarStep": jar, **members}


def states(client: Any, cluster: str) -> list[str]:
    """The states of a cluster's steps, oldest first."""
    return [one["Status"]["State"] for one in client.list_steps(ClusterId=cluster)["Steps"]][::-1]


def until(condition: Callable[[], object]) -> None:
    last = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < last, "it did not come true"
        time.sleep(0.02)


def test_steps_run_in_order_and_tell_how_they_ended(emr_rules: Emr) -> None:
    """A step completes, fails by its exit code, or fails for want of its program, and the next runs."""
    client = emr_rules.client()
    cluster = run_job_flow(client)
    client.add_job_flow_steps(JobFlowId=cluster, Steps=[step("true"), step("false"), step("no-such-program")])
    until(lambda: states(client, cluster) == ["COMPLETED", "FAILED", "FAILED"])
    last = client.list_steps(ClusterId=cluster)["Steps"][0]
    assert last["Status"]["FailureDetails"] == {
        "Reason": "Unknown Error.",
        "Message": 'Cannot run program "no-such-program" (in directory "."): error=2, No such file or directory',
    }
