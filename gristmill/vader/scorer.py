"""The sentiment of a text by VADER, bit for bit as nltk 3.9 and 3.10 have it with the same lexicon, and fast.

Scores are the same on every Python, unlike nltk's: sums go from left to right, as nltk's do up to Python 3.11, and case
is that of Unicode 13.0, which Python 3.9 and 3.10 have.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from gristmill.memo import BoundedMemo
from gristmill.vader import rules
from gristmill.vader.alphabet import HIT, KNOWN, LOUD_WORD, PLAIN, QUIET_WORD, Alphabet
from gristmill.vader.lexicon import check_lexicon, shipped
from gristmill.vader.rules import ABSENT, AFTER, BEFORE, Score, weigh
from gristmill.vader.tokens import Word, words

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Pairs of a word and the effects of the words before it whose valence is remembered: under 10 MB.
PAIRS = 1 << 15

_KNOWN = KNOWN.encode()


class Scorer:
    """Scores texts; remembers words in at most 40 MB, so it is the faster the more it has seen."""

    def __init__(self, lexicon: Mapping[str, float] | None = None) -> None:
        """A scorer by a lexicon: valences by word in lower case, None for the shipped one; ValueError for a bad one."""
        self._lexicon = shipped() if lexicon is None else check_lexicon(lexicon)
        self._alphabet = Alphabet(self._lexicon)
        self._character = self._alphabet.__getitem__
        self._even = _Valences(self._alphabet, False)
        self._emphatic = _Valences(self._alphabet, True)

    def score(self, text: str) -> Score:
        """All four scores of a text; all 0.0 where it has no word of two characters."""
        count, values = self._valences(text)
        return rules.make_score(count, values, rules.marks(text))

    def compound(self, text: str) -> int:
        """The sentiment of a text in ten-thousandths, from -10,000 to 10,000."""
        _, values = self._valences(text)
        if not values:
            return 0
        return round(round(rules.compound(rules.summed(values), rules.marks(text)), 4) * 10_000)

    def _valences(self, text: str) -> tuple[int, list[float]]:
        """How many words a text has, and their valences other than 0, in order."""
        line = "".join(map(self._character, text.split()))
        if line.isascii():
            return len(line), []
        if self._alphabet.odd.search(line):
            if self._alphabet.full:
                self._forget()
            return len(line), rules.valences(words(text, self._lexicon))
        emphatic = LOUD_WORD.search(line) and QUIET_WORD.search(line)
        return len(line), (self._emphatic if emphatic else self._even).valences(line)

    def _forget(self) -> None:
        """Forget all words, as characters of the alphabet then stand for others."""
        self._alphabet.reset()
        self._even.clear()
        self._emphatic.clear()


class _Valences(dict[str, float]):
    """The valence of each word of the lexicon, by its character, where no word near it changes it."""

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
        #: The valence of a word by its character and the effects of the words before it.
        self._after: BoundedMemo[tuple[str, bytes], float] = BoundedMemo(lambda pair: self._valence(*pair), PAIRS)

    def clear(self) -> None:
        """Forget the valences of all characters."""
        super().clear()
        self._after.clear()

    def __missing__(self, char: str) -> float:
        value = self[char] = self._valence(char, b"")
        return value

    def valences(self, line: str) -> list[float]:
        """The valences other than 0 of a line's words, in order."""
        effects = line.encode("ascii", "replace").translate(self._effects)
        turn = effects.find(self._but)
        if turn < 0 and not effects.strip(self._no_effect):
            return list(filter(None, map(self.__getitem__, HIT.findall(line))))
        first: dict[str, float] = {}
        values = []
        index = effects.find(_KNOWN)
        while index >= 0:
            char = line[index]
            if char in first:
                value = first[char]
            else:
                before = effects[index - BEFORE if index > BEFORE else 0 : index]
                value = first[char] = self._after[char, before] if before.strip(self._no_effect) else self[char]
            values.append(value if turn < 0 else weigh(value, index, turn))
            index = effects.find(_KNOWN, index + 1)
        return list(filter(None, values))

    def _valence(self, char: str, before: bytes) -> float:
        """The valence of a word after words with the effects `before`."""
        kinds = [ABSENT] * (BEFORE - len(before)) + [self._kinds[letter] for letter in before]
        return rules.valence([*kinds, self._alphabet.words[char], *[ABSENT] * AFTER], self._emphasis)


@cache
def _shared() -> Scorer:
    return Scorer()


def score(text: str) -> Score:
    """All four scores of a text by the shipped lexicon; all 0.0 where it has no word of two characters."""
    return _shared().score(text)


def compound(text: str) -> int:
    """The sentiment of a text by the shipped lexicon in ten-thousandths, from -10,000 to 10,000."""
    return _shared().compound(text)
