"""Jobs of `-r emr`, each with a fault of one call, and what becomes of them.

own        a cluster that ends with the job
shared     a step on a running cluster
large      own, with input that goes to S3 in parts
adopted    own, begun by --no-wait and followed by the same command with its --request-id
cancelled  shared, stopped by Ctrl-C while the step runs
ended      own, stopped the same way
"""

from __future__ import annotations

import random
import signal
from dataclasses import dataclass, field

from tests.cluster.emr.faults import KINDS
from tests.runners.emr.fault_stage import ANSWER, Stage, World, request_id, within

#: The calls that the runner makes, and the kinds of job that make them.
EMR_CALLS = {
    "RunJobFlow": ("own",),
    "AddJobFlowSteps": ("shared",),
    "DescribeCluster": ("shared", "adopted"),
    "DescribeStep": ("own", "shared", "adopted"),
    "ListClusters": ("adopted",),
    "ListSteps": ("own", "adopted", "cancelled"),
    "CancelSteps": ("cancelled",),
    "TerminateJobFlows": ("ended",),
}
S3_CALLS = {
    "PutObject": ("own", "shared"),
    "CreateMultipartUpload": ("large",),
    "UploadPart": ("large",),
    "CompleteMultipartUpload": ("large",),
    "ListObjectsV2": ("own", "shared"),
    "HeadObject": ("own", "shared"),
    "GetObject": ("own", "shared"),
    "DeleteObjects": ("own", "shared"),
    "ListMultipartUploads": ("own", "shared"),
}
SENDING = ("PutObject", "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload")
STOPPED = ("cancelled", "ended")
#: Calls of which a job makes several.
REPEATED = {"DescribeStep": 1, "PutObject": 1, "ListObjectsV2": 2, "UploadPart": 1}
#: How often an unknown one is run again.
AGAIN = 3


@dataclass(frozen=True)
class Job:
    """A job and the fault that it meets."""

    number: str
    kind: str
    call: str
    fault: str
    count: int = 1
    seconds: float = 0.0
    after: int = 0
    is_real: bool = False


@dataclass
class Outcome:
    """What has become of a job."""

    #: Why it is lost, "" for one that is not.
    lost: str = ""
    completed: int = 0
    started: int = 0
    #: The exit statuses of its drivers, in order; more than one where it was run again.
    statuses: list[int] = field(default_factory=list)
    is_met: bool = True
    left: list[str] = field(default_factory=list)

    @property
    def is_well(self) -> bool:
        """Whether it is done, once, and nothing is left."""
        return not self.lost and self.completed <= 1 and self.started <= 1 and self.is_met and not self.left


def deal(seed: int, count: int, *, is_real: bool = False) -> list[Job]:
    """So many jobs: each call with each fault, then EMR's again and again; real ones are chosen from these."""
    rng = random.Random(seed)
    pairs = [(call, fault) for call in (*EMR_CALLS, *S3_CALLS) for fault in KINDS]
    of_emr = [(call, fault) for call in EMR_CALLS for fault in KINDS]
    if is_real:
        pairs = [(call, fault) for call, fault in of_emr if not set(EMR_CALLS[call]) & {*STOPPED}]
    if count < len(pairs):
        pairs = rng.sample(pairs, count)
    while len(pairs) < count:
        pairs += of_emr if not is_real else pairs
    return [
        _job(rng, f"{'yarn' if is_real else 'job'}-{number}", *pair, is_real=is_real)
        for number, pair in enumerate(pairs[:count])
    ]


def _job(rng: random.Random, number: str, call: str, fault: str, *, is_real: bool) -> Job:
    kind = rng.choice(EMR_CALLS.get(call) or S3_CALLS[call])
    after = rng.randint(0, REPEATED.get(call, 0)) if kind not in ("adopted", *STOPPED) else 0
    return Job(number, kind, call, fault, rng.randint(1, 3), ANSWER + rng.uniform(0.5, 3), after, is_real)


def run(world: World, job: Job) -> Outcome:
    """Run a job to its end: again, by the ID that it prints, where it ends otherwise than it should."""
    with Stage(world, job.number, job.kind, is_real=job.is_real) as stage:
        stage.emr.control(step_seconds=_step_seconds(job))
        outcome = _stopped(stage, job) if job.kind in STOPPED else _completed(stage, job)
        if running := stage.running() if not within(30, lambda: not stage.running()) else []:
            outcome.lost = outcome.lost or f"running: {running}"
        steps = stage.steps()
        outcome.completed = sum(step.state == "COMPLETED" for step in steps)
        outcome.started = sum(step.started is not None for step in steps)
        outcome.is_met = job.count > stage.faults_left()
        # a call that was slow is still being done
        within(10, stage.is_quiet)
        outcome.left = stage.left()
        return outcome


def _step_seconds(job: Job) -> float:
    """How long the step takes."""
    if job.kind in STOPPED:
        return 60
    if job.fault == "slow" and job.call in SENDING:
        # a cluster takes longer than any call of S3's: none is done when all has been removed already
        return job.count * (ANSWER + 2) + job.seconds
    return 3 if job.after else 0


def _order(stage: Stage, job: Job) -> None:
    members = ("call", "fault", "count", "seconds", "after")
    stage.order("emr" if job.call in EMR_CALLS else "s3", {name: getattr(job, name) for name in members})


def _completed(stage: Stage, job: Job) -> Outcome:
    request = ""
    if job.kind == "adopted":
        request = request_id(stage.drive("--no-wait").stderr)
    _order(stage, job)
    outcome = Outcome()
    for _ in range(1 + AGAIN):
        ran = stage.drive(*(("--request-id", request) if request else ()))
        outcome.statuses.append(ran.returncode)
        request = request or request_id(ran.stderr)
        if ran.returncode == 0 or not request:
            break
    said = ran.stderr.decode(errors="replace")
    if ran.returncode or ran.stdout != stage.text:
        outcome.lost = f"exit status {ran.returncode}, {len(ran.stdout)} bytes\n{said}"
    return outcome


def _stopped(stage: Stage, job: Job) -> Outcome:
    _order(stage, job)
    driver = stage.start()
    is_running = within(60, lambda: " is RUNNING\n" in stage.said())
    driver.send_signal(signal.SIGINT)
    status = driver.wait(120)
    lost = "" if is_running and status == 130 else f"exit status {status}\n{stage.said()}"
    return Outcome(lost, statuses=[0 if status == 130 else status])
