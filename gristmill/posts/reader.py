"""Lines as they come from platforms, archives and people's own files to posts.

    line     bytes            one JSON value, or a row of a table with a header
    things   Post or str      posts; for what is no post, the name of the counter that says why: "delete", "torn line"

A format is known by its shape, and each has its module in `formats`:

    Twitter v1.1    {"id_str": ...}    {"statuses": [...]}    {"delete": ...}, {"limit": ...} and other notices
    Twitter v2      {"data": {...} or [...], "includes": ...}, or a post with what it refers to written in it
    Bluesky         Jetstream: {"did": ..., "time_us": ..., "kind": "commit", "commit": {...}}
    Mastodon        a status, or {"event": ..., "payload": "..."}
    Reddit          a comment, a submission, bare or as {"kind": ..., "data": {...}}, or a listing of them
    own             {"id": ..., "text": ..., "created_at": ...}
    tables          CSV or TSV (see `formats.tables`)

A list holds any of them, and a line of an event stream, as Mastodon sends them (``data: {...}``), is what its JSON is.
A repost has its own id, time and author, and the original's text and hashtags.

A table's header is its first line, so a file that is one by its name (`is_table`) must not be split: a job that is
given one sets mapreduce.input.fileinputformat.split.minsize, as jobs.inverted_index does with --docid-from file. In a
file of another name no line is taken for a header. A Reader that is told the columns needs none: splits do not matter.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Callable, Union

from gristmill.posts import json_line
from gristmill.posts.formats import bluesky, mastodon, own, reddit, tables, twitter
from gristmill.posts.formats.tables import is_table
from gristmill.posts.post import NoPost, Post
from gristmill.task.environment import INPUT_FILE, INPUT_START, variable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    Thing = Union[Post, str]

__all__ = ["Post", "Reader", "is_table"]

#: What tells an object that has no "text" of its own.
_SHAPES: tuple[tuple[frozenset[str], Callable[[dict[str, Any]], Post | list[Any]]], ...] = (
    (frozenset(("id_str", "full_text")), twitter.v1),
    (frozenset(("did", "time_us", "kind")), bluesky.post),
    (frozenset(("created_utc", "subreddit", "body")), reddit.post),
    (frozenset(("created_utc", "subreddit", "title")), reddit.post),
    (frozenset(("content", "account")), mastodon.status),
    (frozenset(("event", "payload")), mastodon.event),
)

#: Lines between which a list of JSON may stand, one entry a line.
_BRACKETS = ("[", "]", "],")
#: Fields of a line of an event stream; a comment has none, and keeps the line alive.
_EVENT_STREAM = ("data", "event", "id", "retry", "")
#: What a line begins with that is JSON even under the header of a table.
_JSON = ('{"', '[{"')


class Reader:
    """Reads the lines of one task, in order."""

    def __init__(self, columns: Sequence[str] = ()) -> None:
        """A reader; `columns` are those of tables that have no header, or are split. ValueError as in `Table`."""
        self._table = tables.Table(columns) if columns else None
        self._may_be_header = _at_start()

    def read(self, line: bytes) -> Iterable[Thing]:
        """The posts of a line, and for what is none the name of its counter; whatever the bytes are."""
        if len(line) > json_line.LONGEST:
            return (*self.end(), "line too long")
        try:
            text = line.decode()
        except UnicodeDecodeError:
            # one bad byte does not cost the post
            return ("not UTF-8", *self.read(line.decode("utf-8", "replace").encode()))
        bare = text.strip(" \t\r\n\ufeff")
        if self._table and (self._table.held or (bare and not bare.startswith(_JSON))):
            return self._row(self._table, text.rstrip("\r\n"))
        if bare.startswith('{"did"') and bluesky.is_like(bare) and bare.endswith("}}"):
            return ("like",)
        if not bare:
            return ("blank line",)
        if bare in _BRACKETS:
            return ("bracket alone",)
        if bare[0] not in "{[":
            return self._no_json(text.rstrip("\r\n"), bare)
        self._may_be_header = False
        try:
            found = json_line.value(bare)
            thing = found if isinstance(found, list) else _thing(found)
        except NoPost as fault:
            return (str(fault),)
        return _things(thing) if isinstance(thing, list) else (thing,)

    def end(self) -> Iterable[Thing]:
        """What is left after the last line: a name for each line of a record that did not end."""
        return ("torn line",) * self._table.start() if self._table else ()

    def _no_json(self, line: str, bare: str) -> Iterable[Thing]:
        header = tables.header(line)
        if self._may_be_header:
            self._table = header
        self._may_be_header = False
        if header:
            return ("header line",)
        field, colon, value = bare.partition(":")
        value = value.lstrip(" ")
        if field == "data" and value.startswith(("{", "[")):
            return self.read(value.encode())
        return ("event stream line" if colon and field in _EVENT_STREAM else "not JSON",)

    def _row(self, table: tables.Table, line: str) -> Iterable[Thing]:
        if not table.held and (header := tables.header(line)):
            if table.separator:
                self._table = header
            return ("header line",)
        try:
            fields = table.row(line)
            if fields is None:
                return ()
            thing: Thing = own.post(fields)
        except NoPost as fault:
            thing = str(fault)
        held = table.start()
        return (thing,) * held if type(thing) is str else (thing,)


def _at_start() -> bool:
    """Whether a task's first line may be a table's header: not where what the runner tells of its file says no."""
    file, start = (os.environ.get(variable(setting)) for setting in (INPUT_FILE, INPUT_START))
    return not file or (is_table(file) and start in (None, "0"))


def _things(values: list[Any]) -> Iterator[Thing]:
    """All that a list holds, in order."""
    waiting: list[Any] = [values]
    while waiting:
        value = waiting.pop()
        try:
            thing = value if isinstance(value, list) else _thing(value)
        except NoPost as fault:
            thing = str(fault)
        if not isinstance(thing, list):
            yield thing
        elif thing:
            waiting += reversed(thing)
        else:
            yield "empty page"


def _thing(found: Any) -> Thing | list[Any]:
    """What a value of JSON is, or a list of what it holds."""
    if type(found) is not dict:
        raise NoPost("no object")
    if "text" in found:
        if "id_str" in found:
            return twitter.v1(found)
        if "content" in found and "account" in found:
            return mastodon.status(found)
        return own.post(found) if twitter.V2_KEYS.isdisjoint(found) else twitter.v2(found)
    if "data" in found:
        if "kind" in found:
            return reddit.things(found)
        if found.keys() <= twitter.ENVELOPE:
            return twitter.envelope(found)
    for keys, read in _SHAPES:
        if keys <= found.keys():
            return read(found)
    if type(found.get("statuses")) is list:
        return list(found["statuses"])
    if own.is_post(found):
        return own.post(found)
    raise NoPost(twitter.notice(found))
