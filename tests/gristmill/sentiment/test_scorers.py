"""The scorers that a job can be told to use."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import nltk.data
import pytest

from gristmill.errors import RunError
from gristmill.sentiment.scorers import make_scorer, parse_languages

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = ["", "The bread is good.", "VERY BAD bread, SLIGHTLY BAD", "never so good"]


def test_both_give_the_same_ten_thousandths(nltk_data: Path):
    """nltk's, as it reads the lexicon itself, are the reference."""
    assert list(map(make_scorer("vader"), TEXTS)) == [0, 4404, -9103, 6474]
    assert list(map(make_scorer("nltk"), TEXTS)) == [0, 4404, -9103, 6474]


def test_nltk_that_is_not_installed_is_named(monkeypatch: pytest.MonkeyPatch):
    """With what to do."""
    monkeypatch.setitem(sys.modules, "nltk.sentiment.vader", None)
    with pytest.raises(
        RunError, match=r"^--scorer nltk: .*nltk.*; install nltk, or leave the option out for the same "
    ):
        make_scorer("nltk")


def test_a_lexicon_that_nltk_does_not_find_is_named(monkeypatch: pytest.MonkeyPatch):
    """With what to do, in one line."""
    nltk.data.clear_cache()
    monkeypatch.setattr(nltk.data, "path", [])
    with pytest.raises(RunError, match=r"^--scorer nltk: its vader_lexicon is not here; run [^\n]*$"):
        make_scorer("nltk")


@pytest.mark.parametrize(
    ("names", "found"),
    [("en", {"en"}), ("und", {""}), (" EN-gb, de_AT,und", {"en", "de", ""})],
)
def test_languages_are_primary_subtags(names: str, found: set[str]):
    """und are posts that do not say."""
    assert parse_languages(names) == found


@pytest.mark.parametrize("names", ["", "de", "de,fr"])
def test_languages_of_which_none_can_be_scored_are_refused(names: str):
    """Nothing would come out."""
    message = f"VADER knows English alone: {names!r} has neither en nor und, for posts that do not say"
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        parse_languages(names)
