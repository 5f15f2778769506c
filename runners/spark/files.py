"""Files that Spark reaches and this machine may not: hdfs://, s3a:// and the like, by the JVM of Spark's driver.

Lines come and go as rows of Spark SQL, whose strings are the bytes that they were; an RDD of text would decode them.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from gristmill.errors import InputError, output_exists
from gristmill.input.compression import check_readable, suffix
from gristmill.input.splits import MAX_SPLIT

if TYPE_CHECKING:
    from pyspark import RDD, SparkContext

    from .tasks import Tasks


class Files:
    """The file systems that a JVM knows, by URIs as they are, with nothing percent-encoded."""

    def __init__(self, jvm: Any, conf: Any) -> None:
        self._hadoop = jvm.org.apache.hadoop.fs
        self._conf = conf

    def _open(self, uri: str) -> tuple[Any, Any]:
        path = self._hadoop.Path(uri)
        system = path.getFileSystem(self._conf)
        return system, system.makeQualified(path)

    def exists(self, uri: str) -> bool:
        system, path = self._open(uri)
        return bool(system.exists(path))

    def full(self, uri: str) -> str:
        """The URI with its scheme and host, as files are listed."""
        return str(self._open(uri)[1].toString())

    def find(self, uri: str) -> list[tuple[str, str]]:
        """URI and name of each file that `uri` (a file, a folder, a glob) names, in order of names; InputError."""
        system, path = self._open(uri)
        matches = system.globStatus(path)
        if not matches:
            raise InputError(f"input {uri} does not exist; give a file, a folder or a glob that Spark reaches")
        found = []
        for match in matches:
            at = str(match.getPath().toString())
            if match.isFile():
                found.append((at, uri if len(matches) == 1 and at.endswith(self.full(uri)) else at))
            else:
                found += [(file, file[len(at) + 1 :]) for file in self._walk(system, match)]
        return found

    def _walk(self, system: Any, folder: Any) -> list[str]:
        """The files in and below a folder, its own first, as the local runner has them."""
        inside = {str(one.getPath().getName()): one for one in system.listStatus(folder.getPath())}
        shown = [one for name, one in sorted(inside.items()) if name[0] not in "._"]
        own = [str(one.getPath().toString()) for one in shown if one.isFile()]
        return own + [path for one in shown if not one.isFile() for path in self._walk(system, one)]

    def size(self, uri: str) -> int:
        """The length of a file in bytes; raises InputError for one that Spark does not read."""
        check_readable(uri, by="spark")
        system, path = self._open(uri)
        return int(system.getFileStatus(path).getLen())

    def put(self, path: str, uri: str) -> None:
        """Copy a file of this machine."""
        system, target = self._open(uri)
        system.copyFromLocalFile(False, True, self._hadoop.Path(f"file://{path}"), target)

    def get(self, uri: str, path: str) -> None:
        """Copy a folder to this machine."""
        system, source = self._open(uri)
        system.copyToLocalFile(False, source, self._hadoop.Path(f"file://{path}"), True)

    def rename(self, uri: str, target: str) -> None:
        """Give a folder its name, which must be free."""
        system, source = self._open(uri)
        if self.exists(target) or not system.rename(source, self._open(target)[1]):
            raise output_exists(target)

    def remove(self, uri: str) -> None:
        """Remove a file or folder, if there is one."""
        system, path = self._open(uri)
        system.delete(path, True)

    def number_parts(self, folder: str, ranks: dict[int, Any]) -> None:
        """Give the part files of `folder` Hadoop's names, in order of `ranks` where those of their tasks are given."""
        system, path = self._open(folder)
        parts = {int(name.split("-")[1]): name for name in self._parts(system, path)}
        ranked = sorted(parts, key=lambda part: (ranks.get(part, (0, 0)), part)) if ranks else None
        for part, name in parts.items():
            number = ranked.index(part) if ranked else part
            system.rename(self._hadoop.Path(path, name), self._hadoop.Path(path, f"part-{number:05d}"))

    def _parts(self, system: Any, path: Any) -> list[str]:
        names = [str(status.getPath().getName()) for status in system.listStatus(path)]
        return sorted(name for name in names if name.startswith("part-"))


def read(context: SparkContext, tasks: Tasks, step: int, source: dict[str, Any], files: Files) -> RDD[Any]:
    """Map the lines of files that Spark reaches; those of this machine are first copied to where it does."""
    from pyspark.sql import SparkSession
    from pyspark.sql.functions import col

    found = []
    for number, (path, name) in enumerate(source["inputs"]):
        if name is None:
            found += files.find(path)
        elif source["upload"]:
            uri = f"{source['upload']}/input/{number:07d}{suffix(path)}"
            files.put(path, uri)
            found.append((files.full(uri), name))
        else:
            found.append((files.full(f"file://{path}"), name))
    sizes = [files.size(uri) for uri, _ in found]
    total, maps = sum(sizes), source["maps"]
    goal = -(-total // maps) if maps else min(-(-total // context.defaultParallelism), MAX_SPLIT)
    spark = SparkSession(context)
    split = min(max(goal, source["least"], 1), max(*sizes, 1))
    # a file that is opened counts as a whole split, so each split is a task of its own
    for name in ("maxPartitionBytes", "openCostInBytes"):
        spark.conf.set(f"spark.sql.files.{name}", str(split))
    about = [col(f"_metadata.{name}") for name in ("file_path", "file_block_start", "file_block_length")]
    lines = spark.read.text([_escaped(uri) for uri, _ in found])
    names = {uri: (number, name) for number, (uri, name) in enumerate(found)}
    rows = lines.select(*about, col("value").cast("binary")).rdd
    return rows.mapPartitionsWithIndex(partial(tasks.map_rows, step, names))


def _escaped(uri: str) -> str:
    """The URI as a glob that matches it alone."""
    return "".join(f"\\{letter}" if letter in "*?[]{}\\" else letter for letter in uri)


def write(context: SparkContext, rdd: RDD[Any], output: str) -> None:
    """Write lines, many to a row, without the last one's end, as text."""
    from pyspark.sql import SparkSession

    frame = SparkSession(context).createDataFrame(rdd.map(_as_row), "value binary")
    frame.selectExpr("cast(value as string) as value").write.text(output)


def _as_row(lines: bytes) -> tuple[bytes]:
    return (lines,)
