"""Jobs by `-r emr` on the tests' EMR: real steps on a real YARN, with their files in a real S3."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.cluster.emr import ask
from tests.cluster.emr.steps import SUBMITTED

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cluster.cluster import Cluster
    from tests.cluster.emr.emr import Emr
    from tests.conftest import RunJob

    Run = Callable[..., "subprocess.CompletedProcess[bytes]"]

#: What a job is waited for on a machine that is busy.
SECONDS = 600

# the first test waits for the cluster to start, too
pytestmark = [pytest.mark.cluster, pytest.mark.timeout(2 * SECONDS)]

ROOT = Path(__file__).parents[3]
BUCKET = "runner"
INDEX = ("-m", "jobs.inverted_index", "--no-conf")
DOCUMENTS = str(ROOT / "data" / "documents.tsv")
ROLES = ["--iam-service-role", "EMR_DefaultRole", "--iam-instance-profile", "EMR_EC2_DefaultRole"]
SLOW = """\
import time

from gristmill import Job


class Slow(Job):
    def mapper(self, _, line):
        time.sleep(300)
        yield line, 1


Slow.run()
"""
BOOM = """\
from gristmill import Job


class Boom(Job):
    def mapper(self, _, line):
        raise ValueError(f"no number in {line}")
        yield


Boom.run()
"""


@pytest.fixture(scope="module")
def bucket(emr: Emr) -> Any:
    """A client of S3, and a bucket for these tests."""
    assert emr.s3
    client = emr.s3.client()
    client.create_bucket(Bucket=BUCKET)
    return client


@pytest.fixture
def run(run_job: RunJob, emr: Emr, bucket: Any) -> Run:
    def run(*args: str, **more: Any) -> subprocess.CompletedProcess[bytes]:
        where = ["-r", "emr", "--cloud-tmp-dir", f"s3://{BUCKET}/tmp", *ROLES]
        return run_job(*args, *where, env=emr.env, seconds=SECONDS, **more)

    return run


def keys(bucket: Any, prefix: str = "") -> list[str]:
    found = bucket.list_objects_v2(Bucket=BUCKET, Prefix=prefix).get("Contents", [])
    return [each["Key"] for each in found if not each["Key"].startswith("tmp/logs/")]


def test_the_index_has_the_bytes_of_the_local_runner(run: Run, run_job: RunJob, bucket: Any, job_tmp: Path) -> None:
    """On a cluster of its own, which ends; nothing is left on S3 but its logs."""
    expected = run_job(*INDEX, DOCUMENTS)
    ran = run(*INDEX, DOCUMENTS)
    assert ran.returncode == 0, ran.stderr.decode()
    assert ran.stdout == expected.stdout
    assert keys(bucket) == []
    assert list(job_tmp.iterdir()) == []


@pytest.mark.long
def test_a_failed_mapper_ends_with_its_traceback(run: Run, emr: Emr, tmp_path: Path) -> None:
    """What it was reading, and where."""
    (tmp_path / "boom.py").write_text(BOOM)
    (tmp_path / "words.txt").write_text("mill\n")
    ran = run("boom.py", "--no-conf", "--cloud-log-dir", f"s3://{BUCKET}/boom", "words.txt", cwd=tmp_path)
    said = ran.stderr.decode()
    assert ran.returncode == 1
    assert "Traceback (most recent call last):" in said
    assert re.search(
        r"^error: Step 1 of 1 failed: map task 0 on \S+, reading words.txt bytes [\d-]+: ValueError: no number in mill",
        said,
        re.MULTILINE,
    ), said


@pytest.mark.long
def test_a_job_of_two_steps_with_s3_on_both_sides_runs_on_a_cluster_that_is_there(
    run: Run, run_job: RunJob, emr: Emr, bucket: Any
) -> None:
    """Its output stays; its input is where it was."""
    cluster = emr.client().run_job_flow(
        Name="shared",
        ReleaseLabel="emr-7.13.0",
        LogUri=f"s3://{BUCKET}/tmp/logs/",
        JobFlowRole="EMR_EC2_DefaultRole",
        ServiceRole="EMR_DefaultRole",
        Instances={
            "KeepJobFlowAliveWhenNoSteps": True,
            "InstanceGroups": [{"InstanceRole": "MASTER", "InstanceType": "m5.xlarge", "InstanceCount": 1}],
        },
    )["JobFlowId"]
    posts = ROOT / "data" / "posts.jsonl"
    bucket.put_object(Bucket=BUCKET, Key="in/posts.jsonl", Body=posts.read_bytes())
    job = ("-m", "jobs.sentiment_agg", "--no-conf", "--dedupe")
    expected = run_job(*job, posts)
    assert expected.returncode == 0, expected.stderr.decode()
    ran = run(*job, f"s3://{BUCKET}/in", "--cluster-id", cluster, "--output-dir", f"s3://{BUCKET}/out", "--cat-output")
    assert ran.returncode == 0, ran.stderr.decode()
    assert b"Step 2 of 2: " in ran.stderr
    assert ran.stdout == expected.stdout
    assert "out/_SUCCESS" in keys(bucket, "out")
    assert keys(bucket, "tmp/gristmill") == []


def test_ctrl_c_ends_the_cluster_and_kills_the_job_on_yarn(
    emr: Emr, cluster: Cluster, bucket: Any, job_tmp: Path, tmp_path: Path
) -> None:
    """Within 30 s; nothing of it is left on S3."""
    (tmp_path / "slow.py").write_text(SLOW)
    (tmp_path / "words.txt").write_text("mill\n")
    where = ["-r", "emr", "--cloud-tmp-dir", f"s3://{BUCKET}/stopped", *ROLES]
    driver = subprocess.Popen(
        [sys.executable, "slow.py", "--no-conf", *where, "words.txt"],
        cwd=tmp_path,
        env={**os.environ, **emr.env, "TMPDIR": str(job_tmp)},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert driver.stderr
    step = next(found[1] for line in driver.stderr if (found := re.match(r"(s-\w+) is RUNNING$", line)))
    syslog = emr.folder / "steps" / step / "syslog"
    ask.until(lambda: syslog.exists() and SUBMITTED.search(syslog.read_text()), SECONDS)
    (application,) = SUBMITTED.findall(syslog.read_text())
    begun = time.monotonic()
    driver.send_signal(signal.SIGINT)
    rest = driver.stderr.read()
    assert driver.wait(60) == 130, rest
    ask.until(lambda: cluster.application(application)["finalStatus"] == "KILLED", SECONDS)
    assert time.monotonic() - begun < 30
    found = re.search(r"Ending the cluster (j-\w+)\.\.\.", rest)
    assert found, rest
    ask.until(lambda: ask.status(emr.client(), found[1])["State"] == "TERMINATED", SECONDS)
    assert [key for key in keys(bucket, "stopped") if not key.startswith("stopped/logs/")] == []
