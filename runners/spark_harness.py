"""The driver of a Spark application that runs a job's streaming steps; spark-submit starts it.

    files -> splits -> map -> shuffle -> reduce, map -> shuffle -> … -> part files

What becomes of it is told in a file, as JSON: {"counters": [[step, part, {group: {name: n}}]…], "failed": None or what
a task told of its failure}.
"""

from __future__ import annotations

import base64
import json
import re
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from jobs.errors import RunError
from runners import inputs
from runners.spark_tasks import MARK, Plan, Tasks
from runners.tasks import in_a_line

if TYPE_CHECKING:
    from pyspark import RDD, SparkContext


class Merged:
    """How Spark adds up what tasks tell, by the task: one that is run twice counts once."""

    def zero(self, value: dict[Any, Any]) -> dict[Any, Any]:
        return {}

    def addInPlace(self, value1: dict[Any, Any], value2: dict[Any, Any]) -> dict[Any, Any]:
        return {**value1, **value2}


def main(plan: dict[str, Any], source: dict[str, Any], told: str) -> None:
    """Run the plan over the source; tell what became of it in the file `told`, and exit with 1 where it failed."""
    from pyspark import SparkContext

    context = SparkContext(appName=plan["job_key"])
    counted = context.accumulator({}, cast("Any", Merged()))
    failed = None
    try:
        run(context, _plan(plan, context.defaultParallelism), source, counted)
    except Exception as error:
        failed = failure(error)
    counters = [[step, part, counts] for (step, part, _), counts in counted.value.items()]
    _write(context, told, json.dumps({"counters": counters, "failed": failed}))
    context.stop()
    sys.exit(1 if failed else 0)


def _plan(plan: dict[str, Any], cores: int) -> Plan:
    """The plan as JSON had it: steps by number again, and a number of reduces where it was left to Spark."""
    steps = {int(step): about for step, about in plan["steps"].items()}
    reduces = {int(step): cores if count is None else count for step, count in plan["reduces"].items()}
    return Plan(**{**plan, "steps": steps, "reduces": reduces})


def run(context: SparkContext, plan: Plan, source: dict[str, Any], counted: Any) -> None:
    """Run all steps of the plan."""
    tasks = Tasks(plan, counted)
    first = min(plan.steps)
    rdd = _read_files(context, tasks, first, source)
    for step in plan.steps:
        if plan.reduces[step]:
            rdd = rdd.partitionBy(plan.reduces[step], int).mapPartitionsWithIndex(partial(tasks.reduce, step))
    rdd.count()


def _read_files(context: SparkContext, tasks: Tasks, step: int, source: dict[str, Any]) -> RDD[Any]:
    files = [inputs.Input(path, name) for path, name in source["files"]]
    splits = list(enumerate(inputs.cut(files, source["maps"], context.defaultParallelism, source["least"])))
    return context.parallelize(splits, max(len(splits), 1)).mapPartitions(partial(tasks.map_splits, step))


def failure(error: Exception) -> dict[str, Any]:
    """What the task told whose failure ended the run; of any other error its one line, and the rest to read."""
    text = str(error)
    packed = re.search(f"{MARK}(.*?){MARK}", text)
    if packed:
        told: dict[str, Any] = json.loads(base64.b64decode(packed[1]))
        return told
    kind = type(error).__name__ if isinstance(error, RunError) else "TaskFailed"
    java = re.search("^: (.*)", text, re.MULTILINE)
    message = text if isinstance(error, RunError) else java[1] if java else in_a_line(error)
    return {"kind": kind, "message": message, "detail": text if java else "", "step": None}


def _write(context: SparkContext, path: str, text: str) -> None:
    if "://" not in path:
        Path(path).write_text(text)
