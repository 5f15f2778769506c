"""The rows that a post belongs to: by its topics, hashtags, author, language, platform, in its hour or day."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Callable

from gristmill.sentiment.rows import DIMENSIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gristmill.posts.reader import Post
    from gristmill.sentiment.rows import Key
    from gristmill.sentiment.topics import Topics

#: How much of "2026-03-01T07" each window is.
WINDOWS = {"hour": 13, "day": 10}
#: Hashtags of a post that make rows: none has room for more that is not spam.
HASHTAGS = 50
#: Hours whose text is kept; then all are forgotten.
_HOURS = 1 << 16

_EPOCH = datetime(1970, 1, 1)


def dimensions(names: str) -> list[str]:
    """What a list of names with commas asks for; ValueError names one that is none."""
    found = [name.strip() for name in names.split(",")]
    for name in found:
        if name not in DIMENSIONS:
            raise ValueError(f"{name!r} is none of {', '.join(DIMENSIONS)}")
    return found


class Groups:
    """Tells the keys of a post's rows."""

    def __init__(self, by: Sequence[str], window: str, topics: Topics | None, count: Callable[[str], object]) -> None:
        """Keys of the dimensions `by`; `count` hears the name of what of a post makes no rows."""
        self._topics = topics
        self._count = count
        self._hours = _Hours(WINDOWS[window])
        values: dict[str, Callable[[Post], Iterable[str]]] = {
            "all": lambda _: ("",),
            "author": lambda post: (f"{post.platform}:{post.author}" if post.author else "",),
            "hashtag": self._hashtags,
            "language": lambda post: (post.language,),
            "platform": lambda post: (post.platform,),
            "topic": self._topics_of,
        }
        self._values = [(dimension, values[dimension]) for dimension in dict.fromkeys(by)]

    def of(self, post: Post) -> list[Key]:
        """The keys of the rows that a post counts in."""
        window = self._hours[post.time // 3600]
        keys = []
        for dimension, values in self._values:
            for value in values(post):
                keys.append((dimension, value, window))
        return keys

    def _hashtags(self, post: Post) -> Sequence[str]:
        tags = post.hashtags
        if len(tags) > HASHTAGS:
            self._count(f"hashtags of a post beyond its first {HASHTAGS}")
            return tags[:HASHTAGS]
        return tags

    def _topics_of(self, post: Post) -> Sequence[str]:
        return self._topics.of(post.text) if self._topics else ()


class _Hours(dict[int, str]):
    """The text of the window that an hour since 1970 is in."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self._size = size

    def __missing__(self, hour: int) -> str:
        if len(self) >= _HOURS:
            self.clear()
        window = self[hour] = (_EPOCH + timedelta(hours=hour)).isoformat()[: self._size]
        return window
