"""JSON over several lines, or in lines of any length, to the values that it holds, in bounded memory.

    [               a list: each of its values by itself
      {"id": 1,
       ...},
      ...
    {"orderedItems": [{...}, ...], ...}     so the list of a Mastodon archive; any other object as a whole
    {...} {...}                             values beside each other, with or without a comma

What is held is one value, of up to `json_line.LONGEST` characters. The values' own syntax is `json_line`'s matter.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Union

from gristmill.posts.json_line import LONGEST
from gristmill.posts.skip import Skip

if TYPE_CHECKING:
    from collections.abc import Iterator

    #: The text of a value, or why there is none.
    Piece = Union[str, Skip]

#: The lists within an object whose values are read one by one, as it may be longer than any line.
_STREAMED = ('"orderedItems"',)
#: A bracket, or a string with its second quotation mark if it has one.
_sign = re.compile(r'[\[\]{}]|"[^"\\]*(?:\\.[^"\\]*)*("?)', re.DOTALL).finditer
_between = re.compile(r"[\s,;\ufeff\x1e]*").fullmatch


class JsonStream:
    """Cuts lines of any length into the texts of values."""

    def __init__(self) -> None:
        """A stream of which nothing was read."""
        #: Objects and lists that are open; and so many of them are around the values that are read one by one.
        self._depth = 0
        self._base = 0
        #: The beginning of a value that has not ended, and its characters.
        self._held: list[str] = []
        self._size = 0
        #: The last string of the object that is open: at a list's bracket its key.
        self._key = ""
        #: Whether the rest of the object around a list is being passed over.
        self._in_tail = False

    def is_between(self) -> bool:
        """Whether no value is open."""
        return not self._held

    def add_line(self, line: str) -> Iterator[Piece]:
        """The values that end in a line; one that cannot go on with this line is torn, and the line begins another."""
        if self._held and not self._may_follow(line.lstrip()[:1]):
            yield from self._tear()
        at = 0
        for match in _sign(line):
            start, end = match.span()
            sign = line[start]
            if sign == '"' and not match[1]:
                yield from self._tear()
                return
            if sign == '"':
                self._key = match[0]
            elif sign in "{[":
                if self._depth == self._base:
                    yield from _gap(line[at:start])
                    at = start
                at = self._open(sign, at, end)
            elif self._depth > self._base:
                self._depth -= 1
                if self._depth == self._base:
                    yield from self._take(line[at:end])
                    at = end
            else:
                yield from _gap(line[at:start])
                yield from self._close()
                at = end
        if self._depth > self._base:
            self._hold(line[at:])
        else:
            yield from _gap(line[at:])

    def is_open(self) -> bool:
        """Whether a value, or a list of them, is open."""
        return self._depth > 0

    def end(self) -> list[Piece]:
        """What the last line leaves: the fault of a value that does not end, and the values in its place."""
        pieces = self._tear() if self._held else []
        self._depth = self._base = 0
        return pieces

    def _may_follow(self, first: str) -> bool:
        """Whether a line that begins with this character may follow what is held."""
        last = self._held[-1][-1]
        if first in ("{", "["):
            in_object = self._depth == self._base + 1 and self._held[0][0] == "{"
            return last == ":" if in_object else last in ":[,"
        return first != '"' or last in ":[,{"

    def _open(self, sign: str, at: int, end: int) -> int:
        """Open a bracket; return where the value that is open begins in the line."""
        self._depth += 1
        is_list = sign == "[" and self._base == 0 and not self._in_tail
        if is_list and (self._depth == 1 or (self._depth == 2 and self._key in _STREAMED)):
            self._base, self._held, self._size = self._depth, [], 0
            return end
        return at

    def _take(self, rest: str) -> Iterator[Piece]:
        """The value that ends with `rest`."""
        self._hold(rest)
        if not self._in_tail:
            yield "".join(self._held) if self._size <= LONGEST else Skip.LINE_TOO_LONG
        self._in_tail, self._held, self._size = False, [], 0

    def _hold(self, text: str) -> None:
        """Keep a part of the value that is open."""
        text = text.strip(" \t\r\n")
        if text and not self._in_tail:
            self._size += len(text)
            self._held.append(text)
            if self._size > LONGEST:
                # of one that is too long its first and last character are enough
                self._held = [self._held[0][0], text[-1]]

    def _close(self) -> Iterator[Piece]:
        """Close the list whose values were read one by one."""
        if not self._base:
            yield Skip.NOT_JSON
            return
        self._in_tail = self._base == 2
        self._depth, self._base = self._base - 1, 0

    def _tear(self) -> list[Piece]:
        """Give up the value that is open; the lines after its first are values where each looks like one."""
        lines = self._held[1:]
        self._depth, self._held, self._size = self._base, [], 0
        are_values = all(line[0] == "{" and line.rstrip(",")[-1:] == "}" for line in lines)
        return [Skip.TORN_LINE, *(lines if are_values else ())]


def _gap(text: str) -> Iterator[Piece]:
    """The fault where something stands between two values."""
    if not _between(text):
        yield Skip.NOT_JSON
