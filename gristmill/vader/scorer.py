"""The sentiment of a text by VADER, bit for bit as nltk 3.9 and 3.10 have it with the same lexicon, and fast.

Scores are the same on every Python, which nltk's are not: sums go from left to right, as its own do up to 3.11, and
letters that got their case after Unicode 13.0, which 3.9 and 3.10 have, have none.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from gristmill.vader import rules
from gristmill.vader.alphabet import HIT, KNOWN, LOUD_WORD, PLAIN, QUIET_WORD, Alphabet
from gristmill.vader.lexicon import checked, shipped
from gristmill.vader.rules import ABSENT, AFTER, BEFORE, Score, weighed
from gristmill.vader.tokens import Word, words

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Pairs of a word and what stands before it whose valence is kept; then all are forgotten. Under 10 MB.
PAIRS = 1 << 15

_KNOWN = KNOWN.encode()


class Scorer:
    """Scores texts; remembers words, so it is the faster the more it has seen, in at most 40 MB."""

    def __init__(self, lexicon: Mapping[str, float] | None = None) -> None:
        """A scorer by the valences of `lexicon`, the shipped one if None; ValueError where one is out of bounds."""
        self._lexicon = shipped() if lexicon is None else checked(lexicon)
        self._alphabet = Alphabet(self._lexicon)
        self._character = self._alphabet.__getitem__
        self._even = _Valences(self._alphabet, False)
        self._emphatic = _Valences(self._alphabet, True)

    def score(self, text: str) -> Score:
        """All four scores of a text; all 0.0 where it has no word of two characters."""
        count, values = self._read(text)
        return rules.scored(count, values, rules.marks(text))

    def compound(self, text: str) -> int:
        """The sentiment of a text in ten-thousandths, from -10,000 to 10,000."""
        _, values = self._read(text)
        if not values:
            return 0
        return round(round(rules.compound(rules.summed(values), rules.marks(text)), 4) * 10_000)

    def _read(self, text: str) -> tuple[int, list[float]]:
        """How many words a text has, and their valences other than 0, in order."""
        line = "".join(map(self._character, text.split()))
        if line.isascii():
            return len(line), []
        if self._alphabet.odd.search(line):
            if self._alphabet.full:
                self._forget()
            return len(line), rules.valences(words(text, self._lexicon))
        emphatic = LOUD_WORD.search(line) and QUIET_WORD.search(line)
        return len(line), (self._emphatic if emphatic else self._even).of(line)

    def _forget(self) -> None:
        self._alphabet.reset()
        self._even.clear()
        self._emphatic.clear()


class _Valences(dict[str, float]):
    """The valence of each word of the lexicon, by its character, where nothing that stands near it has a say."""

    def __init__(self, alphabet: Alphabet, emphasis: bool) -> None:
        """Valences in texts where some words are in capitals and some are not, or in the others."""
        super().__init__()
        self._alphabet = alphabet
        self._emphasis = emphasis
        self._effects = alphabet.effects(emphasis)
        self._kinds: dict[int, Word] = {ord(letter): kind for kind, letter in alphabet.letters.items()}
        self._kinds[ord(KNOWN)] = ABSENT
        (but,) = (letter for kind, letter in alphabet.letters.items() if kind.lower == "but" and not kind.loud)
        self._but = but.encode()
        self._no_effect = (KNOWN + PLAIN + but).encode()
        self._after: dict[tuple[str, bytes], float] = {}

    def clear(self) -> None:
        """Forget what belongs to the alphabet's characters."""
        super().clear()
        self._after.clear()

    def __missing__(self, char: str) -> float:
        value = self[char] = self._valence(char, b"")
        return value

    def of(self, line: str) -> list[float]:
        """The valences other than 0 of a line's words, in order."""
        effects = line.encode("ascii", "replace").translate(self._effects)
        turn = effects.find(self._but)
        if turn < 0 and not effects.strip(self._no_effect):
            return list(filter(None, map(self.__getitem__, HIT.findall(line))))
        first: dict[str, float] = {}
        found = []
        place = effects.find(_KNOWN)
        while place >= 0:
            char = line[place]
            if char in first:
                value = first[char]
            else:
                before = effects[place - BEFORE if place > BEFORE else 0 : place]
                value = first[char] = self._near(char, before) if before.strip(self._no_effect) else self[char]
            found.append(value if turn < 0 else weighed(value, place, turn))
            place = effects.find(_KNOWN, place + 1)
        return list(filter(None, found))

    def _near(self, char: str, before: bytes) -> float:
        """The valence of a word after words with the effects `before`."""
        value = self._after.get((char, before))
        if value is None:
            if len(self._after) >= PAIRS:
                self._after.clear()
            value = self._after[char, before] = self._valence(char, before)
        return value

    def _valence(self, char: str, before: bytes) -> float:
        kinds = [ABSENT] * (BEFORE - len(before)) + [self._kinds[letter] for letter in before]
        return rules.valence([*kinds, self._alphabet.words[char], *[ABSENT] * AFTER], self._emphasis)


@cache
def _shared() -> Scorer:
    return Scorer()


def score(text: str) -> Score:
    """All four scores of a text by the shipped lexicon."""
    return _shared().score(text)


def compound(text: str) -> int:
    """The sentiment of a text in ten-thousandths by the shipped lexicon."""
    return _shared().compound(text)
