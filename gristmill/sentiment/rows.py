"""A row of sentiment: its key, and the tally of its posts. One line, its key UTF-8, its object ASCII:

    ["topic","bread","2026-03-01T07"] TAB {"authors":{…},…,"v":2}
    ["unscored","language","2026-03-01T07"] TAB {"n":4,"v":2}

The key is a JSON list: a dimension (all, author, hashtag, language, platform, topic), its value ("" for all, and where
posts do not say), and the window (see `gristmill.sentiment.windows`). An author is written platform:author, since a
name on two platforms is two people. A row of posts that were not scored has the reason for its value (language: one
that the scorer does not know; language not asked for; repost), and n alone. The object's names are in order, decimals
have four digits:

    v                   2, the version of this form
    n                   posts; positive, neutral, negative: those of them from 0.05 on, between, and up to -0.05
    sum, sum2           of their sentiments and of the squares, in ten-thousandths of VADER's compound
    histogram           40 counts, of 0.05 each, from -1 to 1
    authors             estimate: how many different ones, exact below 256; sketch: see `gristmill.sentiment.distinct`
    examples            positive, negative, sample: lists of {compound, id, platform, text, time}, the most positive and
                        most negative first, texts cut at 500 characters; most: how many there may be in each

and, derived from these alone:

    mean, sd, ci95      of the sentiment; sd and ci95, the mean's 95 % interval by Student's t, are null for one post
    net                 positive less negative posts, as a share
    positive_ci95       Wilson's 95 % interval of the share of positive posts
    p10, p50, p90       percentiles, from the histogram: within a bin posts lie evenly, but those from 0 to 0.05 at 0

`parse_row` ignores the derived fields. It reads rows of version 1 too, which had keys in ASCII, hours and days alone,
and no rows of what was not scored.
"""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from typing import Any

from gristmill.sentiment import examples
from gristmill.sentiment.dimensions import DIMENSIONS, NAMES, UNSCORED
from gristmill.sentiment.distinct import Sketch
from gristmill.sentiment.examples import Choice, Example, clean, cut
from gristmill.sentiment.statistics import BINS, ONE, format_number
from gristmill.sentiment.tally import Tally
from gristmill.sentiment.windows import Window

#: The version of this form. All from 1 on are read.
VERSION = 2
#: Bytes of a row; one of 3,000 examples whose characters are all escaped has fewer.
LONGEST = 16 << 20
#: Digits of an integer in a row: time grows with the square of their number.
DIGITS = 24

_EPOCH = datetime(1970, 1, 1)
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_SUMS = ("n", "positive", "neutral", "negative", "sum", "sum2")
_encode = json.JSONEncoder(separators=(",", ":")).encode
_encode_key = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode

#: A dimension, its value, a window.
Key = tuple[str, str, str]

#: Matches a line that looks like a row: no post does.
is_row = re.compile(rb'\s*\[\s*"(?:%s)"\s*,[^\t]*\]\s*\t\s*\{' % "|".join((*NAMES, UNSCORED)).encode()).match


def format_key(dimension: str, value: str, window: str) -> bytes:
    """The bytes of a key: a JSON list in UTF-8."""
    return _encode_key([dimension, value, window]).encode()


def format_row(tally: Tally) -> bytes:
    """The bytes of a row's JSON object; the tally has posts that were scored, or some that were not."""
    if not tally.n:
        return _object({"n": str(tally.unscored), "v": str(VERSION)}).encode()
    fields = {name: str(getattr(tally, name)) for name in _SUMS}
    fields.update((name, _decimal(figure)) for name, figure in tally.derive().items())
    fields["v"] = str(VERSION)
    fields["histogram"] = _encode(tally.histogram)
    fields["authors"] = _object({"estimate": str(tally.authors.estimate()), "sketch": _encode(tally.authors.format())})
    kinds = {"positive": tally.best, "negative": tally.worst, "sample": tally.sample}
    fields["examples"] = _object({"most": str(tally.most), **{name: _list(kinds[name]) for name in kinds}})
    return _object(fields).encode()


def parse_row(line: bytes) -> tuple[Key, Tally]:
    """The key and the tally of a row, with or without a line end; ValueError says which rule it breaks."""
    if len(line) > LONGEST:
        raise ValueError(f"longer than {LONGEST} bytes")
    key, _, value = line.partition(b"\t")
    try:
        parsed = _parse_key(_loads(key))
        return parsed, (_parse_unscored if parsed[0] == UNSCORED else _parse_tally)(_loads(value))
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError) as error:
        raise ValueError(str(error)) from error


def _parse_key(fields: Any) -> Key:
    dimension, value, window = fields
    if (dimension not in DIMENSIONS and dimension != UNSCORED) or type(value) is not str:
        raise ValueError("no key of a dimension, a value and a window")
    Window.parse(window)
    return dimension, clean(value), window


def _parse_unscored(fields: Any) -> Tally:
    _check_version(fields)
    tally = Tally()
    tally.unscored = _count(fields["n"])
    if not tally.unscored:
        raise ValueError("counts do not agree")
    return tally


def _check_version(fields: Any) -> None:
    if fields["v"] not in range(1, VERSION + 1):
        raise ValueError(f"not of version {VERSION} or before")


def _parse_tally(fields: Any) -> Tally:
    _check_version(fields)
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
    tally.authors = Sketch.parse(fields["authors"]["sketch"])
    kinds = (fields["examples"][name] for name in ("positive", "negative", "sample"))
    tally.choose(most, [_parse_example(entry) for kind in kinds for entry in kind])
    return tally


def _count(number: Any) -> int:
    """A number that is a count; ValueError where it is none."""
    if type(number) is not int or number < 0:
        raise ValueError(f"{str(number)[:20]!r} is no count")
    return number


def _parse_example(entry: Any) -> Example:
    if not _TIME.fullmatch(entry["time"]):
        raise ValueError("no time of an example")
    time = (datetime.fromisoformat(entry["time"][:-1]) - _EPOCH) // timedelta(seconds=1)
    platform, identity, text = (clean(entry[name]) for name in ("platform", "id", "text"))
    compound = round(entry["compound"] * ONE)
    if abs(compound) > ONE:
        raise ValueError("no sentiment of an example")
    return Example(examples.hash_id(platform, identity), platform, identity, time, compound, cut(text))


def _loads(data: bytes) -> Any:
    return json.loads(data, parse_int=_parse_integer, parse_constant=_parse_integer)


def _parse_integer(digits: str) -> int:
    """An integer of a bounded number of digits; ValueError for a longer one, NaN or an infinity."""
    if len(digits) > DIGITS:
        raise ValueError(f"a number of {len(digits)} digits")
    return int(digits)


def _decimal(figure: int | tuple[int, int] | None) -> str:
    if figure is None:
        return "null"
    return format_number(figure) if isinstance(figure, int) else f"[{','.join(map(format_number, figure))}]"


def _object(fields: dict[str, str]) -> str:
    """A JSON object of values that are JSON already."""
    return "{" + ",".join(f'"{name}":{fields[name]}' for name in sorted(fields)) + "}"


def _list(choice: Choice) -> str:
    return f"[{','.join(map(_format_example, choice))}]"


def _format_example(example: Example) -> str:
    time = (_EPOCH + timedelta(seconds=example.time)).isoformat() + "Z"
    texts = {"id": example.id, "platform": example.platform, "text": example.text, "time": time}
    fields = {name: _encode(text) for name, text in texts.items()}
    return _object({"compound": format_number(example.compound), **fields})
