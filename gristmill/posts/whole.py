"""Which files must not be split: tables whose first line is a header, and values of JSON over several lines.

Files of this machine are known by their first bytes, those of a cluster by their names.
"""

from __future__ import annotations

import re

from gristmill.posts import json_line
from gristmill.posts.formats.tables import is_separator_line, is_table, parse_header
from gristmill.posts.post import NoPost
from gristmill.posts.skip import Skip

#: Bytes of a file that are looked at. A first line that is longer is taken for one that is whole.
HEAD = 1 << 16
#: A stream shows its buffer, 8 KB or less; from so many bytes on its last line is taken for one that is cut.
STREAM_HEAD = 1 << 12

#: What stands before the list in a file of a Twitter archive.
assignment = re.compile(r"(?:window\.YTD|Grailbird\.data)[.\w]{0,200}\s*=\s*").match
_json_names = re.compile(r".*\.(json|js)(\.[a-z0-9]+)?", re.IGNORECASE | re.DOTALL).fullmatch
_text_names = re.compile(r".*\.txt(\.[a-z0-9]+)?", re.IGNORECASE | re.DOTALL).fullmatch


def is_whole_by_name(name: str, with_header: bool = True) -> bool:
    """Whether a file may be such a one by its name; see `is_whole`."""
    return bool(_json_names(name) or (with_header and (is_table(name) or _text_names(name))))


def is_whole(head: bytes, with_header: bool = True, encoding: str = "") -> bool:
    """Whether a file that begins with `head` is such a one; a table only where it may have a header."""
    text = head[:HEAD].decode(encoding or "utf-8", "replace").lstrip("\ufeff")
    lines = [line.strip() for line in text.split("\n")]
    if len(head) >= STREAM_HEAD and not head[:HEAD].endswith(b"\n"):
        lines.pop()
    first, second, third = [*filter(None, lines), "", "", ""][:3]
    if is_separator_line(first):
        first, second = second, third
    if first[:1] not in ("{", "["):
        return bool(assignment(first) or (with_header and parse_header(first)))
    # of a list with a value a line any part can be read
    return first == "{" or _is_torn(second if first == "[" else first)


def _is_torn(line: str) -> bool:
    """Whether a value goes on beyond the line."""
    if not line or (line[0], line.rstrip(",")[-1]) == ("{", "}"):
        return False
    try:
        json_line.parse_json(line)
    except NoPost as reason:
        return reason.skip is Skip.TORN_LINE
    return False
