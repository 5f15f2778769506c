"""VADER's lexicon: shipped, read, and made from that of another package."""

from __future__ import annotations

import hashlib
import math
from pathlib import Path

import pytest

from gristmill.vader import lexicon
from gristmill.vader.lexicon import as_nltk, check_lexicon, parse_lexicon, shipped


def test_the_shipped_lexicon_is_that_of_nltk_byte_for_byte():
    """The file in the package has the hash of nltk_data's vader_lexicon.txt, and its licence lies beside it."""
    folder = Path(lexicon.__file__).with_name("vader_lexicon")
    digest = hashlib.sha256(Path(folder, "vader_lexicon.txt").read_bytes()).hexdigest()
    assert digest == "0aabac74cd95def2dbedc04ce55e39698d91113ffadb6d86b87dd337c4d2184d"
    assert "C.J. Hutto" in Path(folder, "LICENSE.txt").read_text(encoding="utf-8")


def test_the_shipped_lexicon_has_the_last_valence_of_each_word():
    """Of several lines of one word the last one holds."""
    words = shipped()
    assert len(words) == 7502
    assert (words["good"], words["lol"], words["d:"], words[":-p"]) == (1.9, 1.8, 1.2, 1.5)
    assert "heart" not in words


def test_a_lexicon_is_read_whatever_ends_its_lines():
    """A line is a word, a TAB, a valence and what else there is."""
    assert parse_lexicon(b"up\t1.5\t0.3\t[1, 2]\r\ndown\t-1\nup\t2", "some.txt") == {"up": 2.0, "down": -1.0}


@pytest.mark.parametrize("line", [b"", b"up", b"up\t", b"up\tfine\t1", b"up 1.5"])
def test_a_line_of_a_lexicon_without_a_valence_is_an_error_that_names_it(line: bytes):
    """Nothing is guessed from a lexicon that is damaged."""
    with pytest.raises(ValueError, match=r"^some\.txt, line 2: .* is not a word, a TAB and its valence$"):
        parse_lexicon(b"good\t1.9\n" + line, "some.txt")


@pytest.mark.parametrize("valence", [math.nan, math.inf, -math.inf, 1_000_001.0])
def test_a_valence_that_no_sum_may_hold_is_an_error(valence: float):
    """Scores are numbers: infinities, NaN and what may overflow are refused, with the word's name."""
    with pytest.raises(ValueError, match=r"the valence of 'good' is .*; give one from -1000000 to 1000000"):
        check_lexicon({"good": valence})


def test_a_lexicon_given_is_copied_as_floats():
    """Integers are taken too; what the caller does to its mapping later changes nothing."""
    given = {"good": 2}
    copy = check_lexicon(given)
    given["good"] = 3
    assert repr(copy) == "{'good': 2.0}"


def test_the_build_makes_nltks_lexicon_of_vadersentiments():
    """Five words are changed or go; all else, line ends too, stays; other files stay whole."""
    theirs = (
        b":P\t1.4\t0.8\t[3]\r\nheart\t3.2\r\nhearts\t3.3\r\nhearty\t1\r\nbadass\t1.4\t1\r\nflawed\t-2.1\r\n}:-)\t0.3"
    )
    assert as_nltk("vader_lexicon.txt", theirs)["vader_lexicon.txt"] == (
        b":p\t1.4\t0.8\t[3, 1, 0, 2, 1, 1, 2, 2, 1, 1]\r\nhearty\t1\r\n"
        b"badass\t-0.6\t1.85472\t[-2, 3, 0, 0, -1, -3, -1, -3, 2, -1]\r\n}:-)\t0.3"
    )
    assert as_nltk("LICENSE.txt", theirs) == {"LICENSE.txt": theirs}
