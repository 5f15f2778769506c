"""What `--dry-run` prints, pasted into a shell that has the AWS command line: it does what the run would have done."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.cluster.emr import ask

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.cluster.emr.emr import Emr
    from tests.cluster.emr.s3 import S3
    from tests.conftest import RunJob

#: What a shell or the command line's shorthand would take for something else.
ODD = """it's a "b" $HOME `id` !x, [y] \\, {z} %20 é"""
#: A name of a file, and one of a folder for temporary files.
NAMES = ("""it's "a" $HOME, [x] 1.txt""", "it's $TMP, here")
TEXT = b"a mill, a flour\nmill\n"
#: Of a job on YARN, with what it waits for on a machine that is busy.
SECONDS = 600
#: It has to find the value in its environment.
MAPPER = """awk '{print $0 "\\t" ENVIRON["ODD"]}'"""
WRITES = ("RunJobFlow", "AddJobFlowSteps")
ROLES = ("--iam-service-role", "EMR_DefaultRole", "--iam-instance-profile", "EMR_EC2_DefaultRole")

ONCE = pytest.mark.skipif(
    sys.version_info[:2] != (3, 11), reason="the AWS command line has a Python of its own: tried once, on 3.11"
)


@dataclass(frozen=True)
class Dry:
    """What a dry run printed."""

    operation: str
    request: dict[str, Any]
    here: Path
    there: str
    lines: str

    @classmethod
    def of(cls, text: str) -> Dry:
        (call,), _ = json.JSONDecoder().raw_decode(text.partition(":\n")[2])
        uploads = re.search(r"^uploads:\n(.*)/ -> (s3://.*)/$", text, re.MULTILINE)
        assert uploads
        lines = text.partition("\ncommand lines that do the same:\n")[2].partition("\n\nthen the same command ")[0]
        return cls(call["operation"], call["request"], Path(uploads[1]), uploads[2], lines)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A file with an odd name."""
    path = tmp_path / NAMES[0]
    path.write_bytes(TEXT)
    return path


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """What a job's driver needs besides, with a folder of an odd name for temporary files."""
    folder = tmp_path / NAMES[1]
    folder.mkdir()
    return {"TMPDIR": str(folder), "MRJOB_CONF": os.devnull}


def paste(lines: str, aws_bin: Path, env: Mapping[str, str], home: Path) -> dict[str, Any]:
    """What the last of these command lines prints; typed into an interactive bash, which takes `!` for its history."""
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-i"],
        input=f"{lines}\nexit\n",
        env={"PATH": f"{aws_bin}:{os.environ['PATH']}", "HOME": str(home), "HISTFILE": os.devnull, **env},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
        # or it takes the terminal that these tests are run from
        start_new_session=True,
    )
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout[done.stdout.index("{") :]))


def described(emr: Emr, cluster: str) -> dict[str, Any]:
    """A cluster and its steps, without what no two clusters have in common."""
    client = emr.client()
    found = dict(client.describe_cluster(ClusterId=cluster)["Cluster"])
    parts = {
        "groups": client.list_instance_groups(ClusterId=cluster)["InstanceGroups"],
        "steps": client.list_steps(ClusterId=cluster)["Steps"],
        "actions": client.list_bootstrap_actions(ClusterId=cluster)["BootstrapActions"],
    }
    own = ("Id", "ClusterArn", "Status", "MasterPublicDnsName", "RunningInstanceCount")
    return {
        **{name: value for name, value in found.items() if name not in own},
        **{
            part: [{name: value for name, value in each.items() if name not in own} for each in listed]
            for part, listed in parts.items()
        },
    }


class Pasted:
    """A dry run of a job, in a bucket of its own, and what is in that."""

    def __init__(self, s3: S3, run_job: RunJob, env: dict[str, str], source: Path, bucket: str) -> None:
        s3.client().create_bucket(Bucket=bucket)
        self.s3, self.bucket = s3.client(), bucket
        self._run_job, self._env = run_job, env
        odd = ("--cmdenv", f"ODD={ODD}", "-D", f"a.b={ODD}", "--label", ODD)
        self._job = ("-m", "jobs.streaming", "-mapper", MAPPER, *odd, source)

    def run(self, *args: str | Path, env: Mapping[str, str] | None = None) -> bytes:
        """What the job prints with these arguments besides."""
        done = self._run_job(*self._job, *args, env={**self._env, **(env or {})}, seconds=SECONDS)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    def emr(self, *args: str, env: Mapping[str, str] | None = None) -> bytes:
        return self.run("-r", "emr", "--cloud-tmp-dir", f"s3://{self.bucket}/tmp", *args, env=env)

    def files(self) -> dict[str, bytes]:
        """All files of the bucket but logs."""
        keys = [each["Key"] for each in self.s3.list_objects_v2(Bucket=self.bucket).get("Contents", [])]
        names = [key for key in keys if not key.startswith("tmp/logs/")]
        return {name: self.s3.get_object(Bucket=self.bucket, Key=name)["Body"].read() for name in names}


