"""Raw bytes to index terms.

    text       bytes                          The Miller’s 水车磨
    raw token  text.translate(SEPARATORS).split(b" ")
    words      NFC, casefolded, cut           the | miller's | 水车 | 车磨
    terms      less stop words, stemmed       None | miller | 水车 | 车磨       (UTF-8; one entry for each position)

A word is a maximal run of characters of category L*, M*, N* or Pc; a single ' or ’ between two of them belongs to it
and is written '. Runs of Han, Hiragana and Katakana are cut into overlapping pairs of characters, each a word (a lone
character is one too), and no apostrophe belongs to them. Categories are those of Unicode 13.0 on every Python
(`unicode13.txt` beside this file): a character that was assigned later separates words, as do bytes that are not UTF-8.
"""

from __future__ import annotations

import pkgutil
import re
import string
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from itertools import chain, islice
from operator import add
from typing import Callable, cast
from unicodedata import combining, normalize

_KEPT = frozenset((string.ascii_letters + string.digits + "_'").encode())

#: For `bytes.translate`: ASCII letters in lower case, all other ASCII that is in no word a space, bytes from 0x80 kept.
SEPARATORS = bytes(byte if byte >= 0x80 or byte in _KEPT else 0x20 for byte in range(256)).lower()

#: Characters; a shorter text cannot hold marks enough to be slow (`normalize` takes the square of a run of them).
LONG_TEXT = 256

#: Bytes; the terms of a longer token share one object where they are equal, of so many different ones at a time.
LONG_TOKEN, SHARED_TERMS = 1 << 16, 100_000

_ASCII_RUN = re.compile(r"[0-9a-z_']+")


def words(raw: bytes) -> list[str]:
    """The words of one raw token, in order.

    They do not depend on the case of its ASCII letters, nor on whether it is composed or decomposed.
    """
    return list(chain.from_iterable(map(_cut, _runs(raw))))


class Analyser:
    """Raw tokens to terms.

    stop_words  each must be one word by the rules above, or ValueError says which is not; compared before stemming
    stem        a word to its stem; where that is empty, the word stays; a pair of CJK characters has none
    """

    def __init__(self, stop_words: Collection[str] = (), stem: Callable[[str], str] | None = None) -> None:
        self._stop_words = frozenset(_one_word(word).encode() for word in stop_words)
        self._stem = stem
        #: Whether an ASCII token of letters and digits is its one term.
        self.plain = not stop_words and stem is None

    def __call__(self, raw: bytes) -> tuple[bytes | None, ...]:
        """One entry for each word of a raw token as SEPARATORS leaves it; None is a stop word: a position, no term."""
        if raw.isalnum():  # ASCII, as most are: one word
            return (self._term(raw),)
        terms = chain.from_iterable(map(self._terms, _runs(raw)))
        return tuple(terms if len(raw) < LONG_TOKEN else _shared(terms))

    def _terms(self, run: re.Match[str]) -> Iterable[bytes | None]:
        terms = map(str.encode, _cut(run))
        if not run.lastindex:
            return map(self._term, terms)
        return (None if term in self._stop_words else term for term in terms) if self._stop_words else terms

    def _term(self, word: bytes) -> bytes | None:
        if word in self._stop_words:
            return None
        if self._stem is None:
            return word
        return normalize("NFC", self._stem(word.decode())).encode() or word


def _shared(terms: Iterable[bytes | None]) -> Iterator[bytes | None]:
    """The same terms, equal ones as one object: a token of 100 MB has few that differ, or else much of its own."""
    seen: dict[bytes | None, bytes | None] = {}
    for term in terms:
        if len(seen) == SHARED_TERMS:
            seen.clear()
        yield seen.setdefault(term, term)


def _one_word(stop_word: str) -> str:
    found = words(stop_word.encode("utf-8", "surrogatepass"))
    if len(found) != 1:
        raise ValueError(f"stop word {stop_word!r} is {len(found)} words to the index: give single words")
    return found[0]


def _runs(raw: bytes) -> Iterator[re.Match[str]]:
    """Runs of word characters and apostrophes, and runs of CJK, which are group 1."""
    if raw.isascii():
        run, text = _ASCII_RUN, raw.decode().lower()
    else:
        run, text = _run(), normal(raw.decode("utf-8", "replace"))
    # Two apostrophes separate; the third of three then stands at the edge of a run, where `_cut` strips it.
    return run.finditer(text.replace("''", " "))


def _cut(run: re.Match[str]) -> Iterable[str]:
    """The words of one run: pairs of CJK characters, or one word, or none where there are only apostrophes."""
    text = run[0]
    if run.lastindex:
        return (text,) if len(text) == 1 else map(add, text, islice(text, 1, None))
    word = text.strip("'")
    return (word,) if word else ()


def normal(text: str) -> str:
    """NFC(casefold(NFC(text))) with each apostrophe as ' and each unassigned character as a space."""
    # A later Unicode may compose or reorder what 13.0 does not know: cut there before it can.
    text = _unassigned().sub(" ", text)
    if len(text) > LONG_TEXT:
        text = _marks().sub(_in_order, text)
    return normalize("NFC", normalize("NFC", text).casefold()).replace("’", "'")


def _in_order(marks: re.Match[str]) -> str:
    """A run of marks in canonical order, so that `normalize`, which sorts by insertion, has nothing to move."""
    run = marks[0].translate({ord(mark): normalize("NFD", mark) for mark in set(marks[0])})
    classes = {ord(mark): combining(mark) for mark in set(run)}
    return "".join(
        run.translate({code: None for code, other in classes.items() if other != wanted})
        for wanted in sorted(set(classes.values()))
    )


# Each pattern is compiled when it is first asked for (4 to 11 ms): work in ASCII alone waits for none.


@cache
def _run() -> re.Pattern[str]:
    """A run of word characters and apostrophes, or of CJK, which is group 1."""
    return re.compile(f"[{ranges({'word', 'mark'})}']+|([{ranges({'cjk', 'cjk-mark'})}]+)")


@cache
def _unassigned() -> re.Pattern[str]:
    """A character that Unicode 13.0 does not assign."""
    return re.compile(f"[^{ranges({'word', 'mark', 'cjk', 'cjk-mark', 'other'}, closed=False)}]")


@cache
def _marks() -> re.Pattern[str]:
    """So many marks in a row that putting them in order would take time."""
    return re.compile(f"[^{ranges({'word', 'cjk', 'other'})}]{{32,}}")


@cache
def _table() -> list[tuple[int, int, str]]:
    """The rows of unicode13.txt: first code point, last one, class."""
    # None comes only from loaders that have no files.
    data = cast("bytes", pkgutil.get_data(__package__, "unicode13.txt"))
    rows = (line.split() for line in data.decode("ascii").splitlines() if line[0] != "#")
    return [(int(first, 16), int(last, 16), kind) for first, last, kind in rows]


def ranges(kinds: set[str], *, closed: bool = True) -> str:
    """The inside of a character class: the characters of some classes of unicode13.txt.

    closed  with what is unassigned between two rows of these kinds: fewer ranges, for text that has nothing unassigned
    """
    ranges: list[tuple[int, int]] = []
    before = False
    for first, last, kind in _table():
        wanted = kind in kinds
        if wanted and before and (closed or first == ranges[-1][1] + 1):
            ranges[-1] = (ranges[-1][0], last)
        elif wanted:
            ranges.append((first, last))
        before = wanted
    # Beyond U+FFFF `re` tries one range after the other: the last ones, emoji and Han, are met most.
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in reversed(ranges))
