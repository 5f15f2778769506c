"""A step of the local runner in two stages.

packs of splits -> map_stage -> runs of each task and partition -> reduce_stage -> part files
"""

from __future__ import annotations

import logging
from contextlib import closing
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from gristmill.input.splits import large_packs
from gristmill.task.counters import add_counters
from gristmill.task.processes import Task, run_tasks

from ..progress import Progress
from .tasks import MapTask, Outcome, ReduceTask, Step

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gristmill.input.splits import Split
    from gristmill.shuffle.merge import Run
    from gristmill.task.counters import Counters

log = logging.getLogger("mrjob.gristmill")


@dataclass(frozen=True)
class Workers:
    """The processes of a stage: how many at a time, whether without a bar, and the totals of their counters."""

    cores: int
    quiet: bool
    counters: Counters

    def run(
        self, tasks: Sequence[MapTask] | Sequence[ReduceTask], processes: list[Task[Outcome]], progress: Progress
    ) -> list[Outcome]:
        """Run the tasks, log each when it ends, and add up their counters; RunError for the first that fails."""
        outcomes = run_tasks(
            processes, self.cores, progress.tick, lambda number, outcome: log.debug(tasks[number].as_shell(outcome))
        )
        for outcome in outcomes:
            add_counters(self.counters, outcome.counters)
        return outcomes


def run_step(step: Step, packs: list[list[Split]], workers: Workers) -> None:
    """Run the map tasks and then the reduce tasks, if there are any."""
    runs = map_stage(step, packs, workers)
    if step.layout.reduces:
        partitions = range(step.layout.reduces)
        reduce_stage(step, [list(chain.from_iterable(task[number] for task in runs)) for number in partitions], workers)


def map_stage(step: Step, packs: list[list[Split]], workers: Workers) -> list[list[list[Run]]]:
    """Run a map task for each pack; the runs of each task and partition."""
    total = sum(split.length for pack in packs for split in pack)
    with closing(Progress("map", len(packs), total, quiet=workers.quiet)) as progress:
        tasks = [
            MapTask(step, number, pack, step.site("mapper", number), progress.task(number))
            for number, pack in enumerate(packs)
        ]
        large = large_packs(packs)
        processes = [
            Task(f"map task {task.number}", task.run, task.site.stderr, task.reading, is_large=task.number in large)
            for task in tasks
        ]
        return [outcome.runs for outcome in workers.run(tasks, processes, progress)]


def reduce_stage(step: Step, partitions: list[list[Run]], workers: Workers) -> None:
    """Run a reduce task for each partition, and remove the runs."""
    total = sum(run.length for partition in partitions for run in partition)
    with closing(Progress("reduce", len(partitions), total, quiet=workers.quiet)) as progress:
        tasks = [
            ReduceTask(step, number, runs, step.site("reducer", number), progress.task(number))
            for number, runs in enumerate(partitions)
        ]
        processes = [Task(f"reduce task {task.number}", task.run, task.site.stderr) for task in tasks]
        workers.run(tasks, processes, progress)
    # now: the system need not write to the disk what it still holds in memory, and the output has room
    for path in {run.path for run in chain.from_iterable(partitions)}:
        Path(path).unlink()
