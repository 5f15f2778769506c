"""``--dry-run``: the requests that a run would send, its uploads, and command lines that a person can paste.

Nothing is sent, and no credentials are needed. The AWS command line repeats a call whose answer is lost, each time with
another step, so that AWS_MAX_ATTEMPTS is 1. Its shorthand changes commas and brackets, so that what it takes as JSON is
JSON.
"""

from __future__ import annotations

import json
import re
import shlex
from typing import TYPE_CHECKING, Any

from .clients import endpoint_url
from .instances import instance_count

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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
    "MonitoringConfiguration": "--monitoring-configuration",
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
    "Instances.Placement.AvailabilityZones": "AvailabilityZones",
    "Instances.EmrManagedMasterSecurityGroup": "EmrManagedMasterSecurityGroup",
    "Instances.EmrManagedSlaveSecurityGroup": "EmrManagedSlaveSecurityGroup",
    "Instances.ServiceAccessSecurityGroup": "ServiceAccessSecurityGroup",
    "Instances.AdditionalMasterSecurityGroups": "AdditionalMasterSecurityGroups",
    "Instances.AdditionalSlaveSecurityGroups": "AdditionalSlaveSecurityGroups",
}
#: How a value begins in whose place the command line takes what is there.
_FETCHED = re.compile(r"(?:file|fileb|https?)://")
#: A member of RunJobFlow that is true or false -> the options that say so.
_SWITCHES = {
    "Instances.KeepJobFlowAliveWhenNoSteps": ("--no-auto-terminate", "--auto-terminate"),
    "Instances.TerminationProtected": ("--termination-protected", "--no-termination-protected"),
    "Instances.UnhealthyNodeReplacement": ("--unhealthy-node-replacement", "--no-unhealthy-node-replacement"),
    "VisibleToAllUsers": ("--visible-to-all-users", "--no-visible-to-all-users"),
    "ExtendedSupport": ("--extended-support", "--no-extended-support"),
    "SessionEnabled": ("--session-enabled", "--no-session-enabled"),
}


def text(plan: Plan, here: str, there: str, opts: Mapping[str, Any]) -> str:
    """What --dry-run prints, for the files laid out in `here`, by the options for regions and endpoints."""
    requests = [{"operation": name, "request": request} for name, request in plan.requests()]
    words, missing = add_steps_words(plan.requests()[0][1]) if plan.cluster else create_cluster_words(plan.job_flow)
    missing += ["--max-hours"] if plan.max_hours else []
    unsaid = f"the command lines cannot say, and leave out: {', '.join(missing)}\n\n" if missing else ""
    if plan.cluster and len(plan.steps) > 1:
        unsaid += f"where {plan.cluster} runs several steps at once, add each when the one before has completed\n\n"
    return (
        f"requests, as boto3 takes them:\n{json.dumps(requests, indent=2)}\n\n"
        f"uploads:\n{here}/ -> {there}/\n\n"
        f"{_hours(plan)}\n\n{unsaid}"
        # what the steps read is whole before they are added
        "command lines that do the same:\n"
        f"{shlex.join(['aws', 's3', 'cp', '--recursive', here, there, *_where(opts, 's3_endpoint')])} &&\n"
        f"{ONCE} {shlex.join(['aws', 'emr', *words, *_where(opts, 'emr_endpoint')])}\n\n"
        f"then the same command with --request-id {plan.request} in place of --dry-run takes the steps over, gives the "
        f"output when they have ended, and removes {there}; {here} is yours to remove\n"
        "where the last line ends with an error, it may have been done all the same: do not paste it again, but use "
        "that command, some minutes later\n"
    )


def _where(opts: Mapping[str, Any], endpoint: str) -> list[str]:
    """Options of ``aws``: the region and the endpoint, where they are named."""
    where = {"--region": opts.get("region"), "--endpoint-url": endpoint_url(opts.get(endpoint))}
    return [word for option, value in where.items() if value for word in (option, value)]