@ONCE
def test_a_pasted_cluster_is_the_one_that_the_request_makes(
    emr_rules: Emr, s3: S3, aws_bin: Path, run_job: RunJob, env: dict[str, str], source: Path, tmp_path: Path
) -> None:
    """Sent by boto3, the request makes the same; and all that its steps read lies on S3."""
    job = Pasted(s3, run_job, env, source, "pasted-own")
    settings = {"Classification": "core-site", "Properties": {"a": ODD}, "Configurations": []}
    text = job.emr(
        *(*ROLES, "--tag", f"team={ODD}", "--max-mins-idle", "10", "--num-core-instances", "2"),
        *("--core-instance-bid-price", "spot", "--bootstrap-action", "s3://b/a.sh 'x, $y'", "--subnet", "subnet-1"),
        *("--emr-configuration", json.dumps(settings), "--dry-run"),
    )
    dry = Dry.of(text.decode())
    printed = paste(dry.lines, aws_bin, {**emr_rules.env, **s3.env}, tmp_path)
    made = emr_rules.client().run_job_flow(**dry.request)["JobFlowId"]
    assert described(emr_rules, printed["ClusterId"]) == described(emr_rules, made)
    laid = {path.relative_to(dry.here): path.read_bytes() for path in dry.here.rglob("*") if path.is_file()}
    place = dry.there.partition(job.bucket)[2][1:]
    assert job.files() == {f"{place}/{name}": data for name, data in laid.items()}
    assert TEXT in laid.values()


@ONCE
def test_pasted_steps_are_those_that_the_request_adds(
    emr_rules: Emr, s3: S3, aws_bin: Path, run_job: RunJob, env: dict[str, str], source: Path, tmp_path: Path
) -> None:
    """To a cluster that runs, with logs in their own place."""
    job, client = Pasted(s3, run_job, env, source, "pasted-shared"), emr_rules.client()
    cluster = ask.run_job_flow(client)
    role = "arn:aws:iam::000000000000:role/R"
    text = job.emr("--cluster-id", cluster, "--cloud-log-dir", "s3://b/logs", "--execution-role", role, "--dry-run")
    dry = Dry.of(text.decode())
    paste(dry.lines, aws_bin, {**emr_rules.env, **s3.env}, tmp_path)
    client.add_job_flow_steps(**dry.request)
    first, second = described(emr_rules, cluster)["steps"]
    assert first == second
    assert f"a.b={ODD}" in first["Config"]["Args"]


@ONCE
def test_a_step_is_not_added_where_its_files_could_not_be_sent(
    emr_rules: Emr, aws_bin: Path, run_job: RunJob, env: dict[str, str], source: Path, tmp_path: Path
) -> None:
    """It would run on a part of its input."""
    job = ("-m", "jobs.streaming", "-r", "emr", "--dry-run", "--cloud-tmp-dir", "s3://b/tmp", "-mapper", "cat", source)
    done = run_job(*job, "--cluster-id", "j-1", "--s3-endpoint", "http://127.0.0.1:9", env=env)
    lines = Dry.of(done.stdout.decode()).lines
    with pytest.raises(AssertionError, match=r"Could not connect to the endpoint URL: \"http://127.0.0.1:9/"):
        paste(lines, aws_bin, {"AWS_MAX_ATTEMPTS": "1", **emr_rules.env}, tmp_path)
    assert emr_rules.calls() == {}


@pytest.mark.cluster
@pytest.mark.long
@pytest.mark.timeout(3 * SECONDS)
@pytest.mark.parametrize("is_own", [True, False], ids=["cluster", "steps"])
def test_pasted_lines_run_the_job(
    emr: Emr, aws_bin: Path, run_job: RunJob, env: dict[str, str], source: Path, tmp_path: Path, is_own: bool
) -> None:
    """The same command with the request's ID prints the bytes of -r local, and leaves nothing on S3."""
    assert emr.s3
    job = Pasted(emr.s3, run_job, env, source, f"pasted-{'cluster' if is_own else 'steps'}")
    where = ROLES if is_own else ("--cluster-id", ask.run_job_flow(emr.client(), LogUri=f"s3://{job.bucket}/tmp/logs"))
    text = job.emr(*where, "--dry-run").decode()
    paste(Dry.of(text).lines, aws_bin, emr.env, tmp_path)
    again = re.search(r"^then the same command with (--request-id) (\S+) in place of --dry-run ", text, re.MULTILINE)
    assert again
    calls = emr.calls()
    printed = job.emr(*where, *again.groups(), env=emr.env)
    assert printed == job.run("-r", "local")
    assert ODD.encode() in printed
    # neither a cluster nor a step was made besides
    assert {name: emr.calls()[name] for name in calls if name in WRITES} == {
        name: count for name, count in calls.items() if name in WRITES
    }
    assert job.files() == {}
