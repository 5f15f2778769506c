"""What is answered, and what is refused: shapes, pages, order, limits and words as AWS has them."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.cluster.emr import ask, model

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cluster.emr.emr import Emr


@pytest.fixture
def client(emr_rules: Emr) -> Any:
    return emr_rules.client()


def refusal(client: Any, call: Callable[[], object]) -> tuple[str, str]:
    """The code and the message that a call is refused with."""
    with pytest.raises(client.exceptions.ClientError) as refused:
        call()
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


def test_a_cluster_is_described_as_it_was_asked_for(client: Any) -> None:
    """Names, roles, tags, log folder, instances and bootstrap actions are those of the request."""
    script = {"Path": "s3://bucket/setup.sh", "Args": ["a", "b"]}
    cluster = ask.run_job_flow(
        client,
        LogUri="s3://bucket/logs",
        Tags=[{"Key": "for-use-with-amazon-emr-managed-policies", "Value": "true"}],
        Applications=[{"Name": "Hadoop"}],
        BootstrapActions=[{"Name": "set up", "ScriptBootstrapAction": script}],
        Instances={
            "Ec2SubnetId": "subnet-1",
            "InstanceGroups": [
                ask.MASTER,
                {"InstanceRole": "TASK", "InstanceType": "m5.large", "InstanceCount": 2, "Market": "SPOT"},
            ],
        },
    )
    found = client.describe_cluster(ClusterId=cluster)["Cluster"]
    assert (found["Name"], found["ReleaseLabel"], found["LogUri"]) == ("mill", "emr-7.13.0", "s3://bucket/logs/")
    assert (found["ServiceRole"], found["AutoTerminate"]) == ("EMR_DefaultRole", False)
    attributes = found["Ec2InstanceAttributes"]
    assert (attributes["IamInstanceProfile"], attributes["Ec2SubnetId"]) == ("EMR_EC2_DefaultRole", "subnet-1")
    assert found["Tags"] == [{"Key": "for-use-with-amazon-emr-managed-policies", "Value": "true"}]
    assert found["ClusterArn"] == f"arn:aws:elasticmapreduce:us-east-1:000000000000:cluster/{cluster}"
    groups = client.list_instance_groups(ClusterId=cluster)["InstanceGroups"]
    assert [(one["InstanceGroupType"], one["RequestedInstanceCount"], one["Market"]) for one in groups] == [
        ("MASTER", 1, "ON_DEMAND"),
        ("TASK", 2, "SPOT"),
    ]
    tasks = client.list_instances(ClusterId=cluster, InstanceGroupTypes=["TASK"])["Instances"]
    assert [one["InstanceGroupId"] for one in tasks] == [groups[1]["Id"]] * 2
    assert len(client.list_instances(ClusterId=cluster)["Instances"]) == 3
    actions = client.list_bootstrap_actions(ClusterId=cluster)["BootstrapActions"]
    assert actions == [{"Name": "set up", "ScriptPath": "s3://bucket/setup.sh", "Args": ["a", "b"]}]


def test_fleets_are_listed_as_fleets(client: Any) -> None:
    """And not as groups."""
    kinds = [{"InstanceType": "m5.xlarge"}]
    fleet = {"InstanceFleetType": "MASTER", "TargetOnDemandCapacity": 1, "InstanceTypeConfigs": kinds}
    instances = {"InstanceFleets": [fleet], "KeepJobFlowAliveWhenNoSteps": True}
    request = {"Name": "mill", "ReleaseLabel": "emr-7.13.0", "JobFlowRole": "profile", "ServiceRole": "role"}
    cluster = client.run_job_flow(**request, Instances=instances)["JobFlowId"]
    (found,) = client.list_instance_fleets(ClusterId=cluster)["InstanceFleets"]
    assert (found["InstanceFleetType"], found["TargetOnDemandCapacity"]) == ("MASTER", 1)
    assert refusal(client, lambda: client.list_instance_groups(ClusterId=cluster)) == (
        "InvalidRequestException",
        "Instance fleets and instance groups are mutually exclusive.",
    )


def test_a_step_is_described_as_it_was_asked_for(client: Any) -> None:
    """With its role, its own place for logs, its jar and its arguments."""
    monitoring = {"S3MonitoringConfiguration": {"LogUri": "s3://bucket/own/"}}
    cluster = ask.run_job_flow(client)
    asked = ask.step("true", name="naïve", StepMonitoringConfiguration=monitoring)
    role = "arn:aws:iam::000000000000:role/step"
    (step_id,) = client.add_job_flow_steps(JobFlowId=cluster, Steps=[asked], ExecutionRoleArn=role)["StepIds"]
    found = client.describe_step(ClusterId=cluster, StepId=step_id)["Step"]
    assert (found["Name"], found["ActionOnFailure"], found["ExecutionRoleArn"]) == ("naïve", "CONTINUE", role)
    assert found["Config"] == {"Jar": "command-runner.jar", "Properties": {}, "Args": ["true"]}
    assert found.get("LogUri", "s3://bucket/own/") == "s3://bucket/own/"


def test_steps_come_newest_first_in_pages_of_fifty(client: Any) -> None:
    """A page goes on behind the last step of the page before, whatever is added meanwhile."""
    cluster = ask.run_job_flow(client, *[ask.step("true", name=str(number)) for number in range(60)])
    page = client.list_steps(ClusterId=cluster)
    ask.add(client, cluster, ask.step("true", name="late"))
    rest = client.list_steps(ClusterId=cluster, Marker=page["Marker"])
    assert [one["Name"] for one in page["Steps"] + rest["Steps"]] == [str(number) for number in range(59, -1, -1)]
    assert "Marker" not in rest
    assert refusal(client, lambda: client.list_steps(ClusterId=cluster, Marker="x"))[0] == "InvalidRequestException"


def test_steps_that_are_filtered_come_in_no_order(client: Any) -> None:
    """Ten ids at most; with ids or states, newest first holds no more: here they come by their ids."""
    cluster = ask.run_job_flow(client, *[ask.step("true", name=str(number)) for number in range(12)])
    ask.until(lambda: set(ask.states(client, cluster)) == {"COMPLETED"})
    found = client.list_steps(ClusterId=cluster, StepStates=["COMPLETED", "FAILED"])["Steps"]
    ids = [one["Id"] for one in found]
    assert ids == sorted(ids)
    assert len(ids) == 12
    assert client.list_steps(ClusterId=cluster, StepStates=["RUNNING"])["Steps"] == []
    assert len(client.list_steps(ClusterId=cluster, StepIds=ids[:10])["Steps"]) == 10
    assert (
        refusal(client, lambda: client.list_steps(ClusterId=cluster, StepIds=ids[:11]))[0] == "InvalidRequestException"
    )


def test_clusters_are_listed_by_state_and_time_in_pages_of_fifty(client: Any) -> None:
    """In no order."""
    ids = {ask.run_job_flow(client) for _ in range(55)}
    client.terminate_job_flows(JobFlowIds=[min(ids)])
    paginator = client.get_paginator("list_clusters")
    pages = list(paginator.paginate())
    assert [len(page["Clusters"]) for page in pages] == [50, 5]
    assert {one["Id"] for page in pages for one in page["Clusters"]} == ids
    ask.until(lambda: len(client.list_clusters(ClusterStates=["TERMINATED"])["Clusters"]) == 1)
    made = client.describe_cluster(ClusterId=min(ids))["Cluster"]["Status"]["Timeline"]["CreationDateTime"]
    # an older botocore sends whole seconds
    before, after = made - timedelta(seconds=2), made + timedelta(seconds=30)
    assert client.list_clusters(CreatedBefore=before)["Clusters"] == []
    assert client.list_clusters(CreatedAfter=after)["Clusters"] == []
    assert len(client.list_clusters(CreatedAfter=before, CreatedBefore=after)["Clusters"]) == 50


def test_tags_are_added_replaced_and_removed(client: Any) -> None:
    """Fifty at most, and none of AWS's own names."""
    cluster = ask.run_job_flow(client, Tags=[{"Key": "a", "Value": "1"}])
    client.add_tags(ResourceId=cluster, Tags=[{"Key": "a", "Value": "2"}, {"Key": "b", "Value": "3"}])
    client.remove_tags(ResourceId=cluster, TagKeys=["b", "no such"])
    assert client.describe_cluster(ClusterId=cluster)["Cluster"]["Tags"] == [{"Key": "a", "Value": "2"}]
    many = [{"Key": str(number), "Value": ""} for number in range(51)]
    for tags in (many, [{"Key": "aws:mine", "Value": ""}], [{"Key": "k" * 129, "Value": ""}]):
        code, _ = refusal(client, lambda tags=tags: client.add_tags(ResourceId=cluster, Tags=tags))  # type: ignore[misc]
        assert code == "ValidationException"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"Name": "n" * 257},
            "'steps.1.member.name' failed to satisfy constraint: Member must have length less than",
        ),
        ({"Name": "a\x00b"}, "at 'steps.1.member.name' failed to satisfy constraint: Member must satisfy regular"),
        ({"ActionOnFailure": "STOP"}, "Member must satisfy enum value set: [TERMINATE_JOB_FLOW, TERMINATE_CLUSTER, "),
        (
            {"HadoopJarStep": {"Jar": "j", "Args": ["a" * 10_281]}},
            "args.1.member' failed to satisfy constraint:",
        ),
        (
            {"HadoopJarStep": {"Jar": "jar", "Args": ["a" * 5_000, "b" * 5_238]}},
            "cannot exceed a total of 10240 characters",
        ),
    ],
)
def test_a_step_beyond_a_limit_is_refused(client: Any, change: dict[str, Any], message: str) -> None:
    """botocore sends what the model forbids by a maximum, an enum or a pattern; the service refuses it by name."""
    cluster = ask.run_job_flow(client)
    code, told = refusal(client, lambda: ask.add(client, cluster, {**ask.step("true"), **change}))
    assert code == "ValidationException"
    assert message in told
    assert ask.states(client, cluster) == []


