"""What the manifest of an index says."""

from __future__ import annotations

import pytest

from gristmill.index.manifest import index_manifest, total


def test_a_manifest_holds_the_rules_and_the_numbers_of_an_index() -> None:
    """Each key is always there; null where there is nothing to say."""
    assert index_manifest(payload="tf", stem=None, stop_words=(), documents=2, tokens=None) == {
        "format": "gristmill inverted index",
        "version": 2,
        "payload": "tf",
        "stem": None,
        "stop_words": None,
        "documents": 2,
        "tokens": None,
        "unicode": "13.0.0",
    }


@pytest.mark.parametrize("words", [["the", "été", "水"], {"水", "the", "été"}])
def test_the_digest_of_stop_words_does_not_depend_on_their_order(words: set[str]) -> None:
    """SHA-256 of `printf 'the\\nété\\n水\\n'`."""
    made = index_manifest(payload="tf", stem="english", stop_words=words, documents=0, tokens=0)
    assert made["stop_words"] == "2fbbcb69a22d124c0f011ac49024062a6e9a7d210b6aa74afc9423e242ebf576"
    assert made["stem"] == "english"


@pytest.mark.parametrize(
    ("counters", "number"),
    [
        ([], None),
        ([{}], None),
        ([{"input": {"documents": 3}}], None),
        ([{"index": {"tokens": 3}}], None),
        ([{"index": {"documents": 0}}], 0),
        ([{"index": {"documents": 2}}, {}, {"index": {"documents": 3}}], 5),
    ],
)
def test_a_counter_is_added_up_over_steps_and_none_where_no_step_has_it(
    counters: list[dict[str, dict[str, int]]], number: int | None
) -> None:
    """A number that was not counted is not 0."""
    assert total(counters, "index", "documents") == number
