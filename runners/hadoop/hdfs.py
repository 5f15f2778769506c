"""RemoteFiles of Hadoop's file systems by ``hadoop fs``: each call is a start of Java.

Data goes this way always, since ``hadoop fs`` checks it on its way.
"""

from __future__ import annotations

import re
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import TYPE_CHECKING, NamedTuple

from gristmill.errors import RunError

from ..remote_files import FirstAvailable
from .client_report import ClientReport, fs_error
from .command import NoAnswer, run_command
from .webhdfs import WebHdfs

if TYPE_CHECKING:
    from collections.abc import Sequence

#: How ``hadoop fs -put`` and its like say that the folder to write into is missing.
_NO_FOLDER = "No such file or directory"
_CONNECTION = re.compile(r"(?:to (\S+) failed on .*)?(?:java\.net\.\w+Exception|ConnectTimeoutException)")


#: A line of ``hadoop fs -ls``: kind and rights, copies, owner, group, bytes, day, minute, path.
_LISTED = re.compile(r"([-d])[-a-zA-Z+]+ +\S+ .*? (\d+) \d{4}-\d\d-\d\d \d\d:\d\d (.+)")


class Listed(NamedTuple):
    """A file of the cluster, by its path as it was asked for."""

    path: str
    size: int


class ClusterFiles(FirstAvailable):
    """The files that the command `hadoop` reaches, by HTTP where the cluster lets us, by the command elsewhere."""

    def __init__(self, hadoop: list[str]) -> None:
        self.web = WebHdfs(hadoop)
        self.command = HdfsCommand(hadoop)
        super().__init__(self.web, self.command)


class HdfsCommand:
    """RemoteFiles by ``hadoop fs``.

    `move` has a flaw that is Hadoop's: where a folder has come to be at the target, the source goes into it.
    """

    def __init__(self, hadoop: list[str]) -> None:
        self._hadoop = hadoop

    def exists(self, path: str) -> bool:
        """Whether there is a file or folder at `path`."""
        command = ("-test", "-e", path)
        status, output = self._call(*command)
        if status and "test: " in output:
            _fail(command, output)
        return not status

    def put(self, local: str, path: str) -> None:
        """Copy from this machine; only where the folder of `path` is missing is it made, by two more starts of Java."""
        command = ("-put", local, path)
        status, output = self._call(*command)
        if status and _NO_FOLDER in output:
            self._do("-mkdir", "-p", path.rpartition("/")[0] or ".")
            self._do(*command)
        elif status:
            _fail(command, output)

    def get(self, path: str, local: str) -> None:
        """Copy to this machine."""
        self._do("-get", path, local)

    def move(self, source: str, target: str) -> None:
        """Rename `source` to `target`."""
        self._do("-mv", source, target)

    def remove(self, *paths: str) -> None:
        """Remove files and folders, past the trash."""
        self._do("-rm", "-r", "-f", "-skipTrash", *paths)

    def list_files(self, path: str) -> list[str]:
        """What a path or glob names, or holds."""
        return self._lines("-ls", "-C", path)

    def list_all(self, *paths: str) -> list[str]:
        """What paths and globs name, and all that is below them."""
        return self._lines("-ls", "-C", "-R", *paths)

    def list_sizes(self, *paths: str) -> list[Listed]:
        """The files that paths and globs name, and all those below them, with their sizes."""
        found = map(_LISTED.fullmatch, self._lines("-ls", "-R", *paths))
        return [Listed(row[3], int(row[2])) for row in found if row and row[1] == "-"]

    def _lines(self, *command: str) -> list[str]:
        """The lines that a command prints."""
        errors: list[str] = []
        with TemporaryFile() as data:
            if run_command([*self._hadoop, "fs", *command], ClientReport(), errors.append, data):
                _fail(command, "".join(errors))
            data.seek(0)
            return data.read().decode(errors="replace").splitlines()

    def write(self, path: str, data: bytes) -> None:
        """Make or replace a small file."""
        with TemporaryDirectory() as folder:
            local = Path(folder, "data")
            local.write_bytes(data)
            self._do("-put", "-f", str(local), path)

    def _do(self, *command: str) -> None:
        status, output = self._call(*command)
        if status:
            _fail(command, output)

    def _call(self, *command: str) -> tuple[int, str]:
        lines: list[str] = []
        status = run_command([*self._hadoop, "fs", *command], ClientReport(), lines.append)
        return status, "".join(lines)


def _fail(command: Sequence[str], output: str) -> None:
    error = fs_error(output)
    if found := _CONNECTION.search(error):
        raise NoAnswer(found[1] or error)
    raise RunError(f"hadoop fs {command[0]}: {error}; mend that, or name other paths")
