"""Who may call what: the rows that runners/emr/policies must give, each a call that is made.

A submitter's and a shared cluster's rows call the runner's own classes, so that each call of AWS's stands behind one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable

from gristmill.runners.emr.requests import MANAGED_TAG, REQUEST_TAG

from .server import ACCOUNT, REGION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from .server import Caller

BUCKET, OTHER = "gristmill-policies", "gristmill-others"
INSTANCES = {
    "KeepJobFlowAliveWhenNoSteps": True,
    "InstanceGroups": [{"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1}],
}
#: What no run asks of a cluster.
BEYOND = ("RemoveTags", "ModifyCluster", "SetTerminationProtection", "AddInstanceGroups")
TAGS = [{"Key": MANAGED_TAG, "Value": "true"}, {"Key": REQUEST_TAG, "Value": "ID"}]
STEP = {"Name": "s", "ActionOnFailure": "CONTINUE", "HadoopJarStep": {"Jar": "command-runner.jar", "Args": ["true"]}}
SERVICE_ROLE, NODES_ROLE, ADMIN = (
    f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in ("EMR_DefaultRole", "EMR_EC2_DefaultRole", "Admin")
)


@dataclass(frozen=True)
class Simulated:
    """An action that ministack lets anyone do, or takes for one on no resource: IAM's simulator is asked instead."""

    action: str
    resource: str


@dataclass(frozen=True)
class Row:
    """A call of whoever has one policy, and whether it is to be allowed."""

    policy: str
    what: str
    allowed: bool
    call: Callable[[Caller], object] | Simulated
    #: Whether the conditions that ministack cannot evaluate are taken as met; else they are not met.
    met: bool = False


@dataclass(frozen=True)
class Place:
    """What is there: two clusters, each with a step, and files of this machine."""

    cluster: str
    other: str
    step: str
    small: Path
    large: Path
    down: Path


def rows(place: Place) -> Iterator[Row]:
    """All rows."""
    yield from _files("submitter", place)
    yield from _steps("submitter", place, place.cluster, met=True)
    yield from _submitter(place)
    yield from _files("shared-cluster", place)
    yield from _steps("shared-cluster", place, place.cluster)
    yield from _shared_cluster(place)
    yield from _instance_profile(place)
    yield from _service_role()
    for policy in ("submitter", "shared-cluster", "instance-profile", "service-role"):
        yield from _nobody(policy)


def _files(policy: str, place: Place) -> Iterator[Row]:
    """A run's files: in two folders of one bucket, and nowhere else."""

    def row(what: str, allowed: bool, call: Callable[[Caller], object]) -> Row:
        return Row(policy, what, allowed, call)

    tmp, out = f"s3://{BUCKET}/tmp/{policy}", f"s3://{BUCKET}/out/{policy}"
    yield row("files: send a small one to tmp/", True, lambda who: who.files.put(str(place.small), f"{tmp}/a"))
    yield row("files: send a large one to tmp/", True, lambda who: who.files.put(str(place.large), f"{tmp}/b"))
    yield row("files: write a manifest to out/", True, lambda who: who.files.write(f"{out}/m", b"{}"))
    yield row("files: list and look at input in in/", True, lambda who: who.files.has_input(f"s3://{BUCKET}/in/*"))
    yield row("files: read an output from out/", True, lambda who: b"".join(who.files.chunks(f"{out}/m")))
    yield row("files: bring a folder here", True, lambda who: who.files.get(tmp, str(place.down)))
    yield row("files: move a folder to out/", True, lambda who: who.files.move(tmp, f"{out}/moved"))
    yield row("files: remove a folder of out/", True, lambda who: who.files.remove(out))
    yield row("files: remove what is not whole", True, _remove_unfinished(tmp))
    for where in (f"{BUCKET}/in", f"{BUCKET}/elsewhere", f"{BUCKET}/tmpx", f"{OTHER}/tmp"):
        uri = f"s3://{where}/x"
        yield row(f"PutObject {where}/x", False, lambda who, uri=uri: who.files.write(uri, b"x"))
        yield row(f"GetObject {where}/x", False, lambda who, uri=uri: b"".join(who.files.chunks(uri)))
        yield row(f"DeleteObjects {where}/x", False, _delete(where))
    yield row(f"ListBucket {OTHER}", False, lambda who: who.files.exists(f"s3://{OTHER}/x"))
    yield row(f"CopyObject {OTHER}/tmp/x -> tmp/", False, _copy(f"{OTHER}/tmp/x", f"{BUCKET}/tmp/x"))
    yield row(f"CopyObject tmp/x -> {OTHER}/tmp/", False, _copy(f"{BUCKET}/tmp/x", f"{OTHER}/tmp/x"))


