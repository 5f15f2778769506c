"""How clusters and steps stand in answers; members without a value are left out, as the service leaves them out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.cluster.emr.model import known

if TYPE_CHECKING:
    from datetime import datetime

    from tests.cluster.emr.clusters import Cluster, Step

MASTER = "ec2-203-0-113-10.compute-1.amazonaws.com"
#: What the members of a request are called in DescribeCluster.
_SAME = (
    "Name",
    "LogEncryptionKmsKeyId",
    "ReleaseLabel",
    "OSReleaseLabel",
    "Configurations",
    "SecurityConfiguration",
    "AutoScalingRole",
    "CustomAmiId",
    "EbsRootVolumeSize",
    "EbsRootVolumeIops",
    "EbsRootVolumeThroughput",
    "RepoUpgradeOnBoot",
    "MonitoringConfiguration",
)
_EC2 = (
    "Ec2KeyName",
    "Ec2SubnetId",
    "EmrManagedMasterSecurityGroup",
    "EmrManagedSlaveSecurityGroup",
    "ServiceAccessSecurityGroup",
    "AdditionalMasterSecurityGroups",
    "AdditionalSlaveSecurityGroups",
)


def step(found: Step, shape: str = "StepSummary") -> dict[str, Any]:
    """A step, as ListSteps shows it (StepSummary) or DescribeStep (Step)."""
    jar = found.config["HadoopJarStep"]
    config = {
        "Jar": jar["Jar"],
        "Properties": {pair["Key"]: pair.get("Value", "") for pair in jar.get("Properties", [])},
        "MainClass": jar.get("MainClass"),
        "Args": jar.get("Args", []),
    }
    members = {
        "Id": found.id,
        "Name": found.config["Name"],
        "Config": known("HadoopStepConfig", config),
        "ActionOnFailure": found.action,
        "Status": step_status(found),
        "ExecutionRoleArn": found.role,
        "LogUri": found.monitoring.get("LogUri"),
        "EncryptionKeyArn": found.monitoring.get("EncryptionKeyArn"),
        "AdditionalInfo": {"ResourceManagerApplicationIds": found.applications} if found.applications else None,
    }
    return known(shape, members)


def step_status(found: Step) -> dict[str, Any]:
    reason = {"Message": found.message} if found.message else {}
    return known(
        "StepStatus",
        {
            "State": found.state,
            "StateChangeReason": reason,
            "FailureDetails": found.failure or None,
            "Timeline": times(CreationDateTime=found.created, StartDateTime=found.started, EndDateTime=found.ended),
        },
    )


def cluster_summary(found: Cluster) -> dict[str, Any]:
    members = {
        "Id": found.id,
        "Name": found.request["Name"],
        "Status": cluster_status(found),
        "NormalizedInstanceHours": 0,
        "ClusterArn": found.arn,
    }
    return known("ClusterSummary", members)


def cluster_status(found: Cluster) -> dict[str, Any]:
    code, message = found.reason
    return {
        "State": found.state,
        "StateChangeReason": {**({"Code": code} if code else {}), **({"Message": message} if message else {})},
        "Timeline": times(CreationDateTime=found.created, ReadyDateTime=found.ready, EndDateTime=found.ended),
    }


def cluster(found: Cluster) -> dict[str, Any]:
    request = found.request
    instances = request["Instances"]
    fleets = "InstanceFleets" in instances
    attributes = {name: instances.get(name) for name in _EC2}
    attributes["IamInstanceProfile"] = request.get("JobFlowRole")
    attributes["RequestedEc2SubnetIds"] = instances.get("Ec2SubnetIds", [])
    attributes["Ec2AvailabilityZone"] = "us-east-1a"
    members = {name: request.get(name) for name in _SAME}
    members.update(
        cluster_summary(found),
        Ec2InstanceAttributes=known("Ec2InstanceAttributes", attributes),
        InstanceCollectionType="INSTANCE_FLEET" if fleets else "INSTANCE_GROUP",
        LogUri=found.log_uri,
        AutoTerminate=not found.keep_alive,
        TerminationProtected=found.protected,
        VisibleToAllUsers=True,
        Applications=request.get("Applications", []),
        Tags=[{"Key": key, "Value": value} for key, value in found.tags.items()],
        ServiceRole=request.get("ServiceRole"),
        ScaleDownBehavior=request.get("ScaleDownBehavior", "TERMINATE_AT_TASK_COMPLETION"),
        MasterPublicDnsName=MASTER if found.ready else None,
        StepConcurrencyLevel=found.concurrency,
        KerberosAttributes=request.get("KerberosAttributes"),
        PlacementGroups=request.get("PlacementGroupConfigs", []),
    )
    return known("Cluster", members)


def times(**times: datetime | None) -> dict[str, datetime]:
    return {name: time for name, time in times.items() if time}
