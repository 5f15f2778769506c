"""Where one job of `-r emr` meets faults: an EMR, a gate before S3, and folders that no other job has.

A step copies its input where there is no Hadoop (see tests/cluster/emr/copying.py), and by `cat` on YARN: the output of
a job is its input.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.cluster.emr import ask
from tests.cluster.emr.clusters import ACTIVE
from tests.cluster.emr.emr import Emr
from tests.cluster.emr.s3_gate import Gate

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from types import TracebackType

    from tests.cluster.cluster import Cluster
    from tests.cluster.emr.clusters import Step
    from tests.cluster.emr.faulty import FaultyServer
    from tests.cluster.emr.s3 import S3

BUCKET = "faults"
#: Seconds that the driver waits for an answer, so that a table does not take hours.
ANSWER = 1.5
#: A driver that takes so long hangs: a step on YARN takes minutes where a machine is busy.
SECONDS = 900
ROLES = ("--iam-service-role", "EMR_DefaultRole", "--iam-instance-profile", "EMR_EC2_DefaultRole")
SMALL = b"".join(b"%03d\tmill\n" % number for number in range(50))
#: In two parts where a part has 5 MB, the least that S3 takes.
LARGE = b"".join(b"%07d\t%s\n" % (number, b"mill" * 16) for number in range(95_000))


@dataclass(frozen=True)
class World:
    """What all jobs share."""

    folder: Path
    s3: S3
    #: Where real steps run.
    cluster: Cluster | None = None


class Stage:
    """The services of the job `number`; its driver's options are those of its `kind` (see `options`)."""

    def __init__(self, world: World, number: str, kind: str, *, is_real: bool = False) -> None:
        self._s3 = world.s3.client()
        self.folder, self.kind, self.prefix = world.folder / number, kind, f"{number}/"
        self.tmp = self.folder / "tmp"
        self.tmp.mkdir(parents=True)
        self.text = LARGE if kind == "large" else SMALL
        (self.folder / "in.tsv").write_bytes(self.text)
        settings = {"answer_seconds": ANSWER, "cloud_part_size_mb": 5}
        (self.folder / "mrjob.conf").write_text(json.dumps({"runners": {"emr": settings}}))
        self.emr = Emr.start(self.folder / "emr", world.cluster if is_real else None, world.s3)
        self.gate = Gate(world.s3.url)
        self.shared = ask.run_job_flow(self.emr.client()) if kind in ("shared", "cancelled") else ""
        self.env = {**os.environ, **self.emr.env, "AWS_ENDPOINT_URL_S3": self.gate.url, "TMPDIR": str(self.tmp)}

    def __enter__(self) -> Stage:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.emr.stop()
        self.gate.stop()

    def command(self, *more: str) -> list[str]:
        """The command line of the job."""
        programs = ("-mapper", "cat", "-reducer", "cat")
        where = ("-c", str(self.folder / "mrjob.conf"), "--cloud-tmp-dir", f"s3://{BUCKET}/{self.prefix}tmp")
        cluster = ("--cluster-id", self.shared) if self.shared else ROLES
        output = ("--output-dir", f"s3://{BUCKET}/{self.prefix}out", "--cat-output") if self.kind == "adopted" else ()
        words = ("-m", "jobs.streaming", *programs, "-r", "emr", *where, *cluster, *output, *more)
        return [sys.executable, *words, str(self.folder / "in.tsv")]

    def drive(self, *more: str) -> subprocess.CompletedProcess[bytes]:
        """Run the job's driver to its end."""
        command = self.command(*more)
        return subprocess.run(
            command, env=self.env, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False
        )

    def start(self, *more: str) -> subprocess.Popen[bytes]:
        """Start it; what it writes goes to files."""
        with (self.folder / "stdout").open("wb") as stdout, (self.folder / "stderr").open("wb") as stderr:
            return subprocess.Popen(
                self.command(*more), env=self.env, stdin=subprocess.DEVNULL, stdout=stdout, stderr=stderr
            )

    def said(self) -> str:
        """What a started driver has written to standard error."""
        return (self.folder / "stderr").read_text(encoding="utf-8", errors="replace")

    def steps(self) -> list[Step]:
        """All steps that there are."""
        with self.emr.account.changed:
            return [step for cluster in self.emr.account.clusters.values() for step in cluster.steps.values()]

    def running(self) -> list[str]:
        """Steps that have not ended, and clusters of the job's own that have not."""
        with self.emr.account.changed:
            clusters = [each for each in self.emr.account.clusters.values() if each.id != self.shared]
            alive = [each.id for each in clusters if not each.state.startswith("TERMINATED")]
        return [step.id for step in self.steps() if step.state in ACTIVE] + alive

    def left(self) -> list[str]:
        """What the job has left on S3 and on this machine, but for logs and an output that was asked for."""
        objects = self._s3.list_objects_v2(Bucket=BUCKET, Prefix=f"{self.prefix}tmp/").get("Contents", ())
        keys = [each["Key"] for each in objects if not each["Key"].startswith(f"{self.prefix}tmp/logs/")]
        parts = self._s3.list_multipart_uploads(Bucket=BUCKET, Prefix=self.prefix).get("Uploads", ())
        return [*keys, *(f"a part of {each['Key']}" for each in parts), *(path.name for path in self.tmp.iterdir())]

    def order(self, service: str, fault: dict[str, Any]) -> None:
        """Have calls of EMR or S3 meet a fault."""
        self.faulty(service).faults.order([fault])

    def faulty(self, service: str) -> FaultyServer:
        """The server of `emr` or `s3`."""
        return self.emr.server if service == "emr" else self.gate

    def faults_left(self) -> int:
        """How many calls are still to meet one."""
        return self.emr.server.faults.left() + self.gate.faults.left()

    def is_quiet(self) -> bool:
        """Whether no call is being answered."""
        return not self.emr.server.busy and not self.gate.busy


def request_id(said: bytes) -> str:
    """The request ID that a driver has printed; "" for none."""
    found = re.search(rb"Request ID (\S+)", said)
    return found[1].decode() if found else ""


def within(seconds: float, condition: Callable[[], Any]) -> bool:
    """Whether a condition comes true in time."""
    last = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > last:
            return False
        time.sleep(0.02)
    return True
