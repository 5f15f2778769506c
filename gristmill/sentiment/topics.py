"""Topics by keywords: which of them a text names.

    bread: bread, loaf, sour dough        a topic and its keywords; a phrase matches its words in a row
    Mühle                                 a topic that is its own keyword
    # a comment

Words are those of the index (`gristmill.text.words`: Unicode 13.0 on every Python), without accents on Latin, Greek and
Cyrillic letters and without a final 's. So they match whole, whatever their case, and any punctuation may stand between
the words of a phrase. Chinese and Japanese, which have no spaces, match within a run of two characters or more.
"""

from __future__ import annotations

import re
from itertools import chain, filterfalse
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import normalize

from gristmill.memo import BoundedMemo
from gristmill.text.words import SEPARATORS, words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Phrase = tuple[str, ...]

#: Tokens that are remembered, and the bytes of the longest one: under 15 MB.
TOKENS, LONGEST = 1 << 16, 64

_like_a_path = re.compile(r"[^\s,]*/[^,]*|[^\s,]+\.\w+").fullmatch
_ACCENTS = re.compile("[\u0300-\u036f]+")


def load_topics(source: str) -> dict[str, list[str]]:
    """The keywords of each topic, from a file or a list with commas; OSError, or ValueError where there is none."""
    if Path(source).is_file():
        return parse_topics(Path(source).read_bytes().decode("utf-8-sig").splitlines())
    if _like_a_path(source):
        raise ValueError(f"{source!r} is no file; give one, or a list of words with commas between")
    return parse_topics(source.split(","))


def parse_topics(lines: Iterable[str]) -> dict[str, list[str]]:
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
        #: By first word, the phrases that begin with it, each with its topic.
        self._phrases: dict[str, list[tuple[Phrase, str]]] = {}
        for name, keywords in topics.items():
            for keyword in keywords:
                phrase = tuple(chain.from_iterable(map(_words, _tokens(keyword))))
                if not phrase:
                    raise ValueError(f"keyword {keyword[:60]!r} has no letter or digit; mend it")
                self._phrases.setdefault(phrase[0], []).append((phrase, name))
        #: First words in ASCII: a token of letters and digits begins a phrase where it is one of these.
        self._first = {word.encode() for word in self._phrases if word.isascii()}
        phrases = self._phrases
        #: Whether any other token has a word that begins a phrase.
        self._begins: BoundedMemo[bytes, bool] = BoundedMemo(
            lambda token: any(word in phrases for word in _words(token)), TOKENS, keep=_is_short
        )

    def in_text(self, text: str) -> list[str]:
        """The names of a text's topics, in order of their characters, each once."""
        tokens = _tokens(text)
        others = filterfalse(bytes.isalnum, tokens)
        if self._first.isdisjoint(tokens) and not any(map(self._begins.__getitem__, others)):
            return []
        words = list(chain.from_iterable(map(_words, tokens)))
        return sorted({name for index, word in enumerate(words) for name in self._at(words, index, word)})

    def _at(self, words: Sequence[str], index: int, word: str) -> Iterable[str]:
        """The topics of the phrases that begin with the word at this index."""
        for phrase, name in self._phrases.get(word, ()):
            if len(phrase) == 1 or tuple(words[index : index + len(phrase)]) == phrase:
                yield name


def _is_short(token: bytes) -> bool:
    return len(token) <= LONGEST


def _tokens(text: str) -> list[bytes]:
    return text.encode("utf-8", "replace").translate(SEPARATORS).split()


def _words(token: bytes) -> list[str]:
    """The words of a token, in the form in which they are compared."""
    return list(map(_plain, words(token)))


def _plain(word: str) -> str:
    """A word without accents and without a final 's."""
    if not word.isascii():
        word = normalize("NFC", _ACCENTS.sub("", normalize("NFD", word)))
    return word[:-2] if word.endswith("'s") else word
