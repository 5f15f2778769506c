"""VADER's rules: from the words of a text to their valences, and from these to its scores.

C.J. Hutto and E. Gilbert, "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of Social Media Text", ICWSM
2014, as nltk 3.9 has them, to the last bit: the order of each sum and product is part of a rule. Some rules are nltk's
alone. The numbers are those of the paper and of nltk.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from gristmill.vader.tokens import RAISE, Word

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: These lower the word after them; like idioms, in lower case only.
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
#: The words of all idioms and lowering pairs.
PHRASE_WORDS = frozenset(" ".join([*IDIOMS, *LOWERING_PAIRS]).split())
#: Added to the valence of a word in capitals among words that are not.
CAPITALS = 0.733
#: Factors of a booster two and three words before the word that it boosts.
FADING = (0.95, 0.9)
NEGATION = -0.74
#: "never so good" and "never this good" praise: the factors where "never" stands two and three words before.
NEVER_SO = (1.5, 1.25)
SO = ("so", "this")
BEFORE_BUT, AFTER_BUT = 0.5, 1.5
#: The alpha of the paper: the larger, the more a sum must be to come near -1 or 1.
SPREAD = 15

#: Stands before the first word and after the last: words of the lexicon have no effect on their neighbours.
ABSENT = Word("", "", 0.0, False, 0.0, False)
#: How many words before a word, and after it, its valence depends on.
BEFORE, AFTER = 3, 2


class Score(NamedTuple):
    """The shares of a text that are negative, neutral and positive, in thousandths, and its sentiment from -1 to 1."""

    neg: float
    neu: float
    pos: float
    compound: float


def valences(text: Sequence[Word]) -> list[float]:
    """The valences other than 0 of a text's words, in order; a word that comes again has that of its first index."""
    louds = sum(word.loud for word in text)
    emphasis = 0 < louds < len(text)
    padded = [ABSENT] * BEFORE + list(text) + [ABSENT] * AFTER
    turn = next((index for index, word in enumerate(text) if word.lower == "but"), -1)
    first: dict[str, float] = {}
    values = []
    for index, word in enumerate(text):
        if word.valence is None:
            continue
        if word.text not in first:
            first[word.text] = valence(padded[index : index + BEFORE + 1 + AFTER], emphasis)
        values.append(weigh(first[word.text], index, turn))
    return list(filter(None, values))


def weigh(value: float, index: int, turn: int) -> float:
    """The valence of the word at `index`, weighed by the first "but" of its text, at `turn` (-1: there is none)."""
    if turn in (-1, index):
        return value
    return value * (BEFORE_BUT if index < turn else AFTER_BUT)


def valence(near: Sequence[Word], emphasis: bool) -> float:
    """The valence of the fourth of six words in a row; `emphasis`: some words of the text, not all, are in capitals."""
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
    """The number that a word before adds to a value."""
    boost = before.boost
    if boost and value < 0:
        boost = -boost
    if boost and emphasis and before.loud:
        boost += CAPITALS if value > 0 else -CAPITALS
    return boost


def _negation(before: Word, never_so: bool, praise: float) -> float:
    """The factor of a value for a word two or three words before."""
    if never_so:
        return praise
    return NEGATION if before.negates else 1


def _idiom(near: Sequence[str], value: float) -> float:
    """The valence of the fourth of six words; the idiom's where it belongs to one or follows one."""
    third, second, first, word, after, last = near
    before = (f"{first} {word}", f"{second} {first} {word}", f"{second} {first}", f"{third} {second} {first}")
    value = next((IDIOMS[phrase] for phrase in (*before, f"{third} {second}") if phrase in IDIOMS), value)
    for phrase in (f"{word} {after}", f"{word} {after} {last}"):
        value = IDIOMS.get(phrase, value)
    if f"{third} {second}" in LOWERING_PAIRS or f"{second} {first}" in LOWERING_PAIRS:
        value -= RAISE
    return value


def summed(values: Iterable[float]) -> float:
    """The sum from left to right; `sum` compensates rounding from Python 3.12 on: some sums get another sign."""
    total = 0.0
    for value in values:
        total += value
    return total


def marks(text: str) -> float:
    """The number that a text's exclamation marks, up to four, and question marks, if two or more, add to its sum."""
    exclamations, questions = text.count("!"), text.count("?")
    added = (exclamations if exclamations < 4 else 4) * 0.292
    if questions < 2:
        return added
    return added + (questions * 0.18 if questions < 4 else 0.96)


def compound(total: float, added: float) -> float:
    """A text's sentiment from -1 to 1, not rounded, from the sum of its valences and the number that its marks add."""
    if total > 0:
        total += added
    elif total < 0:
        total -= added
    return total / math.sqrt(total * total + SPREAD)


def make_score(count: int, values: Sequence[float], added: float) -> Score:
    """The scores of a text of `count` words; `values` are the valences other than 0, `added` is that of its marks."""
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
