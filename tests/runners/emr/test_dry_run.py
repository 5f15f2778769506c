"""Requests as command lines of the AWS command line."""

from __future__ import annotations

import json
import shlex
from typing import Any

import pytest
from botocore.validate import ParamValidator

from gristmill.errors import RunError
from gristmill.runners.emr import dry_run
from gristmill.runners.emr.limits import service_model
from gristmill.runners.emr.plan import Plan, make_plan
from gristmill.runners.streaming_step import StreamingStep

OPTS: dict[str, Any] = dict.fromkeys(
    (
        "cluster_id",
        "cloud_log_dir",
        "emr_action_on_failure",
        "max_mins_idle",
        "execution_role",
        "max_hours",
        "max_concurrent_steps",
    )
)
ROLES = {"iam_instance_profile": "Nodes", "iam_service_role": "Service"}
STEP = StreamingStep(("-input", "s3://b/it's [y],\\,", "-output", "s3://b/out"))


def plan(steps: int = 1, **opts: Any) -> Plan:
    return make_plan({**OPTS, **ROLES, **opts}, "words", "ID", [STEP] * steps, "s3://b/tmp")


def words(text: str) -> dict[str, list[str]]:
    """The options of the last command line with their values."""
    line = next(line for line in text.splitlines() if line.startswith("AWS_MAX_ATTEMPTS=1 aws emr "))
    found: dict[str, list[str]] = {"": []}
    for word in shlex.split(line):
        if word.startswith("--"):
            name = word
            found[name] = []
        else:
            found[name if len(found) > 1 else ""].append(word)
    return found


def test_a_cluster_is_made_by_a_command_line() -> None:
    """What it takes in JSON is JSON, since its own shorthand changes commas, brackets and backslashes."""
    text = dry_run.text(
        plan(
            max_mins_idle=10,
            max_hours=2.0,
            num_core_instances=2,
            task_instance_bid_price="spot",
            core_instance_bid_price="0.2",
            num_task_instances=1,
            tags={"team": "mill, $HOME", "a=b": "c"},
            subnet="subnet-1",
            zone="us-east-1a",
            ec2_key_pair="key",
            bootstrap_actions=["s3://b/a.sh x"],
            emr_api_params={"OutpostArn": "x", "Instances.HadoopVersion": "1", "VisibleToAllUsers": False},
        ),
        "/tmp/it's here",
        "s3://b/tmp/gristmill.ID",
        {"region": "eu-west-1", "emr_endpoint": "emr.mill:8080", "s3_endpoint": "http://s3.mill"},
    )
    found = words(text)
    assert found[""] == ["AWS_MAX_ATTEMPTS=1", "aws", "emr", "create-cluster"]
    assert found["--name"] == ["gristmill words ID"]
    assert json.loads(found["--tags"][0])[1:] == ["team=mill, $HOME", "gristmill-request=ID"]
    assert (found["--region"], found["--endpoint-url"]) == (["eu-west-1"], ["https://emr.mill:8080"])
    files = "aws s3 cp --recursive '/tmp/it'\"'\"'s here' s3://b/tmp/gristmill.ID"
    # the steps are added only where all that they read is there
    assert f"\n{files} --region eu-west-1 --endpoint-url http://s3.mill &&\nAWS_MAX_ATTEMPTS=1 " in text
    groups = json.loads(found["--instance-groups"][0])
    assert [(each["InstanceGroupType"], each.get("BidPrice")) for each in groups] == [
        ("MASTER", None),
        ("CORE", "0.2"),
        ("TASK", "OnDemandPrice"),
    ]
    assert json.loads(found["--ec2-attributes"][0]) == {
        "KeyName": "key",
        "SubnetId": "subnet-1",
        "InstanceProfile": "Nodes",
    }
    (step,) = json.loads(found["--steps"][0])
    assert (step["Type"], step["Args"][2], step["ActionOnFailure"]) == (
        "CUSTOM_JAR",
        "s3://b/it's [y],\\,",
        "CANCEL_AND_WAIT",
    )
    assert json.loads(found["--bootstrap-actions"][0]) == [{"Name": "a.sh", "Path": "s3://b/a.sh", "Args": ["x"]}]
    assert json.loads(found["--auto-termination-policy"][0]) == {"IdleTimeout": 600}
    assert {"--no-auto-terminate", "--no-visible-to-all-users"} <= set(found)
    assert "\ninstance-hours: 4 for each hour that the cluster runs, 8 at most\n" in text
    unsaid = "Instances.HadoopVersion, the tag a=b, OutpostArn, Instances.Placement.AvailabilityZone, --max-hours"
    assert f"\n\nthe command lines cannot say, and leave out: {unsaid}\n\ncommand lines that do the same:\n" in text
    assert text.splitlines()[-2] == (
        "then the same command with --request-id ID in place of --dry-run takes the steps over, gives the output when "
        "they have ended, and removes s3://b/tmp/gristmill.ID; /tmp/it's here is yours to remove"
    )


