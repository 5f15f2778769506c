"""A text's words, each by itself."""

from __future__ import annotations

import hashlib
import sys

import pytest

from gristmill.vader.tokens import RUNS, Word, bare, cased, words


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("good", "good"),
        ("good,", "good"),
        ("good?!?!", "good"),
        ("'cause", "cause"),
        ("!!!good", "good"),
        ("good!!!!", "good!!!!"),
        ("good...", "good..."),
        ("good?!", "good?!"),
        ("'good'", "'good'"),
        ("#good", "#good"),
        ("@miller", "@miller"),
        ("good)", "good)"),
        ("a.", "a."),
        (".a", ".a"),
        ("a.b.", "a.b."),
        ("-a-b", "-a-b"),
        ("don't!", "don't!"),
        ("don't", "don't"),
        (":)", ":)"),
        (":D", ":D"),
        ("!!", "!!"),
        ("wörld!", "wörld"),
        ("’tis.", "’tis"),
        ("🙂🙂!", "🙂🙂"),
        ("🙂!", "🙂!"),
        ("e\u0301!", "e\u0301"),
    ],
)
def test_punctuation_goes_where_it_is_one_known_run_at_one_end_of_a_word_without_any(token: str, expected: str):
    """What is left is a word of two characters or more without ASCII punctuation; else the token stays as it is."""
    assert bare(token) == expected


def test_every_known_run_goes_from_either_end():
    """There are seventeen runs."""
    assert len(RUNS) == 17
    assert {bare(f"mill{run}") for run in RUNS} == {bare(f"{run}mill") for run in RUNS} == {"mill"}


def test_words_are_tokens_of_two_characters_or_more_between_white_space():
    """White space is what Python calls so; single characters are no words."""
    found = words("I  am\u00a0so\u3000GOOD,\x1cnot\x85\U00010428\n", {"good": 1.9})
    assert found == [
        Word("am", "am", None, False, 0.0, False),
        Word("so", "so", None, False, 0.293, False),
        Word("GOOD", "good", 1.9, True, 0.0, False),
        Word("not", "not", None, False, 0.0, True),
    ]


@pytest.mark.parametrize("token", ["not", "NEVER", "uh-uh", "can't", "CAN'T", "shouldn't've", "xn't", "dont"])
def test_a_word_negates_by_a_list_or_by_its_ending(token: str):
    """Any word that holds n't negates."""
    assert words(token, {})[0].negates


def test_letters_have_the_case_of_unicode_13_on_every_python():
    """Which of all characters are in capitals, in lower case and in title case is the same on each Python of ours."""
    case = bytes(c.isupper() + 2 * c.islower() + 4 * c.istitle() for c in map(cased, map(chr, range(0x110000))))
    digest = hashlib.sha256(case).hexdigest()
    assert digest == "8888797ebae9f8b4101c8366c02efffb8dae02f25da38dac1ed3e7fcb87b9ca4"


@pytest.mark.skipif(sys.version_info >= (3, 11), reason="a newer Python knows more letters with case")
def test_where_unicode_is_13_no_letter_loses_its_case():
    """On Python 3.9 and 3.10 all letters have the case that nltk sees."""
    with_case = "".join(c for c in map(chr, range(0x110000)) if c.isupper() or c.islower() or c.istitle())
    assert cased(with_case) == with_case


def test_a_word_in_letters_that_got_case_later_is_not_in_capitals():
    """Vithkuqi got its capitals with Unicode 14.0; beside a capital they are as if they had none."""
    assert words("\U00010570\U00010571 \U00010570A", {}) == [
        Word("\uffff\uffff", "\uffff\uffff", None, False, 0.0, False),
        Word("\uffffA", "\uffffa", None, True, 0.0, False),
    ]
