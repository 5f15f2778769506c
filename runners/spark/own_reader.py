"""Input that Spark's own reader takes: files that Spark reaches and this machine may not.

Lines come as rows of Spark SQL, whose strings are the bytes that they were; an RDD of text would decode them.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from functools import partial
from operator import itemgetter
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, cast

from gristmill.errors import InputError
from gristmill.input import changes
from gristmill.input.compression import suffix
from gristmill.input.find import InputFile, read_once
from gristmill.input.folders import is_hidden
from gristmill.input.globs import is_glob
from gristmill.input.splits import split_size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark import RDD, SparkContext

    from .files import JvmFiles
    from .plan import Source
    from .tasks import Tasks

#: The most files of no compression whose first bytes are looked at: each look is a question to a file system far away.
MOST_LOOKED_AT = 1000
#: The first Spark that has a library for Zstandard.
OWN_ZSTD = (4, 1)


def map_remote(context: SparkContext, tasks: Tasks, step: int, source: Source, files: JvmFiles) -> RDD[Any]:
    """Map the lines of files that Spark reaches; those of this machine are first copied to where it does."""
    from pyspark.sql import SparkSession
    from pyspark.sql.functions import col

    found, sizes, skipped = readable_files(find_inputs(source, files), source.skip, files)
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
    given = {uri: (number, name) for number, (uri, name) in enumerate(found)}
    tasks.names = dict(found)
    rows = lines.select(*about, col("value").cast("binary")).rdd
    return rows.mapPartitionsWithIndex(partial(tasks.map_rows, step, given))


def find_inputs(source: Source, files: JvmFiles) -> list[tuple[str, str]]:
    """URI and name of each file of the source, where Spark reads it: those of this machine may be copied there."""
    found: list[list[tuple[str, str]]] = []
    for number, (path, name, version) in enumerate(source.inputs):
        if name is None:
            found.append(files.find_inputs(path, source.several))
            continue
        uri = f"{source.upload}/input/{number:07d}{suffix(path)}" if source.upload else f"file://{path}"
        with _as_noted(InputFile(path, name, version)) as noted:
            if noted != path and not source.upload:
                uri = f"{source.copies}/{number:07d}/{Path(path).name}"
            if uri != f"file://{path}":
                files.put(noted, uri)
        found.append([(files.full(uri), name)])
    globs = [name is None and is_glob(path) for path, name, _ in source.inputs]
    inputs = read_once(found, globs, itemgetter(0))
    for number, (uri, name) in enumerate(inputs):
        # Spark's own reader passes over hidden files even where they are named
        if is_hidden(uri.rpartition("/")[2]):
            shown = f"{source.copies}/{number:07d}/0{uri.rpartition('/')[2]}"
            files.copy(uri, shown)
            inputs[number] = files.full(shown), name
    return inputs


@contextmanager
def _as_noted(file: InputFile) -> Iterator[str]:
    """The path of a file of this machine as it was noted: its own, or that of a copy where it has grown."""
    with TemporaryDirectory() as folder:
        if not changes.grown([file]):
            yield file.path
            return
        copy = Path(folder, Path(file.path).name)
        changes.copy_noted(file, copy)
        yield str(copy)


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
