"""Drivers of `-r emr` that are killed -9 at chosen moments, and the same command run again with its --request-id.

A moment is a call: it is answered late (done at once), or slow (done when the driver is dead), and the driver is killed
while it waits for the answer.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass

from tests.runners.emr.fault_jobs import AGAIN, EMR_CALLS, Outcome
from tests.runners.emr.fault_stage import Stage, World, within

#: Moment -> kind of job, call, and how many of these may come before.
MOMENTS = {
    "before anything is made": [
        ("own", "ListClusters", 0),
        ("shared", "ListSteps", 0),
        ("shared", "DescribeCluster", 0),
    ],
    "while files are sent": [
        ("own", "PutObject", 1),
        ("shared", "PutObject", 1),
        ("large", "CreateMultipartUpload", 0),
        ("large", "UploadPart", 1),
        ("large", "CompleteMultipartUpload", 0),
    ],
    "before a submission is answered": [("own", "RunJobFlow", 0), ("shared", "AddJobFlowSteps", 0)],
    "while the step runs": [("own", "ListSteps", 0), ("own", "DescribeStep", 1), ("shared", "DescribeStep", 1)],
    "while output is read": [("own", "HeadObject", 0), ("shared", "GetObject", 0)],
    "while files are removed": [
        ("own", "DeleteObjects", 0),
        ("shared", "DeleteObjects", 0),
        ("shared", "ListMultipartUploads", 0),
    ],
}
#: Seconds that the call takes by which the driver is killed, and that a step runs.
CALL, STEP = 6.0, 4.0
#: What a run says whose output an earlier one has printed.
PRINTED = b"has printed it; leave that out to run anew"


@dataclass(frozen=True)
class Kill:
    """A driver that is killed `pause` seconds after its call number `after` has arrived."""

    number: str
    moment: str
    kind: str
    call: str
    fault: str
    after: int
    pause: float
    #: Whether the command is run again before the call of the dead driver is done.
    is_at_once: bool


def deal(seed: int, count: int) -> list[Kill]:
    """So many kills, the moments in turn."""
    rng = random.Random(seed)
    return [_kill(rng, f"kill-{number}", list(MOMENTS)[number % len(MOMENTS)]) for number in range(count)]


def _kill(rng: random.Random, number: str, moment: str) -> Kill:
    kind, call, most = rng.choice(MOMENTS[moment])
    fault, after = rng.choice(("late", "slow")), rng.randint(0, most)
    return Kill(number, moment, kind, call, fault, after, rng.uniform(0, 0.5), rng.random() < 0.5)


def run(world: World, kill: Kill) -> Outcome:
    """Kill a driver, run its command again to its end, and see what there is then."""
    with Stage(world, kill.number, kill.kind) as stage:
        stage.emr.control(step_seconds=STEP)
        printed = _killed(stage, kill)
        outcome = _again(stage, kill, printed)
        if not within(30, lambda: not stage.running()):
            outcome.lost = outcome.lost or f"running: {stage.running()}"
        steps = stage.steps()
        outcome.completed = sum(step.state == "COMPLETED" for step in steps)
        outcome.started = sum(step.started is not None for step in steps)
        if not outcome.completed:
            outcome.lost = outcome.lost or "no step has completed"
        within(10, stage.is_quiet)
        if stage.left():
            # what a dead driver has left goes with the next run at the latest
            stage.emr.control(step_seconds=0)
            stage.drive()
        outcome.left = stage.left()
        return outcome


def _killed(stage: Stage, kill: Kill) -> bytes:
    """Kill a driver; what it has printed until then."""
    service = "emr" if kill.call in EMR_CALLS else "s3"
    server = stage.faulty(service)
    stage.order(service, {"call": kill.call, "fault": kill.fault, "seconds": CALL, "after": kill.after})
    driver = stage.start("--request-id", kill.number)
    assert within(120, lambda: server.calls[kill.call] > kill.after), stage.said()
    time.sleep(kill.pause)
    driver.kill()
    driver.wait()
    if not kill.is_at_once:
        within(15, stage.is_quiet)
    return (stage.folder / "stdout").read_bytes()


def _again(stage: Stage, kill: Kill, printed: bytes) -> Outcome:
    """Run the command again, until it has printed the output, or says that the first has."""
    outcome = Outcome()
    for _ in range(AGAIN):
        ran = stage.drive("--request-id", kill.number)
        outcome.statuses.append(ran.returncode)
        if ran.returncode == 0 and ran.stdout == stage.text:
            return outcome
        if printed == stage.text and PRINTED in ran.stderr:
            return outcome
    outcome.lost = f"exit status {ran.returncode}, {len(ran.stdout)} bytes\n{ran.stderr.decode(errors='replace')}"
    return outcome
