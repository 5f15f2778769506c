"""Files that a cluster reaches and this machine may not: seven verbs, whatever file system is behind them.

    HDFS by command        runners/hadoop/hdfs.py      a start of Java each
    HDFS by HTTP           runners/hadoop/webhdfs.py   a few ms each; what it cannot do is Unavailable
    Spark's file systems   runners/spark/files.py      by the JVM of Spark's driver

A path is one of the file system's own or a URI, and is taken as it is: nothing in it is percent-encoded.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Protocol


class Unavailable(Exception):
    """This file system cannot do that, or not for this path: use another way to it."""


class RemoteFiles(Protocol):
    """Files of one cluster. Whatever it refuses is a RunError of one line, or Unavailable."""

    def exists(self, path: str) -> bool:
        """Whether there is a file or folder at `path`."""
        ...

    def put(self, local: str, path: str) -> None:
        """Copy a file or folder of this machine to `path`, which is free; missing folders above it are made."""
        ...

    def get(self, path: str, local: str) -> None:
        """Copy a file or folder to `local`, a path of this machine that is free."""
        ...

    def move(self, source: str, target: str) -> None:
        """Rename `source` to `target`, which is free; RunError where there is a file."""
        ...

    def remove(self, *paths: str) -> None:
        """Remove files, and folders with all they hold; those that are gone are no error."""
        ...

    def list_files(self, path: str) -> list[str]:
        """The files that a path or glob names, and those directly in it where it is a folder, in order of names."""
        ...

    def write(self, path: str, data: bytes) -> None:
        """Make or replace a small file, in a folder that is there."""
        ...


class FirstAvailable:
    """RemoteFiles of two ways to the same cluster: `second` does what is Unavailable by `first`."""

    def __init__(self, first: RemoteFiles, second: RemoteFiles) -> None:
        self._first = first
        self._second = second

    def exists(self, path: str) -> bool:
        """See RemoteFiles, as for all of these."""
        with suppress(Unavailable):
            return self._first.exists(path)
        return self._second.exists(path)

    def put(self, local: str, path: str) -> None:
        """Copy from this machine."""
        with suppress(Unavailable):
            return self._first.put(local, path)
        return self._second.put(local, path)

    def get(self, path: str, local: str) -> None:
        """Copy to this machine."""
        with suppress(Unavailable):
            return self._first.get(path, local)
        return self._second.get(path, local)

    def move(self, source: str, target: str) -> None:
        """Rename."""
        with suppress(Unavailable):
            return self._first.move(source, target)
        return self._second.move(source, target)

    def remove(self, *paths: str) -> None:
        """Remove; what `first` has removed before it gave up is no error for `second`."""
        with suppress(Unavailable):
            return self._first.remove(*paths)
        return self._second.remove(*paths)

    def list_files(self, path: str) -> list[str]:
        """List."""
        with suppress(Unavailable):
            return self._first.list_files(path)
        return self._second.list_files(path)

    def write(self, path: str, data: bytes) -> None:
        """Make or replace a small file."""
        with suppress(Unavailable):
            return self._first.write(path, data)
        return self._second.write(path, data)
