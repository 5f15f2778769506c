"""Lines as they come from platforms, archives and people's own files to posts.

    line     bytes            one JSON value, or a row of a table with a header
    things   Post or Skip     posts; for a line or value that gives none, the reason: Skip.DELETE, Skip.TORN_LINE

A format is known by its shape, and each has its module in `formats`:

    Twitter v1.1    {"id_str": ...}    {"statuses": [...]}    {"delete": ...}, {"limit": ...} and other notices
    Twitter v2      {"data": {...} or [...], "includes": ...}, or a post with its references filled in
    Bluesky         Jetstream: {"did": ..., "time_us": ..., "kind": "commit", "commit": {...}}
    Mastodon        a status, or {"event": ..., "payload": "..."}
    Reddit          a comment, a submission, bare or as {"kind": ..., "data": {...}}, or a listing of them
    own             {"id": ..., "text": ..., "created_at": ...}
    tables          CSV or TSV (see `formats.tables`)

A list holds any of them, and a line of an event stream, as Mastodon sends them (``data: {...}``), is what its JSON is.
A repost has its own id, time and author, and the original's text and hashtags.

A table's header is its first line, so a file that is one by its name (`is_table`) must not be split: a job that is
given one has `gristmill.task.environment.WHOLE_FILES` in its jobconf. In a file of another name no line is taken for a
header. A Reader with `columns` needs no header: splits do not matter then.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Callable, Union

from gristmill.posts import json_line, timestamps
from gristmill.posts.formats import bluesky, mastodon, own, reddit, tables, twitter
from gristmill.posts.formats.tables import is_table
from gristmill.posts.post import NoPost, Post
from gristmill.posts.skip import Skip
from gristmill.task.environment import INPUT_FILE, INPUT_START, variable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gristmill.posts.time_format import TimeFormat

    Thing = Union[Post, Skip]
    ParseTime = Callable[[Any], int]

__all__ = ["Post", "Reader", "is_table"]

#: The keys that tell an object without "text", and its parser.
_SHAPES: tuple[tuple[frozenset[str], Callable[[dict[str, Any]], Post | list[Any]]], ...] = (
    (frozenset(("id_str", "full_text")), twitter.parse_v1),
    (frozenset(("did", "time_us", "kind")), bluesky.parse_event),
    (frozenset(("created_utc", "subreddit", "body")), reddit.parse_thing),
    (frozenset(("created_utc", "subreddit", "title")), reddit.parse_thing),
    (frozenset(("content", "account")), mastodon.parse_status),
    (frozenset(("event", "payload")), mastodon.parse_event),
    (frozenset(("type", "actor", "object")), mastodon.parse_activity),
    (frozenset(("content", "attributedTo")), mastodon.parse_note),
    (frozenset(("uri", "author", "record")), bluesky.parse_view),
    (frozenset(("uri", "cid", "value")), bluesky.parse_record),
)

#: The lists in which platforms send posts, and the objects that hold one, by their key.
_LISTS = ("statuses", "feed", "posts", "records", "orderedItems", "ancestors", "descendants")
_HOLDERS = ("tweet", "thread")

#: Lines between which a list of JSON may stand, one entry a line.
_BRACKETS = ("[", "]", "],")
#: Fields of a line of an event stream; a comment has none, and keeps the line alive.
_EVENT_STREAM = ("data", "event", "id", "retry", "")
#: What a line begins with that is JSON even under the header of a table.
_JSON = ('{"', '[{"')
#: Most lines of a stream are these; looking up a member of an Enum is slow on old Pythons.
_LIKE, _BLANK_LINE = (Skip.LIKE,), (Skip.BLANK_LINE,)


class Reader:
    """Parses the lines of one task, in order: a table's header counts for the lines after it."""

    def __init__(self, columns: Sequence[str] = (), time_format: TimeFormat | None = None) -> None:
        """A reader; `columns` are those of tables that have no header, or are split. ValueError as in `Table`.

        `time_format` is that of people's own posts, for one that `timestamps` does not read.
        """
        self._parse_time = time_format.parse if time_format else timestamps.parse_any
        self._table = tables.Table(columns) if columns else None
        self._may_be_header = _at_start()

    def parse_line(self, line: bytes) -> Iterable[Thing]:
        """The posts of a line, and the reason for each value in it that gives none; no bytes raise an error."""
        if len(line) > json_line.LONGEST:
            return (*self.end(), Skip.LINE_TOO_LONG)
        try:
            text = line.decode()
        except UnicodeDecodeError:
            # one bad byte does not cost the post
            return (Skip.NOT_UTF8, *self.parse_line(line.decode("utf-8", "replace").encode()))
        bare = text.strip(" \t\r\n\ufeff")
        if self._table and (self._table.held or (bare and not bare.startswith(_JSON))):
            return self._parse_row(self._table, text.rstrip("\r\n"))
        if bare.startswith('{"did"') and bluesky.is_like(bare) and bare.endswith("}}"):
            return _LIKE
        if not bare:
            return _BLANK_LINE
        if bare in _BRACKETS:
            return (Skip.BRACKET_ALONE,)
        if bare[0] not in "{[":
            return self._parse_other(text.rstrip("\r\n"), bare)
        self._may_be_header = False
        try:
            value = json_line.parse_json(bare)
            thing = value if isinstance(value, list) else _parse(value, self._parse_time)
        except NoPost as reason:
            return (reason.skip,)
        return _parse_all(thing, self._parse_time) if isinstance(thing, list) else (thing,)

    def end(self) -> Iterable[Thing]:
        """What the last line leaves: Skip.TORN_LINE for each line of a table's record that did not end."""
        return (Skip.TORN_LINE,) * self._table.reset() if self._table else ()

    def _parse_other(self, line: str, bare: str) -> Iterable[Thing]:
        """A line that is no JSON: a header, or of an event stream."""
        header = tables.parse_header(line)
        if self._may_be_header:
            self._table = header
        self._may_be_header = False
        if header:
            return (Skip.HEADER_LINE,)
        field, colon, value = bare.partition(":")
        value = value.lstrip(" ")
        if field == "data" and value.startswith(("{", "[")):
            return self.parse_line(value.encode())
        return (Skip.EVENT_STREAM_LINE if colon and field in _EVENT_STREAM else Skip.NOT_JSON,)

    def _parse_row(self, table: tables.Table, line: str) -> Iterable[Thing]:
        if not table.held and (header := tables.parse_header(line)):
            if table.separator:
                self._table = header
            return (Skip.HEADER_LINE,)
        try:
            fields = table.add_line(line)
            if fields is None:
                return ()
            thing: Thing = twitter.parse_row(fields) if table.is_v2 else own.parse_fields(fields, self._parse_time)
        except NoPost as reason:
            thing = reason.skip
        lines = table.reset()
        return (thing,) * lines if isinstance(thing, Skip) else (thing,)


