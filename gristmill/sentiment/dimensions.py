"""The dimensions: what a row of sentiment may be about. Options, keys, rows and the report read this table."""

from __future__ import annotations

from typing import NamedTuple

from gristmill.typed import nearest


class Dimension(NamedTuple):
    """How a dimension is spoken of, and how its rows add up."""

    #: A noun for one of its values, and for many.
    one: str
    many: str
    #: Whether each post has exactly one value, so that the posts of all values add up to all posts.
    is_partition: bool


#: By the name in keys and in --by; in the order of the report.
DIMENSIONS = {
    "all": Dimension("post", "all posts", True),
    "topic": Dimension("topic", "topics", False),
    "hashtag": Dimension("hashtag", "hashtags", False),
    "platform": Dimension("platform", "platforms", True),
    "language": Dimension("language", "languages", True),
    "author": Dimension("author", "authors", True),
}
#: In place of a dimension in the keys of rows that count posts which were not scored; the value is the reason.
UNSCORED = "unscored"
#: The reason where no scorer knows a post's language; the others are values of `gristmill.posts.skip.LeftOut`.
UNKNOWN_LANGUAGE = "language"
#: The names in the order of their letters, as messages list them.
NAMES = tuple(sorted(DIMENSIONS))


def parse_dimensions(names: str) -> list[str]:
    """The dimensions of a list with commas; ValueError names one that there is not."""
    dimensions = [name.strip() for name in names.split(",")]
    for name in dimensions:
        if name not in DIMENSIONS:
            raise ValueError(f"{name!r} is none of {', '.join(NAMES)}{nearest(name, NAMES)}")
    return dimensions
