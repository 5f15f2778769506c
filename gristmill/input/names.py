"""The name of a map task's input file as the user gave it, on a cluster that knows the file by another path.

The archive of a job holds a table of names as JSON:

    {"folder": "/KEY/input/", "files": ["a.txt", …], "paths": ["hdfs:///logs/*", …], "several": true}

File number 3 of the driver's machine lies on the cluster as ``…/KEY/input/0000003/…``; `paths` are those that the user
gave of the cluster's own files, globs among them; `several`: the user gave more than one input.
"""

from __future__ import annotations

import json
import os
import posixpath
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from gristmill.input.globs import as_regex, is_glob
from gristmill.task.environment import INPUT_FILE, INPUT_NAME, variable

if TYPE_CHECKING:
    from collections.abc import Sequence

#: The name of the table in the archive.
TABLE = "gristmill_input_names.json"
_URI = re.compile(r"([a-zA-Z][\w+.-]*:(?://[^/]*)?(?=/))?(.*)", re.DOTALL)


def set_input_name(table: bytes) -> None:
    """Set INPUT_NAME in the environment of this task, where it has an input file and INPUT_NAME is not set."""
    uri = os.environ.get(variable(INPUT_FILE))
    if uri and INPUT_NAME not in os.environ:
        os.environ[INPUT_NAME] = resolve(json.loads(table), uri)


def resolve(table: dict[str, Any], uri: str) -> str:
    """The name of the file that a task knows as `uri`; "" where the user named none, as in a later step.

    A file has its path as given, for a glob the path that matches it, with scheme and host as given. A file in the one
    folder that is the input has its path below that.
    """
    index, match = _find(table, uri)
    if match is None:
        return str(table["files"][index]) if index < len(table["files"]) else ""
    if match.below is None:
        return match.name
    return f"{match.name.rstrip('/')}/{match.below}" if match.is_glob or table["several"] else match.below


def under_host(given: str, uri: str) -> str:
    """The URI of a file with scheme and host as the user gave them."""
    return _split(given)[0] + _split(uri)[1]


def input_order(table: dict[str, Any], uri: str, start: int) -> tuple[int, str, int]:
    """The sort key of a split that starts at byte `start` of `uri`: the input's index, the file, the byte."""
    return _find(table, uri)[0], uri, start


class Match(NamedTuple):
    """A path of the table that names a URI."""

    #: As given; of a glob what it matches.
    name: str
    #: What lies below that; None where it is the file itself.
    below: str | None
    is_glob: bool


def _find(table: dict[str, Any], uri: str) -> tuple[int, Match | None]:
    """The index of the input that `uri` comes from, `files` first and then `paths`; and how one of `paths` matches.

    The index behind all of them is that of a URI that comes from none.
    """
    files, paths = table["files"], table["paths"]
    number = uri.partition(table["folder"])[2].partition("/")[0]
    if number.isdecimal():
        return int(number), None
    index, match = find_match(paths, uri)
    return len(files) + index, match


def find_match(paths: Sequence[str], uri: str) -> tuple[int, Match | None]:
    """The index of the first of `paths` that names `uri` or a folder above it, and how; behind all of them for none."""
    path = _split(uri)[1]
    for index, given in enumerate(paths):
        host, pattern = _split(given)
        if match := re.fullmatch(f"({as_regex(_plain(pattern))})(?:/(.*))?", path, re.DOTALL):
            return index, Match(host + match[1] if is_glob(given) else given, match[2], is_glob(given))
    return len(paths), None


def _plain(path: str) -> str:
    """A path without what Hadoop takes out of it: ``//``, ``/./``, ``/x/../``, a slash at its end."""
    return f"/{posixpath.normpath(path).strip('/')}".rstrip("/")


def _split(uri: str) -> tuple[str, str]:
    """Scheme and host of a URI, "" for none; its path."""
    match = _URI.fullmatch(uri)
    return (match[1] or "", match[2]) if match else ("", uri)
