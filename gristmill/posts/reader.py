"""Lines as they come from platforms, archives and people's own files to posts.

    line     bytes            JSON values, or a part of one; or a row of a table with a header
    things   Post or Skip     posts; for a line or value that gives none, the reason: Skip.DELETE, Skip.TORN_LINE

A format is known by its shape, and each has its module in `formats`:

    Twitter v1.1    {"id_str": ...}    {"statuses": [...]}    {"delete": ...}, {"limit": ...} and other notices
    Twitter v2      {"data": {...} or [...], "includes": ...}, or a post with its references filled in
    Bluesky         Jetstream: {"did": ..., "time_us": ..., "kind": "commit", "commit": {...}}, and the API's answers
    Mastodon        a status, or {"event": ..., "payload": "..."}, and an archive's outbox
    Reddit          a comment, a submission, bare or as {"kind": ..., "data": {...}}, or a listing of them
    own             {"id": ..., "text": ..., "created_at": ...}
    tables          CSV or TSV (see `formats.tables`)

A list holds any of them, and a line of an event stream, as Mastodon sends them (``data: {...}``), is what its JSON is.
A repost has its own id, time and author, and the original's text and hashtags.

A table's header is its first line, and a value may go over many lines from a file's first on: such a file must not be
split (see `whole`). A Reader with `columns` needs no header: splits of a table do not matter then.
"""

from __future__ import annotations

import os
from itertools import chain
from typing import TYPE_CHECKING

from gristmill.posts import json_line, timestamps
from gristmill.posts.formats import bluesky, own, tables, twitter
from gristmill.posts.json_stream import JsonStream
from gristmill.posts.post import NoPost, Post
from gristmill.posts.shapes import parse_all, parse_value
from gristmill.posts.skip import Skip
from gristmill.posts.whole import HEAD, assignment
from gristmill.task.environment import INPUT_FILE, INPUT_START, variable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gristmill.posts.json_stream import Piece
    from gristmill.posts.shapes import Thing
    from gristmill.posts.time_format import TimeFormat

__all__ = ["Post", "Reader"]

#: Lines between which a list of JSON may stand, one entry a line.
_BRACKETS = ("[", "]", "],")
#: Fields of a line of an event stream; a comment has none, and keeps the line alive.
_EVENT_STREAM = ("data", "event", "id", "retry", "")
#: What a line begins with that is JSON even under the header of a table.
_JSON = ('{"', '[{"')
#: Most lines of a stream are these; looking up a member of an Enum is slow on old Pythons.
_LIKE, _BLANK_LINE, _BRACKET_ALONE = (Skip.LIKE,), (Skip.BLANK_LINE,), (Skip.BRACKET_ALONE,)


