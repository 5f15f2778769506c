"""Run jobs of `-r emr` under faults, kill their drivers, and print a table: python -m tests.runners.emr.fault_table.

Most jobs have a step that copies its input, in no time, on the tests' EMR over a real S3; some run on a real YARN. One
that ends with `unknown` is run again with the --request-id that it has printed.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import sys
import tempfile
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.cluster.cluster import Cluster, StartError
from tests.cluster.emr.s3 import S3
from tests.cluster.parts import MissingError
from tests.runners.emr import fault_jobs, fault_kills
from tests.runners.emr.fault_stage import BUCKET, World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from tests.runners.emr.fault_jobs import Outcome

EPILOG = """\
examples:
  make faults-emr                                   all: 220 jobs, 20 on YARN, 20 kills, and the matrix of equality
  make faults-emr ARGS='--seed 7 --yarn 0'          other faults, and no Hadoop
  make faults-emr ARGS='--jobs 0 --yarn 0'          the kills alone

columns:
  lost      not done, or its output is not right, however often it is run again
  two       with two completed steps
  extra     steps that were started beyond the one that a job needs
  unknown   ended with exit status 3, and `unknown: run again with --request-id ID`
  failed    ended with another one, and an ID to run again with
  finished  of these two, done by the same command with that ID
  left      left something on S3 or on this machine, after the next run
"""
COLUMNS = ("jobs", "lost", "two", "extra", "unknown", "failed", "finished", "left")


def main() -> int:
    """0, or 1 where a job is lost, doubled or has left something."""
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, signal.default_int_handler)
    options = parser().parse_args()
    try:
        with world(with_yarn=bool(options.yarn)) as around:
            return table(around, options)
    except (MissingError, StartError, TimeoutError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1


def parser() -> argparse.ArgumentParser:
    parsed = argparse.ArgumentParser(
        prog="make faults-emr",
        usage="make faults-emr ARGS='[options]'",
        description="Run jobs of -r emr under faults and print what becomes of them.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    numbers = {
        "seed": (1, "what chooses faults and moments"),
        "jobs": (220, "jobs whose step copies its input; 119 meet each fault of each call once"),
        "yarn": (20, "jobs on a real YARN"),
        "kills": (20, "drivers that are killed, and run again"),
        "at-once": (3 * (os.cpu_count() or 1), "jobs that run at the same time: most of one is waiting"),
    }
    for name, (default, about) in numbers.items():
        parsed.add_argument(f"--{name}", type=int, default=default, metavar="N", help=f"{about} (default: {default})")
    return parsed


@contextlib.contextmanager
def world(*, with_yarn: bool) -> Iterator[World]:
    """S3, and where it is wanted a Hadoop, in a folder that goes with them."""
    with tempfile.TemporaryDirectory(prefix="gristmill-faults-") as name, contextlib.ExitStack() as stack:
        cluster = None
        if with_yarn:
            cluster = Cluster.start(Path(name, "cluster"))
            stack.callback(cluster.stop)
        s3 = S3.start(Path(name, "s3"))
        stack.callback(s3.stop)
        s3.client().create_bucket(Bucket=BUCKET)
        yield World(Path(name), s3, cluster)


def table(around: World, options: argparse.Namespace) -> int:
    """Run what the options ask for and print the tables; the exit status."""
    begun = time.monotonic()
    jobs = fault_jobs.deal(options.seed, options.jobs)
    real = fault_jobs.deal(options.seed, options.yarn, is_real=True)
    kills = fault_kills.deal(options.seed, options.kills)
    total = len(jobs) + len(real) + len(kills)
    ran = [*run(around, real, fault_jobs.run, 2), *run(around, jobs, fault_jobs.run, options.at_once)]
    killed = run(around, kills, fault_kills.run, options.at_once)
    sys.stdout.write(f"seed {options.seed}\n\n")
    if ran:
        rows = [
            (f"{job.call:<24} {job.fault:<9}{' YARN' if job.is_real else '     '}", outcome) for job, outcome in ran
        ]
        sys.stdout.write("\n".join(lines("call, fault", rows)) + "\n\n")
    if killed:
        moments = [(f"{kill.moment:<39}", outcome) for kill, outcome in killed]
        sys.stdout.write("\n".join(lines("killed", moments)) + "\n\n")
    bad = [job for job, outcome in [*ran, *killed] if not outcome.is_well]
    sys.stdout.write(
        f"{total - len(bad)} of {total} are done once and leave nothing, {time.monotonic() - begun:.0f} s\n"
    )
    return 1 if bad else 0


def run(
    around: World, jobs: Sequence[Any], how: Callable[[World, Any], Outcome], at_once: int
) -> list[tuple[Any, Outcome]]:
    """The jobs, each with what has become of it; those that are not well are told at once."""
    ran: list[tuple[Any, Outcome]] = []
    pool = ThreadPoolExecutor(max(at_once, 1))
    try:
        for job, outcome in zip(jobs, pool.map(lambda job: how(around, job), jobs)):
            ran.append((job, outcome))
            if not outcome.is_well:
                sys.stderr.write(f"{job}\n{outcome}\n{outcome.lost}\n\n")
            if len(ran) % 20 == 0 or len(ran) == len(jobs):
                sys.stderr.write(f"{len(ran)} of {len(jobs)} ...\n")
    finally:
        # with Ctrl-C no further one begins
        pool.shutdown(cancel_futures=True)
    return ran


def lines(title: str, rows: Iterable[tuple[str, Outcome]]) -> Iterator[str]:
    """A table: a line for each name, and the total."""
    sums: dict[str, list[int]] = defaultdict(lambda: [0] * len(COLUMNS))
    for name, outcome in rows:
        for key in (name, "total"):
            sums[key] = [a + b for a, b in zip(sums[key], figures(outcome))]
    yield f"{title:<39}" + "".join(f"{column:>9}" for column in COLUMNS)
    for name in sorted(sums, key=lambda name: (name == "total", name)):
        yield f"{name:<39}" + "".join(f"{count:>9}" for count in sums[name])


def figures(outcome: Outcome) -> list[int]:
    """One job's share of the columns."""
    first, is_again = outcome.statuses[:1], len(outcome.statuses) > 1
    return [
        1,
        bool(outcome.lost),
        outcome.completed > 1,
        max(outcome.started - 1, 0),
        first == [3],
        is_again and first != [3],
        is_again and not outcome.lost,
        bool(outcome.left),
    ]


if __name__ == "__main__":
    sys.exit(main())