def _remove_unfinished(folder: str) -> Callable[[Caller], object]:
    """Begin to send a file, and remove it with its folder."""

    def call(who: Caller) -> None:
        who.s3.create_multipart_upload(Bucket=BUCKET, Key=f"{folder.partition(BUCKET)[2][1:]}/c")
        who.files.remove(folder)

    return call


def _list_parts(key: str) -> Callable[[Caller], object]:
    """Begin to send a file, look at what is there of it, and give it up."""

    def call(who: Caller) -> None:
        upload = {"Bucket": BUCKET, "Key": key}
        upload["UploadId"] = who.s3.create_multipart_upload(**upload)["UploadId"]
        who.s3.list_parts(**upload)
        who.s3.abort_multipart_upload(**upload)

    return call


def _delete(where: str) -> Callable[[Caller], object]:
    bucket, _, folder = where.partition("/")
    return lambda who: who.s3.delete_objects(Bucket=bucket, Delete={"Objects": [{"Key": f"{folder}/x"}]})


def _copy(source: str, target: str) -> Callable[[Caller], object]:
    bucket, _, key = target.partition("/")
    return lambda who: who.s3.copy_object(Bucket=bucket, Key=key, CopySource=source)


def _steps(policy: str, place: Place, cluster: str, *, met: bool = False) -> Iterator[Row]:
    """What a run asks of a cluster."""
    calls: dict[str, Callable[[Caller], object]] = {
        "DescribeCluster": lambda who: who.emr.cluster(cluster),
        "ListSteps": lambda who: list(who.emr.steps(cluster)),
        "DescribeStep": lambda who: who.emr.look(cluster, place.step),
        "AddJobFlowSteps": lambda who: who.emr.add_steps({"JobFlowId": cluster, "Steps": [STEP]}),
        "CancelSteps": lambda who: who.emr.cancel(cluster, [place.step]),
    }
    for name, call in calls.items():
        yield Row(policy, f"{name} of its cluster", True, call, met)
    others: dict[str, Callable[[Caller], object]] = {
        "DescribeCluster": lambda who: who.emr.cluster(place.other),
        "ListSteps": lambda who: list(who.emr.steps(place.other)),
        "AddJobFlowSteps": lambda who: who.emr.add_steps({"JobFlowId": place.other, "Steps": [STEP]}),
        "CancelSteps": lambda who: who.emr.cancel(place.other, [place.step]),
    }
    kind = "a cluster without its tag" if policy == "submitter" else "another cluster"
    for name, call in others.items():
        yield Row(policy, f"{name} of {kind}", False, call)


def _name(role: str) -> str:
    return role.rpartition("/")[2]


def _clusters(account: str, region: str = REGION) -> str:
    return f"arn:aws:elasticmapreduce:{region}:{account}:cluster/j-1"


