"""The options of `jobs.sentiment_agg`."""

from __future__ import annotations

from argparse import ArgumentTypeError
from typing import Any, Callable

from gristmill.posts.formats.tables import parse_columns
from gristmill.posts.time_format import TimeFormat
from gristmill.sentiment import scorers
from gristmill.sentiment.dimensions import NAMES, parse_dimensions
from gristmill.sentiment.examples import MOST
from gristmill.sentiment.windows import WINDOWS

#: The most that --examples takes: a row of more would be a copy of the posts, in one line.
MOST_EXAMPLES = 1000


def add_arguments(add: Callable[..., object]) -> None:
    """Call `add` for each option with the arguments of argparse's add_argument."""
    _add_own(add)
    kinds = ", ".join(NAMES)
    add(
        "--by",
        action="append",
        type=_argument(parse_dimensions),
        metavar="DIMENSIONS",
        help=f"what rows are of, with commas between: {kinds} (default: all, and topic where there are keywords)",
    )
    add("--keywords", metavar="FILE|LIST", help="a list with commas, or a file of lines 'topic: word, phrase'")
    add("--window", choices=WINDOWS, default="hour", help="what time, in UTC, a row is of (default: hour)")
    add(
        "--languages",
        type=_argument(scorers.parse_languages),
        metavar="LIST",
        help="leave out posts in others than these; und are posts that do not say (default: none is left out)",
    )
    add("--originals-only", action="store_true", help="leave out reposts")
    add("--dedupe", action="store_true", help="count each post once, however often it comes")
    add(
        "--examples",
        type=_argument(_parse_most),
        default=MOST,
        metavar="N",
        help=f"posts shown of each kind, most positive, most negative and a sample (default: {MOST})",
    )
    add(
        "--format",
        choices=("jsonl", "csv", "tsv"),
        help="print rows as a table, the same columns in each; where there is no --output-dir, or with --cat-output",
    )
    add("--scorer", choices=scorers.SCORERS, default="vader", help="nltk: the same scores, slowly (default: vader)")
    add("--strict", action="store_true", help="fail on the first line that cannot be used, instead of counting it")


def _add_own(add: Callable[..., object]) -> None:
    """The options of people's own posts: how they are to be read."""
    add(
        "--columns",
        type=_argument(parse_columns),
        metavar="NAMES",
        help="the columns of tables that have no header, or are to be split (default: the first line names them)",
    )
    add(
        "--time-format",
        type=_argument(_check_time_format),
        metavar="FORMAT",
        help="how your own posts have their time, in the signs of strptime: '%%d/%%m/%%Y %%H:%%M' (default: ISO 8601 "
        "or a Unix time)",
    )


def _argument(parse: Callable[[str], Any]) -> Callable[[str], Any]:
    """The type of an option: argparse shows the text of the ValueError that `parse` raises."""

    def argument(text: str) -> Any:
        try:
            return parse(text)
        except ValueError as error:
            raise ArgumentTypeError(str(error)) from None

    return argument


def _check_time_format(text: str) -> str:
    TimeFormat(text)
    return text


def _parse_most(text: str) -> int:
    if not (text.isascii() and text.isdecimal() and len(text) < 9 and int(text) <= MOST_EXAMPLES):
        raise ValueError(f"{text!r} is no number from 0 to {MOST_EXAMPLES}")
    return int(text)
