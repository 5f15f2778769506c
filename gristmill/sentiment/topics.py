"""Topics by keywords: which of them a text speaks of.

    bread: bread, loaf, sour dough        a topic and what tells it; phrases are words in a row
    Mühle                                 a topic that its own name tells
    # a comment

Words are those of the index (`gristmill.text.words`: Unicode 13.0 on every Python), without accents on Latin, Greek and
Cyrillic letters and without a final 's; so they match whole, whatever their case, and punctuation between the words of
a phrase is no matter. Chinese and Japanese, which have no spaces, match within a run of two characters or more.
"""

from __future__ import annotations

import re
from itertools import chain, filterfalse
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import normalize

from gristmill.text.words import SEPARATORS, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Phrase = tuple[str, ...]

#: Tokens whose words are kept, and how long they may be; then all are forgotten. Under 15 MB.
TOKENS, LONGEST = 1 << 16, 64

_like_a_path = re.compile(r"[^\s,]*/[^,]*|[^\s,]+\.\w+").fullmatch
_ACCENTS = re.compile("[\u0300-\u036f]+")


def load(source: str) -> dict[str, list[str]]:
    """The keywords of each topic, from a file or a list with commas; OSError or ValueError where there is none."""
    if Path(source).is_file():
        return read(Path(source).read_bytes().decode("utf-8-sig").splitlines())
    if _like_a_path(source):
        raise ValueError(f"{source!r} is no file; give one, or a list of words with commas between")
    return read(source.split(","))


def read(lines: Iterable[str]) -> dict[str, list[str]]:
    """The keywords of each topic, from the lines of a file or the items of a list; ValueError names a bad one."""
    topics: dict[str, list[str]] = {}
    for line in map(str.strip, lines):
        if not line or line.startswith("#"):
            continue
        name, colon, rest = line.partition(":")
        keywords = [keyword.strip() for keyword in rest.split(",")] if colon else [name]
        topics.setdefault(name.strip(), []).extend(keyword for keyword in keywords if keyword)
        if not name.strip() or not topics[name.strip()]:
            raise ValueError(f"{line[:60]!r} is no topic; give 'topic: word, phrase' or 'word'")
    if not topics:
        raise ValueError("there is no topic; give 'topic: word, phrase' or 'word'")
    return topics


class Topics:
    """Finds the topics of texts; remembers tokens, so it is the faster the more it has seen."""

    def __init__(self, topics: Mapping[str, Iterable[str]]) -> None:
        """Topics by name, each with its keywords; ValueError where one of them has no word."""
        #: By its first word, the phrases and whose they are.
        self._phrases: dict[str, list[tuple[Phrase, str]]] = {}
        for name, keywords in topics.items():
            for keyword in keywords:
                phrase = tuple(chain.from_iterable(map(_words, _tokens(keyword))))
                if not phrase:
                    raise ValueError(f"keyword {keyword[:60]!r} has no letter or digit; mend it")
                self._phrases.setdefault(phrase[0], []).append((phrase, name))
        #: The first words that a token of ASCII letters and digits can be; other tokens are to be looked at.
        self._first = {word.encode() for word in self._phrases if word.isascii()}
        self._begins = _Begins(self._phrases)

    def of(self, text: str) -> list[str]:
        """The names of a text's topics, in order."""
        tokens = _tokens(text)
        others = filterfalse(bytes.isalnum, tokens)
        if self._first.isdisjoint(tokens) and not any(map(self._begins.__getitem__, others)):
            return []
        found = list(chain.from_iterable(map(_words, tokens)))
        return sorted({name for place, word in enumerate(found) for name in self._at(found, place, word)})

    def _at(self, found: Sequence[str], place: int, word: str) -> Iterable[str]:
        for phrase, name in self._phrases.get(word, ()):
            if len(phrase) == 1 or tuple(found[place : place + len(phrase)]) == phrase:
                yield name


class _Begins(dict[bytes, bool]):
    """Whether a token has a word that begins a phrase."""

    def __init__(self, phrases: Mapping[str, object]) -> None:
        super().__init__()
        self._first = phrases

    def __missing__(self, token: bytes) -> bool:
        begins = any(word in self._first for word in _words(token))
        if len(token) <= LONGEST:
            if len(self) >= TOKENS:
                self.clear()
            self[token] = begins
        return begins


def _tokens(text: str) -> list[bytes]:
    return text.encode("utf-8", "replace").translate(SEPARATORS).split()


def _words(token: bytes) -> list[str]:
    """The words of a token, in the form in which they are compared."""
    return list(map(_plain, words(token)))


def _plain(word: str) -> str:
    if not word.isascii():
        word = normalize("NFC", _ACCENTS.sub("", normalize("NFD", word)))
    return word[:-2] if word.endswith("'s") else word
