"""RemoteFiles that Spark reaches and this machine may not: hdfs://, s3a:// and the like, by the JVM of its driver.

Lines come and go as rows of Spark SQL, whose strings are the bytes that they were; an RDD of text would decode them.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from gristmill.errors import InputError, RunError, output_exists
from gristmill.input.compression import check_readable, suffix
from gristmill.input.find import is_hidden
from gristmill.input.magic import HEAD
from gristmill.input.splits import split_size
from gristmill.input.usable import check_head

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pyspark import RDD, SparkContext

    from .plan import Source
    from .tasks import Tasks


#: The most files of no compression whose first bytes are looked at: each look is a question to a file system far away.
MOST_LOOKED_AT = 1000
#: The first Spark that has a library for Zstandard.
OWN_ZSTD = (4, 1)


class JvmFiles:
    """RemoteFiles of the file systems that a JVM knows, by URIs as they are, with nothing percent-encoded."""

    def __init__(self, jvm: Any, conf: Any) -> None:
        self._hadoop = jvm.org.apache.hadoop.fs
        self._conf = conf

    def exists(self, path: str) -> bool:
        """Whether there is a file or folder."""
        system, there = self._open(path)
        return bool(system.exists(there))

    def put(self, local: str, path: str) -> None:
        """Copy from this machine; the JVM makes missing folders."""
        system, there = self._open(path)
        system.copyFromLocalFile(False, True, self._hadoop.Path(f"file://{local}"), there)

    def get(self, path: str, local: str) -> None:
        """Copy to this machine."""
        system, there = self._open(path)
        system.copyToLocalFile(False, there, self._hadoop.Path(f"file://{local}"), True)

    def move(self, source: str, target: str) -> None:
        """Rename an output directory; OutputError where there is a file or folder at `target`."""
        system, there = self._open(source)
        if self.exists(target) or not system.rename(there, self._open(target)[1]):
            raise output_exists(target)

    def remove(self, *paths: str) -> None:
        """Remove files, and folders with all they hold; those that are gone are no error."""
        for path in paths:
            system, there = self._open(path)
            system.delete(there, True)

    def list_files(self, path: str) -> list[str]:
        """URIs of what a path or glob names, or holds where it is a folder; RunError where there is nothing."""
        system, there = self._open(path)
        matches = system.globStatus(there)
        if not matches:
            raise RunError(f"{path} does not exist; name another path")
        folders = [match for match in matches if not match.isFile()]
        files = [match for match in matches if match.isFile()]
        files += [status for folder in folders for status in system.listStatus(folder.getPath())]
        return sorted(str(status.getPath().toString()) for status in files)

    def write(self, path: str, data: bytes) -> None:
        """Make or replace a small file."""
        system, there = self._open(path)
        stream = system.create(there, True)
        stream.write(bytearray(data))
        stream.close()

    # what a job's input and output need besides

    def full(self, path: str) -> str:
        """The URI with its scheme and host, as files are listed."""
        return str(self._open(path)[1].toString())

    def find_inputs(self, path: str) -> list[tuple[str, str]]:
        """URI and name of each file that `path` (a file, a folder, a glob) names, in order of names; InputError."""
        system, there = self._open(path)
        matches = system.globStatus(there) or ()
        if is_glob(path):
            matches = [match for match in matches if not is_hidden(str(match.getPath().getName()))]
        if not matches:
            raise InputError(f"input {path} does not exist; give a file, a folder or a glob that Spark reaches")
        found = []
        for match in matches:
            uri = str(match.getPath().toString())
            if match.isFile():
                found.append((uri, path if len(matches) == 1 and uri.endswith(self.full(path)) else uri))
            else:
                found += [(file, file[len(uri) + 1 :]) for file in self._walk(system, match)]
        return found

    def size(self, path: str, *, is_text: bool, looks: bool = True) -> int:
        """The length of a file in bytes; InputError for one that Spark does not read.

        `is_text`: what is compressed by no name is to be text, which is seen where the driver `looks`.
        """
        check_readable(path, by="spark", as_named=True)
        system, there = self._open(path)
        size = int(system.getFileStatus(there).getLen())
        if size and (suffix(path) or (is_text and looks)):
            stream = system.open(there)
            try:
                check_head(path, bytes(stream.readNBytes(HEAD)), size, is_text=is_text)
            finally:
                stream.close()
        return size

    def number_parts(self, folder: str, ranks: dict[int, Any]) -> None:
        """Give the part files of `folder` Hadoop's names, in order of `ranks` where those of their tasks are given."""
        system, there = self._open(folder)
        names = [str(status.getPath().getName()) for status in system.listStatus(there)]
        parts = {int(name.split("-")[1]): name for name in sorted(names) if name.startswith("part-")}
        for part, number in _numbers(parts, ranks).items():
            system.rename(self._hadoop.Path(there, parts[part]), self._hadoop.Path(there, f"part-{number:05d}"))

    def _open(self, path: str) -> tuple[Any, Any]:
        """The file system of a URI, and the path that it knows it by."""
        there = self._hadoop.Path(path)
        system = there.getFileSystem(self._conf)
        return system, system.makeQualified(there)

    def _walk(self, system: Any, folder: Any) -> list[str]:
        """The files in and below a folder, its own first, as the local runner has them; hidden ones left out."""
        inside = {str(status.getPath().getName()): status for status in system.listStatus(folder.getPath())}
        shown = [status for name, status in sorted(inside.items()) if not is_hidden(name)]
        own = [str(status.getPath().toString()) for status in shown if status.isFile()]
        return own + [path for status in shown if not status.isFile() for path in self._walk(system, status)]


