"""What others wrote is made harmless; figures read as a person writes them (see the doctests too)."""

from __future__ import annotations

import pytest

from gristmill.report.escaping import attribute, label_text, markup, plain


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("two\nlines\t and  a\u2028third", "two lines and a third"),
        ("nul\0 bell\x07 next\x90", "nul\ufffd bell\ufffd next\ufffd"),
        ("a \ud83d half", "a \ufffd half"),
        ("over\u202eride\u202d", "over\ufffdride\ufffd"),
        ("\u2066@a\u2069 \u202bb\u202c", "@a b"),
        ("\u200fשלום\u200e", "\u200fשלום\u200e"),
    ],
)
def test_what_cannot_be_shown_or_acts_on_what_follows_is_marked_and_spaces_are_one(text: str, shown: str) -> None:
    """Overrides show as U+FFFD; embeddings and isolates go, since each text is isolated by its element."""
    assert plain(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("abcde", "abcde"),
        ("abcdef", "abcde…"),
        ("abcd ef", "abcd…"),
        ("ab" + " " * 40, "ab…"),
    ],
)
def test_a_long_text_is_cut_and_says_so(text: str, shown: str) -> None:
    """Within a bounded part of it, however long it is."""
    assert plain(text, 5) == shown


def test_markup_is_text() -> None:
    """In elements and in attributes."""
    hostile = """</bdi><script>alert("1")</script>'&"""
    escaped = "&lt;/bdi&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&#x27;&amp;"
    assert attribute(hostile) == escaped
    assert markup(hostile) == f"<bdi>{escaped}</bdi>"


def test_a_label_that_runs_from_right_to_left_is_isolated() -> None:
    """Where there is no element to do so."""
    assert label_text("<bread>") == "&lt;bread&gt;"
    assert label_text("لحم خبز") == "\u2068لحم خبز\u2069"
