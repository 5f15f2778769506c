"""Texts as lines of one character a word."""

from __future__ import annotations

import pytest

from gristmill.vader import alphabet as module
from gristmill.vader.alphabet import HIT, LOUD_WORD, QUIET_WORD, Alphabet
from gristmill.vader.tokens import BOOSTERS, NEGATIONS

LEXICON = {"good": 2.0, "bad": -2.0, "kind": 2.4, "shit": -2.6}


def line(text: str, alphabet: Alphabet) -> str:
    """A text as a line."""
    return "".join(map(alphabet.__getitem__, text.split()))


def test_words_that_the_rules_cannot_tell_apart_have_one_letter():
    """Words outside the lexicon share letters by what they do, with a capital one for words in capitals."""
    alphabet = Alphabet(LEXICON)
    assert line("mill stone 水車 http://t.co/1 a MILL I xn't never", alphabet).startswith("____A")
    assert len(line("not never Never won't cannot isn't", alphabet)) == 6
    assert len(set(line("not Never won't cannot isn't", alphabet))) == 1
    assert len(set(line("extremely Really", alphabet))) == 1
    assert len(set(line("very Really barely REALLY so So", alphabet))) == 5


def test_each_word_of_the_lexicon_has_its_own_character_for_each_way_to_write_it():
    """Punctuation aside, a word written the same has the same character, and those in capitals lie apart."""
    alphabet = Alphabet(LEXICON)
    found = line("good good, Good GOOD bad kind", alphabet)
    assert found[0] == found[1]
    assert len(set(found)) == 5
    assert [bool(LOUD_WORD.match(char)) for char in found] == [False, False, False, True, False, False]
    assert [bool(QUIET_WORD.match(char)) for char in found] == [True, True, True, False, True, True]
    assert HIT.findall(f"a{found}") == list(found)
    assert alphabet.words[found[3]].text == "GOOD"


@pytest.mark.parametrize(
    ("text", "odd"),
    [
        ("kind of", True),
        ("kind OF", True),
        ("Kind mill", True),
        ("mill the shit.", True),
        ("hand to mouth", True),
        ("sort of", True),
        ("Sort of", False),
        ("hand mouth to", False),
        ("the bad shit", False),
        ("kind mill of", False),
    ],
)
def test_a_line_tells_where_it_does_not_tell_enough(text: str, odd: bool):
    """Phrases, and words of the lexicon that are words of the rules in any case, are for the rules themselves."""
    alphabet = Alphabet(LEXICON)
    assert bool(alphabet.odd.search(line(text, alphabet))) is odd


@pytest.mark.parametrize("word", ["so", "this", "but", "at", "very", "OF", "Kind"])
def test_a_word_of_the_lexicon_that_still_has_an_effect_is_for_the_rules(word: str):
    """Most words of the rules lose their effect by being in the lexicon; these do not."""
    alphabet = Alphabet({word.lower(): 1.0})
    assert alphabet.odd.search(alphabet[word])


def test_there_are_letters_enough_for_any_lexicon():
    """Neither an empty lexicon nor one of all words of the rules runs out of letters."""
    assert len(Alphabet({}).letters) == 42
    assert len(Alphabet(dict.fromkeys([*BOOSTERS, *NEGATIONS, "the", "at", "but", "of", "this"], 1.0)).letters) == 42


def test_effects_tell_letters_apart_only_by_what_they_do_alone():
    """Idioms' words become plain, and capitals count for boosters where there is emphasis."""
    alphabet = Alphabet({})
    effects = {emphasis: alphabet.effects(emphasis) for emphasis in (False, True)}

    def same(one: str, other: str, emphasis: bool) -> bool:
        first, second = (line(text, alphabet).encode().translate(effects[emphasis]) for text in (one, other))
        return first == second

    assert same("the OF Mouth", "mill mill mill", True)
    assert same("NOT BUT LEAST", "not but least", True)
    assert not same("REALLY", "really", True)
    assert same("REALLY VERY", "really very", False)
    assert not same("so", "So", False)


def test_tokens_are_forgotten_when_there_are_too_many(monkeypatch: pytest.MonkeyPatch):
    """Memory is bounded: at the bound all tokens go, and the words of the lexicon keep their characters."""
    monkeypatch.setattr(module, "TOKENS", 5)
    alphabet = Alphabet(LEXICON)
    good = alphabet["good"]
    lengths = []
    for number in range(12):
        assert alphabet[f"mill{number}"] == "_"
        lengths.append(len(alphabet))
    assert max(lengths) == 5
    assert alphabet["good"] == good


def test_long_tokens_are_not_kept():
    """A token of a megabyte must not stay in memory."""
    alphabet = Alphabet(LEXICON)
    before = len(alphabet)
    assert alphabet["m" * 33] == "_"
    assert len(alphabet) == before
    assert alphabet["m" * 32] == "_"
    assert len(alphabet) == before + 1


def test_when_characters_run_out_words_of_the_lexicon_are_for_the_rules_until_a_reset(monkeypatch: pytest.MonkeyPatch):
    """There is a bounded number of characters; the alphabet says when they are gone."""
    monkeypatch.setattr(module, "_QUIET_HITS", range(0x100, 0x101))
    alphabet = Alphabet(LEXICON)
    assert HIT.match(alphabet["good"])
    assert not alphabet.full
    assert alphabet.odd.match(alphabet["Good"])
    assert alphabet.full
    assert not alphabet.odd.match(alphabet["GOOD"])
    alphabet.reset()
    assert not alphabet.full
    assert not alphabet.odd.match(alphabet["Good"])
