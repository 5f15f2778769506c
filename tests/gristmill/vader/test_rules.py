"""VADER's rules, by the words themselves."""

from __future__ import annotations

import pytest

from gristmill.vader.rules import ABSENT, compound, make_score, marks, summed, valence, valences, weigh
from gristmill.vader.tokens import words

LEXICON = {"good": 2.0, "bad": -2.0, "shit": -2.5, "kind": 2.4, "ass": -2.5, "nil": 0.0}


def found(text: str) -> list[float]:
    """The valences of a text, to six digits."""
    return [round(value, 6) for value in valences(words(text, LEXICON))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("mill", []),
        ("good mill bad", [2.0, -2.0]),
        ("nil", []),
        ("GOOD mill BAD", [2.733, -2.733]),
        ("GOOD BAD", [2.0, -2.0]),
        ("NIL mill", [-0.733]),
        ("very good", [2.293]),
        ("very bad", [-2.293]),
        ("slightly good", [1.707]),
        ("VERY good", [3.026]),
        ("VERY bad", [-3.026]),
        ("VERY GOOD", [2.293]),
        ("very mill good", [2.27835]),
        ("very mill mill good", [2.2637]),
        ("very mill mill mill good", [2.0]),
        ("good very", [2.0]),
        ("not good", [-1.48]),
        ("not mill good", [-1.48]),
        ("not mill mill good", [-1.48]),
        ("not not good", [1.0952]),
        ("bad not good", [-2.0, -1.48]),
        ("never so good", [3.4395]),
        ("Never so good", [-1.69682]),
        ("never this mill good", [2.5]),
        ("mill mill so good", [2.86625]),
        ("mill this good", [2.0]),
        ("mill mill this good", [2.5]),
        ("never mill mill good", [-1.48]),
        ("least good", [-1.48]),
        ("mill least good", [-1.48]),
        ("at least good", [2.0]),
        ("AT LEAST good", [2.0]),
        ("very least good", [2.27835]),
        ("it was just the shit", [3.0]),
        ("the shit", [-2.5]),
        ("mill mill bad ass", [-2.0, 1.5]),
        ("mill mill mill bad ass", [1.5, 1.5]),
        ("oh so yeah right good", [-2.0]),
        ("hand to mouth good", [-2.0]),
        ("hand to mouth mill good", [2.0]),
        ("they all cut the mustard good", [2.0]),
        ("mill kind of good", [1.707]),
        ("sort of mill good", [1.707]),
        ("just enough mill good", [1.707]),
        ("kind of mill", []),
        ("Kind OF mill", []),
        ("kind mill", [2.4]),
        ("good but bad", [1.0, -3.0]),
        ("BUT good but bad", [3.0, -3.0]),
        ("good good not good", [2.0, 2.0, 2.0]),
        ("not good good Good", [-1.48, -1.48, -1.48]),
    ],
)
def test_each_rule_changes_a_valence_as_nltk_does(text: str, expected: list[float]):
    """Capitals, boosters, negations, "never so", "least", idioms, pairs, "but", and words that come again."""
    assert found(text) == expected


def test_a_word_by_the_edge_of_a_text_has_no_neighbour_there():
    """What stands in for words that are not there has no effect."""
    (good,) = words("good", LEXICON)
    assert valence([ABSENT, ABSENT, ABSENT, good, ABSENT, ABSENT], emphasis=True) == 2.0
    assert valence([ABSENT] * 6, emphasis=True) == 0.0


def test_a_valence_too_small_to_be_halved_is_none():
    """A word that "but" leaves no valence is neutral."""
    assert valences(words("good but mill", {"good": 5e-324})) == []


def test_the_first_but_halves_what_is_before_and_raises_what_is_after():
    """At the place of the but, and without any, nothing changes."""
    assert [weigh(2.0, place, 3) for place in (2, 3, 4)] == [1.0, 2.0, 3.0]
    assert weigh(2.0, 2, -1) == 2.0


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0.0),
        ("?", 0.0),
        ("!", 0.292),
        ("!!!!", 1.168),
        ("!!!!!", 1.168),
        ("??", 0.36),
        ("a? b? c?", 0.54),
        ("????", 0.96),
        ("????????!", 1.252),
    ],
)
def test_marks_add_to_a_text(text: str, expected: float):
    """Up to four exclamation marks count, and question marks from the second on."""
    assert marks(text) == expected


def test_sums_go_from_left_to_right():
    """The sum of these is 0 from left to right, and less than 0 to the last digit."""
    assert summed([-4.0, 0.1, 3.9]) == 0.0


def test_marks_make_a_text_more_of_what_it_is():
    """They add to the greater side; where both are even, and where the sum is 0, to none."""
    assert (compound(2.0, 0.292), compound(-2.0, 0.292), compound(0.0, 0.292)) == (
        pytest.approx(0.5093, abs=1e-4),
        pytest.approx(-0.5093, abs=1e-4),
        0.0,
    )
    assert make_score(1, [2.0], 0.292) == (0.0, 0.0, 1.0, 0.5093)
    assert make_score(2, [2.0], 0.292) == (0.0, 0.233, 0.767, 0.5093)
    assert make_score(2, [-2.0], 0.292) == (0.767, 0.233, 0.0, -0.5093)
    assert make_score(3, [2.0, -2.0], 0.292) == (0.429, 0.143, 0.429, 0.0)
    assert make_score(0, [], 0.292) == (0.0, 0.0, 0.0, 0.0)
