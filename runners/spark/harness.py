"""The driver of a Spark application that runs a job's streaming steps; spark-submit starts it.

    files -> splits -> map -> shuffle -> reduce, map -> shuffle -> … -> part files

What becomes of it is told in a file, as JSON: {"counters": [[step, {group: {name: n}}]…], "failed": None or what a
task told of its failure}.
"""

from __future__ import annotations

import base64
import json
import re
import sys
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from gristmill.errors import RunError, output_exists
from gristmill.input import find
from gristmill.input.splits import cut, pack
from gristmill.task.processes import one_line

from ..manifest import NAME
from .files import JvmFiles, map_remote, write_lines
from .task_folder import MARK
from .tasks import Plan, Tasks

if TYPE_CHECKING:
    from pyspark import RDD, SparkContext

    from ..remote_files import RemoteFiles


class Merged:
    """How Spark adds up what tasks tell, by the task: one that is run twice counts once."""

    def zero(self, value: dict[Any, Any]) -> dict[Any, Any]:
        return {}

    def addInPlace(self, value1: dict[Any, Any], value2: dict[Any, Any]) -> dict[Any, Any]:
        return {**value1, **value2}


def main(plan: dict[str, Any], source: dict[str, Any], told: str) -> None:
    """Run the plan over the source; tell what became of it in the file `told`, and exit with 1 where it failed."""
    from pyspark import SparkContext

    failed, counters = None, []
    try:
        with SparkContext(appName=plan["job_key"]) as context:
            counted = context.accumulator({}, cast("Any", Merged()))
            try:
                run(context, _plan(plan, context.defaultParallelism), source, counted)
            finally:
                counters = [[key[0], counts] for key, counts in counted.value.items() if key[0] != "rank"]
    except Exception as error:
        failed = failure(error)
    Path(told).write_text(json.dumps({"counters": counters, "failed": failed}))
    sys.exit(1 if failed else 0)


def _plan(plan: dict[str, Any], cores: int) -> Plan:
    """The plan as JSON had it: steps by number again, and a number of reduces where it was left to Spark."""
    steps = {int(step): about for step, about in plan["steps"].items()}
    reduces = {int(step): cores if count is None else count for step, count in plan["reduces"].items()}
    return Plan(**{**plan, "steps": steps, "reduces": reduces})


def run(context: SparkContext, plan: Plan, source: dict[str, Any], counted: Any) -> None:
    """Run all steps of the plan."""
    tasks = Tasks(plan, counted)
    files = JvmFiles(context._jvm, cast("Any", context)._jsc.hadoopConfiguration())
    if source["named"] and files.exists(source["named"]):
        raise output_exists(source["named"])
    first = min(plan.steps)
    if source["upload"] or any(name is None for _, name in source["inputs"]):
        rdd = map_remote(context, tasks, first, source, files)
    else:
        rdd = _read_here(context, tasks, first, source)
    for step in plan.steps:
        if plan.reduces[step]:
            rdd = rdd.partitionBy(plan.reduces[step], int).mapPartitionsWithIndex(partial(tasks.reduce, step))
    if "://" not in plan.output:
        rdd.count()
        return
    write_lines(context, rdd, plan.output)
    ranks = {key[1]: rank for key, rank in counted.value.items() if key[0] == "rank"}
    files.number_parts(plan.output, {} if any(plan.reduces.values()) else ranks)


def _read_here(context: SparkContext, tasks: Tasks, step: int, source: dict[str, Any]) -> RDD[Any]:
    files = [find.InputFile(path, name) for path, name in source["inputs"]]
    maps, cores, numbers = source["maps"], context.defaultParallelism, count()
    packs = pack(cut(files, maps, cores, source["least"]), maps, cores)
    numbered = [[(next(numbers), split) for split in shared] for shared in packs]
    splits = context.parallelize(numbered, max(len(packs), 1)).flatMap(iter)
    return splits.mapPartitions(partial(tasks.map_splits, step))


def failure(error: Exception) -> dict[str, Any]:
    """What the task told whose failure ended the run; of any other error its one line, and the rest to read."""
    text = str(error)
    packed = re.search(f"{MARK}(.*?){MARK}", text)
    if packed:
        told: dict[str, Any] = json.loads(base64.b64decode(packed[1]))
        return told
    if isinstance(error, RunError):
        return {"kind": type(error).__name__, "message": text, "detail": "", "step": None}
    java = re.search("^: (.*)", text, re.MULTILINE)
    return {
        "kind": "TaskFailed",
        "message": java[1] if java else one_line(error),
        "detail": text if java else "",
        "step": None,
    }


def settle(fetch: list[str], rename: list[str], remove: str, told: str, manifest: str = "") -> None:
    """After the steps: copy a folder to this machine, give one its name, remove one; each only where it is named.

    The bytes of the manifest, in base 64, are written into the folder before it gets its name; "" is no manifest.
    """
    from pyspark.java_gateway import launch_gateway

    jvm: Any = launch_gateway().jvm
    conf = jvm.org.apache.spark.deploy.SparkHadoopUtil.get().newConfiguration(jvm.org.apache.spark.SparkConf())
    files: RemoteFiles = JvmFiles(jvm, conf)
    failed = None
    try:
        if fetch:
            files.get(*fetch)
        if rename and manifest:
            files.write(f"{rename[0]}/{NAME}", base64.b64decode(manifest))
        if rename:
            files.move(*rename)
        if remove:
            files.remove(remove)
    except Exception as error:
        failed = failure(error)
    Path(told).write_text(json.dumps({"failed": failed}))
