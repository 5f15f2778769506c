"""Jobs by `-r emr`, against services that run no step: what is asked of EMR, what lies on S3, how a run ends."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.runners.emr.service import ENVIRONMENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import RunJob
    from tests.runners.emr.service import Services

    Run = Callable[..., subprocess.CompletedProcess[bytes]]

TEXT = b"a\tmill grinds\nb\tmill\n"
ROWS = {"part-00000": b"grinds\ta\n", "part-00001": b"mill\ta\tb\n"}
STREAM = ("-m", "jobs.streaming", "--no-conf", "-mapper", "cat", "-reducer", "uniq", "-r", "emr")


def argument(step: dict[str, Any], name: str) -> str:
    """The value of an option of a step, the last one."""
    args: list[str] = step["Config"]["Args"]
    return args[len(args) - 1 - args[::-1].index(name) + 1]


def writes(services: Services, parts: dict[str, bytes]) -> Callable[[dict[str, Any]], None]:
    """Has a step that completes write these part files, as Hadoop does."""

    def write(step: dict[str, Any]) -> None:
        if step["left"] != ["COMPLETED"]:
            return
        bucket, _, key = argument(step, "-output").partition("://")[2].partition("/")
        for name, data in {**parts, "_SUCCESS": b""}.items():
            services.s3[bucket, f"{key}/{name}"] = data

    return write


def options(services: Services) -> list[str]:
    where = ["--emr-endpoint", services.url, "--s3-endpoint", services.url, "--cloud-tmp-dir", "s3://b/tmp/"]
    return [*where, "--iam-service-role", "Service", "--iam-instance-profile", "Nodes"]


@pytest.fixture
def run(run_job: RunJob, services: Services) -> Run:
    """Runs a job of two programs on EMR, by further arguments."""
    services.emr.at_end = writes(services, ROWS)

    def run(*args: str, job: tuple[str, ...] = STREAM, **more: Any) -> subprocess.CompletedProcess[bytes]:
        return run_job(*job, *options(services), *args, env=ENVIRONMENT, **{"stdin": TEXT, **more})

    return run


def said(ran: subprocess.CompletedProcess[bytes]) -> str:
    return ran.stderr.decode()


def test_a_job_runs_on_a_cluster_of_its_own_that_ends_with_it(services: Services, run: Run, job_tmp: Path) -> None:
    """One call makes cluster and step; its output is printed; nothing is left on S3 or on this machine."""
    ran = run("--max-hours", "1")
    assert (ran.returncode, ran.stdout) == (0, b"grinds\ta\nmill\ta\tb\n"), said(ran)
    request = re.search("Request ID (.*)", said(ran)).group(1)
    asked = services.emr.clusters["j-1"]["Asked"]
    assert asked["Name"] == f"gristmill streaming {request}"
    assert asked["Instances"]["KeepJobFlowAliveWhenNoSteps"] is False
    assert asked["LogUri"] == "s3://b/tmp/logs/"
    (step,) = asked["Steps"]
    assert (step["Name"], step["ActionOnFailure"]) == (f"streaming {request} 1/1", "TERMINATE_CLUSTER")
    (shown,) = services.emr.steps["j-1"]
    folder = f"s3://b/tmp/gristmill.{request}"
    assert argument(shown, "-input") == f"{folder}/input/*"
    assert argument(shown, "-output") == f"{folder}/output"
    assert argument(shown, "-mapper") == "/bin/sh gristmill-task.sh 0-mapper"
    assert f"{folder}/sent-files/1-gristmill-task.sh#gristmill-task.sh" in argument(shown, "-files")
    assert "stream.tmpdir" not in " ".join(shown["Config"]["Args"])
    assert services.emr.count() == {"RunJobFlow": 1, "ListSteps": 1, "DescribeStep": 2}
    assert services.keys("b") == []
    assert list(job_tmp.iterdir()) == []


def test_a_job_is_added_to_a_running_cluster(services: Services, run: Run) -> None:
    """By at most three calls to its start; the output stays where it is wanted, and the manifest goes beside it."""
    services.emr.add_cluster()
    job = ("-m", "jobs.inverted_index", "--no-conf", "-r", "emr")
    ran = run("--cluster-id", "j-1", "--output-dir", "s3://b/out", "--cloud-log-dir", "s3://b/logs", job=job)
    assert (ran.returncode, ran.stdout) == (0, b""), said(ran)
    assert [name for name, _ in services.emr.calls][:3] == ["DescribeCluster", "AddJobFlowSteps", "DescribeStep"]
    (step,) = services.emr.steps["j-1"]
    assert step["asked"]["ActionOnFailure"] == "CONTINUE"
    logs = step["asked"]["StepMonitoringConfiguration"]["S3MonitoringConfiguration"]["LogUri"]
    assert logs == "s3://b/logs"
    assert services.keys("b") == ["out/_SUCCESS", "out/_gristmill.json", "out/part-00000", "out/part-00001"]
    assert json.loads(services.s3["b", "out/_gristmill.json"])["documents"] is None
    ran = run("--cluster-id", "j-1", "--output-dir", "s3://b/out", job=job)
    assert said(ran).splitlines()[-1] == (
        "error: output directory s3://b/out already exists; name another, or remove it first"
    )
    assert len(services.keys("b")) == 4


def test_the_same_command_run_again_takes_over_what_is_there(services: Services, run: Run) -> None:
    """A cluster and its step by the run's ID: no second one is made, and nothing is sent again."""
    services.emr.states = ["RUNNING"]
    args = (*STREAM, *options(services), "--request-id", "nightly")
    env = {**os.environ, **ENVIRONMENT}
    driver = subprocess.Popen([sys.executable, *args], env=env, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    driver.stdin.write(TEXT)
    driver.stdin.close()
    wait_for(lambda: services.emr.count()["DescribeStep"])
    driver.kill()
    driver.wait()
    driver.stderr.close()
    services.emr.steps["j-1"][0]["left"] = ["RUNNING", "COMPLETED"]
    headers = len(services.headers)
    ran = run("--request-id", "nightly")
    assert (ran.returncode, ran.stdout) == (0, b"grinds\ta\nmill\ta\tb\n"), said(ran)
    assert services.emr.count()["RunJobFlow"] == 1
    assert "PUT" not in [each["method"] for each in services.headers[headers:]]
    assert services.keys("b") == []
    ran = run("--request-id", "nightly")
    assert ran.returncode == 1
    assert said(ran).splitlines()[-1] == (
        "error: s3://b/tmp/gristmill.nightly/output: there is nothing on S3 by this name; "
        "an earlier run with --request-id nightly has printed it; leave that out to run anew"
    )


def wait_for(what: Callable[[], Any]) -> None:
    """Wait until it is so."""
    end = time.monotonic() + 60
    while not what():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_what_a_killed_driver_left_goes_with_the_next_run(services: Services, run: Run, job_tmp: Path) -> None:
    """When its step has ended, and not while it runs."""
    services.emr.states = ["RUNNING"]
    services.emr.add_cluster()
    args = (*STREAM, *options(services), "--cluster-id", "j-1", "--output-dir", "s3://b/out")
    env = {**os.environ, **ENVIRONMENT, "TMPDIR": str(job_tmp)}
    driver = subprocess.Popen([sys.executable, *args], env=env, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    driver.stdin.write(TEXT)
    driver.stdin.close()
    wait_for(lambda: services.emr.count()["DescribeStep"])
    driver.kill()
    driver.wait()
    driver.stderr.close()
    services.s3["b", "out/_temporary/0/part"] = b"half"
    services.emr.states = ["PENDING", "COMPLETED"]
    left = services.keys("b")
    assert run("--cluster-id", "j-1").returncode == 0
    assert services.keys("b") == left
    services.emr.steps["j-1"][0]["left"] = ["FAILED"]
    assert run("--cluster-id", "j-1").returncode == 0
    assert services.keys("b") == []
    assert list(job_tmp.iterdir()) == []


def test_ctrl_c_ends_a_cluster_of_the_runs_own_and_cancels_a_step_on_anothers(
    services: Services, job_tmp: Path
) -> None:
    """Nothing is left running, and nothing on S3."""
    services.emr.states = ["RUNNING"]
    services.emr.add_cluster()
    env = {**os.environ, **ENVIRONMENT, "TMPDIR": str(job_tmp)}
    for more in (["--cluster-id", "j-1"], []):
        services.emr.calls.clear()
        args = (*STREAM, *options(services), *more)
        driver = subprocess.Popen([sys.executable, *args], env=env, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        driver.stdin.write(TEXT)
        driver.stdin.close()
        wait_for(lambda: services.emr.count()["DescribeStep"])
        driver.send_signal(signal.SIGINT)
        words = driver.stderr.read().decode()
        driver.stderr.close()
        assert driver.wait() == 130, words
        assert services.keys("b") == [], words
    assert services.emr.steps["j-1"][0]["left"] == ["CANCELLED"]
    assert services.emr.clusters["j-2"]["Status"] == {"State": "TERMINATING"}
    assert list(job_tmp.iterdir()) == []


def test_hours_that_are_over_end_it(services: Services, run: Run) -> None:
    """A cluster is ended, a step of another's cancelled."""
    services.emr.states = ["RUNNING"]
    services.emr.add_cluster()
    ran = run("--max-hours", "0.0001")
    assert re.search(
        r"^error: --max-hours 0.0001: the step s-1 has not ended, and its cluster is ended; give it more hours$",
        said(ran),
        re.MULTILINE,
    )
    assert services.emr.clusters["j-2"]["Status"] == {"State": "TERMINATING"}
    ran = run("--max-hours", "0.0001", "--cluster-id", "j-1")
    assert "and is cancelled; give it more hours" in said(ran)
    assert services.emr.steps["j-1"][0]["left"] == ["CANCELLED"]
    assert (ran.returncode, services.keys("b")) == (1, [])


def test_a_run_that_does_not_wait_prints_its_steps(services: Services, run: Run, job_tmp: Path) -> None:
    """What they use on S3 stays while they run, and goes with the next run."""
    services.emr.states = ["RUNNING", "COMPLETED"]
    ran = run("--no-wait", "--output-dir", "s3://b/out")
    assert (ran.returncode, ran.stdout) == (0, b"j-1/s-1\n"), said(ran)
    assert any("input" in key for key in services.keys("b"))
    services.emr.describe_step({"ClusterId": "j-1", "StepId": "s-1"})
    services.emr.add_cluster()
    assert run("--cluster-id", "j-2").returncode == 0
    assert services.keys("b") == ["out/_SUCCESS", "out/part-00000", "out/part-00001"]
    assert list(job_tmp.iterdir()) == []
    ran = run("--no-wait")
    assert "error: --no-wait: nobody is there to print the output" in said(ran)


TWO_STEPS = """\
from gristmill import Job
from mrjob.step import MRStep


class Two(Job):
    def steps(self):
        return [MRStep(mapper=self.one), MRStep(reducer=self.two)]

    def one(self, _, line):
        yield line, 1

    def two(self, line, ones):
        yield line, sum(ones)


Two.run()
"""


def test_two_steps_follow_each_other(services: Services, run: Run, tmp_path: Path) -> None:
    """In one call where a cluster runs one at a time; else the second when the first has completed."""
    (tmp_path / "two.py").write_text(TWO_STEPS)
    job = ("two.py", "--no-conf", "-r", "emr")
    services.emr.add_cluster()
    services.emr.add_cluster(StepConcurrencyLevel=5)
    for cluster, calls in (("j-1", 1), ("j-2", 2)):
        services.emr.calls.clear()
        ran = run("--cluster-id", cluster, job=job, cwd=tmp_path)
        assert (ran.returncode, ran.stdout) == (0, b"grinds\ta\nmill\ta\tb\n"), said(ran)
        assert services.emr.count()["AddJobFlowSteps"] == calls
        first, second = services.emr.steps[cluster]
        assert argument(first, "-output") == argument(second, "-input")
    ran = run(job=job, cwd=tmp_path)
    assert ran.returncode == 0, said(ran)
    assert len(services.emr.clusters["j-3"]["Asked"]["Steps"]) == 2
    ran = run("--cluster-id", "j-2", "--no-wait", "--output-dir", "s3://b/out", job=job, cwd=tmp_path)
    assert "error: --no-wait: j-2 runs several steps at once, and those of this job follow each other" in said(ran)
    ran = run("--max-concurrent-steps", "2", job=job, cwd=tmp_path)
    assert "error: --max-concurrent-steps: the steps of this job follow each other; leave it out, or" in said(ran)
    assert services.keys("b") == []


def test_a_dry_run_prints_what_it_would_do_and_sends_nothing(run_job: RunJob, tmp_path: Path) -> None:
    """It needs no credentials; its requests are JSON as boto3 takes them, and its folder stays for the commands."""
    env = {**ENVIRONMENT, "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": "", "AWS_DEFAULT_REGION": ""}
    where = ["--emr-endpoint", "http://127.0.0.1:9", "--cloud-tmp-dir", "s3://b/tmp", "--dry-run"]
    ran = run_job(*STREAM, *where, "--cluster-id", "j-1", "--request-id", "ID", env=env, stdin=TEXT)
    assert ran.returncode == 0, said(ran)
    text = ran.stdout.decode()
    (call,), _ = json.JSONDecoder().raw_decode(text.partition(":\n")[2])
    assert call["operation"] == "AddJobFlowSteps"
    assert call["request"]["Steps"][0]["Name"] == "streaming ID 1/1"
    here = re.search(r"^uploads:\n(.*)/ -> s3://b/tmp/gristmill.ID/$", text, re.MULTILINE).group(1)
    assert (Path(here) / "input" / "0000000" / "STDIN").read_bytes() == TEXT
    assert f"\naws s3 cp --recursive {here} s3://b/tmp/gristmill.ID\n" in text
    assert "\nAWS_MAX_ATTEMPTS=1 aws emr add-steps --cluster-id j-1 --steps '[{" in text
    assert "\ninstance-hours: none of its own, on the cluster j-1\n" in text
    assert said(ran).splitlines()[-1] == "job output is in s3://b/tmp/gristmill.ID/output, once it has run"


def test_a_step_that_fails_leaves_nothing_but_its_reason(services: Services, run: Run) -> None:
    """What it wrote of the output goes too."""
    services.emr.add_cluster()
    services.emr.states = ["RUNNING", "FAILED"]
    services.emr.at_end = lambda step: services.s3.update(
        {
            ("b", "out/_temporary/x"): b"",
            ("logs", "j-1/steps/s-1/stderr"): b"Error launching job : Input path does not exist: s3://b/gone\n",
        }
    )
    ran = run("--cluster-id", "j-1", "--output-dir", "s3://b/out")
    assert (ran.returncode, services.keys("b")) == (1, [])
    assert said(ran).splitlines()[-1].startswith("error: input s3://b/gone does not exist; "), said(ran)


@pytest.mark.parametrize(
    ("args", "line"),
    [
        (["--bootstrap", "touch /x"], "--bootstrap: -r emr does not have it; put the commands in a script on S3"),
        (["--request-id", "a b"], "--request-id 'a b': give at most 64 letters"),
        (["--cloud-tmp-dir", "hdfs:///tmp"], "-r emr needs a folder on S3 for the job's files"),
        (["--output-dir", "out"], "--output-dir out: a cluster writes to S3; give s3://BUCKET/PATH"),
        (["s3://b/none"], "input s3://b/none does not exist; give a file, a folder or a glob that S3 has"),
        (
            ["--label", "x" * 300, "-D", f"a={'b' * 10_000}"],
            "EMR does not take this RunJobFlow: the strings of Steps[0]",
        ),
    ],
)
def test_what_cannot_be_ends_in_one_line_before_anything_is_made(
    services: Services, run: Run, job_tmp: Path, args: list[str], line: str
) -> None:
    """No cluster, no step, no file."""
    ran = run(*args)
    assert (ran.returncode, ran.stdout) == (1, b"")
    assert said(ran).splitlines()[-1].startswith(f"error: {line}"), said(ran)
    assert (services.emr.calls, services.keys("b"), list(job_tmp.iterdir())) == ([], [], [])