class Reader:
    """Parses the lines of one task, in order: a table's header counts for the lines after it."""

    def __init__(self, columns: Sequence[str] = (), time_format: TimeFormat | None = None) -> None:
        """A reader; `columns` are those of tables that have no header, or are split. ValueError as in `Table`.

        `time_format` is that of people's own posts, for one that `timestamps` does not read.
        """
        self._parse_time = time_format.parse if time_format else timestamps.parse_any
        self._table = tables.Table(columns) if columns else None
        self._stream: JsonStream | None = None
        self._file, self._at_start = _file_at_start()
        #: What is wrong with the header of a table that gave Skip.BAD_HEADER, and what to do.
        self.why = ""

    def parse_line(self, line: bytes) -> Iterable[Thing]:
        """The posts of a line, and the reason for each value in it that gives none; no bytes raise an error."""
        if len(line) > json_line.LONGEST:
            return chain(() if self._stream else self.end(), self._parse_long(line))
        try:
            text = line.decode()
        except UnicodeDecodeError:
            # one bad byte does not cost the post
            return (Skip.NOT_UTF8, *self.parse_line(line.decode("utf-8", "replace").encode()))
        bare = text.strip(" \t\r\n\ufeff\x1e")
        if self._table and (self._table.held or (bare and not bare.startswith(_JSON))):
            return self._parse_row(self._table, text.rstrip("\r\n"))
        if self._stream:
            return self._parse_streamed(self._stream, bare)
        if bare.startswith('{"did"') and bluesky.is_like(bare) and bare.endswith("}}") and "}{" not in bare:
            return _LIKE
        if not bare:
            return _BLANK_LINE
        if bare in _BRACKETS:
            return self._start_stream(bare) if bare == "[" and self._at_start else _BRACKET_ALONE
        if bare[0] not in "{[":
            return self._parse_other(text.rstrip("\r\n"), bare)
        try:
            return self._parse_json(bare)
        except NoPost as reason:
            if self._at_start and reason.skip is Skip.TORN_LINE:
                return self._start_stream(bare)
            return (reason.skip,)
        finally:
            self._at_start = False

    def end(self) -> Iterable[Thing]:
        """What the last line leaves: Skip.TORN_LINE for each line of a table's record, or for a value, without end."""
        rows = self._close_row(self._table) if self._table else ()
        return (*rows, *self._parse_pieces(self._stream.end() if self._stream else ()))

    def _parse_json(self, text: str) -> Iterable[Thing]:
        """The posts of a text of JSON; NoPost where it is none, or gives none."""
        value = json_line.parse_json(text)
        thing = value if isinstance(value, list) else parse_value(value, self._parse_time)
        return parse_all(thing, self._parse_time) if isinstance(thing, list) else (thing,)

    def _start_stream(self, bare: str) -> Iterable[Thing]:
        """The first line of a file whose first value goes on beyond it."""
        self._at_start, stream = False, JsonStream()
        things = self._parse_streamed(stream, bare)
        if stream.is_open():
            self._stream = stream
        return things

    def _parse_streamed(self, stream: JsonStream, bare: str) -> Iterable[Thing]:
        """A line of a file whose values go over several."""
        if stream.is_between():
            if not bare:
                return _BLANK_LINE
            if bare in _BRACKETS:
                list(stream.add_line(bare))
                return _BRACKET_ALONE
            if bare[0] == "{" and bare[-1] in "},":
                try:
                    return self._parse_json(bare)
                except NoPost as reason:
                    if reason.skip not in (Skip.TORN_LINE, Skip.NOT_JSON):
                        return (reason.skip,)
        return list(self._parse_pieces(stream.add_line(bare)))

    def _parse_pieces(self, pieces: Iterable[Piece]) -> Iterator[Thing]:
        for piece in pieces:
            if isinstance(piece, Skip):
                yield piece
                continue
            try:
                yield from self._parse_json(piece)
            except NoPost as reason:
                yield reason.skip

    def _parse_long(self, line: bytes) -> Iterator[Thing]:
        """The values of a line that is too long to be one itself."""
        head = line[:HEAD].decode("utf-8", "replace")
        start = head.lstrip(" \t\ufeff")
        match = assignment(start)
        begin = match.end() if match else 0
        if self._table or start[begin : begin + 1] not in ("{", "["):
            yield Skip.LINE_TOO_LONG
            return
        stream = self._stream or JsonStream()
        try:
            text = line.decode()
        except UnicodeDecodeError:
            yield Skip.NOT_UTF8
            text = line.decode("utf-8", "replace")
        yield from self._parse_pieces(stream.add_line(text[len(head) - len(start) + begin :]))
        if stream is not self._stream:
            yield from self._parse_pieces(stream.end())

    def _parse_other(self, line: str, bare: str) -> Iterable[Thing]:
        """A line that is no JSON: a header, or of an event stream."""
        if self._at_start and tables.is_separator_line(bare):
            return (Skip.HEADER_LINE,)
        header = tables.parse_header(line)
        if self._at_start:
            self._at_start = False
            if match := assignment(bare):
                # a list of a Twitter archive
                self._stream = JsonStream()
                return (Skip.HEADER_LINE, *self._parse_pieces(self._stream.add_line(bare[match.end() :])))
            if not tables.is_json(self._file):
                self._table = header
                self.why = "" if header else tables.explain_header(line, self._file)
        if header:
            return (Skip.HEADER_LINE,)
        if self.why:
            return (Skip.BAD_HEADER,)
        field, colon, value = bare.partition(":")
        value = value.lstrip(" ")
        if field == "data" and value.startswith(("{", "[")):
            return self.parse_line(value.encode())
        return (Skip.EVENT_STREAM_LINE if colon and field in _EVENT_STREAM else Skip.NOT_JSON,)

    def _parse_row(self, table: tables.Table, line: str) -> Iterable[Thing]:
        if table.held and table.begins_anew(line):
            return (*self._close_row(table), *self._parse_row(table, line))
        if not table.held and (header := tables.parse_header(line)):
            if table.separator:
                self._table = header
            return (Skip.HEADER_LINE,)
        if not table.held and tables.is_separator_line(line):
            return (Skip.HEADER_LINE,)
        try:
            fields = table.add_line(line)
            if fields is None:
                return ()
            thing = self._parse_fields(table, fields)
        except NoPost as reason:
            thing = reason.skip
        lines = table.reset()
        return (thing,) * lines if isinstance(thing, Skip) else (thing,)

    def _close_row(self, table: tables.Table) -> tuple[Thing, ...]:
        """What the lines of a record without end are: a record of one line, or each torn."""
        fields, lines = table.stray(), table.reset()
        return (self._parse_fields(table, fields),) if fields else (Skip.TORN_LINE,) * lines

    def _parse_fields(self, table: tables.Table, fields: dict[str, str]) -> Thing:
        try:
            return twitter.parse_row(fields) if table.is_v2 else own.parse_fields(fields, self._parse_time)
        except NoPost as reason:
            return reason.skip


def _file_at_start() -> tuple[str, bool]:
    """The file that a task reads, and whether it reads that from its start; so where no runner says."""
    file, start = (os.environ.get(variable(setting)) for setting in (INPUT_FILE, INPUT_START))
    return file or "", not file or start in (None, "0")
