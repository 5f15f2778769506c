"""The table of dimensions, and all who read it."""

from __future__ import annotations

from gristmill.posts.reader import Post
from gristmill.sentiment import rows
from gristmill.sentiment.dimensions import DIMENSIONS, NAMES
from gristmill.sentiment.keys import Groups
from gristmill.sentiment.topics import Topics

POST = Post("1", "bread", 1_772_348_400, "en", "ann", ("rye", "dawn"), "", "own")


def test_the_dimensions_are_those_of_the_rows_form():
    """Version 1 of a row has these."""
    assert NAMES == ("all", "author", "hashtag", "language", "platform", "topic")
    partitions = {name for name, dimension in DIMENSIONS.items() if dimension.is_partition}
    assert partitions == {"all", "author", "language", "platform"}


def test_each_dimension_has_keys_and_its_rows_are_rows():
    """A post has one value of a dimension whose rows add up to all posts."""
    groups = Groups(list(DIMENSIONS), "day", Topics({"bread": ["bread"], "loaf": ["bread"]}), print)
    found = groups.keys(POST)
    assert {name for name, _, _ in found} == DIMENSIONS.keys()
    assert all(rows.is_row(rows.format_key(*key) + b"\t{") for key in found)
    counts = {name: [key[0] for key in found].count(name) for name in DIMENSIONS}
    assert {name for name, count in counts.items() if count == 1} == {
        name for name, dimension in DIMENSIONS.items() if dimension.is_partition
    }
