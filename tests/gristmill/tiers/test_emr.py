"""Requests as steps of EMR: its API on this machine, whose steps copy their input, and a real S3."""

from __future__ import annotations

import gzip
import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

import pytest
from django.test import override_settings

from gristmill.errors import RunError
from gristmill.tiers import actions, doctor, runner
from gristmill.tiers import request as life
from gristmill.tiers.consumer import Consumer
from gristmill.tiers.fetch import copy_on_s3
from gristmill.tiers.models import Event, Request, Role, State
from gristmill.tiers.queue.table import TableQueue
from gristmill.tiers.runner import checked_runner
from gristmill.tiers.submit import command, run_folder
from gristmill.tiers.upload import Given, NewRequest, upload
from tests.cluster.emr.emr import Emr
from tests.gristmill.tiers.conftest import CONF, wait_for, work

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator, Sequence

    from tests.cluster.emr.s3 import S3
    from tests.gristmill.tiers.conftest import Bucket

    Ask = Callable[..., str]

ROWS = "b\tthe rye\na\tthe mill\n"
SITE = """
  emr:
    cloud_tmp_dir: s3://{bucket}/tmp
    iam_service_role: Service
    iam_instance_profile: Nodes
"""


class Site:
    """EMR, and the settings that lead there."""

    def __init__(self, emr: Emr, bucket: Bucket, conf: Path) -> None:
        self.emr, self.bucket, self._conf = emr, bucket, conf
        self.set()

    def set(self, more: str = "") -> None:
        """Write mrjob.conf, with more options of the runner."""
        self._conf.write_text(CONF + SITE.format(bucket=self.bucket.name) + more)

    def steps(self) -> list[Any]:
        """All steps of all clusters."""
        client = self.emr.client()
        clusters = [each["Id"] for each in client.list_clusters()["Clusters"]]
        return [step for cluster in clusters for step in client.list_steps(ClusterId=cluster)["Steps"]]

    def clusters(self) -> list[str]:
        return [each["Status"]["State"] for each in self.emr.client().list_clusters()["Clusters"]]


