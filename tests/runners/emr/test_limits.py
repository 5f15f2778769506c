"""Every member of a request is checked before anything is sent."""

from __future__ import annotations

from typing import Any

import pytest

from gristmill.errors import RunError
from gristmill.runners.emr.limits import check, knows


def add(*args: str, name: str = "words", **more: Any) -> dict[str, Any]:
    step = {"Name": name, "HadoopJarStep": {"Jar": "command-runner.jar", "Args": list(args)}, **more}
    return {"JobFlowId": "j-1", "Steps": [step]}


def cluster(**more: Any) -> dict[str, Any]:
    return {"Name": "words", "Instances": {}, **more}


def fault(operation: str, request: dict[str, Any]) -> str:
    with pytest.raises(RunError) as error:
        check(operation, request)
    before, after = f"EMR does not take this {operation}: ", "; mend the option or setting that it is from"
    text = str(error.value)
    assert text.startswith(before)
    assert text.endswith(after)
    return text[len(before) : -len(after)]


def test_a_request_at_its_limits_is_taken() -> None:
    """A name of 256 letters, 10,240 letters of a step, idle times from a minute to a week, letters beyond 16 bits."""
    check("AddJobFlowSteps", add("x" * (10_240 - len("command-runner.jar")), name="n" * 256))
    check("AddJobFlowSteps", add("\U0001f33e tab\t"))
    for seconds in (60, 604_800):
        check("RunJobFlow", cluster(AutoTerminationPolicy={"IdleTimeout": seconds}, Tags=[{"Key": "k" * 128}]))
    check("RunJobFlow", cluster(Configurations=[{"Classification": "c", "Properties": {"a": "b"}}]))


@pytest.mark.parametrize(
    ("request_", "said"),
    [
        (add(name="n" * 257), "Steps[0].Name has 257 letters, and 256 are the most"),
        (add("x" * 10_281), "Steps[0].HadoopJarStep.Args[0] has 10281 letters, and 10280 are the most"),
        (
            add("x" * 6_000, "x" * 6_000),
            "the strings of Steps[0].HadoopJarStep have 12018 letters, and 10240 are the most: give folders or globs "
            "in place of many files, and fewer -D and --files",
        ),
        (
            add(ActionOnFailure="GO_ON"),
            "Steps[0].ActionOnFailure is 'GO_ON', and is one of "
            "TERMINATE_JOB_FLOW, TERMINATE_CLUSTER, CANCEL_AND_WAIT, CONTINUE",
        ),
        (add("a\0b"), "Steps[0].HadoopJarStep.Args[0] is 'a\\x00b', which holds a letter that it may not"),
        ({"Steps": []}, 'Parameter validation failed: Missing required parameter in input: "JobFlowId"'),
    ],
)
def test_a_step_beyond_a_limit_is_refused(request_: dict[str, Any], said: str) -> None:
    """botocore sends all of these but the last."""
    assert said.endswith(fault("AddJobFlowSteps", request_).replace("Parameter validation failed: ", ""))


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"AutoTerminationPolicy": {"IdleTimeout": 59}}, "AutoTerminationPolicy.IdleTimeout is 59 s, and is from 60"),
        ({"AutoTerminationPolicy": {"IdleTimeout": 604_801}}, "AutoTerminationPolicy.IdleTimeout is 604801 s"),
        ({"Tags": [{"Key": "k" * 129, "Value": ""}]}, "a tag's Key has 129 letters, and 128 are the most"),
        ({"Tags": [{"Key": "k", "Value": "v" * 257}]}, "a tag's Value has 257 letters, and 256 are the most"),
        (
            {"ManagedScalingPolicy": {"UtilizationPerformanceIndex": 101}},
            "ManagedScalingPolicy.UtilizationPerformanceIndex is 101, and 100 is the most",
        ),
    ],
)
def test_a_cluster_beyond_a_limit_is_refused(more: dict[str, Any], said: str) -> None:
    """By the model, and by the documentation where the model has no limit."""
    assert fault("RunJobFlow", cluster(**more)).startswith(said)


def test_properties_of_a_step_count_with_its_strings() -> None:
    """Keys and values."""
    step = {"Jar": "s3://jars/a.jar", "MainClass": "Main", "Properties": [{"Key": "k" * 6_000, "Value": "v" * 6_000}]}
    assert "have 12019 letters" in fault(
        "AddJobFlowSteps", {"JobFlowId": "j-1", "Steps": [{"Name": "a", "HadoopJarStep": step}]}
    )


def test_members_that_an_older_botocore_lacks_can_be_asked_for() -> None:
    """They came at different times."""
    assert knows("StepConfig", "HadoopJarStep")
    assert not knows("StepConfig", "Colour")
