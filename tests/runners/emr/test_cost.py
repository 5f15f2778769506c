"""What a driver of `-r emr` costs besides its step: calls, time and CPU."""

from __future__ import annotations

import os
import time
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.runners.emr.fault_stage import Stage, World, within

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.emr.s3 import S3

#: Seconds that the step takes, that its driver may end after it, and of CPU in all.
STEP, AFTER, CPU = 120, 3.0, 1.5


@pytest.mark.long
def test_a_job_of_two_minutes_costs_its_driver_little(buckets: S3, tmp_path: Path) -> None:
    """On a running cluster, three calls at most to the step's start; of the CPU, Python's own start is the most."""
    with Stage(World(tmp_path, buckets), "cost", "shared") as stage:
        stage.emr.control(step_seconds=STEP)
        before = Counter(stage.emr.calls())
        driver = stage.start()
        assert within(60, lambda: any(step.started for step in stage.steps())), stage.said()
        to_start = Counter(stage.emr.calls()) - before
        _, status, usage = os.wait4(driver.pid, 0)
        ended = time.time()
        driver.returncode = os.waitstatus_to_exitcode(status)
        (step,) = stage.steps()
        assert step.ended
        assert (driver.returncode, (stage.folder / "stdout").read_bytes()) == (0, stage.text), stage.said()
        assert sum(to_start.values()) <= 3
        assert ended - step.ended.timestamp() < AFTER
        assert usage.ru_utime + usage.ru_stime < CPU
