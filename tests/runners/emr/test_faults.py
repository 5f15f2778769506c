"""Jobs under faults and drivers that are killed, a few of those that `make faults-emr` has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cluster.emr.faults import KINDS
from tests.runners.emr import fault_jobs, fault_kills, fault_table
from tests.runners.emr.fault_jobs import EMR_CALLS, S3_CALLS, Outcome
from tests.runners.emr.fault_stage import SECONDS, World

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.cluster import Cluster
    from tests.cluster.emr.s3 import S3

#: One by which no job has to find out for a minute that EMR has not done its call; others have make faults-emr.
SEED = 6
AT_ONCE = 6


def test_jobs_under_faults_are_done_once(buckets: S3, tmp_path: Path) -> None:
    """None is lost, none is doubled, and nothing is left."""
    ran = fault_table.run(World(tmp_path, buckets), fault_jobs.deal(SEED, 12), fault_jobs.run, AT_ONCE)
    assert [(job, outcome) for job, outcome in ran if not outcome.is_well] == []


def test_jobs_whose_driver_is_killed_are_done_once(buckets: S3, tmp_path: Path) -> None:
    """At each kind of moment, by the same command with its --request-id."""
    ran = fault_table.run(World(tmp_path, buckets), fault_kills.deal(SEED, 6), fault_kills.run, AT_ONCE)
    assert [(kill, outcome) for kill, outcome in ran if not outcome.is_well] == []


@pytest.mark.cluster
@pytest.mark.timeout(2 * SECONDS)
def test_jobs_on_yarn_under_faults_are_done_once(buckets: S3, cluster: Cluster, tmp_path: Path) -> None:
    """Their steps run."""
    jobs = fault_jobs.deal(SEED, 3, is_real=True)
    ran = fault_table.run(World(tmp_path, buckets, cluster), jobs, fault_jobs.run, 3)
    assert [(job, outcome) for job, outcome in ran if not outcome.is_well] == []


def test_each_call_meets_each_fault() -> None:
    """By the same seed the same way."""
    jobs = fault_jobs.deal(SEED, 220)
    assert jobs == fault_jobs.deal(SEED, 220) != fault_jobs.deal(SEED + 1, 220)
    assert {(job.call, job.fault) for job in jobs} == {(call, f) for call in (*EMR_CALLS, *S3_CALLS) for f in KINDS}
    assert {kill.moment for kill in fault_kills.deal(SEED, 20)} == {*fault_kills.MOMENTS}


def test_the_table_has_a_line_for_each_fault_and_the_total() -> None:
    """What is not well is seen."""
    rows = [
        ("a", Outcome(completed=1, started=1, statuses=[0])),
        ("a", Outcome(completed=2, started=3, statuses=[3, 0], left=["x"])),
        ("b", Outcome("lost", statuses=[1, 1])),
    ]
    assert [line.split() for line in fault_table.lines("call", rows)] == [
        ["call", "jobs", "lost", "two", "extra", "unknown", "failed", "finished", "left"],
        ["a", "2", "0", "1", "2", "1", "0", "1", "1"],
        ["b", "1", "1", "0", "0", "0", "1", "0", "0"],
        ["total", "3", "1", "1", "2", "1", "1", "1", "1"],
    ]
    assert [outcome.is_well for _, outcome in rows] == [True, False, False]
    assert not Outcome(is_met=False).is_well
