"""Rows of people's own tables, CSV and TSV, to their fields by column.

    id,text,created_at                              the header: names as in `own`, in any case and order
    17,"Fine flour, ""fine"" day",2026-11-20        CSV: , ; or | between fields; quotes as RFC 4180 has them
    17 TAB "Fine" flour TAB 2026-11-20              TSV: quotes count where they enclose a whole field

Under a header a quoted field may hold line ends, up to 1,000 in a record. With columns that the user names
instead, any line may be the first of a split, so each must be a whole record.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gristmill.posts.formats import own, twitter
from gristmill.posts.json_line import LONGEST
from gristmill.posts.post import NoPost
from gristmill.posts.skip import Skip

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Lines of one record; one of more has a quotation mark that nothing closes.
LINES = 1000
#: Characters of a header; a longer line is none.
HEADER = 4096

#: What may stand between fields.
SEPARATORS = "\t,;|"

_is_table = re.compile(r".*\.(csv|tsv|tab|psv)(\.[a-z0-9]+)?", re.IGNORECASE | re.DOTALL).fullmatch
_is_json = re.compile(r".*\.(jsonl?|ndjson|js)(\.[a-z0-9]+)?", re.IGNORECASE | re.DOTALL).fullmatch
_is_name = re.compile(r"[\w .$-]{1,64}").fullmatch
_is_separator_line = re.compile(r'"?sep=[,;|\t]"?[,;|\t]*', re.IGNORECASE).fullmatch
#: What a table must have a column of: its name, the names of columns, and these as they are compared.
_NEEDED = tuple(
    (field, names, frozenset(map(own.squeeze, names)))
    for field, names in (("text", own.TEXTS), ("id", own.IDS), ("time", own.TIMES))
)
_KNOWN = frozenset().union(*(squeezed for *_, squeezed in _NEEDED))
_KNOWN_NAMES = frozenset(own.FIELD_NAMES)


def is_table(name: str) -> bool:
    """Whether a file is a table by its name: its first line may be a header then, and the file must not be split."""
    return bool(_is_table(name))


def is_json(name: str) -> bool:
    """Whether a file is JSON by its name, so that no line of it is a header."""
    return bool(_is_json(name))


def parse_columns(names: str) -> tuple[str, ...]:
    """The columns of a list with commas; ValueError as in `Table`."""
    columns = tuple(names.split(","))
    Table(columns)
    return columns


class Table:
    """Parses the rows under a header, a line at a time."""

    def __init__(self, names: Sequence[str], separator: str = "") -> None:
        """A table of these columns; without a separator each row shows its own, and is one line.

        ValueError where no column holds a text, an id or a time, or two of one name might.
        """
        self.names = [_name(name) for name in names]
        squeezed = set(map(own.squeeze, self.names))
        twice = next((name for name in self.names if name in _KNOWN_NAMES and self.names.count(name) > 1), "")
        if twice:
            raise ValueError(f"two columns are called {twice}: rename one")
        for field, known, forms in _NEEDED:
            if squeezed.isdisjoint(forms):
                raise ValueError(f"no column is the {field}: name one {', '.join(known)}")
        #: Whether rows are twarc-csv's.
        self.is_v2 = twitter.is_table_of_v2(self.names)
        self.separator = separator
        #: Lines of the record that has not ended.
        self.held = 0
        self._size = 0
        self._fields: list[str] = []
        self._open: list[str] = []

    def add_line(self, line: str) -> dict[str, str] | None:
        """The fields, by column, of the record that ends with this line; None where the record goes on.

        NoPost where the record has another number of fields than the table, or does not end where it must.
        """
        self.held += 1
        self._size += len(line)
        separator = self.separator or self._separator_of(line)
        if not (self._cut_tsv(line) if separator == "\t" and not self._open else self._cut(line, separator)):
            if not self.separator or self.held >= LINES or self._size > LONGEST:
                raise NoPost(Skip.TORN_LINE)
            return None
        if len(self._fields) != len(self.names):
            raise NoPost(Skip.WRONG_NUMBER_OF_FIELDS)
        return dict(zip(self.names, self._fields))

    def begins_anew(self, line: str) -> bool:
        """Whether a line of TSV is a whole record though a field of the one before is open: nothing closes that."""
        return (
            self.separator == "\t"
            and line.count("\t") == len(self.names) - 1
            and _closing(line.partition("\t")[0], 0) < 0
        )

    def stray(self) -> dict[str, str] | None:
        """The record of one line of TSV whose last field begins with a quotation mark that nothing closes."""
        if self.separator == "\t" and self.held == 1 and len(self._fields) == len(self.names) - 1:
            return dict(zip(self.names, (*self._fields, f'"{self._open[0]}')))
        return None

    def _separator_of(self, line: str) -> str:
        return next((sign for sign in SEPARATORS if line.count(sign) == len(self.names) - 1), ",")

    def reset(self) -> int:
        """Forget the record that has not ended, or ended last; return how many lines it had."""
        held = self.held
        self.held, self._size, self._fields, self._open = 0, 0, [], []
        return held

    def _cut_tsv(self, line: str) -> bool:
        """Cut the first line of a record into fields; return whether it ends with it."""
        fields = line.split("\t")
        if self.separator and len(fields) <= len(self.names) and fields[-1][:1] == '"' and _closing(fields[-1], 1) < 0:
            self._open = [fields.pop()[1:]]
        self._fields = [_unquoted(field) for field in fields]
        return not self._open

    def _cut(self, line: str, separator: str) -> bool:
        """Cut a line into fields; return whether the record ends with it."""
        index = 0
        while True:
            if self._open or line.startswith('"', index):
                begin = index if self._open else index + 1
                close = _closing(line, begin)
                self._open.append(line[begin:close] if close >= 0 else line[begin:])
                if close < 0:
                    return False
                index = close + 1
            end = line.find(separator, index)
            rest = line[index:end] if end >= 0 else line[index:]
            self._fields.append("\n".join(self._open).replace('""', '"') + rest)
            self._open = []
            if end < 0:
                return True
            index = end + 1


def parse_header(line: str) -> Table | None:
    """The table under a header; None where the line is none."""
    if len(line) > HEADER:
        return None
    for separator in SEPARATORS:
        if separator in line:
            try:
                return Table(line.split(separator), separator)
            except ValueError:
                continue
    return None


def explain_header(line: str, file: str) -> str:
    """What a file's first line lacks of a header, and what to do; "" where it is not meant as one."""
    separator = max(SEPARATORS, key=line.count)
    names = [_name(name) for name in line[:HEADER].split(separator)]
    meant = len(names) > 1 and all(map(_is_name, names)) and not _KNOWN.isdisjoint(map(own.squeeze, names))
    if not (meant or is_table(file)):
        return ""
    try:
        Table(names, separator)
    except ValueError as error:
        above = "" if meant else "; cut lines that stand above a header, as by tail -n +2"
        say = f"or say all columns in their order, as --columns id,text,created_at{above}"
        return f"as the header of a table, {error}; {say}"
    return f"no header has more than {HEADER} characters; say the columns in their order by --columns"


def is_separator_line(line: str) -> bool:
    """Whether a line stands above a header for a spreadsheet alone, to say what separates fields: ``sep=;``."""
    return bool(_is_separator_line(line))


def _closing(line: str, index: int) -> int:
    """The index of the quotation mark that ends a quoted field, -1 where the field goes on; two stand for one in it."""
    index = line.find('"', index)
    while index >= 0 and line.startswith('"', index + 1):
        index = line.find('"', index + 2)
    return index


def _name(name: str) -> str:
    return name.strip(" \"'\ufeff").lower()


def _unquoted(field: str) -> str:
    """A field of TSV without the quotation marks that enclose the whole of it."""
    inner = field[1:-1].replace('""', "")
    if len(field) > 1 and field[0] == field[-1] == '"' and '"' not in inner:
        return field[1:-1].replace('""', '"')
    return field
