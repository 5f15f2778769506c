"""The output of `jobs.sentiment_agg` -> its lines, by file and number: a file, a folder of part files, standard input.

Two passes keep memory bounded by what the page shows, so standard input is copied to a temporary file.
"""

from __future__ import annotations

import json
import shutil
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

from gristmill.errors import InputError
from gristmill.input import find, reading
from gristmill.input.splits import whole
from gristmill.sentiment import rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gristmill.sentiment.rows import Key
    from gristmill.sentiment.tally import Tally

#: The most bytes of a line that an error shows.
_SHOWN = 60


class Line:
    """A line of the output, without its end; as text its file and its number."""

    __slots__ = ("_name", "_number", "data")

    def __init__(self, name: str, number: int, data: bytes) -> None:
        self._name = name
        self._number = number
        self.data = data

    def __str__(self) -> str:
        return f"{self._name}, line {self._number}"

    def parse_name(self) -> tuple[str, str]:
        """The dimension and the value of a line that `parse_row` has taken."""
        dimension, value, _ = json.loads(self.data.partition(b"\t")[0])
        return dimension, value

    def parse_row(self) -> tuple[Key, Tally]:
        """The key and the tally of the row; raises InputError where the line is none."""
        try:
            return rows.parse_row(self.data)
        except ValueError as error:
            raise InputError(f"{self}: {_refusal(self.data, error)}") from None


def _refusal(line: bytes, error: ValueError) -> str:
    """Why a line is no row, and what to give instead."""
    version = _version(line)
    if version > rows.VERSION:
        return (
            f"a row of version {version}, and this Gristmill reads versions up to {rows.VERSION}; "
            "make the report with the one that wrote the row"
        )
    if line.lstrip().startswith(b"{"):
        return "a post and not a row; run jobs.sentiment_agg on the posts, and this on what it writes"
    # json's own errors count from within the line; those of gristmill.sentiment.rows say what is wrong
    detail = f" ({error})" if type(error) is ValueError and error.__cause__ is None else ""
    return f"{line[:_SHOWN]!r} is no row of jobs.sentiment_agg{detail}; give what that job wrote, whole"


def _version(line: bytes) -> int:
    """The version in a row's tally; 0 where there is none."""
    try:
        version = json.loads(line.partition(b"\t")[2])["v"]
    except (LookupError, RecursionError, TypeError, ValueError):
        return 0
    return version if type(version) is int else 0


class Source:
    """The lines of a file, of the files of a folder, or of standard input (path "-"); each iteration starts anew."""

    def __init__(self, path: str, stdin: IO[bytes]) -> None:
        self.path = path
        self._spool: IO[bytes] | None = None
        if path == "-":
            self._spool = TemporaryFile()  # noqa: SIM115 (it lives as long as this)
            shutil.copyfileobj(stdin, self._spool)

    def __iter__(self) -> Iterator[Line]:
        if self._spool:
            self._spool.seek(0)
            yield from _lines("standard input", self._spool)
            return
        for file in find.find_files(self.path):
            with reading.open_split(whole(file)) as reader:
                yield from _lines(file.path, reader)


def _lines(name: str, reader: IO[bytes]) -> Iterator[Line]:
    for number, line in enumerate(reader, 1):
        yield Line(name, number, line.rstrip(b"\r\n"))