def test_a_step_at_its_limits_is_taken(client: Any) -> None:
    """Every character that the pattern allows, those beyond the first plane among them."""
    cluster = ask.run_job_flow(client)
    jar = {"Jar": "jar", "Args": ["a" * 5_000, "b" * 5_237]}
    assert ask.add(client, cluster, ask.step(name="\U0001f33e\t\r\n" + "n" * 252, HadoopJarStep=jar))


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"ReleaseLabel": "emr-7"}, "The supplied release label is invalid: emr-7."),
        ({"JobFlowRole": ""}, "InstanceProfile is required for creating cluster."),
        ({"ServiceRole": ""}, "ServiceRole is required for creating cluster."),
        ({"StepConcurrencyLevel": 257}, "The step concurrency level must be between 1 and 256."),
        ({"AutoTerminationPolicy": {"IdleTimeout": 59}}, "IdleTimeout must be between 60 and 604800 seconds."),
        ({"Instances": {"InstanceFleets": []}}, "Please configure instances using one and only one of the following"),
        ({"Instances": {"InstanceGroups": [{**ask.MASTER, "InstanceRole": "CORE"}]}}, "with the role MASTER"),
        ({"Steps": [ask.step("true")] * 257}, "A maximum of 256 steps are allowed in each job flow."),
        ({"Name": "n" * 257}, "at 'name' failed to satisfy constraint"),
    ],
)
def test_a_cluster_that_cannot_be_is_refused(client: Any, members: dict[str, Any], message: str) -> None:
    """And none is there afterwards."""
    code, told = refusal(client, lambda: ask.run_job_flow(client, **members))
    assert code == "ValidationException"
    assert message in told
    assert client.list_clusters()["Clusters"] == []


