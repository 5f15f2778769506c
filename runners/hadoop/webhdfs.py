"""RemoteFiles of HDFS by HTTP: what takes ``hadoop fs`` a start of Java each, 1 s and more, takes a few ms.

For clusters whose settings, read as Hadoop reads them, name one name node that answers plain HTTP without a login. For
all others, for names with letters that need care, for data, and at every answer that is not the expected one:
Unavailable. ``hadoop fs`` handles them all, and its error names the cause.
"""

from __future__ import annotations

import json
import logging
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, NoReturn
from urllib.parse import unquote, urlencode, urlsplit

from gristmill.errors import RunError

from ..remote_files import Unavailable
from .name_node import NameNode

if TYPE_CHECKING:
    from collections.abc import Iterator

log = logging.getLogger("mrjob.gristmill")

#: Seconds to connect to a node, and for its answer: it may have done what it was asked long before it says so.
CONNECT, ANSWER = 5, 120
#: HTTP status of a name node that names a data node for the bytes of a new file, and of one that has them.
_REDIRECT, _CREATED = 307, 201
_ROOT = "/webhdfs/v1"
_KINDS = ("FILE", "DIRECTORY")
#: The most bytes of an answer that are read: a list comes in batches, of a thousand names where a site says nothing.
_MOST = 1 << 20


class WebHdfs:
    """The name node that the command `hadoop` would ask, in the name of the user that it would act for."""

    def __init__(self, hadoop: list[str]) -> None:
        self._node = NameNode(hadoop)
        self._is_off = False

    def exists(self, path: str) -> bool:
        """Whether there is a file or folder at `path`."""
        try:
            self.size(path)
        except FileNotFoundError:
            return False
        return True

    def put(self, local: str, path: str) -> NoReturn:
        """Unavailable: data goes by ``hadoop fs``."""
        raise Unavailable

    def get(self, path: str, local: str) -> NoReturn:
        """Unavailable: data goes by ``hadoop fs``."""
        raise Unavailable

    def list_files(self, path: str) -> list[str]:
        """What a path names, or holds where it is a folder, in order of names; a glob is for Hadoop to read."""
        try:
            if self.size(path) is not None:
                return [path]
            return [f"{path.rstrip('/')}/{name}" for name in self.list_folder(path)]
        except FileNotFoundError as error:
            raise Unavailable(path) from error

    def size(self, path: str) -> int | None:
        """The bytes of a file, None of a folder; FileNotFoundError."""
        with self._believing():
            return _size(self._do("GET", path, "GETFILESTATUS")["FileStatus"])

    def list_folder(self, path: str) -> dict[str, int | None]:
        """The sizes of what a folder holds, by names in their order: bytes of a file, None of a folder."""
        sizes: dict[str, int | None] = {}
        last, left = "", 1
        while left:
            batch, left = self._batch(path, last)
            sizes.update(batch)
            last = next(reversed(sizes), "")
        return sizes

    def move(self, source: str, target: str) -> None:
        """Rename `source` to `target`; RunError where there is a file or folder."""
        try:
            # without options it would go into a folder that is there
            done = self._do("PUT", source, "RENAME", destination=self._node.path(target), renameoptions="NONE")
        except FileNotFoundError as error:
            raise Unavailable(f"{source} is not there") from error
        with self._believing():
            _check(done is None)

    def remove(self, *paths: str) -> None:
        """Remove files, and folders with all they hold; those that are gone are no error."""
        for path in paths:
            with suppress(FileNotFoundError), self._believing():
                _check(isinstance(self._do("DELETE", path, "DELETE", recursive="true")["boolean"], bool))

    def write(self, path: str, data: bytes) -> None:
        """Make or replace a small file: the name node names a data node, which takes the bytes."""
        status, _, location = self._ask("PUT", path, "CREATE", overwrite="true")
        try:
            node = urlsplit(location)
            is_node = node.scheme == "http" and node.hostname and unquote(node.path) == _ROOT + self._node.path(path)
            if status != _REDIRECT or not is_node:
                raise Unavailable(f"{path}: HTTP status {status}")
            # a data node out of reach does not put the name node out of use
            status, answer, _ = _request("PUT", str(node.hostname), node.port or 80, f"{node.path}?{node.query}", data)
        except (OSError, ValueError) as error:
            raise Unavailable(str(error)) from error
        if status != _CREATED or answer:
            raise Unavailable(f"{path}: HTTP status {status}")

    def _batch(self, path: str, after: str) -> tuple[dict[str, int | None], int]:
        """The next of what is in a folder behind the name `after`, and how much comes after that."""
        with self._believing():
            listing = self._do("GET", path, "LISTSTATUS_BATCH", startAfter=after)["DirectoryListing"]
            files = listing["partialListing"]["FileStatuses"]["FileStatus"]
            names, left = [file["pathSuffix"] for file in files], listing["remainingEntries"]
            _check(all(isinstance(name, str) and "/" not in name for name in names) and isinstance(left, int))
            # one that begins again and again would be asked for ever
            _check([after, *names] == sorted({after, *names}) and (left == 0 or bool(names)))
            return {file["pathSuffix"]: _size(file) for file in files}, left

    def _do(self, method: str, path: str, op: str, **arguments: str) -> Any:
        """Have the name node do something with `path`: what it answers as JSON, None for nothing; FileNotFoundError."""
        status, body, _ = self._ask(method, path, op, **arguments)
        with self._believing():
            answer: Any = json.loads(body) if body else None
            refused = "" if status == 200 else answer["RemoteException"]["exception"]
            _check(isinstance(refused, str) and (status == 404) == (refused == "FileNotFoundException"))
        if status == 404:
            raise FileNotFoundError(path)
        if refused == "FileAlreadyExistsException":
            raise RunError(f"{arguments['destination']} was made while the job ran; name another output directory")
        if refused:
            raise Unavailable(refused)
        return answer

    @contextmanager
    def _believing(self) -> Iterator[None]:
        """Unavailable for an answer that a name node does not give, now and from now on: another may have its port."""
        try:
            yield
        except (ValueError, LookupError, TypeError, RecursionError) as error:
            self._is_off = True
            raise Unavailable(str(error)) from error

    def _ask(self, method: str, path: str, op: str, **arguments: str) -> tuple[int, bytes, str]:
        """The name node's answer: HTTP status, body, Location."""
        if self._is_off:
            raise Unavailable
        query = {"op": op, **arguments, "user.name": self._node.user}
        url = f"{_ROOT}{self._node.path(path)}?{urlencode(query, errors='surrogateescape')}"
        try:
            return _request(method, *self._node.where[1], url)
        except (OSError, ValueError) as error:
            # a port that swallows what it is sent would cost as much again
            self._is_off = True
            raise Unavailable(str(error)) from error


