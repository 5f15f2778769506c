"""pyspark's RDDs on two cores, its start included: ``python -m benchmarks.peers.spark_rdd INPUT OUTPUT``.

Of four forms tried this took the least: sorting into two partitions makes Spark build the index twice, for a sample.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from gristmill.runners.spark.java import java_home

WORD = re.compile(r"\w+(?:'\w+)*")
SETTINGS = {
    "spark.master": "local[2]",
    "spark.app.name": "index",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
}


def pairs(line: str) -> list[tuple[str, str]]:
    docid, _, text = line.partition("\t")
    return [(term, docid) for term in set(WORD.findall(text.lower().replace("’", "'")))]


def append(docids: list[str], docid: str) -> list[str]:
    docids.append(docid)
    return docids


def extend(docids: list[str], more: list[str]) -> list[str]:
    docids.extend(more)
    return docids


def listed(docids: list[str]) -> str:
    return "\t".join(sorted(set(docids)))


def main(source: str, target: str) -> None:
    from pyspark import SparkConf, SparkContext

    with TemporaryDirectory() as scratch:
        os.environ.update(java_home(Path(scratch)))
        os.environ["PYSPARK_PYTHON"] = sys.executable
        rows = Path(scratch, "rows")
        with SparkContext(conf=SparkConf().setAll(list(SETTINGS.items()))) as context:
            lines = context.textFile(Path(source).absolute().as_uri(), 2)
            none: list[str] = []
            index = lines.flatMap(pairs).aggregateByKey(none, append, extend, 2).mapValues(listed)
            index.sortByKey(numPartitions=1).map("\t".join).saveAsTextFile(rows.as_uri())
        with Path(target).open("wb") as out:
            for part in sorted(rows.glob("part-*")):
                out.write(part.read_bytes())


if __name__ == "__main__":
    main(*sys.argv[1:])
