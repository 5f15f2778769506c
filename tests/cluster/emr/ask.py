"""What tests of EMR ask it for, in few words."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

MASTER = {"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1}


def run_job_flow(client: Any, *steps: dict[str, Any], keep: bool = True, **members: Any) -> str:
    """The id of a new cluster with these steps, which stays when it has no more unless `keep` is false."""
    instances = {"KeepJobFlowAliveWhenNoSteps": keep, "InstanceGroups": [MASTER], **members.pop("Instances", {})}
    request = {
        "Name": "mill",
        "ReleaseLabel": "emr-7.13.0",
        "JobFlowRole": "EMR_EC2_DefaultRole",
        "ServiceRole": "EMR_DefaultRole",
        "Instances": instances,
        "Steps": list(steps),
    }
    return str(client.run_job_flow(**{**request, **members})["JobFlowId"])


def step(*args: str, name: str = "a step", **members: Any) -> dict[str, Any]:
    """A StepConfig for command-runner.jar."""
    jar = {"Jar": "command-runner.jar", "Args": list(args)}
    return {"Name": name, "ActionOnFailure": "CONTINUE", "HadoopJarStep": jar, **members}


def add(client: Any, cluster: str, *steps: dict[str, Any]) -> list[str]:
    """The ids of these steps, added."""
    return list(client.add_job_flow_steps(JobFlowId=cluster, Steps=list(steps))["StepIds"])


def states(client: Any, cluster: str) -> list[str]:
    """The states of a cluster's steps, oldest first."""
    return [found["Status"]["State"] for found in client.list_steps(ClusterId=cluster)["Steps"]][::-1]


def status(client: Any, cluster: str) -> dict[str, Any]:
    return dict(client.describe_cluster(ClusterId=cluster)["Cluster"]["Status"])


def until(condition: Callable[[], object], seconds: float = 20) -> None:
    """Return when `condition` is true."""
    last = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < last, "it did not come true"
        time.sleep(0.02)