def test_a_cluster_without_groups_has_a_count() -> None:
    """As emr_api_params may have it; no attributes are named where there are none."""
    params = {"Instances": {"InstanceGroups": None, "InstanceCount": 3}, "JobFlowRole": None}
    found = words(dry_run.text(plan(emr_api_params=params), "/tmp/here", "s3://b/x", {}))
    assert found["--instance-count"] == ["3"]
    assert "--ec2-attributes" not in found
    assert "--auto-terminate" in found


def test_what_the_command_line_would_take_for_something_else_is_written_so_that_it_does_not() -> None:
    """A dash, a file's name, a zone without a subnet, and silence on whether the cluster stays."""
    machines = {"KeepJobFlowAliveWhenNoSteps": None, "Placement": {"AvailabilityZones": ["a", "b"]}}
    step = {"Name": "s", "HadoopJarStep": {"Jar": "j", "Properties": [{"Key": "a", "Value": "b,c"}]}}
    params = {"Name": "-x", "AdditionalInfo": "file:///etc/passwd", "Instances": machines, "Steps": [step]}
    text = dry_run.text(plan(emr_api_params=params), "/tmp/here", "s3://b/x", {})
    assert " --name=-x " in text
    assert " --auto-terminate " in text
    assert " Steps.HadoopJarStep.Properties, AdditionalInfo\n" in text
    found = words(text)
    assert json.loads(found["--ec2-attributes"][0])["AvailabilityZones"] == ["a", "b"]
    assert json.loads(found["--steps"][0]) == [{"Type": "CUSTOM_JAR", "Name": "s", "Jar": "j"}]


def test_steps_are_added_by_a_command_line() -> None:
    """With where their logs go and as whom they run."""
    role = "arn:aws:iam::1:role/R"
    text = dry_run.text(
        plan(2, cluster_id="j-1", cloud_log_dir="s3://b/logs", execution_role=role), "/tmp/here", "s3://b/x", {}
    )
    found = words(text)
    assert found[""] == ["AWS_MAX_ATTEMPTS=1", "aws", "emr", "add-steps"]
    assert (found["--cluster-id"], found["--execution-role-arn"]) == (["j-1"], [role])
    steps = json.loads(found["--steps"][0])
    assert [(each["Name"], each["LogUri"]) for each in steps] == [
        ("words ID 1/2", "s3://b/logs"),
        ("words ID 2/2", "s3://b/logs"),
    ]
    assert "\ninstance-hours: none of its own, on the cluster j-1\n" in text
    assert "\n\nwhere j-1 runs several steps at once, add each when the one before has completed\n\n" in text
    assert "; --max-hours bounds them" in dry_run.text(plan(), "/tmp/here", "s3://b/x", {})


@pytest.mark.parametrize(
    "opts",
    [
        {"cluster_id": "j-1", "cloud_log_dir": "s3://b/logs", "execution_role": "arn:aws:iam::123456789012:role/R"},
        {"num_core_instances": 2, "core_instance_bid_price": "0.2", "tags": {"team": 7}, "ebs_root_volume_gb": "50"},
        {"instance_fleets": [{"InstanceFleetType": "MASTER", "TargetOnDemandCapacity": 1}], "max_mins_idle": 1},
        {"emr_configurations": [{"Classification": "core-site", "Properties": {"a": "é, 'b'"}}], "max_hours": 2},
    ],
)
def test_the_requests_are_json_that_boto3_takes(opts: dict[str, Any]) -> None:
    """By botocore's own validator, which runs before boto3 sends anything."""
    text = dry_run.text(plan(2, **opts), "/tmp/here", "s3://b/x", {})
    calls, _ = json.JSONDecoder().raw_decode(text.partition(":\n")[2])
    assert [call["operation"] for call in calls] == ["AddJobFlowSteps" if "cluster_id" in opts else "RunJobFlow"]
    for call in calls:
        shape = service_model().operation_model(call["operation"]).input_shape
        report = ParamValidator().validate(call["request"], shape)
        assert not report.has_errors(), report.generate_report()
    assert calls == [{"operation": name, "request": dict(sent)} for name, sent in plan(2, **opts).requests()]


def test_steps_that_follow_each_other_are_not_run_side_by_side() -> None:
    """On a cluster of the run's own."""
    assert plan(1, max_concurrent_steps=2).job_flow["StepConcurrencyLevel"] == 2
    with pytest.raises(RunError, match="the steps of this job follow each other"):
        plan(2, max_concurrent_steps=2)
