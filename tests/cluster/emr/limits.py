"""What the service refuses beyond its model: AWS's documented limits.

https://docs.aws.amazon.com/emr/latest/APIReference/API_AddJobFlowSteps.html and the pages of the other operations.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from tests.cluster.emr.clusters import DEFAULT_ACTION
from tests.cluster.emr.errors import ValidationError

if TYPE_CHECKING:
    from tests.cluster.emr.clusters import Cluster
    from tests.cluster.emr.errors import EmrError

#: Steps of a cluster that are pending or running.
ACTIVE_STEPS = 256
#: Characters of all strings of a HadoopJarStep.
STEP_CHARACTERS = 10_240
CONCURRENCY = 256
TERMINATED_AT_ONCE = 10
#: Ids in one ListSteps, and in one CancelSteps.
STEP_IDS = 10
CANCELLED_AT_ONCE = 256
#: Seconds of an auto-termination policy, and what one without a time has.
IDLE = range(60, 604_801)
DEFAULT_IDLE = 3600
TAGS, TAG_KEY, TAG_VALUE = 50, 128, 256


def check_cluster(request: dict[str, Any]) -> None:
    """Raise ValidationError for a RunJobFlow that the service refuses."""
    if not re.fullmatch(r"emr-\d+\.\d+\.\d+", request.get("ReleaseLabel", "")):
        raise ValidationError(f"The supplied release label is invalid: {request.get('ReleaseLabel', '')}.")
    for member, name in (("JobFlowRole", "InstanceProfile"), ("ServiceRole", "ServiceRole")):
        if not request.get(member):
            raise ValidationError(f"{name} is required for creating cluster.")
    _check_instances(request["Instances"])
    if len(request.get("Steps", [])) > ACTIVE_STEPS:
        raise ValidationError(f"A maximum of {ACTIVE_STEPS} steps are allowed in each job flow.")
    check_steps(request.get("Steps", []))
    check_concurrency(request.get("StepConcurrencyLevel", 1), ValidationError)
    if "AutoTerminationPolicy" in request:
        policy(request["AutoTerminationPolicy"])
    check_tags({tag.get("Key", ""): tag.get("Value", "") for tag in request.get("Tags", [])})


def _check_instances(instances: dict[str, Any]) -> None:
    ways = [name for name in ("InstanceGroups", "InstanceFleets", "MasterInstanceType") if name in instances]
    if len(ways) != 1:
        raise ValidationError(
            "Please configure instances using one and only one of the following: instance groups; instance fleets; "
            "master instance type, slave instance type and instance count."
        )
    groups = instances.get("InstanceGroups", [])
    masters = [group for group in groups if group["InstanceRole"] == "MASTER"]
    if groups and len(masters) != 1:
        raise ValidationError("A cluster has one instance group with the role MASTER.")


def check_steps(steps: list[dict[str, Any]]) -> None:
    for step in steps:
        if _characters(step["HadoopJarStep"]) > STEP_CHARACTERS:
            raise ValidationError(
                f"The string values passed into HadoopJarStep object cannot exceed a total of {STEP_CHARACTERS} "
                "characters."
            )


def _characters(value: Any) -> int:
    if isinstance(value, str):
        return len(value)
    parts = value.values() if isinstance(value, dict) else value
    return sum(map(_characters, parts))


def check_added(cluster: Cluster, steps: list[dict[str, Any]]) -> None:
    """Raise ValidationError where these steps cannot be added to `cluster`."""
    if len(cluster.active) + len(steps) > ACTIVE_STEPS:
        raise ValidationError(
            "Maximum number of active steps(State = 'Running', 'Pending' or 'Cancel_Pending') for cluster exceeded."
        )
    if cluster.concurrency > 1:
        for step in steps:
            if (action := step.get("ActionOnFailure", DEFAULT_ACTION)) != "CONTINUE":
                raise ValidationError(
                    f"ActionOnFailure {action} is not valid for a cluster whose StepConcurrencyLevel is greater than 1."
                )


def check_concurrency(level: int, error: type[EmrError]) -> None:
    if not 1 <= level <= CONCURRENCY:
        raise error(f"The step concurrency level must be between 1 and {CONCURRENCY}.")


def policy(given: dict[str, int]) -> dict[str, int]:
    """An auto-termination policy with its time; ValidationError."""
    seconds = given.get("IdleTimeout", DEFAULT_IDLE)
    if seconds not in IDLE:
        raise ValidationError(f"IdleTimeout must be between {IDLE.start} and {IDLE.stop - 1} seconds.")
    return {"IdleTimeout": seconds}


def check_tags(tags: dict[str, str]) -> None:
    if len(tags) > TAGS:
        raise ValidationError(f"A maximum of {TAGS} tags are allowed for a resource.")
    for key, value in tags.items():
        if not 1 <= len(key) <= TAG_KEY or key.lower().startswith("aws:") or len(value) > TAG_VALUE:
            raise ValidationError(
                f"Tag keys have 1 to {TAG_KEY} characters and do not begin with aws:, tag values at most {TAG_VALUE}."
            )
