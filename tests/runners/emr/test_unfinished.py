"""Whether a failed run may remove what lies in its output."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gristmill.runners.emr.api import EmrApi
from gristmill.runners.emr.clients import NoAnswer
from gristmill.runners.emr.s3_files import S3Files
from gristmill.runners.emr.unfinished import why_kept
from tests.runners.emr.clock import Time

if TYPE_CHECKING:
    from collections.abc import Callable

    from gristmill.runners.emr.clients import Clients
    from tests.runners.emr.service import Services

    Kept = Callable[..., str]


@pytest.fixture
def kept(services: Services, aws: Clients) -> Kept:
    """Why the output of the step `words ID 1/1`, which has failed, is kept."""
    services.emr.add_cluster()
    services.s3["b", "out/part"] = b""

    def kept(reason: str = "Unknown Error.") -> str:
        api = EmrApi(aws, "ID", Time().clock)
        return why_kept("s3://b/out", ["words ID 1/1"], reason, api, S3Files(aws.s3))

    return kept


def add(services: Services, name: str, state: str, *args: str) -> None:
    services.emr.states = [state]
    asked = {"Name": name, "HadoopJarStep": {"Jar": "command-runner.jar", "Args": list(args)}}
    services.emr.add_job_flow_steps({"JobFlowId": "j-1", "Steps": [asked]})


@pytest.mark.parametrize("name", ["_SUCCESS", "_gristmill.json"])
def test_an_output_that_is_complete_is_kept(services: Services, kept: Kept, name: str) -> None:
    """Another run has written it: the step of this one failed."""
    assert kept() == ""
    services.s3["b", f"out/{name}"] = b""
    assert kept() == "it is complete"


@pytest.mark.parametrize(
    ("path", "is_kept"),
    [("s3://b/out", True), ("s3a://b/out/", True), ("s3://b/out/deep", True), ("s3://b/out-2", False)],
)
def test_an_output_that_a_step_names_which_has_not_ended_is_kept(
    services: Services, kept: Kept, path: str, is_kept: bool
) -> None:
    """Whichever spelling it has there."""
    add(services, "other 1/1", "RUNNING", "hadoop-streaming", "-output", path)
    assert kept() == ("the step j-1/s-1 names it" if is_kept else "")


def test_steps_that_have_ended_and_its_own_do_not_count(services: Services, kept: Kept) -> None:
    """Nor do those of a cluster that is gone."""
    add(services, "other 1/1", "FAILED", "-output", "s3://b/out")
    add(services, "words ID 1/1", "RUNNING", "-output", "s3://b/out")
    assert kept() == ""
    add(services, "other 1/1", "RUNNING", "-output", "s3://b/out")
    services.emr.clusters["j-1"]["Status"] = {"State": "TERMINATED"}
    assert kept() == ""


@pytest.mark.parametrize(
    "reason",
    [
        "Output directory already exists.",
        "Error Launching job : Output directory s3://b/out already exists",
        "org.apache.hadoop.mapred.FileAlreadyExistsException: s3://b/out",
    ],
)
def test_an_output_that_the_step_has_found_there_is_kept(kept: Kept, reason: str) -> None:
    """It is no work of the step's, complete or not."""
    assert kept(reason) == "the step has found it there"


def test_an_output_is_kept_where_nobody_may_ask_who_writes_there(
    services: Services, kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    """AWS may refuse that; where it has no answer, a later run asks again."""
    services.emr.faults["ListClusters"] = ["refuse"]
    assert kept().startswith("who writes there cannot be told (AWS: ")

    def no_answer(_: EmrApi) -> None:
        raise NoAnswer

    monkeypatch.setattr(EmrApi, "unended_steps", no_answer)
    with pytest.raises(NoAnswer):
        kept()
