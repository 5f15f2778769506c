"""Rows as a table for people and their programs: CSV, TSV or JSON Lines, always with these columns.

A number that a row lacks is empty, null in JSON: an interval of one post, all but n of posts that were not scored. TSV
has the quotes of CSV where a value holds a TAB, a quote or a line's end. Text is UTF-8, lines end at LF.
"""

from __future__ import annotations

import csv
import json
from itertools import islice
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

COLUMNS = (
    "dimension",
    "value",
    "window",
    "n",
    "positive",
    "neutral",
    "negative",
    "mean",
    "ci95_low",
    "ci95_high",
    "sd",
    "net",
    "positive_ci95_low",
    "positive_ci95_high",
    "p10",
    "p50",
    "p90",
    "authors",
)
#: Rows that are written at a time.
_BATCH = 1000
_encode = json.JSONEncoder(ensure_ascii=False).encode


def printed_as(runner: Any, form: str | None) -> Any:
    """The runner of the job, whose printed output is a table if a form is given."""
    if form:
        rows = runner.cat_output
        runner.cat_output = lambda: format_table(rows(), form)
    return runner


def format_table(chunks: Iterable[bytes], form: str) -> Iterator[bytes]:
    """The rows in chunks of a job's output, of any size, as a table: jsonl, csv or tsv."""
    rows = map(_fields, _lines(chunks))
    if form == "jsonl":
        yield from map(_json, rows)
        return
    yield _separated([COLUMNS], form)
    while batch := list(islice(rows, _BATCH)):
        yield _separated(batch, form)


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of chunks, whose ends may be anywhere; the last may lack its own."""
    rest = b""
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        yield from lines
    if rest:
        yield rest


def _fields(line: bytes) -> list[Any]:
    """The values of a row in the order of COLUMNS; numbers as int or, with their decimals, as text."""
    key, _, value = line.partition(b"\t")
    row = json.loads(value, parse_float=str)
    for name in ("ci95", "positive_ci95"):
        row[f"{name}_low"], row[f"{name}_high"] = row.get(name) or (None, None)
    row["authors"] = row["authors"]["estimate"] if "authors" in row else None
    return [*json.loads(key), *(row.get(name) for name in COLUMNS[3:])]


def _json(fields: list[Any]) -> bytes:
    texts = [*map(_encode, fields[:3]), *("null" if number is None else str(number) for number in fields[3:])]
    return ("{" + ",".join(f'"{name}":{text}' for name, text in zip(COLUMNS, texts)) + "}\n").encode()


def _separated(rows: Iterable[Iterable[Any]], form: str) -> bytes:
    lines: list[str] = []
    # both ends, or before Python 3.13 a lone CR gets no quotes
    sink = SimpleNamespace(write=lambda line: lines.append(line.removesuffix("\r\n") + "\n"))
    csv.writer(sink, delimiter="\t" if form == "tsv" else ",", lineterminator="\r\n").writerows(rows)
    return "".join(lines).encode()
