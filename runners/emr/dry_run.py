"""``--dry-run``: the requests that a run would send, its uploads, and command lines that a person can paste.

Nothing is sent, and no credentials are needed. The AWS command line repeats a call whose answer is lost, each time with
another step, so that AWS_MAX_ATTEMPTS is 1.
"""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any

from .instances import instance_count

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .plan import Plan

ONCE = "AWS_MAX_ATTEMPTS=1"
#: A member of RunJobFlow -> the option of ``aws emr create-cluster`` that takes it as it is; members in it by dots.
_TEXT = {
    "Name": "--name",
    "LogUri": "--log-uri",
    "ReleaseLabel": "--release-label",
    "ServiceRole": "--service-role",
    "AdditionalInfo": "--additional-info",
    "CustomAmiId": "--custom-ami-id",
    "OSReleaseLabel": "--os-release-label",
    "SecurityConfiguration": "--security-configuration",
    "AutoScalingRole": "--auto-scaling-role",
    "ScaleDownBehavior": "--scale-down-behavior",
    "RepoUpgradeOnBoot": "--repo-upgrade-on-boot",
    "LogEncryptionKmsKeyId": "--log-encryption-kms-key-id",
    "EbsRootVolumeSize": "--ebs-root-volume-size",
    "EbsRootVolumeIops": "--ebs-root-volume-iops",
    "EbsRootVolumeThroughput": "--ebs-root-volume-throughput",
    "StepConcurrencyLevel": "--step-concurrency-level",
    "StepExecutionRoleArn": "--step-execution-role-arn",
    "Instances.InstanceCount": "--instance-count",
    "Instances.MasterInstanceType": "--instance-type",
}
_JSON = {
    "Applications": "--applications",
    "Configurations": "--configurations",
    "ManagedScalingPolicy": "--managed-scaling-policy",
    "AutoTerminationPolicy": "--auto-termination-policy",
    "PlacementGroupConfigs": "--placement-group-configs",
    "KerberosAttributes": "--kerberos-attributes",
    "Instances.InstanceGroups": "--instance-groups",
    "Instances.InstanceFleets": "--instance-fleets",
}
#: A member of RunJobFlow -> the key of --ec2-attributes that has it.
_EC2 = {
    "JobFlowRole": "InstanceProfile",
    "Instances.Ec2KeyName": "KeyName",
    "Instances.Ec2SubnetId": "SubnetId",
    "Instances.Ec2SubnetIds": "SubnetIds",
    "Instances.Placement.AvailabilityZone": "AvailabilityZone",
    "Instances.EmrManagedMasterSecurityGroup": "EmrManagedMasterSecurityGroup",
    "Instances.EmrManagedSlaveSecurityGroup": "EmrManagedSlaveSecurityGroup",
    "Instances.ServiceAccessSecurityGroup": "ServiceAccessSecurityGroup",
    "Instances.AdditionalMasterSecurityGroups": "AdditionalMasterSecurityGroups",
    "Instances.AdditionalSlaveSecurityGroups": "AdditionalSlaveSecurityGroups",
}
#: A member of RunJobFlow that is true or false -> the options that say so.
_SWITCHES = {
    "Instances.KeepJobFlowAliveWhenNoSteps": ("--no-auto-terminate", "--auto-terminate"),
    "Instances.TerminationProtected": ("--termination-protected", "--no-termination-protected"),
    "Instances.UnhealthyNodeReplacement": ("--unhealthy-node-replacement", "--no-unhealthy-node-replacement"),
    "VisibleToAllUsers": ("--visible-to-all-users", "--no-visible-to-all-users"),
    "ExtendedSupport": ("--extended-support", "--no-extended-support"),
    "SessionEnabled": ("--session-enabled", "--no-session-enabled"),
}


def aws_options(opts: Mapping[str, Any]) -> list[str]:
    """Options of ``aws`` for all commands: the region and the endpoint, where they are named."""
    where = {"--region": opts["region"], "--endpoint-url": opts["emr_endpoint"]}
    return [word for option, value in where.items() if value for word in (option, value)]


