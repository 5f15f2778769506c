"""The name of a map task's input file as the user gave it, where a cluster has the file under another path.

The archive of a job holds a table of names as JSON:

    {"folder": "/KEY/input/", "files": ["a.txt", …], "paths": ["hdfs:///logs/*", …]}

File number 3 of this machine lies on the cluster as ``…/KEY/input/0000003/…``; the others come from `paths`, as given.
"""

from __future__ import annotations

import json
import os
import re
from typing import Any

from gristmill.task.environment import INPUT_FILE, INPUT_NAME, variable

#: The table's name in the archive.
TABLE = "gristmill_input_names.json"
#: Hadoop's globs as regular expressions, besides ``[a-z]`` and what stands for itself.
_GLOB = {"*": "[^/]*", "?": "[^/]", "{": "(?:", "}": ")", ",": "|"}
_PIECE = re.compile(r"\\.|\[\^?\]?[^]]*\]|.", re.DOTALL)
_URI = re.compile(r"([a-zA-Z][\w+.-]*://[^/]*)?(.*)", re.DOTALL)


def set_input_name(table: bytes) -> None:
    """Put the name of this task's input into its environment, where it has an input file and no name yet."""
    uri = os.environ.get(variable(INPUT_FILE))
    if uri and INPUT_NAME not in os.environ:
        os.environ[INPUT_NAME] = resolve(json.loads(table), uri)


def resolve(table: dict[str, Any], uri: str) -> str:
    """The name of the file that a task knows as `uri`; "" where the user named none, as in a later step.

    A file has its path as given (by a glob: as found), one in a folder its path below that folder.
    """
    number, found = _find(table, uri)
    if found is None:
        return str(table["files"][number]) if number < len(table["files"]) else ""
    where, above, below = found
    return where + above if below is None else below


def input_order(table: dict[str, Any], uri: str, start: int) -> tuple[int, str, int]:
    """What sorts as the input was given: by the argument that named the file, the file, and the byte."""
    return _find(table, uri)[0], uri, start


def _find(table: dict[str, Any], uri: str) -> tuple[int, tuple[str, str, str | None] | None]:
    """The number of a file of this machine or, behind those, of a path, and how the path matches."""
    files, paths = table["files"], table["paths"]
    number = uri.partition(table["folder"])[2].partition("/")[0]
    if number.isdecimal():
        return int(number), None
    path = _split(uri)[1]
    for place, given in enumerate(paths, len(files)):
        where, pattern = _split(given.rstrip("/"))
        if found := re.fullmatch(f"({_as_regex(pattern)})(?:/(.*))?", path, re.DOTALL):
            return place, (where, found[1], found[2])
    return len(files) + len(paths), None


def _split(uri: str) -> tuple[str, str]:
    found = _URI.fullmatch(uri)
    return (found[1] or "", found[2]) if found else ("", uri)


def _as_regex(glob: str) -> str:
    depth, parts = 0, []
    for piece in _PIECE.findall(glob):
        depth += piece == "{"
        if piece[0] == "[" and len(piece) > 1:
            parts.append(piece)
        elif piece in _GLOB and (depth or piece in "*?"):
            parts.append(_GLOB[piece])
        else:
            parts.append(re.escape(piece[-1]))
        depth -= piece == "}" and depth > 0
    return "".join(parts)