def _at_start() -> bool:
    """Whether a task's first line may be a table's header: not where the runner names another file or a later split."""
    file, start = (os.environ.get(variable(setting)) for setting in (INPUT_FILE, INPUT_START))
    return not file or (is_table(file) and start in (None, "0"))


def _parse_all(values: list[Any], parse_time: ParseTime) -> Iterator[Thing]:
    """All that a list holds, and the lists in it, in order."""
    waiting: list[Any] = [values]
    while waiting:
        value = waiting.pop()
        try:
            thing = value if isinstance(value, list) else _parse(value, parse_time)
        except NoPost as reason:
            thing = reason.skip
        if not isinstance(thing, list):
            yield thing
        elif thing:
            waiting += reversed(thing)
        else:
            yield Skip.EMPTY_PAGE


def _parse(value: Any, parse_time: ParseTime) -> Thing | list[Any]:
    """The post of a value of JSON, or a list of the values that it holds; NoPost where it is neither."""
    if type(value) is not dict:
        raise NoPost(Skip.NO_OBJECT)
    if "text" in value:
        if "id_str" in value:
            return twitter.parse_v1(value)
        if "content" in value and "account" in value:
            return mastodon.parse_status(value)
        return own.parse_fields(value, parse_time) if twitter.V2_KEYS.isdisjoint(value) else twitter.parse_v2(value)
    if "data" in value:
        if "kind" in value:
            return reddit.unwrap(value)
        if value.keys() <= twitter.ENVELOPE:
            return twitter.unwrap(value)
        if type(value["data"]) is list:
            return list(value["data"])
    for keys, parse in _SHAPES:
        if keys <= value.keys():
            return parse(value)
    if type(value.get("post")) is dict:
        return bluesky.parse_item(value)
    if value.get("_type") == "snscrape.modules.twitter.Tweet":
        return twitter.parse_snscrape(value)
    if own.is_post(value):
        return own.parse_fields(value, parse_time)
    return _unwrap(value)


def _unwrap(value: dict[str, Any]) -> list[Any]:
    """The values that an object holds that is itself no post; NoPost where it holds none."""
    lists = [value[key] for key in _LISTS if type(value.get(key)) is list]
    if lists:
        return [entry for entries in lists for entry in entries]
    for key in _HOLDERS:
        if type(value.get(key)) is dict:
            return [value[key]]
    raise NoPost(Skip.OTHER_RECORD if value.get("notFound") or value.get("blocked") else twitter.notice(value))
