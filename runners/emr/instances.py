"""Options -> the machines of a new cluster: ``RunJobFlow.Instances``.

--instance-type, --num-core-instances, --num-task-instances…    groups MASTER, CORE, TASK
--instance-groups, --instance-fleets                            as they are
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gristmill.errors import RunError

from .numbers import number

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The type of instances where none is named: the smallest general one that EMR 7 lists, with 16 GB.
INSTANCE_TYPE = "m5.xlarge"
#: What a bid price says that asks for spot instances at up to the price of others.
SPOT = "spot"


def instances(opts: Mapping[str, Any]) -> dict[str, Any]:
    """The machines, the network and the key of a new cluster, from options by name; RunError for what cannot be."""
    optional = {
        "Ec2KeyName": opts.get("ec2_key_pair"),
        "Placement": {"AvailabilityZone": opts["zone"]} if opts.get("zone") else None,
        **_subnets(opts.get("subnet")),
    }
    return {
        **_machines(opts),
        "KeepJobFlowAliveWhenNoSteps": opts.get("max_mins_idle") is not None,
        **{name: value for name, value in optional.items() if value},
    }


def _subnets(named: Any) -> dict[str, Any]:
    """One subnet, or several, of which EMR chooses where there are fleets."""
    subnets = [named] if isinstance(named, str) else list(named or [])
    return {"Ec2SubnetIds": subnets} if len(subnets) > 1 else {"Ec2SubnetId": "".join(subnets)}


def _machines(opts: Mapping[str, Any]) -> dict[str, Any]:
    fleets, groups = opts.get("instance_fleets"), opts.get("instance_groups")
    if fleets and groups:
        raise RunError("--instance-fleets and --instance-groups: a cluster has one of them; leave one out")
    if fleets:
        return {"InstanceFleets": fleets}
    return {"InstanceGroups": groups or _groups(opts)}


def _groups(opts: Mapping[str, Any]) -> list[dict[str, Any]]:
    core, task = number(opts, "num_core_instances") or 0, number(opts, "num_task_instances") or 0
    if task and not core:
        raise RunError(f"--num-task-instances {task}: EMR has task nodes beside core nodes; add --num-core-instances 1")
    every = opts.get("instance_type") or INSTANCE_TYPE
    # a master alone runs the tasks, so the type of all is its type too
    types = {"MASTER": INSTANCE_TYPE if core else every, "CORE": every, "TASK": every}
    counts = {"MASTER": 1, "CORE": core, "TASK": task}
    return [
        {
            "Name": role.lower(),
            "InstanceRole": role,
            "InstanceType": opts.get(f"{role.lower()}_instance_type") or types[role],
            "InstanceCount": count,
            **_market(opts.get(f"{role.lower()}_instance_bid_price")),
        }
        for role, count in counts.items()
        if count
    ]


def _market(bid: Any) -> dict[str, str]:
    """On demand, or spot up to a price in dollars an hour, or up to that of others."""
    if bid in (None, "", 0, "0"):
        return {"Market": "ON_DEMAND"}
    return {"Market": "SPOT", **({} if bid == SPOT else {"BidPrice": str(bid)})}


def instance_count(request: Mapping[str, Any]) -> int:
    """The machines that a RunJobFlow request holds at once, as far as it names them: units of fleets count as one."""
    machines = request["Instances"]
    if "InstanceFleets" in machines:
        kinds = ("TargetOnDemandCapacity", "TargetSpotCapacity")
        return sum(int(fleet.get(kind, 0)) for fleet in machines["InstanceFleets"] for kind in kinds)
    if "InstanceGroups" in machines:
        return sum(int(group["InstanceCount"]) for group in machines["InstanceGroups"])
    return int(machines.get("InstanceCount", 1))
