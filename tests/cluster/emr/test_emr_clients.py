"""Clients that others wrote, unmodified, from their packages: what works for them is EMR and not our own idea of it."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from tests.cluster.emr.others import environment

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.emr.emr import Emr

pytestmark = [pytest.mark.cluster, pytest.mark.long, pytest.mark.timeout(600)]

#: A job takes 45 s on an idle machine.
SECONDS = 280
JOB = """\
from mrjob.job import MRJob


class Count(MRJob):
    def mapper(self, _, line):
        for word in line.split():
            yield word, 1

    def reducer(self, word, counts):
        yield word, sum(counts)


if __name__ == "__main__":
    Count.run()
"""
#: Where mrjob is not installed by a bootstrap action it goes with the job.
CONF = """\
runners:
  emr:
    region: us-east-1
    cloud_tmp_dir: s3://others/tmp/
    cloud_log_dir: s3://others/logs/
    release_label: emr-7.13.0
    iam_instance_profile: EMR_EC2_DefaultRole
    iam_service_role: EMR_DefaultRole
    bootstrap_mrjob: false
    py_files: [mrjob.zip]
    check_cluster_every: 1
"""


@pytest.fixture(scope="module")
def bucket(emr: Emr) -> str:
    """The name of a bucket."""
    assert emr.s3
    emr.s3.client().create_bucket(Bucket="others")
    return "others"


def run(emr: Emr, cwd: Path, *command: str | Path, stdin: str = "") -> str:
    """What a command prints that finds EMR and S3 by its environment."""
    env = {"PATH": os.environ["PATH"], "HOME": str(cwd), "TMPDIR": str(cwd), **emr.env}
    done = subprocess.run(
        [*map(str, command)],
        input=stdin,
        cwd=cwd,
        env=env,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_mrjobs_own_runner_runs_a_job(emr: Emr, bucket: str, tmp_path: Path) -> None:
    """mrjob 0.7.4 makes a cluster, adds its step, finds the counters in S3, prints the output and ends the cluster."""
    commands = environment(tmp_path / "mrjob", "mrjob==0.7.4", "boto3")
    packages = next((tmp_path / "mrjob").glob("lib/python*/site-packages"))
    shutil.make_archive(str(tmp_path / "mrjob"), "zip", packages, "mrjob")
    for name, text in (("count.py", JOB), ("mrjob.conf", CONF), ("in.txt", "a mill a flour\n")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    job = (commands / "python", "count.py", "-c", "mrjob.conf", "-r", "emr", "in.txt")
    assert sorted(run(emr, tmp_path, *job).splitlines()) == ['"a"\t2', '"flour"\t1', '"mill"\t1']
    assert emr.calls()["TerminateJobFlows"] >= 1


def test_the_aws_command_line_runs_a_streaming_step(emr: Emr, aws_bin: Path, bucket: str, tmp_path: Path) -> None:
    """It makes a cluster, adds a step, waits for it, lists, describes and ends what it made."""
    aws = aws_bin / "aws"

    def ask(*words: str, query: str = "") -> str:
        asked = ("--output", "text", "--query", query) if query else ()
        return run(emr, tmp_path, aws, "emr", *words, *asked).strip()

    cluster = ask(
        *("create-cluster", "--name", "cli", "--release-label", "emr-7.13.0", "--no-auto-terminate"),
        *("--service-role", "EMR_DefaultRole", "--ec2-attributes", "InstanceProfile=EMR_EC2_DefaultRole"),
        *("--instance-type", "m5.xlarge", "--instance-count", "3", "--log-uri", f"s3://{bucket}/cli/"),
        query="ClusterId",
    )
    at = ("--cluster-id", cluster)
    run(emr, tmp_path, aws, "s3", "cp", "-", f"s3://{bucket}/cli-in/a.txt", stdin="hello\n")
    words = f"-input,s3://{bucket}/cli-in/,-output,s3://{bucket}/cli-out/,-mapper,cat,-reducer,cat"
    streaming = f"Type=STREAMING,Name=cat,ActionOnFailure=CONTINUE,Args=[{words}]"
    step = ask("add-steps", *at, "--steps", streaming, query="StepIds[0]")
    ask("wait", "step-complete", *at, "--step-id", step)
    assert ask("list-steps", *at, query="Steps[].[Id,Status.State]").split() == [step, "COMPLETED"]
    assert run(emr, tmp_path, aws, "s3", "cp", f"s3://{bucket}/cli-out/part-00000", "-") == "hello\t\n"
    ask("modify-cluster-attributes", *at, "--no-termination-protected")
    ask("put-auto-termination-policy", *at, "--auto-termination-policy", "IdleTimeout=60")
    ask("add-tags", "--resource-id", cluster, "--tags", "a=b")
    described = ask("describe-cluster", *at, query="Cluster.[length(InstanceGroups),Tags[0].Key,Status.State]")
    assert described.split() == ["2", "a", "WAITING"]
    assert len(ask("list-instances", *at, query="Instances[].Id").split()) == 3
    ask("terminate-clusters", "--cluster-ids", cluster)
    assert cluster not in ask("list-clusters", "--active", query="Clusters[].Id")
