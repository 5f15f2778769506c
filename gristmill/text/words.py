"""Raw bytes to index terms.

    text       bytes                          The Miller’s 水车磨
    raw token  text.translate(SEPARATORS).split(b" ")
    words      NFC, casefolded, cut           the | miller's | 水车 | 车磨
    terms      less stop words, stemmed       None | miller | 水车 | 车磨       (UTF-8; one entry for each position)

A word is a maximal run of characters of category L*, N* or Pc, and of those that by Word_Break (Extend, Format and ZWJ)
belong to the character they stand after, or to nothing. Of these, marks stay in the word; ZWJ and ZWNJ stay between two
others; variation selectors, enclosing marks and what no eye sees (soft hyphens, direction marks) are left out. A single
' or ’ between two characters belongs to the word too and is written '. Runs of Han, Hiragana and Katakana are cut into
overlapping pairs of characters, each with its marks and each pair a word (a lone character is one too), and no
apostrophe belongs to them. All is by Unicode 13.0 on every Python (`unicode13.txt` beside this file): a character that
was assigned later separates words, as do bytes that are not UTF-8.
"""

from __future__ import annotations

import pkgutil
import re
import string
from collections.abc import Collection, Iterable, Iterator
from functools import cache
from itertools import chain, islice
from operator import add, itemgetter
from typing import Callable, cast
from unicodedata import combining, normalize

from gristmill.memo import BoundedMemo

#: The version of Unicode whose properties cut text into words, on every Python.
UNICODE_VERSION = "13.0.0"

_KEPT = frozenset((string.ascii_letters + string.digits + "_'").encode())

#: A table for `bytes.translate`: ASCII letters become lower case, ASCII that is in no word a space; other bytes stay.
SEPARATORS = bytes(byte if byte >= 0x80 or byte in _KEPT else 0x20 for byte in range(256)).lower()

#: Characters; `normalize` takes the square of the length of a run of marks, which a shorter text makes no problem.
LONG_TEXT = 256

#: Bytes from which equal terms of a token share one object, and the number of distinct terms remembered for that.
LONG_TOKEN, SHARED_TERMS = 1 << 16, 100_000

#: The kinds of unicode13.txt that a word is made of, but for joiners: characters, and what belongs to the one before.
CHARACTERS, MARKS = frozenset({"word", "cjk"}), frozenset({"mark", "moving"})
#: ZWNJ and ZWJ, which are in a word but at no end of it.
JOINERS = "\u200c\u200d"
_NO_ENDS = "'" + JOINERS

_ASCII_RUN = re.compile(r"[0-9a-z_']+")


def words(raw: bytes) -> list[str]:
    """The words of one raw token, in order.

    They do not depend on the case of its ASCII letters, nor on whether it is composed or decomposed.
    """
    return list(chain.from_iterable(map(_cut, _runs(raw))))


class Analyser:
    """Raw tokens to terms.

    stop_words  each one word by the rules above, or ValueError names the one that is not; compared before stemming
    stem        from a word to its stem; a word whose stem is empty stays, and so does a pair of CJK characters
    """

    def __init__(self, stop_words: Collection[str] = (), stem: Callable[[str], str] | None = None) -> None:
        self._stop_words = frozenset(_one_word(word).encode() for word in stop_words)
        self._stem = stem
        #: Whether an ASCII token of letters and digits is its one term.
        self.plain = not stop_words and stem is None

    def __call__(self, raw: bytes) -> tuple[bytes | None, ...]:
        """The terms of a raw token, as SEPARATORS leaves it: one for each word in order, None for a stop word."""
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
    """The same terms, equal ones as one object: a token of 100 MB may hold a few terms millions of times."""
    shared: BoundedMemo[bytes | None, bytes | None] = BoundedMemo(lambda term: term, SHARED_TERMS)
    return map(shared.__getitem__, terms)


def _one_word(stop_word: str) -> str:
    split = words(stop_word.encode("utf-8", "surrogatepass"))
    if len(split) != 1:
        raise ValueError(f"stop word {stop_word!r} is {len(split)} words to the index: give single words")
    return split[0]


def _runs(raw: bytes) -> Iterator[re.Match[str]]:
    """Runs of characters of words and apostrophes, and runs of CJK, which group 1 matches."""
    if raw.isascii():
        # Two apostrophes separate; the third of three then stands at the edge of a run, where `_cut` strips it.
        return _ASCII_RUN.finditer(raw.decode().lower().replace("''", " "))
    text = _composed(raw.decode("utf-8", "replace")).replace("’", "'")
    if "'" in text:
        text = _loose().sub(" ", text)
    return _run().finditer(text)


