"""Many phrases in one pass."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.sentiment.phrases import Phrases

WORDS = st.lists(st.sampled_from("abc"), max_size=12)
PHRASES = st.lists(st.lists(st.sampled_from("abc"), min_size=1, max_size=4), max_size=6)


@given(words=WORDS, phrases=PHRASES)
@settings(max_examples=500, deadline=None)
def test_the_phrases_found_are_those_that_a_plain_search_finds(words: list[str], phrases: list[list[str]]):
    """However they overlap, hold each other, or begin and end alike."""
    text = "".join(words)
    named = [(str(number), phrase) for number, phrase in enumerate(phrases)]
    assert Phrases(named).names_in(words) == {name for name, phrase in named if "".join(phrase) in text}
