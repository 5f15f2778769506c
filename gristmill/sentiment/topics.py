"""Topics by keywords: which of them a text names.

    bread: bread, loaf, sour dough        a topic and its keywords; a phrase matches its words in a row
    Mühle                                 a topic that is its own keyword
    # a comment

Words are those of the index (`gristmill.text.words`: Unicode 13.0 on every Python), without accents on Latin, Greek and
Cyrillic letters and without a final 's. So they match whole, whatever their case, and any punctuation may stand between
the words of a phrase. Chinese and Japanese, which have no spaces, match within a run of two characters or more.

A keyword of no word is its emoji and other signs (`gristmill.sentiment.emoji`); between words they are punctuation.

One letter and the ++ or # right after it are one word, so C++ and C# are no C. So are a longer word and its signs where
a keyword has them (Notepad++).
"""

from __future__ import annotations

import re
from functools import cache
from itertools import chain, filterfalse
from pathlib import Path
from typing import TYPE_CHECKING
from unicodedata import normalize

from gristmill.memo import BoundedMemo
from gristmill.sentiment.emoji import signs
from gristmill.sentiment.phrases import Phrases
from gristmill.text.words import MARKS, SEPARATORS, ranges, words
from gristmill.typed import is_file, utf8

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

#: Tokens that are remembered, and the bytes of the longest one: under 15 MB.
TOKENS, LONGEST = 1 << 16, 64

#: How the signs that may belong to a word are compared: wide ones, and that of music, as ASCII.
_SIGNS = str.maketrans("\uff0b\uff03\u266f", "+##")

_like_a_path = re.compile(r"[^\s,]*/[^,]*|[^\s,]+\.\w+").fullmatch
_ACCENTS = re.compile("[\u0300-\u036f]+")
_has_sign = re.compile("[+#\uff0b\uff03\u266f]").search
_after_word = re.compile("[+#\uff0b\uff03\u266f]+$").findall


def load_topics(source: str) -> dict[str, list[str]]:
    """The keywords of each topic, from a file or a list with commas; OSError, or ValueError where there is none."""
    if is_file(source):
        try:
            return parse_topics(Path(source).read_bytes().decode("utf-8-sig").splitlines())
        except UnicodeDecodeError:
            raise ValueError(f"{source} is not UTF-8: save the file as UTF-8") from None
    if _like_a_path(source):
        raise ValueError(f"{source!r} is no file; give one, or a list of words with commas between")
    return parse_topics(utf8(source).split(","))


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
        """Topics by name, each with its keywords; ValueError where one of them has no word and no sign."""
        keywords = [(name, keyword) for name, each in topics.items() for keyword in each]
        phrases: list[tuple[str, list[str]]] = []
        emoji: list[tuple[str, list[str]]] = []
        for name, keyword in keywords:
            pieces = _signed().split(keyword) if _has_sign(keyword) else [keyword]
            if phrase := list(_words_of(pieces)):
                phrases.append((name, phrase))
            elif phrase := signs(keyword):
                emoji.append((name, phrase))
            else:
                raise ValueError(f"keyword {keyword[:60]!r} has no letter, digit or emoji; mend it")
        self._phrases = Phrases(phrases)
        self._emoji = Phrases(emoji)
        #: The words with signs that make a difference.
        self._wanted = {form for _, phrase in phrases for word in phrase for form in _signed_forms(word)}
        first = self._phrases.first
        #: First words in ASCII: a token of letters and digits begins a phrase where it is one of these.
        self._first = {word.encode() for word in first if word.isascii()}
        #: Whether any other token has a word that begins a phrase.
        self._begins: BoundedMemo[bytes, bool] = BoundedMemo(
            lambda token: any(word in first for word in _words(token)), TOKENS, keep=_is_short
        )

    def in_text(self, text: str) -> list[str]:
        """The names of a text's topics, in order of their characters, each once."""
        names = self._of_words(text)
        if self._emoji.first and not text.isascii():
            names = names | self._emoji.names_in(signs(text))
        return sorted(names)

    def _of_words(self, text: str) -> set[str]:
        if self._wanted and _has_sign(text):
            return self._phrases.names_in(_words_of(_signed().split(text), self._wanted))
        tokens = _tokens(text)
        others = filterfalse(bytes.isalnum, tokens)
        if self._first.isdisjoint(tokens) and not any(map(self._begins.__getitem__, others)):
            return set()
        return self._phrases.names_in(chain.from_iterable(map(_words, tokens)))


@cache
def _signed() -> re.Pattern[str]:
    """Matches, as a group, a word and the signs right after it: two + or more, or one that begins no other word."""
    word = ranges({"word", *MARKS}, closed=False)
    plus, sharp = "[+\uff0b]", "[#\uff03\u266f]"
    signs = f"{plus}{plus}+|{plus}(?![{word}])|{sharp}(?![A-Za-z_])"
    return re.compile(f"(?<![{word}'’])([{word}'’]+(?:{signs}))")


def _words_of(pieces: Sequence[str], wanted: Container[str] | None = None) -> Iterator[str]:
    """The words of a text that was cut by `_signed`; of those with signs the `wanted` keep them, if None all."""
    for index, piece in enumerate(pieces):
        found = list(chain.from_iterable(map(_words, _tokens(piece))))
        if index % 2 and found:
            signed = found[-1] + _after_word(piece)[0].translate(_SIGNS)
            if wanted is None or signed in wanted:
                found[-1] = signed
        yield from found


def _signed_forms(word: str) -> Iterable[str]:
    """The words with signs that a keyword's word is, or is not to be taken for."""
    stem = word.rstrip("+#")
    forms = {word} if stem != word else set()
    return {*forms, f"{stem}++", f"{stem}#"} if len(stem) == 1 and stem.isalpha() else forms


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