def _submitter(place: Place) -> Iterator[Row]:
    def row(what: str, allowed: bool, call: Callable[[Caller], object] | Simulated, met: bool = False) -> Row:
        return Row("submitter", what, allowed, call, met)

    def run_job_flow(who: Caller) -> object:
        return who.client("emr").run_job_flow(Name="mill", Instances=INSTANCES, Tags=TAGS)

    def run_untagged(who: Caller) -> object:
        return who.client("emr").run_job_flow(Name="mill", Instances=INSTANCES)

    end, tag = "elasticmapreduce:TerminateJobFlows", "elasticmapreduce:AddTags"
    yield row("ListClusters", True, lambda who: who.emr.find_cluster("none", "ID"))
    yield row("RunJobFlow with its tags", True, run_job_flow, met=True)
    yield row("RunJobFlow without tags", False, run_untagged)
    yield row("AddTags as RunJobFlow has them", True, Simulated(tag, _clusters(ACCOUNT)), met=True)
    yield row("AddTags of others", False, Simulated(tag, _clusters(ACCOUNT)))
    yield row("AddTags in another account", False, Simulated(tag, _clusters("111111111111")), met=True)
    yield row("TerminateJobFlows of its cluster", True, Simulated(end, _clusters(ACCOUNT)), met=True)
    yield row("TerminateJobFlows of a cluster without its tag", False, Simulated(end, _clusters(ACCOUNT)))
    yield row("TerminateJobFlows of that", False, lambda who: who.emr.terminate(place.other))
    yield row("TerminateJobFlows in another region", False, Simulated(end, _clusters(ACCOUNT, "eu-west-1")), met=True)
    yield row("TerminateJobFlows in another account", False, Simulated(end, _clusters("111111111111")), met=True)
    for role in (SERVICE_ROLE, NODES_ROLE):
        yield row(f"PassRole {_name(role)}", True, Simulated("iam:PassRole", role), met=True)
        yield row(f"PassRole {_name(role)} to another service", False, Simulated("iam:PassRole", role))
        yield row(f"AttachRolePolicy {_name(role)}", False, Simulated("iam:AttachRolePolicy", role), met=True)
    for name in (
        "RemoveTags",
        "ModifyCluster",
        "SetTerminationProtection",
        "AddInstanceGroups",
        "ModifyInstanceGroups",
    ):
        yield row(name, False, Simulated(f"elasticmapreduce:{name}", _clusters(ACCOUNT)), met=True)


def _shared_cluster(place: Place) -> Iterator[Row]:
    calls: dict[str, Callable[[Caller], object]] = {
        "ListClusters": lambda who: who.emr.find_cluster("none", "ID"),
        "RunJobFlow": lambda who: who.client("emr").run_job_flow(Name="mill", Instances=INSTANCES, Tags=TAGS),
        "TerminateJobFlows": lambda who: who.emr.terminate(place.cluster),
    }
    for name, call in calls.items():
        yield Row("shared-cluster", name, False, call)
    arn = f"arn:aws:elasticmapreduce:{REGION}:{ACCOUNT}:cluster/{place.cluster}"
    for name in (*BEYOND, "AddTags", "TerminateJobFlows"):
        yield Row("shared-cluster", f"{name} of its cluster", False, Simulated(f"elasticmapreduce:{name}", arn))


def _instance_profile(place: Place) -> Iterator[Row]:
    """What tasks and steps do on nodes."""

    def row(what: str, allowed: bool, call: Callable[[Caller], object]) -> Row:
        return Row("instance-profile", what, allowed, call)

    release = f"{REGION}.elasticmapreduce"
    yield row("ListBucket", True, lambda who: who.files.list_files(f"s3://{BUCKET}/in/*"))
    yield row("GetBucketLocation", True, lambda who: who.s3.get_bucket_location(Bucket=BUCKET))
    yield row("GetObject in/x", True, lambda who: b"".join(who.files.chunks(f"s3://{BUCKET}/in/x")))
    yield row(f"GetObject {release}/x", True, lambda who: b"".join(who.files.chunks(f"s3://{release}/x")))
    for folder in ("tmp", "out"):
        uri = f"s3://{BUCKET}/{folder}/nodes"
        yield row(f"write to {folder}/", True, lambda who, uri=uri: who.files.put(str(place.large), f"{uri}/part"))
        yield row(f"list the parts of a file in {folder}/", True, _list_parts(f"{folder}/nodes/part"))
        yield row(f"read from {folder}/", True, lambda who, uri=uri: b"".join(who.files.chunks(f"{uri}/part")))
        yield row(f"rename in {folder}/", True, lambda who, uri=uri: who.files.move(f"{uri}/part", f"{uri}/part-00000"))
        yield row(f"remove from {folder}/, and what is not whole", True, _remove_unfinished(uri))
    for where in (f"{BUCKET}/in", f"{BUCKET}/elsewhere", f"{OTHER}/tmp", f"{release}/in"):
        uri = f"s3://{where}/x"
        yield row(f"PutObject {where}/x", False, lambda who, uri=uri: who.files.write(uri, b"x"))
        yield row(f"DeleteObjects {where}/x", False, _delete(where))
    yield row(f"GetObject {OTHER}/tmp/x", False, lambda who: b"".join(who.files.chunks(f"s3://{OTHER}/tmp/x")))
    yield row(f"ListBucket {OTHER}", False, lambda who: who.files.exists(f"s3://{OTHER}/x"))
    yield row("ListClusters", False, lambda who: who.emr.find_cluster("none", "ID"))
    yield row("AddJobFlowSteps", False, lambda who: who.emr.add_steps({"JobFlowId": place.cluster, "Steps": [STEP]}))
    yield row("TerminateJobFlows", False, lambda who: who.emr.terminate(place.cluster))


