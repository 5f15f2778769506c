"""The driver of a Spark application that runs a job's streaming steps; spark-submit starts it.

    files -> splits -> map -> shuffle -> reduce, map -> shuffle -> … -> part files

The result is a file of JSON: {"counters": [[step, {group: {name: n}}]…], "failed": null or a failure as in failure.py,
"hidden": n}, hidden files of the input that are not read.
"""

from __future__ import annotations

import base64
import json
import sys
from functools import partial
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from gristmill.errors import output_exists
from gristmill.input import find
from gristmill.input.splits import cut, large_packs, pack

from ..manifest import NAME
from .failure import failure, reading_error
from .files import JvmFiles, number_local_parts, write_lines
from .own_reader import map_remote
from .plan import Plan, Source, parse_plan, parse_source
from .tasks import Tasks

if TYPE_CHECKING:
    from pyspark import RDD, SparkContext

    from ..remote_files import RemoteFiles


class ByTask:
    """Spark's accumulator of what tasks report, a dict by task: a task that is run twice counts once."""

    def zero(self, value: dict[Any, Any]) -> dict[Any, Any]:
        """What a task starts with."""
        return {}

    def addInPlace(self, value1: dict[Any, Any], value2: dict[Any, Any]) -> dict[Any, Any]:
        """The reports of both."""
        return {**value1, **value2}


def main(plan: dict[str, Any], source: dict[str, Any], result_file: str) -> None:
    """Run a plan over its source, both as JSON has them, and write the result to a file; exit with 1 where it fails."""
    from pyspark import SparkContext

    failed, counters, hidden = None, [], 0
    try:
        with SparkContext(appName=plan["job_key"]) as context:
            reports = context.accumulator({}, cast("Any", ByTask()))
            try:
                files = JvmFiles(context._jvm, cast("Any", context)._jsc.hadoopConfiguration())
                run(context, parse_plan(plan, context.defaultParallelism), parse_source(source), files, reports)
                hidden = files.hidden
            finally:
                counters = [[key[0], counts] for key, counts in reports.value.items() if key[0] != "rank"]
    except Exception as error:
        failed = failure(error)
    Path(result_file).write_text(json.dumps({"counters": counters, "failed": failed, "hidden": hidden}))
    sys.exit(1 if failed else 0)


def run(context: SparkContext, plan: Plan, source: Source, files: JvmFiles, reports: Any) -> None:
    """Run all steps of the plan; `reports` is the accumulator of what tasks report."""
    tasks = Tasks(plan, reports)
    if plan.final_output and files.exists(plan.final_output):
        raise output_exists(plan.final_output)
    first = min(plan.steps)
    if source.upload or any(each.name is None for each in source.inputs):
        rdd = map_remote(context, tasks, first, source, files)
    else:
        rdd = _map_local_files(context, tasks, first, source)
    for step in plan.steps:
        if plan.reduces[step]:
            rdd = rdd.partitionBy(plan.reduces[step], int).mapPartitionsWithIndex(partial(tasks.reduce, step))
    try:
        if "://" in plan.output:
            write_lines(context, rdd, plan.output)
        else:
            rdd.count()
    except Exception as error:
        if damaged := reading_error(error, tasks.names):
            raise damaged from None
        raise
    # Spark numbers the tasks of its own reader by the sizes of their splits
    ranks = {key[1]: rank for key, rank in reports.value.items() if key[0] == "rank"}
    ranks = {} if any(plan.reduces.values()) else ranks
    if "://" in plan.output:
        files.number_parts(plan.output, ranks)
    elif ranks:
        number_local_parts(Path(plan.output), ranks)


def _map_local_files(context: SparkContext, tasks: Tasks, step: int, source: Source) -> RDD[Any]:
    """Map the splits of files that this machine has."""
    files = [find.InputFile(path, name or "", version, source.encoding) for path, name, version in source.inputs]
    cores, numbers = context.defaultParallelism, count()
    packs = pack(cut(files, source.maps, cores, source.least), source.maps, cores)
    large = large_packs(packs)
    numbered = [[(next(numbers), split) for split in shared] for shared in packs]
    # of those one task reads one after the other; a part file is numbered by its split
    one = [split for number in sorted(large) for split in numbered[number]]
    numbered = [shared for number, shared in enumerate(numbered) if number not in large] + ([one] if one else [])
    splits = context.parallelize(numbered, max(len(numbered), 1)).flatMap(iter)
    return splits.mapPartitions(partial(tasks.map_splits, step))


def settle(fetch: list[str], rename: list[str], remove: list[str], result_file: str, manifest: str = "") -> None:
    """After the steps: copy a folder to this machine, give one its name, remove some; each only where it is named.

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
        files.remove(*remove)
    except Exception as error:
        failed = failure(error)
    Path(result_file).write_text(json.dumps({"failed": failed}))