def test_a_cluster_has_256_active_steps(client: Any) -> None:
    """All steps of a call are added, or none."""
    cluster = ask.run_job_flow(client, ask.step("sleep", "60"), *[ask.step("true")] * 254)
    code, told = refusal(client, lambda: ask.add(client, cluster, ask.step("true"), ask.step("true")))
    assert (code, told) == (
        "ValidationException",
        "Maximum number of active steps(State = 'Running', 'Pending' or 'Cancel_Pending') for cluster exceeded.",
    )
    assert len(ask.add(client, cluster, ask.step("true"))) == 1


def test_ids_that_are_not_there_are_refused_in_the_words_of_each_operation(client: Any) -> None:
    """Older operations speak of job flows, newer ones of clusters and steps."""
    cluster = ask.run_job_flow(client)
    assert refusal(client, lambda: ask.add(client, "j-NONE", ask.step("true"))) == (
        "ValidationException",
        "Specified job flow ID does not exist.",
    )
    invalid = "InvalidRequestException"
    assert refusal(client, lambda: client.describe_cluster(ClusterId="j-NONE")) == (
        invalid,
        "Cluster id 'j-NONE' is not valid.",
    )
    assert refusal(client, lambda: client.describe_step(ClusterId=cluster, StepId="s-NONE")) == (
        invalid,
        "Step id 's-NONE' is not valid.",
    )


def test_an_operation_that_is_not_there_is_named(emr_rules: Emr) -> None:
    """So that a test learns what the tests' EMR lacks."""
    headers = {"X-Amz-Target": "ElasticMapReduce.CreateStudio", "Content-Type": "application/x-amz-json-1.1"}
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(urllib.request.Request(emr_rules.url, b"{}", headers))
    assert json.load(refused.value) == {
        "__type": "UnknownOperationException",
        "message": "the tests' EMR has no operation 'CreateStudio'",
    }


def test_an_answer_that_the_model_does_not_allow_is_not_given() -> None:
    """The server is held to the model as its callers are."""
    with pytest.raises(AssertionError, match="Member must satisfy enum value set"):
        model.serialise("ListClusters", {"Clusters": [{"Status": {"State": "ASLEEP"}}]})


def test_a_request_that_is_no_json_is_refused() -> None:
    """In one line."""
    with pytest.raises(model.InvalidError, match=r"^1 validation error detected: Value 'null' at 'clusterId'"):
        model.parse("DescribeCluster", b"{}")