def _cut(run: re.Match[str]) -> Iterable[str]:
    """The words of one run: pairs of CJK characters, or one word, or none where it is apostrophes alone."""
    text = run[0]
    if run.lastindex and not _character().fullmatch(text):
        if run[2] is None:  # no marks: a character is a code point
            return map(add, text, islice(text, 1, None))
        first, second = (map(itemgetter(0), _character().finditer(text)) for _ in range(2))
        return map(_word, map(add, first, islice(second, 1, None)))
    word = _word(text)
    return (word,) if word else ()


def _word(text: str) -> str:
    """What a word is written as: casefolded, in NFC, with no apostrophe or joiner at its ends."""
    return _folded(text.strip(_NO_ENDS))


def normal(text: str) -> str:
    """NFC(casefold(NFC(text))), ’ as ', an unassigned character as a space, without what is in no word."""
    return _folded(_composed(text)).replace("’", "'")


def _composed(text: str) -> str:
    """The text in NFC, without what is in no word and separates none."""
    # A later Python may compose or reorder characters that 13.0 does not know: cut there first.
    text = _gone().sub("", _unassigned().sub(" ", text))
    if len(text) > LONG_TEXT:
        text = _marks().sub(_in_order, text)
    return normalize("NFC", text)


def _folded(text: str) -> str:
    return normalize("NFC", text.casefold())


def _in_order(marks: re.Match[str]) -> str:
    """A run of marks in canonical order, so that `normalize`, which sorts by insertion, has nothing to move."""
    run = marks[0].translate({ord(mark): normalize("NFD", mark) for mark in set(marks[0])})
    classes = {ord(mark): combining(mark) for mark in set(run)}
    return "".join(
        run.translate({code: None for code, other in classes.items() if other != wanted})
        for wanted in sorted(set(classes.values()))
    )


# Patterns are compiled on first use (4 to 11 ms each): a task whose text is ASCII compiles none.


@cache
def _run() -> re.Pattern[str]:
    """Matches a run of characters of words and apostrophes, or one of CJK: group 1, and 2 from its first mark on."""
    marks = ranges(MARKS) + JOINERS
    word, cjk = ranges({"word"}), ranges({"cjk"})
    return re.compile(f"[{word}][{word}{marks}']*|([{cjk}]+([{marks}][{cjk}{marks}]*)?)")


@cache
def _character() -> re.Pattern[str]:
    """Matches a CJK character and its marks."""
    return re.compile(f"[{ranges({'cjk'})}][{ranges(MARKS)}{JOINERS}]*")


@cache
def _loose() -> re.Pattern[str]:
    """Matches an apostrophe that no character of a word follows, with its marks; `_run` begins after all others."""
    marks = ranges(MARKS) + JOINERS
    return re.compile(f"'[{marks}]*(?![{ranges({'word'})}{marks}])")


@cache
def _gone() -> re.Pattern[str]:
    """Matches what is in no word and separates none."""
    return re.compile(f"[{ranges({'gone'}, closed=False)}]+")


@cache
def _unassigned() -> re.Pattern[str]:
    """Matches a character that Unicode 13.0 does not assign."""
    every = {*CHARACTERS, *MARKS, "joiner", "gone", "other"}
    return re.compile(f"[^{ranges(every, closed=False)}]")


@cache
def _marks() -> re.Pattern[str]:
    """Matches a run of marks long enough to be slow to put in order."""
    return re.compile(f"[{ranges({'moving'})}]{{32,}}")


@cache
def _table() -> list[tuple[int, int, str]]:
    """The rows of unicode13.txt: first code point, last one, class."""
    # None comes only from loaders that have no files.
    data = cast("bytes", pkgutil.get_data(__package__, "unicode13.txt"))
    rows = (line.split() for line in data.decode("ascii").splitlines() if line[0] != "#")
    return [(int(first, 16), int(last, 16), kind) for first, last, kind in rows]


def ranges(kinds: Collection[str], *, closed: bool = True) -> str:
    """The inside of a regular expression's character class: the characters of some kinds of unicode13.txt.

    closed  whether it may hold unassigned characters between two rows of these kinds: fewer ranges, for text that has
            no unassigned characters
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
    # Beyond U+FFFF `re` tries the ranges one by one: the last, emoji and Han, are the most common.
    return "".join(f"{chr(first)}-{chr(last)}" for first, last in reversed(ranges))