def _numbers(parts: Iterable[int], ranks: dict[int, Any]) -> dict[int, int]:
    """The number of each part in order of the ranks of their tasks, without gaps; its own where none are given."""
    if not ranks:
        return {part: part for part in parts}
    ranked = sorted(parts, key=lambda part: (ranks.get(part, (0, 0)), part))
    return {part: number for number, part in enumerate(ranked)}


def number_local_parts(folder: Path, ranks: dict[int, Any]) -> None:
    """As `JvmFiles.number_parts`, in a folder of this machine."""
    parts = {int(path.name.split("-")[1]): path for path in folder.glob("part-*")}
    numbers = _numbers(parts, ranks)
    # first out of each other's way
    aside = {part: path.rename(folder / f".{path.name}") for part, path in parts.items()}
    for part, path in aside.items():
        path.rename(folder / f"part-{numbers[part]:05d}")


def is_glob(path: str) -> bool:
    """Whether Hadoop takes a path for a pattern."""
    return not set("*?[{").isdisjoint(path)


def map_remote(context: SparkContext, tasks: Tasks, step: int, source: Source, files: JvmFiles) -> RDD[Any]:
    """Map the lines of files that Spark reaches; those of this machine are first copied to where it does."""
    from pyspark.sql import SparkSession
    from pyspark.sql.functions import col

    found = []
    for number, (path, name) in enumerate(source.inputs):
        if name is None:
            found += files.find_inputs(path)
        elif source.upload:
            uri = f"{source.upload}/input/{number:07d}{suffix(path)}"
            files.put(path, uri)
            found.append((files.full(uri), name))
        else:
            found.append((files.full(f"file://{path}"), name))
    found, sizes, skipped = readable_files(found, source.skip, files)
    tasks.skip(step, skipped)
    if not found:
        return context.emptyRDD()
    codec = cast("Any", context)._jvm.org.apache.hadoop.io.compress.ZStandardCodec
    check_zstd([uri for uri, _ in found], context.version, codec)
    goal = split_size(sum(sizes), source.maps, context.defaultParallelism)
    spark = SparkSession(context)
    split = min(max(goal, source.least), max([*sizes, 1]))
    # a file that is opened counts as a whole split, so each split is a task of its own
    for name in ("maxPartitionBytes", "openCostInBytes"):
        spark.conf.set(f"spark.sql.files.{name}", str(split))
    about = [col(f"_metadata.{name}") for name in ("file_path", "file_block_start", "file_block_length")]
    lines = spark.read.text([_escaped(uri) for uri, _ in found])
    names = {uri: (number, name) for number, (uri, name) in enumerate(found)}
    tasks.names = dict(found)
    rows = lines.select(*about, col("value").cast("binary")).rdd
    return rows.mapPartitionsWithIndex(partial(tasks.map_rows, step, names))


def readable_files(
    found: list[tuple[str, str]], skip: bool | None, files: JvmFiles
) -> tuple[list[tuple[str, str]], list[int], int]:
    """The files that Spark reads, their sizes, and how many are skipped; InputError for the first of those."""
    kept, sizes, skipped = [], [], 0
    for uri, name in found:
        try:
            sizes.append(files.size(uri, is_text=skip is not None, looks=len(found) <= MOST_LOOKED_AT))
        except InputError:
            if not skip:
                raise
            skipped += 1
        else:
            kept.append((uri, name))
    return kept, sizes, skipped


def check_zstd(uris: list[str], version: str, codec: Any) -> None:
    """Raise InputError for the first .zst, where neither a Spark of this version nor Hadoop's `codec` reads it."""
    uri = next((uri for uri in uris if suffix(uri) == ".zst"), "")
    numbers = tuple(map(int, re.findall(r"\d+", version)[:2]))
    if uri and numbers < OWN_ZSTD and not codec.isNativeCodeLoaded():
        raise InputError(f"{uri}: Spark {version} does not read .zst without Hadoop's native library; take Spark 4.1")


def _escaped(uri: str) -> str:
    """The URI as a glob that matches it alone."""
    return "".join(f"\\{letter}" if letter in "*?[]{}\\" else letter for letter in uri)


def write_lines(context: SparkContext, rdd: RDD[Any], output: str) -> None:
    """Write rows of many lines each, without the last one's end, as part files of text in the folder `output`."""
    from pyspark.sql import SparkSession

    frame = SparkSession(context).createDataFrame(rdd.map(_as_row), "value binary")
    frame.selectExpr("cast(value as string) as value").write.text(output)


def _as_row(lines: bytes) -> tuple[bytes]:
    return (lines,)
