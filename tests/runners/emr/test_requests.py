"""Options become requests."""

from __future__ import annotations

import re
from typing import Any

import pytest

from gristmill.errors import RunError
from gristmill.runners.emr import requests
from gristmill.runners.emr.instances import instance_count, instances
from gristmill.runners.emr.limits import check
from gristmill.runners.streaming_step import StreamingStep

ROLES = {"iam_instance_profile": "Nodes", "iam_service_role": "Service"}
STEP = StreamingStep(("-input", "s3://b/in", "-output", "s3://b/out", "-mapper", "cat"), jobconf={"a": "b"})
NAMES = ("gristmill words ID", "ID")
OURS = [
    {"Key": "for-use-with-amazon-emr-managed-policies", "Value": "true"},
    {"Key": "gristmill-request", "Value": "ID"},
]


def job_flow(**opts: Any) -> dict[str, Any]:
    steps = [requests.step_config("words ID 1/1", STEP, "TERMINATE_CLUSTER")]
    request = requests.run_job_flow({**ROLES, **opts}, NAMES, steps, "s3://b/logs/")
    check("RunJobFlow", request)
    return request


def test_a_step_is_run_by_the_command_runner() -> None:
    """By hadoop-streaming, with the options as they are on any cluster; its logs go where they are wanted."""
    step = requests.step_config("words ID 1/1", STEP, "CONTINUE", "s3://b/logs/")
    args = "hadoop-streaming -D a=b -input s3://b/in -output s3://b/out -mapper cat"
    assert step == {
        "Name": "words ID 1/1",
        "ActionOnFailure": "CONTINUE",
        "HadoopJarStep": {"Jar": "command-runner.jar", "Args": args.split()},
        "StepMonitoringConfiguration": {"S3MonitoringConfiguration": {"LogUri": "s3://b/logs/"}},
    }


def test_a_boto3_without_logs_of_a_step_gets_a_step_without(monkeypatch: pytest.MonkeyPatch) -> None:
    """They go where the cluster's go."""
    monkeypatch.setattr(requests, "knows", lambda *_: False)
    assert set(requests.step_config("a", STEP, "CONTINUE", "s3://b/")) == {"Name", "ActionOnFailure", "HadoopJarStep"}


def test_steps_are_added_in_one_call() -> None:
    """As the role that is named."""
    assert requests.add_steps("j-1", [{"Name": "a"}]) == {"JobFlowId": "j-1", "Steps": [{"Name": "a"}]}
    assert requests.add_steps("j-1", [], "arn:aws:iam::1:role/R")["ExecutionRoleArn"] == "arn:aws:iam::1:role/R"


def test_a_cluster_of_no_options_runs_its_steps_and_ends() -> None:
    """One machine, of the release that is the default, with the tags by which it is known."""
    request = job_flow()
    (step,) = request.pop("Steps")
    assert step["ActionOnFailure"] == "TERMINATE_CLUSTER"
    assert request == {
        "Name": "gristmill words ID",
        "LogUri": "s3://b/logs/",
        "ReleaseLabel": "emr-7.13.0",
        "Instances": {
            "InstanceGroups": [
                {
                    "Name": "master",
                    "InstanceRole": "MASTER",
                    "InstanceType": "m5.xlarge",
                    "InstanceCount": 1,
                    "Market": "ON_DEMAND",
                }
            ],
            "KeepJobFlowAliveWhenNoSteps": False,
        },
        "Applications": [{"Name": "Hadoop"}],
        "JobFlowRole": "Nodes",
        "ServiceRole": "Service",
        "VisibleToAllUsers": True,
        "Tags": OURS,
    }


def test_every_option_of_a_cluster_has_its_member() -> None:
    """By mrjob's names of the options."""
    request = job_flow(
        release_label="emr-7.12.0",
        applications=["Spark", "Hadoop"],
        tags={"team": "mill", "gristmill-request": "another"},
        bootstrap_actions=["s3://b/install.sh 'a b' c"],
        emr_configurations=[{"Classification": "core-site", "Properties": {"a": "b"}}],
        max_mins_idle=10.0,
        additional_emr_info="{}",
        image_id="ami-1",
        ebs_root_volume_gb=50,
        max_concurrent_steps=2,
        execution_role="arn:aws:iam::1:role/R",
        ec2_key_pair="key",
        zone="us-east-1a",
        subnet=["subnet-1"],
    )
    assert request["ReleaseLabel"] == "emr-7.12.0"
    assert request["Applications"] == [{"Name": "Hadoop"}, {"Name": "Spark"}]
    assert request["Tags"] == [OURS[0], {"Key": "team", "Value": "mill"}, OURS[1]]
    script = {"Path": "s3://b/install.sh", "Args": ["a b", "c"]}
    assert request["BootstrapActions"] == [{"Name": "install.sh", "ScriptBootstrapAction": script}]
    assert request["Configurations"] == [{"Classification": "core-site", "Properties": {"a": "b"}}]
    assert request["AutoTerminationPolicy"] == {"IdleTimeout": 600}
    told = ("AdditionalInfo", "CustomAmiId", "EbsRootVolumeSize", "StepConcurrencyLevel", "StepExecutionRoleArn")
    assert [request[name] for name in told] == ["{}", "ami-1", 50, 2, "arn:aws:iam::1:role/R"]
    machines = request["Instances"]
    assert machines["KeepJobFlowAliveWhenNoSteps"] is True
    assert machines["Placement"] == {"AvailabilityZone": "us-east-1a"}
    assert (machines["Ec2KeyName"], machines["Ec2SubnetId"]) == ("key", "subnet-1")


