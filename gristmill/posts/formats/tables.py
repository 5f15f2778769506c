"""Rows of people's own tables, CSV and TSV, to objects of their fields.

    id,text,created_at                              the header: names as `own` knows them, in any case and order
    17,"Fine flour, ""fine"" day",2026-11-20        CSV: , or ; between fields; quotes as RFC 4180 has them
    17 TAB "Fine" flour TAB 2026-11-20              TSV: quotes count where they enclose a whole field

A quoted field of CSV may hold line ends, up to 1,000 in a record, if the header stood in what is read: with columns
that were told instead, any line may be the first of a split, and each must be a whole record.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gristmill.posts.formats import own
from gristmill.posts.json_line import LONGEST
from gristmill.posts.post import NoPost

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Lines of one record; a text of more is a quotation mark that was never closed.
LINES = 1000
#: Characters of a header; a longer line is none.
HEADER = 4096

_is_table = re.compile(r".*\.(csv|tsv)(\.[a-z0-9]+)?", re.IGNORECASE | re.DOTALL).fullmatch


def is_table(name: str) -> bool:
    """Whether a file is a table by its name: then its first line may be a header, and no part of it tells a row."""
    return bool(_is_table(name))


def columns(names: str) -> tuple[str, ...]:
    """The columns of a list with commas; ValueError as in `Table`."""
    found = tuple(names.split(","))
    Table(found)
    return found


class Table:
    """Reads rows under a header."""

    def __init__(self, names: Sequence[str], separator: str = "") -> None:
        """The table of columns so named; with no separator, each row shows its own, and is one line.

        ValueError where no column holds a text, an id or a time.
        """
        self.names = [_name(name) for name in names]
        for field, known in (("text", own.TEXTS), ("id", own.IDS), ("time", own.TIMES)):
            if not set(known) & set(self.names):
                raise ValueError(f"no column is the {field}: name one {', '.join(known)}")
        self.separator = separator
        #: Lines of a record that has not ended.
        self.held = 0
        self._size = 0
        self._fields: list[str] = []
        self._open: list[str] = []

    def row(self, line: str) -> dict[str, str] | None:
        """The fields of the record that ends with this line by their columns, None where it goes on; NoPost."""
        self.held += 1
        self._size += len(line)
        separator = self.separator or ("\t" if line.count("\t") == len(self.names) - 1 else ",")
        if separator == "\t":
            self._fields = [_unquoted(field) for field in line.split("\t")]
        elif not self._cut(line, separator):
            if not self.separator or self.held >= LINES or self._size > LONGEST:
                raise NoPost("torn line")
            return None
        if len(self._fields) != len(self.names):
            raise NoPost("wrong number of fields")
        return dict(zip(self.names, self._fields))

    def start(self) -> int:
        """Forget the record that is being read; how many lines of it were."""
        held = self.held
        self.held, self._size, self._fields, self._open = 0, 0, [], []
        return held

    def _cut(self, line: str, separator: str) -> bool:
        """Cut a line into fields; whether the record ends with it."""
        place = 0
        while True:
            if self._open or line.startswith('"', place):
                begin = place if self._open else place + 1
                close = _closing(line, begin)
                self._open.append(line[begin:close] if close >= 0 else line[begin:])
                if close < 0:
                    return False
                place = close + 1
            end = line.find(separator, place)
            rest = line[place:end] if end >= 0 else line[place:]
            self._fields.append("\n".join(self._open).replace('""', '"') + rest)
            self._open = []
            if end < 0:
                return True
            place = end + 1


def header(line: str) -> Table | None:
    """The table that a line is the header of, if it is one."""
    if len(line) > HEADER:
        return None
    for separator in "\t,;":
        if separator in line:
            try:
                return Table(line.split(separator), separator)
            except ValueError:
                continue
    return None


def _closing(line: str, place: int) -> int:
    """Where the quotation mark is that ends a quoted field, -1 where the field goes on; two stand for one in it."""
    place = line.find('"', place)
    while place >= 0 and line.startswith('"', place + 1):
        place = line.find('"', place + 2)
    return place


def _name(name: str) -> str:
    return name.strip(" \"'\ufeff").lower().replace(" ", "_")


def _unquoted(field: str) -> str:
    inner = field[1:-1].replace('""', "")
    if len(field) > 1 and field[0] == field[-1] == '"' and '"' not in inner:
        return field[1:-1].replace('""', '"')
    return field
