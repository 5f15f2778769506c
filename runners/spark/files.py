"""RemoteFiles that Spark reaches and this machine may not: hdfs://, s3a:// and the like, by the JVM of its driver.

Lines come and go as rows of Spark SQL, whose strings are the bytes that they were; an RDD of text would decode them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gristmill.errors import InputError, RunError, output_exists
from gristmill.input import names
from gristmill.input.compression import check_readable, suffix
from gristmill.input.find import ONLY_HIDDEN
from gristmill.input.folders import is_hidden
from gristmill.input.globs import COLON, NO_COLON, is_glob
from gristmill.input.magic import HEAD
from gristmill.input.usable import check_head
from gristmill.task.processes import one_line

from .failure import java_message

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from pyspark import RDD, SparkContext


class JvmFiles:
    """RemoteFiles of the file systems that a JVM knows, by URIs as they are, with nothing percent-encoded."""

    def __init__(self, jvm: Any, conf: Any) -> None:
        self._hadoop = jvm.org.apache.hadoop.fs
        self._conf = conf
        #: The number of hidden files and folders that `find_inputs` has met and left out.
        self.hidden = 0

    def exists(self, path: str) -> bool:
        """Whether there is a file or folder."""
        system, there = self._open(path)
        return bool(system.exists(there))

    def copy(self, source: str, target: str) -> None:
        """Copy a file to `target`, which is free; both may be of any file system."""
        system, there = self._open(source)
        self._hadoop.FileUtil.copy(system, there, *self._open(target), False, self._conf)

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

    def find_inputs(self, path: str, several: bool) -> list[tuple[str, str]]:
        """URI and name of each file that `path` (a file, a folder, a glob) names, in order of names; InputError.

        Of `several` inputs, and of a glob, the names are whole.
        """
        system, matches = self._matches(path)
        if is_glob(path):
            hidden = [match for match in matches if is_hidden(str(match.getPath().getName()))]
            self.hidden += len(hidden)
            matches = [match for match in matches if match not in hidden]
            if hidden and not matches:
                raise InputError(f"input {path} {ONLY_HIDDEN}")
        if not matches:
            raise InputError(f"input {path} does not exist; give a file, a folder or a glob that Spark reaches")
        found = []
        for match in matches:
            uri = str(match.getPath().toString())
            named = names.under_host(path, uri) if is_glob(path) else path
            if match.isFile():
                found.append((uri, named))
            else:
                above = f"{named.rstrip('/')}/" if several or is_glob(path) else ""
                found += [(file, above + file[len(uri.rstrip("/")) + 1 :]) for file in self._walk(system, match)]
        return found

    def _matches(self, path: str) -> tuple[Any, list[Any]]:
        """The file system of a path or glob, and what there is; InputError with what Java says against it."""
        try:
            system, there = self._open(path)
            return system, list(system.globStatus(there) or ())
        except Exception as error:
            why = NO_COLON if COLON in str(error) else java_message(error) or one_line(error)
            raise InputError(f"input {path}: {why}") from None

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
        self.hidden += len(inside) - len(shown)
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


def write_lines(context: SparkContext, rdd: RDD[Any], output: str) -> None:
    """Write rows of many lines each, without the last one's end, as part files of text in the folder `output`."""
    from pyspark.sql import SparkSession

    frame = SparkSession(context).createDataFrame(rdd.map(_as_row), "value binary")
    frame.selectExpr("cast(value as string) as value").write.text(output)


def _as_row(lines: bytes) -> tuple[bytes]:
    return (lines,)
