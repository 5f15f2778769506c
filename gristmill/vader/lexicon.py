"""The words that VADER knows, each with its valence: from -4, the worst, to 4.

The list is nltk's: that of the package vaderSentiment with a few entries changed, copied into `vader_lexicon/` with its
licence when this package is built. UTF-8, an entry a line: word, mean, standard deviation, ten people's ratings, TAB
between.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from gristmill.built import built

if TYPE_CHECKING:
    from collections.abc import Mapping

#: People rate from -4 to 4. Within a million, no sum of a text's valences is too large to be squared.
LARGEST = 1e6

_NAME = "vader_lexicon.txt"
#: Where nltk differs from vaderSentiment 3.3.2: a line's new bytes by its old word; b"" drops the line.
_EDITS = {
    b":P": b":p\t1.4\t0.8\t[3, 1, 0, 2, 1, 1, 2, 2, 1, 1]\r\n",
    b"badass": b"badass\t-0.6\t1.85472\t[-2, 3, 0, 0, -1, -3, -1, -3, 2, -1]\r\n",
    b"flawed": b"",
    b"heart": b"",
    b"hearts": b"",
}


def shipped() -> dict[str, float]:
    """The lexicon that comes with this package, parsed anew at each call."""
    return parse_lexicon(built(__package__, f"vader_lexicon/{_NAME}"), _NAME)


def parse_lexicon(data: bytes, name: str) -> dict[str, float]:
    """The valences by word in a lexicon's bytes; of a word's several lines the last one counts.

    A line without a word, a TAB and a number raises ValueError with `name` and the line's number.
    """
    lexicon = {}
    for number, line in enumerate(data.decode().split("\n"), start=1):
        word, _, rest = line.strip().partition("\t")
        try:
            lexicon[word] = float(rest.partition("\t")[0])
        except ValueError as error:
            raise ValueError(f"{name}, line {number}: {line[:40]!r} is not a word, a TAB and its valence") from error
    return check_lexicon(lexicon)


def check_lexicon(lexicon: Mapping[str, float]) -> dict[str, float]:
    """A copy of `lexicon` with valences as floats; ValueError where one is not a number within a million."""
    copy = {word: float(valence) for word, valence in lexicon.items()}
    for word, valence in copy.items():
        if not math.fabs(valence) <= LARGEST:  # nor is NaN
            raise ValueError(f"the valence of {word!r} is {valence}; give one from -{LARGEST:.0f} to {LARGEST:.0f}")
    return copy


def as_nltk(name: str, data: bytes) -> dict[str, bytes]:
    """The file of vaderSentiment that the build copies: its lexicon with nltk's edits, other files as they are."""
    if name != _NAME:
        return {name: data}
    lines = data.splitlines(keepends=True)
    return {name: b"".join(_EDITS.get(line.partition(b"\t")[0], line) for line in lines)}