def _service_role() -> Iterator[Row]:
    nodes, service = (Simulated("iam:PassRole", role) for role in (NODES_ROLE, SERVICE_ROLE))
    yield Row("service-role", f"PassRole {_name(NODES_ROLE)} to EC2", True, nodes, met=True)
    yield Row("service-role", f"PassRole {_name(NODES_ROLE)} to another service", False, nodes)
    yield Row("service-role", f"PassRole {_name(SERVICE_ROLE)}", False, service, met=True)
    attach = Simulated("iam:AttachRolePolicy", NODES_ROLE)
    yield Row("service-role", f"AttachRolePolicy {_name(NODES_ROLE)}", False, attach, met=True)
    yield Row("service-role", f"ListBucket {BUCKET}", False, lambda who: who.files.exists(f"s3://{BUCKET}/in"))
    yield Row("service-role", "ListClusters", False, lambda who: who.emr.find_cluster("none", "ID"))


def _nobody(policy: str) -> Iterator[Row]:
    """What no policy allows."""
    user = {"UserName": policy}
    trust: dict[str, Any] = {"RoleName": "mine", "AssumeRolePolicyDocument": "{}"}
    calls: dict[str, Callable[[Caller], object]] = {
        "iam: ListRoles": lambda who: who.client("iam").list_roles(),
        "iam: CreateRole": lambda who: who.client("iam").create_role(**trust),
        "iam: CreateUser": lambda who: who.client("iam").create_user(UserName="mine"),
        "iam: CreateAccessKey": lambda who: who.client("iam").create_access_key(**user),
        "iam: PutUserPolicy": lambda who: who.client("iam").put_user_policy(
            **user, PolicyName="all", PolicyDocument='{"Statement": []}'
        ),
        "iam: AttachUserPolicy": lambda who: who.client("iam").attach_user_policy(
            **user, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
        ),
        "CreateBucket": lambda who: who.s3.create_bucket(Bucket="gristmill-new"),
        "DeleteBucket": lambda who: who.s3.delete_bucket(Bucket=BUCKET),
        "PutBucketPolicy": lambda who: who.s3.put_bucket_policy(Bucket=BUCKET, Policy="{}"),
        "PutBucketAcl": lambda who: who.s3.put_bucket_acl(Bucket=BUCKET, ACL="public-read"),
        "PutObjectAcl tmp/x": lambda who: who.s3.put_object_acl(Bucket=BUCKET, Key="tmp/x", ACL="public-read"),
        "DeletePublicAccessBlock": lambda who: who.s3.delete_public_access_block(Bucket=BUCKET),
        "ec2: RunInstances": lambda who: who.client("ec2").run_instances(ImageId="ami-1", MinCount=1, MaxCount=1),
    }
    for name, call in calls.items():
        yield Row(policy, name, False, call)
    yield Row(policy, f"PassRole {_name(ADMIN)}", False, Simulated("iam:PassRole", ADMIN), met=True)
