"""The machines of a cluster, as it was asked for them: they are in answers and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.cluster.emr.clusters import OPEN
from tests.cluster.emr.model import known

if TYPE_CHECKING:
    from tests.cluster.emr.clusters import Cluster


def groups(cluster: Cluster) -> list[dict[str, Any]]:
    """The instance groups: those of the request, or those that its two types and the count make."""
    there = cluster.state in OPEN
    found = []
    for number, group in enumerate(_asked(cluster)):
        members = {
            **group,
            "Id": _id("ig", cluster, number),
            "Market": group.get("Market", "ON_DEMAND"),
            "InstanceGroupType": group["InstanceRole"],
            "RequestedInstanceCount": group["InstanceCount"],
            "RunningInstanceCount": group["InstanceCount"] if there and cluster.ready else 0,
            "Status": {"State": _state(cluster), "StateChangeReason": {}, "Timeline": _times(cluster)},
            "EbsBlockDevices": [],
            "Configurations": group.get("Configurations", []),
            "AutoScalingPolicy": None,
        }
        found.append(known("InstanceGroup", members))
    return found


def fleets(cluster: Cluster) -> list[dict[str, Any]]:
    """The instance fleets of the request."""
    found = []
    for number, fleet in enumerate(cluster.request["Instances"]["InstanceFleets"]):
        members = {
            **fleet,
            "Id": _id("if", cluster, number),
            "ProvisionedOnDemandCapacity": fleet.get("TargetOnDemandCapacity", 0),
            "ProvisionedSpotCapacity": fleet.get("TargetSpotCapacity", 0),
            "Status": {"State": _state(cluster), "StateChangeReason": {}, "Timeline": _times(cluster)},
            "InstanceTypeSpecifications": [
                known("InstanceTypeSpecification", {**config, "EbsBlockDevices": []})
                for config in fleet.get("InstanceTypeConfigs", [])
            ],
        }
        found.append(known("InstanceFleet", members))
    return found


def machines(cluster: Cluster, request: dict[str, Any]) -> list[dict[str, Any]]:
    """The machines of the groups that a ListInstances asks for, or of all."""
    kinds, states = request.get("InstanceGroupTypes", []), request.get("InstanceStates", [])
    state = "TERMINATED" if cluster.state not in OPEN else "RUNNING" if cluster.ready else "PROVISIONING"
    found: list[dict[str, Any]] = []
    for group in [] if "InstanceFleets" in cluster.request["Instances"] else groups(cluster):
        wanted = group["Id"] == request.get("InstanceGroupId", group["Id"])
        if not wanted or (kinds and group["InstanceGroupType"] not in kinds) or (states and state not in states):
            continue
        for _ in range(group["RequestedInstanceCount"]):
            address = f"ip-10-0-{len(found) // 200}-{len(found) % 200}.ec2.internal"
            machine = {
                "Id": _id("ci", cluster, len(found)),
                "Ec2InstanceId": f"i-{len(found):017x}",
                "PrivateDnsName": address,
                "PrivateIpAddress": address[3:-13].replace("-", "."),
                "Status": {"State": state, "StateChangeReason": {}, "Timeline": _times(cluster)},
                "InstanceGroupId": group["Id"],
                "Market": group["Market"],
                "InstanceType": group["InstanceType"],
            }
            found.append(known("Instance", machine))
    return found


def _asked(cluster: Cluster) -> list[dict[str, Any]]:
    given = cluster.request["Instances"]
    if "InstanceGroups" in given:
        return list(given["InstanceGroups"])
    master = {"InstanceRole": "MASTER", "InstanceType": given["MasterInstanceType"], "InstanceCount": 1}
    others = given.get("InstanceCount", 1) - 1
    core = {
        "InstanceRole": "CORE",
        "InstanceType": given.get("SlaveInstanceType", given["MasterInstanceType"]),
        "InstanceCount": others,
    }
    return [master, core] if others else [master]


def _id(prefix: str, cluster: Cluster, number: int) -> str:
    return f"{prefix}-{cluster.id[2:11]}{number:04}"


def _state(cluster: Cluster) -> str:
    """What a group or a fleet says of itself."""
    if cluster.state not in OPEN:
        return "TERMINATED"
    return "RUNNING" if cluster.ready else "PROVISIONING"


def _times(cluster: Cluster) -> dict[str, Any]:
    times = {"CreationDateTime": cluster.created, "ReadyDateTime": cluster.ready, "EndDateTime": cluster.ended}
    return {name: time for name, time in times.items() if time}
