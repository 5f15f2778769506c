"""A text to its words, with the properties that VADER's rules use."""

from __future__ import annotations

import re
import string
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

#: What a booster adds to the valence of a good word after it.
RAISE = 0.293

_NEGATIONS = (
    "aint arent cannot cant couldnt darent despite didnt doesnt dont hadnt hasnt havent isnt mightnt mustnt neednt "
    "neither never none nope nor not nothing nowhere oughtnt rarely seldom shant shouldnt uh-uh uhuh wasnt werent "
    "without wont wouldnt"
)
_RAISERS = (
    "absolutely amazingly awfully completely considerably decidedly deeply effing enormously entirely especially "
    "exceptionally extremely fabulously flippin flipping frickin fricking friggin frigging fucking fully greatly hella "
    "highly hugely incredibly intensely majorly more most particularly purely quite really remarkably so substantially "
    "thoroughly totally tremendously uber unbelievably unusually utterly very"
)
_LOWERERS = (
    "almost barely hardly kind-of kinda kindof less little marginally occasionally partly scarcely slightly somewhat "
    "sort-of sorta sortof"
)
#: Words that negate; so does any that holds "n't".
NEGATIONS = frozenset(_NEGATIONS.split())
#: Words that make others stronger or weaker, by the number that they add.
BOOSTERS = {**dict.fromkeys(_RAISERS.split(), RAISE), **dict.fromkeys(_LOWERERS.split(), -RAISE)}

#: Punctuation that is stripped from one end of a token, where the token has no other.
RUNS = (".", "!", "?", ",", ";", ":", "-", "'", '"', "!!", "!!!", "??", "???", "?!?", "!?!", "?!?!", "!?!?")
_RUNS = frozenset(RUNS)
_ENDS = frozenset("".join(RUNS))
_ANY_PUNCTUATION = re.compile(f"[{re.escape(string.punctuation)}]")

#: Letters that got their case after Unicode 13.0, which Python 3.9 has, with unassigned ones and marks between them.
_LATER_CASE = re.compile(
    "[\u10fc\u1c89\u1c8a\u2c2f\u2c5f\ua7c0\ua7c1\ua7cb-\ua7f4\uab69\U00010570-\U000105bf\U00010780-\U000107bf"
    "\U00010d50-\U00010d85\U00016ea0-\U00016ed3\U0001df00-\U0001df2a\U0001e030-\U0001e06d]"
)
_NO_LETTER = "\uffff"


class Word(NamedTuple):
    """A word and its properties."""

    #: As it is written, without punctuation at its ends.
    text: str
    lower: str
    #: None where the lexicon does not have it.
    valence: float | None
    #: Whether it is in capitals.
    loud: bool
    #: The number that it adds to the valence of a word after it: RAISE, -RAISE or 0.0.
    boost: float
    #: Whether it negates a word after it.
    negates: bool


def bare(token: str) -> str:
    """A token of two characters or more, without a run of RUNS at one end where it has no other punctuation."""
    if token[-1] in _ENDS:
        text = token[:-1]
        if text.isalnum():  # as most are
            return text if len(text) > 1 else token
        text = token.rstrip(string.punctuation)
        run = token[len(text) :]
    elif token[0] in _ENDS:
        text = token.lstrip(string.punctuation)
        run = token[: -len(text)]
    else:
        return token
    return text if run in _RUNS and len(text) > 1 and not _ANY_PUNCTUATION.search(text) else token


def cased(text: str) -> str:
    """A text with case as in Unicode 13.0: U+FFFF, which has none, stands for letters that got their case later."""
    return text if text.isascii() else _LATER_CASE.sub(_NO_LETTER, text)


def word(text: str, lexicon: Mapping[str, float]) -> Word:
    """The properties of a word without punctuation."""
    text = cased(text)
    lower = text.lower()
    boost = BOOSTERS.get(lower, 0.0)
    return Word(text, lower, lexicon.get(lower), text.isupper(), boost, lower in NEGATIONS or "n't" in lower)


def words(text: str, lexicon: Mapping[str, float]) -> list[Word]:
    """The words of a text: its tokens between white space, without those of one character."""
    return [word(bare(token), lexicon) for token in text.split() if len(token) > 1]
