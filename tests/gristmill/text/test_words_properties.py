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
    """Analysing the UTF-8 of a term gives that term; but casefolding makes a letter of U+0345, also after CJK."""
    for word in words(text.replace("\u0345", "").encode()):
        assert words(word.encode()) == [word]


@given(st.text(KNOWN))
def test_words_do_not_depend_on_the_normal_form(text: str):
    """Composed or decomposed, a text has the same words."""
    found = words(text.encode())
    assert words(unicodedata.normalize("NFD", text).encode()) == found
    assert words(unicodedata.normalize("NFC", text).encode()) == found


#: What is in no word and separates none; what belongs to the character before it, and stays.
GONE, EXTEND = "\u00ad\u2060\ufe0f\U000e0100\u20dd🏽", "\u0301\u0316\u0338\u0345\u0307\u0903\uff9e\u200c\u200d"


@given(st.text("aZé_1'’水かｶ한ß😀ᾼ∃=…İΣς" + GONE + EXTEND))
def test_words_are_those_of_the_rule_taken_step_by_step(text: str):
    """NFC, what belongs to each character, apostrophes, CJK runs, casefold, NFC, one character after the other."""
    assert words(text.encode()) == by_the_rule(text)


def by_the_rule(text: str) -> list[str]:
    """The rule as its sentences have it, slow and plain."""
    text = "".join(character for character in text if character not in GONE)
    units = [(" ", "")]
    for character in unicodedata.normalize("NFC", text).replace("’", "'"):
        if character in EXTEND:
            units[-1] = (units[-1][0], units[-1][1] + character)
        else:
            units.append((kind(character), character))
    kinds = [name for name, _ in units] + [" "]
    for i in range(1, len(units)):
        if kinds[i - 1 : i + 2] == ["word", "'", "word"]:
            kinds[i] = "word"
    found = []
    for name, group in groupby(zip(kinds, units), itemgetter(0)):
        run = [unit for _, (_, unit) in group]
        if name == "word":
            found.append("".join(run))
        elif name == "cjk":
            found.extend("".join(run[i : i + 2]) for i in range(max(1, len(run) - 1)))
    return [unicodedata.normalize("NFC", word.strip("\u200c\u200d").casefold()) for word in found]


def kind(character: str) -> str:
    """What one of the characters that this test draws from is to the rule."""
    if character in "水かｶ":
        return "cjk"
    category = unicodedata.category(character)
    return "'" if character == "'" else "word" if category[0] in "LN" or category == "Pc" else "sign"


def test_ascii_letters_may_be_lowered_before_composing():
    """With every mark, and every two that compose with a letter, a capital and its small letter give one word."""
    every = {chr(c) for c in range(0x300, 0x20000) if unicodedata.combining(chr(c))}
    composed = filter(unicodedata.decomposition, map(chr, range(0xC0, 0x2000)))
    composing = every & {unicodedata.normalize("NFD", character)[-1] for character in composed}
    tails = sorted(every | {one + other for one in composing for other in composing})
    for small in "abcdefghijklmnopqrstuvwxyz":
        lowered, capital = (" ".join(letter + tail for tail in tails) for letter in (small, small.upper()))
        assert words(capital.encode()) == words(lowered.encode())


@given(st.text("I\u0301\u0316\u0327\u0345\u0344\u0f73\u0f75\u05b0\u302a", min_size=260, max_size=400))
def test_many_marks_in_a_row_are_put_in_the_order_that_normalising_gives(text: str):
    """The order of marks taken in linear time is the canonical one."""
    text = "a" + text
    expected = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
    assert words(text.encode()) == [expected]
