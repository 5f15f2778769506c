"""The output of `jobs.sentiment_agg` -> its lines, by file and number.

It lies in files, in folders of part files, behind globs, or comes from standard input ("-") or a pipe. Two passes keep
memory bounded by what the page shows, so what can be read but once is copied to a temporary file.
"""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import replace
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, TYPE_CHECKING

from gristmill.errors import InputError
from gristmill.input import find, reading
from gristmill.input.find import InputFile
from gristmill.input.splits import whole
from gristmill.sentiment import rows
from gristmill.sentiment.examples import clean

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from gristmill.sentiment.rows import Key
    from gristmill.sentiment.tally import Tally

#: The most bytes of a line that an error shows.
_SHOWN = 60
#: The most missing parts that are named.
_NAMED = 5
#: How what --format prints begins: csv, tsv, jsonl.
_TABLES = (b"dimension,", b"dimension\t", b'{"dimension"')
_part = re.compile(r"part-(?:[mr]-)?(\d{5,})(?:\..*)?").fullmatch


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
        return dimension, clean(value)

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
    if line.startswith(_TABLES):
        return "a table and not a row; give what jobs.sentiment_agg writes without --format"
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
    """The lines of all files that some paths name; each iteration starts anew. Raises InputError."""

    def __init__(self, paths: Sequence[str], stdin: IO[bytes]) -> None:
        self.title = " ".join(paths)
        self._files = list(_find(paths))
        #: What can be read but once, copied: by path.
        self._copies: dict[str, IO[bytes]] = {}
        for file in self._files:
            if file.path not in self._copies and (file.path == "-" or not Path(file.path).is_file()):
                self._copies[file.path] = _copy(stdin if file.path == "-" else reading.open_split(whole(file)), file)
        folders = {Path(file.path).parent for file in self._files if file.path not in paths}
        #: What the folders lack, a sentence each.
        self.gaps = tuple(gap for folder in sorted(folders) for gap in _gaps(folder))

    def __iter__(self) -> Iterator[Line]:
        for file in self._files:
            if file.path in self._copies:
                self._copies[file.path].seek(0)
                yield from _lines(file.name, self._copies[file.path])
            else:
                with reading.open_split(whole(file)) as reader:
                    yield from _lines(file.path, reader)


def _find(paths: Sequence[str]) -> Iterator[InputFile]:
    """The files of all paths, as the job finds them."""
    for file in find.find_inputs(paths).files:
        yield replace(file, name="standard input") if file.path == "-" else file


def _copy(reader: IO[bytes], file: InputFile) -> IO[bytes]:
    """A temporary file with all that a pipe gives."""
    copy = TemporaryFile()  # noqa: SIM115 (it lives as long as the source)
    try:
        shutil.copyfileobj(reader, copy)
    except OSError as error:
        raise InputError(f"{file.name}: {error.strerror}; give a file or a folder") from None
    return copy


def _gaps(folder: Path) -> Iterator[str]:
    """What a folder of part files lacks, as far as it shows."""
    parts = {int(match[1]) for path in folder.iterdir() if (match := _part(path.name))}
    if parts and not (folder / "_SUCCESS").exists():
        yield f"{folder} has no _SUCCESS: the job that wrote it did not end, or not well"
    last = max(parts, default=-1)
    # a name may claim any number
    named = list(islice((number for number in range(last) if number not in parts), _NAMED))
    if named:
        rest = last + 1 - len(parts) - len(named)
        names = ", ".join(f"part-{number:05}" for number in named)
        yield f"{folder} lacks {names}{f' and {rest:,} more' if rest else ''}"


def _lines(name: str, reader: IO[bytes]) -> Iterator[Line]:
    for number, line in enumerate(reader, 1):
        yield Line(name, number, line.rstrip(b"\r\n"))
