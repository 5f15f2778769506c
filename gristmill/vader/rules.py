"""VADER's rules: from the words of a text to their valences, and from these to its scores.

C.J. Hutto and E. Gilbert, "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social Media Text", ICWSM
2014, as nltk has them, to the last bit: the order of each sum and product is part of the rule, and some of what follows
is no more than what nltk does. The numbers are those of the paper and of nltk.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from gristmill.vader.tokens import RAISE, Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: As idioms are, these are found before the word that they lower, in lower case only.
LOWERING_PAIRS = frozenset({"just enough", "kind of", "sort of"})
IDIOMS = {
    "the shit": 3.0,
    "the bomb": 3.0,
    "bad ass": 1.5,
    "yeah right": -2.0,
    "cut the mustard": 2.0,
    "kiss of death": -1.5,
    "hand to mouth": -2.0,
}
#: The words of which these are made, as they are written.
PHRASE_WORDS = frozenset(" ".join([*IDIOMS, *LOWERING_PAIRS]).split())
#: What a word in capitals gains among words that are not.
CAPITALS = 0.733
#: What is left of a booster's force two and three words on.
FADING = (0.95, 0.9)
NEGATION = -0.74
#: "never so good" and "never this good" praise, two and three words before.
NEVER_SO = (1.5, 1.25)
SO = ("so", "this")
BEFORE_BUT, AFTER_BUT = 0.5, 1.5
#: The larger, the longer a text's sum takes to come near to -1 or 1.
SPREAD = 15

#: Stands before the first word and after the last: words of the lexicon have no effect on their neighbours.
ABSENT = Word("", "", 0.0, False, 0.0, False)
#: How many words before a word, and after it, have a say in its valence.
BEFORE, AFTER = 3, 2


class Score(NamedTuple):
    """The shares of a text that are negative, neutral and positive, in thousandths, and its sentiment from -1 to 1."""

    neg: float
    neu: float
    pos: float
    compound: float


def valences(text: Sequence[Word]) -> list[float]:
    """The valences other than 0 of a text's words, in order; a word that comes again has that of its first place."""
    louds = sum(word.loud for word in text)
    emphasis = 0 < louds < len(text)
    padded = [ABSENT] * BEFORE + list(text) + [ABSENT] * AFTER
    turn = next((place for place, word in enumerate(text) if word.lower == "but"), -1)
    first: dict[str, float] = {}
    found = []
    for place, word in enumerate(text):
        if word.valence is None:
            continue
        if word.text not in first:
            first[word.text] = valence(padded[place : place + BEFORE + 1 + AFTER], emphasis)
        found.append(weighed(first[word.text], place, turn))
    return list(filter(None, found))


def weighed(value: float, place: int, turn: int) -> float:
    """A valence as the first "but" of its text, at the place `turn` (-1: there is none), leaves it."""
    if turn in (-1, place):
        return value
    return value * (BEFORE_BUT if place < turn else AFTER_BUT)


def valence(near: Sequence[Word], emphasis: bool) -> float:
    """The valence of the fourth of six words; `emphasis`: some words of the text, not all, are in capitals."""
    third, second, first, word, after, _ = near
    if word.valence is None or word.boost or (word.lower == "kind" and after.lower == "of"):
        return 0.0
    value = word.valence
    if emphasis and word.loud:
        value += CAPITALS if value > 0 else -CAPITALS
    if first.valence is None:
        value += _boost(first, value, emphasis)
        value *= NEGATION if first.negates else 1
    if second.valence is None:
        value += _boost(second, value, emphasis) * FADING[0]
        value *= _negation(second, second.text == "never" and first.text in SO, NEVER_SO[0])
    if third.valence is None:
        value += _boost(third, value, emphasis) * FADING[1]
        never_so = (third.text == "never" and second.text in SO) or first.text in SO
        value *= _negation(third, never_so, NEVER_SO[1])
        texts = [word.text for word in near]
        if not PHRASE_WORDS.isdisjoint(texts):
            value = _idiom(texts, value)
    if first.valence is None and first.lower == "least" and second.lower not in ("at", "very"):
        value *= NEGATION
    return value


def _boost(before: Word, value: float, emphasis: bool) -> float:
    """What a word before adds to a value."""
    boost = before.boost
    if boost and value < 0:
        boost = -boost
    if boost and emphasis and before.loud:
        boost += CAPITALS if value > 0 else -CAPITALS
    return boost


def _negation(before: Word, never_so: bool, praise: float) -> float:
    """What a word two or three places before multiplies a value by."""
    if never_so:
        return praise
    return NEGATION if before.negates else 1


def _idiom(near: Sequence[str], value: float) -> float:
    """The valence of the fourth of six words, or that of an idiom that it is part of or follows."""
    third, second, first, word, after, last = near
    before = (f"{first} {word}", f"{second} {first} {word}", f"{second} {first}", f"{third} {second} {first}")
    value = next((IDIOMS[phrase] for phrase in (*before, f"{third} {second}") if phrase in IDIOMS), value)
    for phrase in (f"{word} {after}", f"{word} {after} {last}"):
        value = IDIOMS.get(phrase, value)
    if f"{third} {second}" in LOWERING_PAIRS or f"{second} {first}" in LOWERING_PAIRS:
        value -= RAISE
    return value


def summed(values: Iterable[float]) -> float:
    """The sum from left to right; from Python 3.12 on `sum` keeps lost digits, and with them the sign of some sums."""
    total = 0.0
    for value in values:
        total += value
    return total


def marks(text: str) -> float:
    """What a text's exclamation marks, up to four, and question marks, if two or more, add to its sum."""
    exclamations, questions = text.count("!"), text.count("?")
    added = (exclamations if exclamations < 4 else 4) * 0.292
    if questions < 2:
        return added
    return added + (questions * 0.18 if questions < 4 else 0.96)


def compound(total: float, added: float) -> float:
    """A text's sentiment, not rounded, from the sum of its valences and what its marks add."""
    if total > 0:
        total += added
    elif total < 0:
        total -= added
    return total / math.sqrt(total * total + SPREAD)


def scored(count: int, values: Sequence[float], added: float) -> Score:
    """The scores of a text of `count` words, whose valences other than 0 are `values` and whose marks add `added`."""
    if not count:
        return Score(0.0, 0.0, 0.0, 0.0)
    positive = negative = 0.0
    for value in values:
        # a neutral word counts 1, so the others count that more
        if value > 0:
            positive += value + 1
        else:
            negative += 1 - value
    neutral = count - len(values)
    if positive > negative:
        positive += added
    elif positive < negative:
        negative += added
    whole = positive + negative + neutral
    total = round(compound(summed(values), added), 4)
    return Score(round(negative / whole, 3), round(neutral / whole, 3), round(positive / whole, 3), total)
