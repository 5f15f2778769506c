"""Raw tokens to words: what holds for every text."""

from __future__ import annotations

import unicodedata
from itertools import groupby
from operator import itemgetter

from hypothesis import given
from hypothesis import strategies as st

from gristmill.text.words import words

#: Characters that every Python of ours knows, so that the oracles of these tests know them too.
KNOWN = st.characters(blacklist_categories=("Cs", "Cn")).filter(lambda c: unicodedata.ucd_3_2_0.category(c) != "Cn")


@given(st.text(KNOWN))
def test_a_term_is_its_own_only_term(text: str):
    """Analysing the UTF-8 of a term gives that term, unless it is a pair of CJK with its own marks."""
    for word in words(text.encode()):
        assert words(word.encode()) == [word]


@given(st.text(KNOWN))
def test_words_do_not_depend_on_the_normal_form(text: str):
    """Composed or decomposed, a text has the same words."""
    found = words(text.encode())
    assert words(unicodedata.normalize("NFD", text).encode()) == found
    assert words(unicodedata.normalize("NFC", text).encode()) == found


@given(st.text("aZé\u0301\u0316_1'’水かｶ한ß😀\u0345ᾼ\u0338∃=…İ\u0307Σς\u00ad"))
def test_words_are_those_of_the_rule_taken_step_by_step(text: str):
    """NFC, words, apostrophes, CJK runs, casefold, NFC, one character after the other."""
    assert words(text.encode()) == by_the_rule(text)


def by_the_rule(text: str) -> list[str]:
    """The rule as its sentences have it, slow and plain."""
    text = f" {unicodedata.normalize('NFC', text)} ".replace("’", "'")
    kinds = list(map(kind, text))
    for i in range(1, len(text) - 1):
        if kinds[i - 1 : i + 2] == ["word", "'", "word"]:
            kinds[i] = "word"
    found = []
    for name, group in groupby(zip(kinds, text), itemgetter(0)):
        run = unicodedata.normalize("NFC", "".join(character for _, character in group).casefold())
        if name == "word":
            found.append(run)
        elif name == "cjk":
            found.extend(run[i : i + 2] for i in range(max(1, len(run) - 1)))
    return found


def kind(character: str) -> str:
    """What one of the characters that this test draws from is to the rule."""
    if character in "水かｶ":
        return "cjk"
    category = unicodedata.category(character)
    return "'" if character == "'" else "word" if category[0] in "LMN" or category == "Pc" else "sign"


def test_ascii_letters_may_be_lowered_before_composing():
    """With every mark, and every two that compose with a letter, a capital and its small letter give one word."""
    every = {chr(c) for c in range(0x300, 0x20000) if unicodedata.combining(chr(c))}
    composed = filter(unicodedata.decomposition, map(chr, range(0xC0, 0x2000)))
    composing = every & {unicodedata.normalize("NFD", character)[-1] for character in composed}
    tails = sorted(every | {one + other for one in composing for other in composing})
    for small in "abcdefghijklmnopqrstuvwxyz":
        lowered, capital = (" ".join(letter + tail for tail in tails) for letter in (small, small.upper()))
        assert words(capital.encode()) == words(lowered.encode())


@given(st.text("aI\u0301\u0316\u0327\u0345\u0344\u0f73\u0f75\u05b0\u302a", min_size=260, max_size=400))
def test_many_marks_in_a_row_are_put_in_the_order_that_normalising_gives(text: str):
    """The order of marks taken in linear time is the canonical one."""
    expected = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
    assert words(text.encode()) == [expected]
