"""The faults of the tests' EMR, met by what others wrote: run by hand, quoted in docs/emr.md.

python -m tests.cluster.emr.faults_of_others [--seed N] [mrjob | aws | once]…

mrjob    mrjob 0.7.4, unmodified, with a cluster of its own and with --cluster-id
aws      the command lines that --dry-run prints, pasted without AWS_MAX_ATTEMPTS=1
once     the same, as they are printed

A job has one step, which does nothing. It meets one fault, at one to three calls in a row of one operation. Where its
command ends with an error or names no step, that is run once more, as a person runs it. Counted are jobs whose step has
not completed in the end (lost), jobs with two completed steps, and steps and clusters beyond the one that a job needs.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shlex
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gristmill.runners.emr import dry_run
from tests.cluster.emr import ask
from tests.cluster.emr.emr import Emr
from tests.cluster.emr.faults import KINDS
from tests.cluster.emr.others import environment
from tests.cluster.emr.s3 import S3

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

BUCKET = "others"
WRITES = ("RunJobFlow", "AddJobFlowSteps")
#: Seconds that an answer is waited for, by botocore and by the command line; and what slow and late ones take.
ANSWER, SLOW = 1, 2
#: Python reads it before anything else: what others wait for is not waited for here.
HASTE = f"""\
import time
sleep = time.sleep
time.sleep = lambda seconds: sleep(min(seconds, 0.05))
try:
    from botocore.config import Config
except ImportError:
    pass
else:
    Config.OPTION_DEFAULTS["read_timeout"] = {ANSWER}
"""
JOB = """\
from mrjob.job import MRJob
from mrjob.step import JarStep


class Nothing(MRJob):
    def steps(self):
        return [JarStep(jar="file:///var/lib/aws/emr/command-runner.jar", args=["true"])]


if __name__ == "__main__":
    Nothing.run()
"""
CONF = f"""\
runners:
  emr:
    region: us-east-1
    cloud_tmp_dir: s3://{BUCKET}/tmp/
    cloud_log_dir: s3://{BUCKET}/logs/
    release_label: emr-7.13.0
    iam_instance_profile: EMR_EC2_DefaultRole
    iam_service_role: EMR_DefaultRole
    bootstrap_mrjob: false
    check_cluster_every: 1
"""
COLUMNS = ("jobs", "ended with an error", "lost", "two completed", "extra steps", "extra clusters")


@dataclass(frozen=True)
class Way:
    """A way to run a job: its command, given a cluster or "" for one of its own."""

    name: str
    command: Callable[[str], list[str]]
    env: Mapping[str, str]


def mrjob(folder: Path) -> Way:
    """mrjob's own runner."""
    commands = environment(folder / "mrjob", "mrjob==0.7.4", "boto3")
    for name, text in (("job.py", JOB), ("mrjob.conf", CONF), ("in.txt", "a\n")):
        (folder / name).write_text(text, encoding="utf-8")
    words = ["-c", str(folder / "mrjob.conf"), "-r", "emr", "--no-output", str(folder / "in.txt")]

    def command(cluster: str) -> list[str]:
        return [
            str(commands / "python"),
            str(folder / "job.py"),
            *words,
            *(["--cluster-id", cluster] if cluster else []),
        ]

    return Way("mrjob 0.7.4", command, {})


def aws(folder: Path, *, once: bool) -> Way:
    """The command line that a dry run prints."""
    commands = folder / "aws" / "bin"
    if not commands.exists():
        environment(folder / "aws", "awscli")

    def command(cluster: str) -> list[str]:
        step = ask.step("true", name="nothing 1/1")
        if cluster:
            words, _ = dry_run.add_steps_words({"JobFlowId": cluster, "Steps": [step]})
        else:
            instances = {"KeepJobFlowAliveWhenNoSteps": False, "InstanceGroups": [ask.MASTER]}
            roles = {"JobFlowRole": "EMR_EC2_DefaultRole", "ServiceRole": "EMR_DefaultRole"}
            request = {"Name": "n", "ReleaseLabel": "emr-7.13.0", "Instances": instances, "Steps": [step], **roles}
            words, _ = dry_run.create_cluster_words(request)
        line = shlex.join(["aws", "--cli-read-timeout", str(ANSWER), "emr", *words])
        return ["bash", "-c", f"{dry_run.ONCE} {line}" if once else line]

    env = {"PATH": f"{commands}:{os.environ['PATH']}"}
    name = f"the command line, {dry_run.ONCE}" if once else "the command line without it"
    return Way(name, command, env)