@pytest.fixture
def site(s3: S3, bucket: Bucket, state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Requests run on an EMR that has no cluster yet."""
    emr = Emr.start(tmp_path / "emr", None, s3)
    for name, value in emr.env.items():
        monkeypatch.setenv(name, value)
    with override_settings(RUNNER="emr", LEASE_SECONDS=60):
        yield Site(emr, bucket, tmp_path / "mrjob.conf")
    emr.stop()


def ask_index(*documents: Path, options: Sequence[str] = ("--payload=tf",)) -> str:
    files = [Given(str(path), Role.INPUT) for path in documents]
    return upload(NewRequest("ann", "index", options, "ann@example.org", files), TableQueue())


def one_consumer() -> Consumer:
    return Consumer(TableQueue(), 1, trusts_programs=False)


def turn_until(happened: Callable[[], object], one: Consumer) -> None:
    """Have a consumer work until something has happened."""
    wait_for(lambda: one.turn() or happened())


def texts() -> list[str]:
    """What happened, without names of processes."""
    return [event.text.partition(" by ")[0] for event in Event.objects.order_by("pk")]


def argument(step: Any, name: str) -> str:
    """The value of an option of a step."""
    args = step["Config"]["Args"]
    return str(args[args.index(name) + 1])


def kill_run(request: str) -> None:
    """Kill a run with its driver, as by a loss of power."""
    os.killpg(int((run_folder(request).path / "lock").read_text()), signal.SIGKILL)


def test_a_request_is_a_step_named_by_its_id_whose_output_stays_on_s3(
    state: Path, site: Site, documents: Path, capsysbinary: Any
):
    """Result and mail say where; what it needed on S3 is gone, but for what was uploaded."""
    request = ask_index(documents)
    work()
    found = Request.objects.get()
    where = f"s3://{site.bucket.name}/kept/results/{request}"
    assert (found.state, found.why, found.result) == (State.DONE, "", where)
    (step,) = site.steps()
    assert (step["Name"], step["Status"]["State"]) == (f"inverted_index {request} 1/1", "COMPLETED")
    assert argument(step, "-input") == f"s3://{site.bucket.name}/kept/runs/{request}/input"
    assert f"Its folder: {where}\n" in (state / "mail" / f"{request}.eml").read_text()
    actions.result(_options(request))
    assert capsysbinary.readouterr().out == ROWS.encode()
    assert site.bucket.keys("tmp/gristmill.") == site.bucket.keys("kept/runs") == []
    site.bucket.client.delete_object(Bucket=site.bucket.name, Key=f"kept/results/{request}/_SUCCESS")
    with pytest.raises(RunError, match=f"^request {request}: its output is no longer in {where}; upload its files"):
        actions.result(_options(request))


def _options(request: str) -> Namespace:
    from argparse import Namespace

    return Namespace(id=request)


def test_a_consumer_on_another_machine_takes_a_step_over(state: Path, site: Site, documents: Path, tmp_path: Path):
    """The first was lost with its machine: the same command finds the step, and makes none."""
    request = ask_index(documents)
    site.emr.control(step_seconds=3)
    one = one_consumer()
    turn_until(site.steps, one)
    turn_until(lambda: Request.objects.get().state == State.RUNNING, one)
    kill_run(request)
    Request.objects.update(lease_until="2020-01-01T00:00:00Z", changed="2020-01-01T00:00:00Z")
    other = tmp_path / "other"
    other.mkdir(mode=0o700)
    with override_settings(STATE=other, MAIL_FOLDER=other / "mail"):
        work()
    assert Request.objects.get().state == State.DONE
    assert site.emr.calls()["RunJobFlow"] == 1
    assert "Adopting" in (other / "runs" / request / "log").read_text()
    assert len(site.steps()) == 1


def test_a_request_that_is_cancelled_ends_its_cluster(state: Path, site: Site, documents: Path):
    """The driver is asked to, and its owner is told."""
    request = ask_index(documents)
    site.emr.control(step_seconds=60)
    one = one_consumer()
    turn_until(site.steps, one)
    life.cancel(request)
    turn_until(lambda: Request.objects.get().state == State.CANCELLED, one)
    assert [each for each in site.clusters() if each not in ("TERMINATING", "TERMINATED")] == []
    assert site.emr.calls()["RunJobFlow"] == 1
    assert site.bucket.keys("tmp/gristmill.") == []


@pytest.mark.long
def test_a_request_whose_driver_was_killed_is_cancelled_by_another(state: Path, site: Site, documents: Path):
    """It takes the step over first."""
    request = ask_index(documents)
    site.emr.control(step_seconds=60)
    one = one_consumer()
    turn_until(site.steps, one)
    turn_until(lambda: Request.objects.get().state == State.RUNNING, one)
    kill_run(request)
    life.cancel(request)
    turn_until(lambda: Request.objects.get().state == State.CANCELLED, one)
    assert [each for each in site.clusters() if each not in ("TERMINATING", "TERMINATED")] == []
    assert site.emr.calls()["RunJobFlow"] == 1


def test_a_request_that_is_cancelled_before_it_is_submitted_asks_nothing_of_emr(
    state: Path, site: Site, documents: Path
):
    """No driver is started."""
    request = ask_index(documents)
    lease = life.claim(request)
    assert lease
    life.cancel(request)
    life.put_off(lease, State.SUBMITTING, 0, "put off")
    work()
    assert Request.objects.get().state == State.CANCELLED
    assert site.emr.calls() == {}


def test_uploaded_programs_run_on_a_cluster_of_their_own(state: Path, site: Site, ask: Ask, runs: Path):
    """Nobody need trust them; on a cluster that others use the operator must."""
    ask()
    one = one_consumer()
    turn_until(lambda: Request.objects.get().state == State.DONE, one)
    (step,) = site.steps()
    assert argument(step, "-mapper").startswith("/bin/sh gristmill-task.sh")
    assert not runs.exists()
    site.set("    cluster_id: j-1ABC\n")
    Request.objects.all().delete()
    ask()
    turn_until(lambda: Request.objects.get().state == State.FAILED, one)
    assert "it brings its own programs" in Request.objects.get().why
    assert site.emr.calls()["RunJobFlow"] == 1


def test_a_file_whose_name_means_something_to_hadoop_is_brought_here_first(
    state: Path, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """The runner sends it by another name."""
    (tmp_path / "docs [1].tsv").write_text(ROWS)
    request = ask_index(tmp_path / "docs [1].tsv")
    about = command(Request.objects.get())
    assert (about.words[-1], about.scratch) == ("../input", "")
    assert about.files[0].target == "input/docs [1].tsv"
    with override_settings(RUNNER="local"):
        assert command(Request.objects.get(pk=request)).is_here


def test_a_file_is_checked_before_a_job_reads_it_on_s3(state: Path, site: Site, documents: Path):
    """What an earlier run has copied is not read again; a copy that cannot be removed does not fail a request."""
    request = ask_index(documents)
    (file,) = command(Request.objects.get()).files
    assert copy_on_s3(file._replace(size=1)) == (
        "docs.tsv is not what was uploaded: its size or its SHA-256 has changed; upload it again"
    )
    assert site.bucket.keys("kept/runs") == []
    assert copy_on_s3(file) == ""
    assert site.bucket.keys("kept/runs") == [f"kept/runs/{request}/input/docs.tsv"]
    site.bucket.client.delete_object(Bucket=site.bucket.name, Key=f"kept/uploads/{request}/0")
    assert copy_on_s3(file) == ""


def test_a_step_that_fails_says_why(state: Path, site: Site, documents: Path):
    """As the runner does."""
    request = ask_index(documents)
    site.bucket.put(f"kept/results/{request}/part-00000", b"of another")
    work()
    found = Request.objects.get()
    assert (found.state, found.result) == (State.FAILED, "")
    assert found.why.startswith(f"error: output directory s3://{site.bucket.name}/kept/results/{request} already")


def test_doctor_asks_emr(state: Path, site: Site):
    """A cluster that is named takes steps, or is told of."""
    told = {name: text for name, _, text in doctor.diagnose()}
    where = f"results go to s3://{site.bucket.name}/kept/results"
    assert told["jobs"] == f"-r emr, by {site.emr.url}; {where}"
    instances = {"InstanceCount": 1, "MasterInstanceType": "m5.xlarge", "KeepJobFlowAliveWhenNoSteps": True}
    roles = {"JobFlowRole": "Nodes", "ServiceRole": "Service"}
    cluster = site.emr.client().run_job_flow(Name="c", ReleaseLabel="emr-7.13.0", Instances=instances, **roles)
    site.set(f"    cluster_id: {cluster['JobFlowId']}\n")
    told = {name: text for name, _, text in doctor.diagnose()}
    assert told["jobs"] == f"-r emr, by {site.emr.url}, cluster {cluster['JobFlowId']}; {where}"
    site.set("    cluster_id: j-NONE\n")
    told = {name: text for name, works, text in doctor.diagnose() if not works}
    assert list(told) == ["jobs"]


def test_results_lie_beside_the_runners_files_where_storage_is_a_folder(state: Path, tmp_path: Path):
    """Without either nothing can be submitted."""
    conf = tmp_path / "mrjob.conf"
    conf.write_text(CONF + SITE.format(bucket="b"))
    with override_settings(RUNNER="emr"):
        assert runner.words("ID")[1] == "s3://b/tmp/results/ID"
        conf.write_text(CONF)
        with pytest.raises(RunError, match=r"^runner emr needs a place on S3: set storage of the section tiers, or "):
            runner.words("ID")


def test_a_command_line_for_hadoop_or_spark_names_no_output(state: Path, documents: Path):
    """What the driver prints is the output; test_run has how it is kept."""
    request = ask_index(documents)
    with override_settings(RUNNER="spark"):
        assert runner.words(request)[0][2:] == ["-r", "spark"]
        assert doctor.trial() == "-r spark"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("sparc", r"there is no runner 'sparc' \(did you mean spark\?\); there are local, hadoop, spark, emr"),
        (3, ".*3"),
    ],
)
def test_a_runner_that_there_is_none_of_is_one_line(name: Any, said: str):
    """It names those that there are."""
    with pytest.raises(RunError, match=said):
        checked_runner(name)


def test_without_boto3_there_is_no_emr(monkeypatch: pytest.MonkeyPatch):
    """One line says what to install."""
    assert checked_runner("emr") == "emr"
    monkeypatch.setattr("gristmill.tiers.aws.find_spec", lambda _: None)
    with pytest.raises(RunError, match=r"^runner emr needs boto3, which is not installed"):
        checked_runner("emr")


@pytest.mark.cluster
@pytest.mark.long
@pytest.mark.timeout(600)
def test_requests_run_on_real_yarn(
    emr: Emr, state: Path, bucket: Bucket, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: Any
):
    """An index of files by their names, one compressed, and programs in awk: the same as on one machine."""
    for name, value in emr.env.items():
        monkeypatch.setenv(name, value)
    Site(emr, bucket, tmp_path / "mrjob.conf")
    (tmp_path / "one.txt").write_text("the mill\n")
    (tmp_path / "two.txt.gz").write_bytes(gzip.compress(b"the rye\n"))
    (tmp_path / "my map.awk").write_text("#!/usr/bin/awk -f\n{ for (i = 2; i <= NF; i++) print $i }\n")
    (tmp_path / "reduce.sh").write_text("#!/bin/sh\nuniq -c | awk '{ print $2, $1 }'\n")
    (tmp_path / "docs.tsv").write_text(ROWS)
    first = ask_index(tmp_path / "one.txt", tmp_path / "two.txt.gz", options=["--docid-from=file"])
    roles = {"docs.tsv": Role.INPUT, "my map.awk": Role.MAPPER, "reduce.sh": Role.REDUCER}
    files = [Given(str(tmp_path / name), role) for name, role in roles.items()]
    second = upload(NewRequest("ben", "stream", [], "ben@example.org", files), TableQueue())
    with override_settings(RUNNER="emr", LEASE_SECONDS=60):
        Consumer(TableQueue(), 2, trusts_programs=False).work(once=True)
    assert {found.pk: (found.state, found.why) for found in Request.objects.all()} == {
        first: (State.DONE, ""),
        second: (State.DONE, ""),
    }
    actions.result(_options(first))
    assert capsysbinary.readouterr().out == b"mill\tone.txt\nrye\ttwo.txt.gz\nthe\tone.txt\ttwo.txt.gz\n"
    actions.result(_options(second))
    assert sorted(capsysbinary.readouterr().out.split(b"\n")) == [b"", b"mill 1", b"rye 1", b"the 2"]
