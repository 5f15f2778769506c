"""The name of a map task's input file as the user gave it, on a cluster that knows the file by another path.

The archive of a job holds a table of names as JSON:

    {"folder": "/KEY/input/", "files": ["a.txt", …], "paths": ["hdfs:///logs/*", …]}

File number 3 of the driver's machine lies on the cluster as ``…/KEY/input/0000003/…``; `paths` are those that the user
gave of the cluster's own files, globs among them.
"""

from __future__ import annotations

import json
import os
import re
from typing import Any, NamedTuple

from gristmill.task.environment import INPUT_FILE, INPUT_NAME, variable

#: The name of the table in the archive.
TABLE = "gristmill_input_names.json"
#: The signs of Hadoop's globs as regular expressions; ``[a-z]`` is the same in both.
_GLOB = {"*": "[^/]*", "?": "[^/]", "{": "(?:", "}": ")", ",": "|"}
_PIECE = re.compile(r"\\.|\[\^?\]?[^]]*\]|.", re.DOTALL)
_URI = re.compile(r"([a-zA-Z][\w+.-]*://[^/]*)?(.*)", re.DOTALL)


def set_input_name(table: bytes) -> None:
    """Set INPUT_NAME in the environment of this task, where it has an input file and INPUT_NAME is not set."""
    uri = os.environ.get(variable(INPUT_FILE))
    if uri and INPUT_NAME not in os.environ:
        os.environ[INPUT_NAME] = resolve(json.loads(table), uri)


def resolve(table: dict[str, Any], uri: str) -> str:
    """The name of the file that a task knows as `uri`; "" where the user named none, as in a later step.

    A file has its path as given (for a glob, the path that matches it), a file in a folder its path below the folder.
    """
    index, match = _find(table, uri)
    if match is None:
        return str(table["files"][index]) if index < len(table["files"]) else ""
    return match.host + match.path if match.below is None else match.below


def input_order(table: dict[str, Any], uri: str, start: int) -> tuple[int, str, int]:
    """The sort key of a split that starts at byte `start` of `uri`: the input's index, the file, the byte."""
    return _find(table, uri)[0], uri, start


class _Match(NamedTuple):
    """A path of the table that names a URI: its scheme and host, what it matches, and what lies below that."""

    host: str
    path: str
    below: str | None


def _find(table: dict[str, Any], uri: str) -> tuple[int, _Match | None]:
    """The index of the input that `uri` comes from, `files` first and then `paths`; and how one of `paths` matches.

    The index behind all of them is that of a URI that comes from none.
    """
    files, paths = table["files"], table["paths"]
    number = uri.partition(table["folder"])[2].partition("/")[0]
    if number.isdecimal():
        return int(number), None
    path = _split(uri)[1]
    for index, given in enumerate(paths, len(files)):
        host, pattern = _split(given.rstrip("/"))
        if match := re.fullmatch(f"({_as_regex(pattern)})(?:/(.*))?", path, re.DOTALL):
            return index, _Match(host, match[1], match[2])
    return len(files) + len(paths), None


def _split(uri: str) -> tuple[str, str]:
    """Scheme and host of a URI, "" for none; its path."""
    match = _URI.fullmatch(uri)
    return (match[1] or "", match[2]) if match else ("", uri)


def _as_regex(glob: str) -> str:
    depth, regex = 0, ""
    for piece in _PIECE.findall(glob):
        depth += piece == "{"
        if piece[0] == "[" and len(piece) > 1:
            regex += piece
        elif piece in _GLOB and (depth or piece in "*?"):
            regex += _GLOB[piece]
        else:
            regex += re.escape(piece[-1])
        depth -= piece == "}" and depth > 0
    return regex