def run(way: Way, emr: Emr, s3: S3, home: Path, cluster: str) -> bool:
    """Run a job once; whether its command says that it has gone well, and names a step or a cluster."""
    env = {"PATH": os.environ["PATH"], "HOME": str(home), "TMPDIR": str(home), "PYTHONPATH": str(home / "haste")}
    done = subprocess.run(
        way.command(cluster),
        env={**env, **emr.env, **s3.env, **way.env},
        cwd=home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
    return done.returncode == 0 and bool(re.search(r"\b[js]-[0-9A-Z]{5,}", done.stdout + done.stderr))


def job(way: Way, emr: Emr, s3: S3, home: Path, fault: dict[str, Any], *, is_own: bool) -> Counter[str]:
    """Run a job that meets a fault, and count what came of it."""
    client = emr.client()
    cluster = "" if is_own else ask.run_job_flow(client)
    before = clusters(client)
    emr.control(faults=[fault])
    is_well = run(way, emr, s3, home, cluster)
    # a request that its caller gave up is done by then
    time.sleep(SLOW if fault.get("seconds") else 0)
    emr.control(faults=[])
    if not is_well:
        run(way, emr, s3, home, cluster)
    ids = clusters(client) - before if is_own else {cluster}
    for each in ids:
        ask.until(lambda each=each: not {*ask.states(client, each)} & {"PENDING", "RUNNING"})  # type: ignore[misc]
    states = [state for each in ids for state in ask.states(client, each)]
    completed = states.count("COMPLETED")
    for each in ids:
        client.terminate_job_flows(JobFlowIds=[each])
    return Counter(
        {
            "jobs": 1,
            "ended with an error": int(not is_well),
            "lost": int(completed == 0),
            "two completed": int(completed > 1),
            "extra steps": max(len(states) - 1, 0),
            "extra clusters": len(ids) - 1 if is_own else 0,
        }
    )


def faults(way: Way, emr: Emr, s3: S3, home: Path, chosen: random.Random, *, is_own: bool) -> Iterator[dict[str, Any]]:
    """Every fault of every call that a job makes: of one that makes something, for one, two and three in a row."""
    cluster = "" if is_own else ask.run_job_flow(emr.client())
    before = Counter(emr.calls())
    if not run(way, emr, s3, home, cluster):
        raise AssertionError(f"{way.name} does not run a job where nothing is wrong")
    for call in sorted(Counter(emr.calls()) - before):
        for kind in KINDS:
            seconds = {"seconds": SLOW} if kind in ("slow", "late") else {}
            for count in (1, 2, 3) if call in WRITES else (chosen.choice((1, 2, 3)),):
                yield {"call": call, "fault": kind, "count": count, **seconds}


def clusters(client: Any) -> set[str]:
    """All clusters that there are."""
    return {each["Id"] for page in client.get_paginator("list_clusters").paginate() for each in page["Clusters"]}


def tell(way: Way, emr: Emr, s3: S3, home: Path, chosen: random.Random, *, is_own: bool) -> None:
    """Print the sums of a table, and to standard error what each fault came to."""
    total: Counter[str] = Counter()
    for fault in list(faults(way, emr, s3, home, chosen, is_own=is_own)):
        found = job(way, emr, s3, home, fault, is_own=is_own)
        total += found
        sys.stderr.write(f"{way.name}, {'own' if is_own else 'shared'}: {fault} -> {dict(+found)}\n")
    sums = " | ".join(str(total[column]) for column in COLUMNS)
    sys.stdout.write(f"| {way.name} | {'its own' if is_own else 'a running one'} | {sums} |\n")
    sys.stdout.flush()


def main() -> None:
    """Print a line for each way and each kind of cluster, and those jobs that are not as they should be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("ways", nargs="*", default=["mrjob", "aws", "once"])
    parser.add_argument("--seed", type=int, default=13)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gristmill-others-") as name:
        home = Path(name)
        (home / "haste").mkdir()
        (home / "haste" / "sitecustomize.py").write_text(HASTE, encoding="utf-8")
        makers = {"mrjob": mrjob, "aws": partial(aws, once=False), "once": partial(aws, once=True)}
        emr, s3 = Emr.start(home / "emr"), S3.start(home / "s3")
        try:
            s3.client().create_bucket(Bucket=BUCKET)
            sys.stdout.write(f"| | cluster | {' | '.join(COLUMNS)} |\n{'|---' * (len(COLUMNS) + 2)}|\n")
            for each in options.ways:
                way = makers[each](home)
                for is_own in (False, True):
                    tell(way, emr, s3, home, random.Random(options.seed), is_own=is_own)
        finally:
            emr.stop()
            s3.stop()


if __name__ == "__main__":
    main()