def _size(about: dict[str, Any]) -> int | None:
    """The bytes of a file, None of a folder, by what a name node says of it; ValueError where it says neither."""
    kind, size = about["type"], about["length"]
    _check(kind in _KINDS and isinstance(size, int))
    return size if kind == "FILE" else None


def _check(is_right: bool) -> None:
    """ValueError for an answer that is not as it must be."""
    if not is_right:
        raise ValueError("not the answer of a name node")


def _request(method: str, host: str, port: int, url: str, body: bytes | None = None) -> tuple[int, bytes, str]:
    """HTTP status, body and Location of an answer; OSError where there is none."""
    # its imports take 25 ms, which only this runner needs
    from http.client import HTTPConnection, HTTPException

    log.debug("> %s http://%s:%d%s", method, host, port, url)
    connection = HTTPConnection(host, port, timeout=CONNECT)
    try:
        connection.connect()
        connection.sock.settimeout(ANSWER)
        connection.request(method, url, body)
        answer = connection.getresponse()
        data = answer.read(_MOST + 1)
        if len(data) > _MOST:
            raise OSError(f"{url}: an answer of more than {_MOST} bytes")
        return answer.status, data, answer.getheader("Location", "")
    except HTTPException as error:
        raise OSError(str(error)) from error
    finally:
        connection.close()
