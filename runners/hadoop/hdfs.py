"""RemoteFiles of Hadoop's file systems by ``hadoop fs``: each call is a start of Java.

Data goes this way always, since ``hadoop fs`` checks it on its way.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from gristmill.errors import RunError

from ..remote_files import FirstAvailable
from .client_report import ClientReport, fs_error
from .command import NoAnswer, environment, run_command
from .webhdfs import WebHdfs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..remote_files import RemoteFiles

#: How ``hadoop fs -put`` and its like say that the folder to write into is missing.
_NO_FOLDER = "No such file or directory"
_CONNECTION = re.compile(r"(?:to (\S+) failed on .*)?(?:java\.net\.\w+Exception|ConnectTimeoutException)")


def cluster_files(hadoop: list[str]) -> RemoteFiles:
    """The files that the command `hadoop` reaches, by HTTP where the cluster lets us, by the command elsewhere."""
    return FirstAvailable(WebHdfs(hadoop), HdfsCommand(hadoop))


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
        return self._list(path)

    def list_all(self, *paths: str) -> list[str]:
        """What paths and globs name, and all that is below them."""
        return self._list("-R", *paths)

    def _list(self, *arguments: str) -> list[str]:
        command = ("-ls", "-C", *arguments)
        done = subprocess.run(  # noqa: S603 (a list, no shell)
            [*self._hadoop, "fs", *command], env=environment(), capture_output=True, encoding="utf-8", check=False
        )
        if done.returncode:
            _fail(command, done.stderr)
        return done.stdout.splitlines()

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
