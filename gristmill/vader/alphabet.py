"""Texts as lines of one character a word, so that searches in strings answer the questions of the rules fast.

An ASCII letter stands for all words outside the lexicon that the rules treat alike, a capital one for such words in
capitals. Any other character stands for one spelling of a word of the lexicon, one from U+4000 on for a spelling in
capitals. A line that matches `odd` lacks what the rules need: `gristmill.vader.rules` scores the words of that text.
"""

from __future__ import annotations

import re
from string import ascii_lowercase, ascii_uppercase, digits
from typing import TYPE_CHECKING

from gristmill.memo import BoundedMemo
from gristmill.vader.rules import IDIOMS, LOWERING_PAIRS, PHRASE_WORDS, SO
from gristmill.vader.tokens import BOOSTERS, NEGATIONS, Word, bare, cased, word

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: Tokens whose character is remembered, as many as half a million words of posts have: under 15 MB.
TOKENS = 1 << 16
#: Characters of a token that is remembered: longer ones hardly come again.
LONGEST = 32

#: A word without effect on its neighbours; and a word of the lexicon once a line is encoded as ASCII.
PLAIN, KNOWN = "_", "?"
_QUIETS = PLAIN + ascii_lowercase + digits
_ODD = "\xff"
_FIXED_HITS = range(0x80, 0xFF)
_QUIET_HITS, _LOUD_HITS = range(0x100, 0x4000), range(0x4000, 0x6000)
LOUD_WORD = re.compile("[A-Z\u4000-\u5fff]")
QUIET_WORD = re.compile("[^A-Z\u4000-\u5fff]")
HIT = re.compile("[^\0-\x7f]")

#: Words that the rules name: in this spelling alone, and in any case.
_EXACT = {"never", *SO, *PHRASE_WORDS}
_ANY_CASE = {"at", "but", "kind", "least", "of", "very"}
_RULES = {*NEGATIONS, *BOOSTERS, *_EXACT, *_ANY_CASE}
#: Those that keep their effect on other words even where the lexicon has them.
_ALWAYS = {"at", "but", "kind", "of", "very", *SO}
#: Those that have an effect on other words outside an idiom: in this spelling alone, and in any case.
_EXACT_EFFECT = {"never", *SO}
_ANY_CASE_EFFECT = {"at", "but", "least", "very"}


class Alphabet(BoundedMemo[str, str]):
    """The character of each token, "" for a token of one character: `alphabet[token]`."""

    def __init__(self, lexicon: Mapping[str, float]) -> None:
        """An alphabet for the words of `lexicon`."""
        super().__init__(self._character, TOKENS, keep=lambda token: len(token) <= LONGEST)
        self.lexicon = lexicon
        self._known = lexicon.keys() | _RULES
        self._quiet_letters, self._loud_letters = iter(_QUIETS), iter(ascii_uppercase)
        #: The letter of each kind of word outside the lexicon.
        self.letters: dict[Word, str] = {}
        self._plain = tuple(self._letter(word(text, {})) for text in ("x", "X"))
        self._negation = tuple(self._letter(word(text, {})) for text in ("xn't", "XN'T"))
        self._fixed = {text: chr(code) for text, code in zip(sorted(PHRASE_WORDS & lexicon.keys()), _FIXED_HITS)}
        self.reset()
        for text in sorted(_RULES):
            for written in (text, text.capitalize(), text.upper()):
                self._letter(word(written, {}))
        #: Finds idioms, and words that have no character of their own.
        self.odd = re.compile("|".join(map(re.escape, (_ODD, *self._phrases()))))

    def reset(self) -> None:
        """Forget all tokens, and make all characters free again."""
        self.clear()
        self._characters = dict(self._fixed)
        #: The word of the lexicon that each character stands for.
        self.words = {char: word(text, self.lexicon) for text, char in self._fixed.items()}
        self._quiet_codes, self._loud_codes = iter(_QUIET_HITS), iter(_LOUD_HITS)
        #: Whether no character was free for a word of the lexicon; only `reset` frees some.
        self.full = False

    def _character(self, token: str) -> str:
        """The character of a token that is not remembered."""
        if len(token) < 2:
            return ""
        plain = token.isalnum()
        text = token if plain else bare(token)
        if not text.isascii():
            text = cased(text)
        # most words are in lower case: islower is faster than lower
        lower, loud = (text, False) if text.islower() else (text.lower(), text.isupper())
        if lower in self._known:
            return self._hit(text, lower) if lower in self.lexicon else self._letter(word(text, {}))
        return (self._negation if not plain and "n't" in lower else self._plain)[loud]

    def effects(self, emphasis: bool) -> bytes:
        """A table for `bytes.translate`: from each letter to that of the same effect on later words, idioms aside."""
        table = bytearray(range(256))
        for kind, letter in self.letters.items():
            effect = kind._replace(
                text=kind.text if kind.text in _EXACT_EFFECT else "",
                lower=kind.lower if kind.lower in _ANY_CASE_EFFECT else "",
                loud=kind.loud and emphasis and kind.boost != 0,
            )
            table[ord(letter)] = ord(self.letters[effect])
        return bytes(table)

    def _hit(self, text: str, lower: str) -> str:
        """The character of a spelling of a word of the lexicon."""
        char = self._characters.get(text)
        if char is None:
            if lower in _ALWAYS:
                return _ODD
            code = next(self._loud_codes if text.isupper() else self._quiet_codes, None)
            if code is None:
                self.full = True
                return _ODD
            char = self._characters[text] = chr(code)
            self.words[char] = word(text, self.lexicon)
        return char

    def _letter(self, word: Word) -> str:
        """The letter of a word outside the lexicon."""
        kind = word._replace(
            text=word.text if word.text in _EXACT else "", lower=word.lower if word.lower in _ANY_CASE else ""
        )
        letter = self.letters.get(kind)
        if letter is None:
            letter = self.letters[kind] = next(self._loud_letters if kind.loud else self._quiet_letters)
        return letter

    def _phrases(self) -> Iterator[str]:
        """The characters of phrases, whose valence more than one word decides."""
        for phrase in (*IDIOMS, *LOWERING_PAIRS):
            yield "".join(self[text] for text in phrase.split())
        if "kind" in self.lexicon:
            yield from (self["kind"] + letter for kind, letter in self.letters.items() if kind.lower == "of")