def _hours(plan: Plan) -> str:
    if plan.cluster:
        return f"instance-hours: none of its own, on the cluster {plan.cluster}"
    count = instance_count(plan.job_flow)
    most = f", {count * plan.max_hours:g} at most" if plan.max_hours else "; --max-hours bounds them"
    return f"instance-hours: {count} for each hour that the cluster runs{most}"


def add_steps_words(request: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """What stands behind ``aws emr`` for an AddJobFlowSteps request; and the members that it cannot say."""
    steps, missing = _steps(request["Steps"])
    words = ["add-steps", "--cluster-id", request["JobFlowId"], "--steps", json.dumps(steps)]
    role = request.get("ExecutionRoleArn")
    return [*words, *(["--execution-role-arn", role] if role else [])], missing


def create_cluster_words(request: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """What stands behind ``aws emr`` for a RunJobFlow request; and the members that it cannot say."""
    words, attributes, missing = ["create-cluster"], {}, []
    for name, value in _members(request):
        if name in _TEXT and not _FETCHED.match(str(value)):
            # a word that begins with a dash is an option's name
            words += [f"{_TEXT[name]}={value}"] if str(value).startswith("-") else [_TEXT[name], str(value)]
        elif name in _JSON:
            words += [_JSON[name], json.dumps(_as_typed(name, value))]
        elif name in _EC2:
            attributes[_EC2[name]] = value
        elif name in _SWITCHES:
            words.append(_SWITCHES[name][0 if value else 1])
        elif name == "Tags":
            words += ["--tags", json.dumps([f"{tag['Key']}={tag.get('Value', '')}" for tag in _tags(value)])]
            missing += [f"the tag {tag['Key']}" for tag in value if tag not in _tags(value)]
        elif name == "Steps":
            steps, unsaid = _steps(value)
            words += ["--steps", json.dumps(steps)]
            missing += unsaid
        elif name == "BootstrapActions":
            actions = [{"Name": each["Name"], **each["ScriptBootstrapAction"]} for each in value]
            words += ["--bootstrap-actions", json.dumps(actions)]
        else:
            missing.append(name)
    missing += [f"Instances.Placement.{zones}" for zones in _without_zones(attributes)]
    return [*words, *(["--ec2-attributes", json.dumps(attributes)] if attributes else [])], missing


def _tags(tags: Any) -> list[Any]:
    """The tags whose key ends where the command line takes it to end."""
    return [tag for tag in tags if "=" not in tag["Key"]]


def _without_zones(attributes: dict[str, Any]) -> list[str]:
    """Take out the zones beside a subnet, which has its own: the command line refuses them; the keys that had them."""
    zones = [name for name in attributes if name.startswith("AvailabilityZone")]
    if not attributes.keys() & {"SubnetId", "SubnetIds"}:
        return []
    for name in zones:
        del attributes[name]
    return zones


def _members(request: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The members of a request, those of Instances by names with dots."""
    for name, value in request.items():
        if name != "Instances":
            yield name, value
            continue
        # where nothing is said, the command line means to keep the cluster, and the API to end it
        for inner, below in {"KeepJobFlowAliveWhenNoSteps": False, **value}.items():
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


def _steps(steps: Any) -> tuple[list[dict[str, Any]], list[str]]:
    """Steps as ``--steps`` takes them in JSON; and the members that it cannot say."""
    typed, missing = [], []
    for step in steps:
        logs = step.get("StepMonitoringConfiguration", {}).get("S3MonitoringConfiguration", {})
        about = {name: step[name] for name in ("Name", "ActionOnFailure") if name in step}
        # it takes these as text, with commas between
        jar = {name: value for name, value in step["HadoopJarStep"].items() if name != "Properties"}
        missing += ["Steps.HadoopJarStep.Properties"] if jar != step["HadoopJarStep"] else []
        typed.append({"Type": "CUSTOM_JAR", **about, **jar, **logs})
    return typed, missing
