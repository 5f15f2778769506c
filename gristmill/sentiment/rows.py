"""A row of sentiment: who or what, when, and the tally of its posts. One line, ASCII:

    ["topic","bread","2026-03-01T07"] TAB {"authors":{…},…,"v":1}

The key is a JSON list: a dimension (all, author, hashtag, language, platform, topic), its value ("" for all, and where
posts do not say), and the window, a day or an hour of it in UTC. An author is written platform:author, since people of
one name on two platforms are two. The object's names are in order, decimals have four digits:

    v                   1, the version of this form
    n                   posts; positive, neutral, negative: those of them from 0.05 on, between, and up to -0.05
    sum, sum2           of their sentiments and of the squares, in ten-thousandths of VADER's compound
    histogram           40 counts, of 0.05 each, from -1 to 1
    authors             estimate: how many different ones, exact below 256; sketch: see `gristmill.sentiment.distinct`
    examples            positive, negative, sample: lists of {compound, id, platform, text, time}, the most positive and
                        most negative first, texts cut at 500 characters; most: how many there may be in each

and, told from these alone:

    mean, sd, ci95      of the sentiment; sd and ci95, the mean's 95 % interval by Student's t, are null for one post
    net                 positive less negative posts, as a share
    positive_ci95       Wilson's 95 % interval of the share of positive posts
    p10, p50, p90       percentiles, from the histogram: within a bin posts lie evenly, but those from 0 to 0.05 at 0

What is told is left aside when a row is read again.
"""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Any

from gristmill.sentiment import examples
from gristmill.sentiment.distinct import Sketch
from gristmill.sentiment.examples import Choice, Example, clean, shown
from gristmill.sentiment.statistics import BINS, ONE, number
from gristmill.sentiment.tally import Tally

VERSION = 1
DIMENSIONS = ("all", "author", "hashtag", "language", "platform", "topic")
#: Bytes; a row of 3,000 examples whose characters are all escaped has less.
LONGEST = 16 << 20
#: Digits of an integer in a row: longer ones could take any time to read.
DIGITS = 24

_EPOCH = datetime(1970, 1, 1)
_WINDOW = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d)?", re.ASCII)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_SUMS = ("n", "positive", "neutral", "negative", "sum", "sum2")
_encode = json.JSONEncoder(separators=(",", ":")).encode

#: A dimension, its value, a window.
Key = tuple[str, str, str]

#: Whether a line is a row, by its looks.
is_row = re.compile(rb'\s*\[\s*"(?:%s)"\s*,[^\t]*\]\s*\t\s*\{' % "|".join(DIMENSIONS).encode()).match


def format_key(dimension: str, value: str, window: str) -> bytes:
    """The bytes of a key."""
    return _encode([dimension, value, window]).encode()


def format_row(tally: Tally) -> bytes:
    """The object's bytes; the tally has a post."""
    fields = {name: str(getattr(tally, name)) for name in _SUMS}
    fields.update((name, _decimal(figure)) for name, figure in tally.derive().items())
    fields["v"] = str(VERSION)
    fields["histogram"] = _encode(tally.histogram)
    fields["authors"] = _object({"estimate": str(tally.authors.estimate()), "sketch": _encode(tally.authors.text())})
    kinds = {"positive": tally.best, "negative": tally.worst, "sample": tally.sample}
    fields["examples"] = _object({"most": str(tally.most), **{name: _list(kinds[name]) for name in kinds}})
    return _object(fields).encode()


def parse_row(line: bytes) -> tuple[Key, Tally]:
    """The key and the tally of a row; ValueError says why there is none."""
    if len(line) > LONGEST:
        raise ValueError(f"longer than {LONGEST} bytes")
    key, _, value = line.partition(b"\t")
    try:
        return _key(_loads(key)), _tally(_loads(value))
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError) as error:
        raise ValueError(str(error)) from error


def _key(parts: Any) -> Key:
    dimension, value, window = parts
    if dimension not in DIMENSIONS or type(value) is not str or not _WINDOW.fullmatch(window):
        raise ValueError("no key of a dimension, a value and a window")
    return dimension, value, window


def _tally(fields: Any) -> Tally:
    if fields["v"] != VERSION:
        raise ValueError(f"not of version {VERSION}")
    most = _count(fields["examples"]["most"])
    tally = Tally(0)
    n = tally.n = _count(fields["n"])
    tally.positive, tally.negative = _count(fields["positive"]), _count(fields["negative"])
    tally.histogram = list(map(_count, fields["histogram"]))
    tally.sum, tally.sum2 = fields["sum"], _count(fields["sum2"])
    if not n or _count(fields["neutral"]) != tally.neutral or sum(tally.histogram) != n or len(tally.histogram) != BINS:
        raise ValueError("counts do not agree")
    if type(tally.sum) is not int or tally.sum * tally.sum > n * tally.sum2 or tally.sum2 > ONE * ONE * n:
        raise ValueError("sums do not agree")
    tally.authors = Sketch.read(fields["authors"]["sketch"])
    kinds = (fields["examples"][name] for name in ("positive", "negative", "sample"))
    tally.choose(most, [_example(one) for kind in kinds for one in kind])
    return tally


def _count(number: Any) -> int:
    if type(number) is not int or number < 0:
        raise ValueError(f"{str(number)[:20]!r} is no count")
    return number


def _example(one: Any) -> Example:
    if not _TIME.fullmatch(one["time"]):
        raise ValueError("no time of an example")
    time = (datetime.fromisoformat(one["time"][:-1]) - _EPOCH) // timedelta(seconds=1)
    platform, name, text = (clean(one[part]) for part in ("platform", "id", "text"))
    compound = round(one["compound"] * ONE)
    if abs(compound) > ONE:
        raise ValueError("no sentiment of an example")
    return Example(examples.digest(platform, name), platform, name, time, compound, shown(text))


def _loads(data: bytes) -> Any:
    return json.loads(data, parse_int=_integer, parse_constant=_integer)


def _integer(digits: str) -> int:
    if len(digits) > DIGITS:
        raise ValueError(f"a number of {len(digits)} digits")
    return int(digits)


def _decimal(figure: int | tuple[int, int] | None) -> str:
    if figure is None:
        return "null"
    return number(figure) if isinstance(figure, int) else f"[{','.join(map(number, figure))}]"


def _object(fields: dict[str, str]) -> str:
    """A JSON object of what is JSON already."""
    return "{" + ",".join(f'"{name}":{fields[name]}' for name in sorted(fields)) + "}"


def _list(choice: Choice) -> str:
    return f"[{','.join(map(_shown, choice))}]"


def _shown(example: Example) -> str:
    time = (_EPOCH + timedelta(seconds=example.time)).isoformat() + "Z"
    fields = {"id": example.id, "platform": example.platform, "text": example.text, "time": time}
    return _object({"compound": number(example.compound), **{name: _encode(value) for name, value in fields.items()}})