def text(plan: Plan, here: str, there: str, where: Sequence[str] = ()) -> str:
    """What --dry-run prints, for the files laid out in `here`; `where` are options of ``aws`` for all commands."""
    requests = [{"operation": name, "request": request} for name, request in plan.requests()]
    words, missing = (
        (add_steps_words(plan.requests()[0][1]), []) if plan.cluster else create_cluster_words(plan.job_flow)
    )
    unsaid = f"the command line cannot say, and leaves out: {', '.join(missing)}\n" if missing else ""
    return (
        f"requests, as boto3 takes them:\n{json.dumps(requests, indent=2)}\n\n"
        f"uploads:\n{here}/ -> {there}/\n\n"
        f"{_hours(plan)}\n\n"
        "command lines that do the same:\n"
        f"{shlex.join(['aws', 's3', 'cp', '--recursive', here, there])}\n"
        f"{ONCE} {shlex.join(['aws', 'emr', *words, *where])}\n{unsaid}"
    )


def _hours(plan: Plan) -> str:
    if plan.cluster:
        return f"instance-hours: none of its own, on the cluster {plan.cluster}"
    count = instance_count(plan.job_flow)
    most = f", {count * plan.max_hours:g} at most" if plan.max_hours else "; --max-hours bounds them"
    return f"instance-hours: {count} for each hour that the cluster runs{most}"


def add_steps_words(request: Mapping[str, Any]) -> list[str]:
    """What stands behind ``aws emr`` for an AddJobFlowSteps request."""
    words = ["add-steps", "--cluster-id", request["JobFlowId"], "--steps", json.dumps(_steps(request["Steps"]))]
    role = request.get("ExecutionRoleArn")
    return [*words, *(["--execution-role-arn", role] if role else [])]


def create_cluster_words(request: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """What stands behind ``aws emr`` for a RunJobFlow request; and the members that it cannot say."""
    words, attributes, missing = ["create-cluster"], {}, []
    for name, value in _members(request):
        if name in _TEXT:
            words += [_TEXT[name], str(value)]
        elif name in _JSON:
            words += [_JSON[name], json.dumps(_as_typed(name, value))]
        elif name in _EC2:
            attributes[_EC2[name]] = value
        elif name in _SWITCHES:
            words.append(_SWITCHES[name][0 if value else 1])
        elif name == "Tags":
            words += ["--tags", *(f"{tag['Key']}={tag.get('Value', '')}" for tag in value)]
        elif name == "Steps":
            words += ["--steps", json.dumps(_steps(value))]
        elif name == "BootstrapActions":
            actions = [{"Name": each["Name"], **each["ScriptBootstrapAction"]} for each in value]
            words += ["--bootstrap-actions", json.dumps(actions)]
        else:
            missing.append(name)
    return [*words, *(["--ec2-attributes", json.dumps(attributes)] if attributes else [])], missing


def _members(request: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The members of a request, those of Instances by names with dots."""
    for name, value in request.items():
        if name != "Instances":
            yield name, value
            continue
        for inner, below in value.items():
            if inner == "Placement":
                yield from ((f"{name}.{inner}.{each}", one) for each, one in below.items())
            else:
                yield f"{name}.{inner}", below


def _as_typed(name: str, value: Any) -> Any:
    """A member's value in the command line's own spelling of it."""
    return [_group(group) for group in value] if name == "Instances.InstanceGroups" else value


def _group(group: Mapping[str, Any]) -> dict[str, Any]:
    """An instance group: where it has a price, spot is meant, and OnDemandPrice is that of others."""
    typed = {key: value for key, value in group.items() if key not in ("Market", "InstanceRole")}
    if group.get("Market") == "SPOT":
        typed.setdefault("BidPrice", "OnDemandPrice")
    return {"InstanceGroupType": group["InstanceRole"], **typed}


def _steps(steps: Any) -> list[dict[str, Any]]:
    """Steps as ``--steps`` takes them in JSON."""
    typed = []
    for step in steps:
        logs = step.get("StepMonitoringConfiguration", {}).get("S3MonitoringConfiguration", {})
        about = {"Type": "CUSTOM_JAR", "Name": step["Name"], "ActionOnFailure": step["ActionOnFailure"]}
        typed.append({**about, **step["HadoopJarStep"], **logs})
    return typed