def test_anything_else_is_merged_as_it_is() -> None:
    """Mappings are merged, by names with dots too; None removes; the tag by which the cluster is found stays."""
    request = job_flow(
        extra_cluster_params={"Instances.TerminationProtected": True, "VisibleToAllUsers": None, "Gone": None},
        emr_api_params={
            "Instances": {"InstanceGroups": None, "InstanceCount": 2, "MasterInstanceType": "m5.large"},
            "ManagedScalingPolicy.ComputeLimits": {
                "UnitType": "Instances",
                "MinimumCapacityUnits": 1,
                "MaximumCapacityUnits": 3,
            },
            "Tags": [{"Key": "a", "Value": "b"}],
            "Applications": [],
        },
    )
    assert request["Instances"] == {
        "KeepJobFlowAliveWhenNoSteps": False,
        "TerminationProtected": True,
        "InstanceCount": 2,
        "MasterInstanceType": "m5.large",
    }
    assert request["ManagedScalingPolicy"]["ComputeLimits"]["MaximumCapacityUnits"] == 3
    assert request["Tags"] == [{"Key": "a", "Value": "b"}, OURS[1]]
    assert "VisibleToAllUsers" not in request
    assert instance_count(request) == 2


def test_roles_are_named_by_the_user() -> None:
    """None is made, and none is guessed."""
    with pytest.raises(RunError, match=r"-r emr makes no IAM roles: name yours by --iam-instance-profile, or "):
        job_flow(iam_instance_profile=None)
    with pytest.raises(RunError, match=r"--iam-service-role, or iam_service_role in mrjob\.conf"):
        job_flow(iam_service_role=None)


def test_a_bootstrap_action_is_where_nodes_find_it() -> None:
    """Not on this machine."""
    assert job_flow(bootstrap_actions=["file:///usr/share/x.sh"])["BootstrapActions"][0]["Name"] == "x.sh"
    for text in ("install.sh", ""):
        with pytest.raises(RunError, match=rf"--bootstrap-action '{text}': nodes fetch it, so put the script on S3"):
            job_flow(bootstrap_actions=[text])


def test_machines_are_groups_by_role() -> None:
    """A type for all, or one for each role; task nodes may be spot instances, at a price or at that of others."""
    groups = instances(
        {
            "instance_type": "c5.xlarge",
            "num_core_instances": 2,
            "num_task_instances": 4,
            "core_instance_bid_price": "0.1",
            "task_instance_bid_price": "spot",
            "task_instance_type": "r5.xlarge",
        }
    )["InstanceGroups"]
    shown = [tuple(group.get(key) for key in ("InstanceRole", "InstanceType", "InstanceCount")) for group in groups]
    assert shown == [("MASTER", "m5.xlarge", 1), ("CORE", "c5.xlarge", 2), ("TASK", "r5.xlarge", 4)]
    assert [(group["Market"], group.get("BidPrice")) for group in groups] == [
        ("ON_DEMAND", None),
        ("SPOT", "0.1"),
        ("SPOT", None),
    ]
    assert instances({"instance_type": "c5.xlarge"})["InstanceGroups"][0]["InstanceType"] == "c5.xlarge"
    assert instance_count({"Instances": {"InstanceGroups": groups}}) == 7


def test_task_nodes_want_core_nodes() -> None:
    """EMR has no task nodes beside a master alone."""
    with pytest.raises(RunError, match="--num-task-instances 2: EMR has task nodes beside core nodes"):
        instances({"num_task_instances": 2})


def test_groups_and_fleets_are_taken_as_they_are() -> None:
    """One of the two; several subnets are for fleets."""
    fleets = [{"InstanceFleetType": "MASTER", "TargetOnDemandCapacity": 1, "TargetSpotCapacity": 2}]
    request = instances({"instance_fleets": fleets, "subnet": ["a", "b"]})
    assert request["InstanceFleets"] is fleets
    assert request["Ec2SubnetIds"] == ["a", "b"]
    assert instance_count({"Instances": request}) == 3
    groups = [{"InstanceRole": "MASTER", "InstanceType": "m5.large", "InstanceCount": 1}]
    assert instances({"instance_groups": groups, "subnet": "a"})["Ec2SubnetId"] == "a"
    with pytest.raises(RunError, match="a cluster has one of them; leave one out"):
        instances({"instance_fleets": fleets, "instance_groups": groups})
    assert instance_count({"Instances": {}}) == 1


def test_a_run_has_an_id_that_can_name_things() -> None:
    """One is made where none is given."""
    assert re.fullmatch(r"\d{8}-\d{6}-[0-9a-f]{8}", requests.request_id(None))
    assert requests.request_id("nightly.7") == "nightly.7"
    for wrong in ("", "-x", "a/b", "a b", "x" * 65):
        with pytest.raises(RunError, match=r"^--request-id "):
            requests.request_id(wrong)


def test_names_are_of_256_letters_and_end_with_what_is_unique() -> None:
    """A label may be long, and may hold what EMR takes in no name."""
    assert requests.cluster_name("words", "ID") == "gristmill words ID"
    assert requests.step_name("wörds\n", "ID", 0, 2) == "w_rds_ ID 1/2"
    name = requests.step_name("x" * 300, "ID", 11, 12)
    assert len(name) == 256
    assert name.endswith("x ID 12/12")


def test_a_bootstrap_action_that_no_shell_takes_is_one_line() -> None:
    """It is split as a shell does."""
    with pytest.raises(RunError) as error:
        job_flow(bootstrap_actions=["s3://b/x.sh 'a"])
    assert str(error.value) == (
        '--bootstrap-action "s3://b/x.sh \'a": No closing quotation; write it as a shell takes it'
    )
