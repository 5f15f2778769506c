"""The names of counters."""

from __future__ import annotations

import pytest

from gristmill.posts.skip import MOST_HASHTAGS, LeftOut, Skip, language_counter

#: A line of one of these ends a strict job.
FAULTS = {
    "error message",
    "header lacks a column",
    "id is not one short line",
    "id of a wrong type",
    "id out of range",
    "id was rounded",
    "line too long",
    "nested too deep",
    "no id",
    "no object",
    "no time",
    "not JSON",
    "not in the encoding",
    "not UTF-8",
    "row of a window that lies in none of those asked for",
    "row that breaks a rule",
    "row with fewer examples than asked for, and so has what it is added to",
    "text of a wrong type",
    "time not understood",
    "time out of range",
    "torn line",
    "unknown shape",
    "wrong number of fields",
}
#: What files and streams hold besides posts.
QUIET = {
    "account event",
    "blank line",
    "block",
    "bracket alone",
    "compliance event",
    "delete",
    "disconnect notice",
    "edit",
    "empty page",
    "event of another kind",
    "event stream line",
    "follow",
    "header line",
    "like",
    "limit notice",
    "list of friends",
    "no text",
    "notification",
    "placeholder for more comments",
    "record of another kind",
    "repost without the text",
    "text was removed",
    "thing of another kind",
    "warning notice",
}


def test_a_skip_is_a_fault_or_what_a_stream_says_besides_posts():
    """The values are the names of counters, to the letter."""
    assert {skip.value for skip in Skip if skip.is_fault} == FAULTS
    assert {skip.value for skip in Skip if not skip.is_fault} == QUIET


def test_a_post_that_is_left_out_has_its_own_names():
    """That of hashtags holds their bound."""
    assert MOST_HASHTAGS == 50
    assert {reason.value for reason in LeftOut} == {
        "copy of a post",
        "hashtags of a post beyond its first 50",
        "in no row",
        "language not asked for",
        "repost",
        "row of a dimension not asked for",
    }


@pytest.mark.parametrize(
    ("language", "counter"), [("de", "language de"), ("zh", "language zh"), ("xh", "other languages")]
)
def test_common_languages_have_a_counter_of_their_own(language: str, counter: str):
    """Hadoop allows a job 120 counters."""
    assert language_counter(language) == counter
