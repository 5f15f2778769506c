"""The keys of the rows that a post counts in: one for each of its values in each dimension, in its window."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Callable

from gristmill.memo import BoundedMemo
from gristmill.posts.skip import MOST_HASHTAGS, LeftOut
from gristmill.sentiment.dimensions import UNSCORED
from gristmill.sentiment.windows import format_window

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gristmill.posts.post import Post
    from gristmill.sentiment.rows import Key
    from gristmill.sentiment.topics import Topics

#: Hours whose window is remembered.
_HOURS = 1 << 16

_EPOCH = date(1970, 1, 1).toordinal()


class Groups:
    """Finds the keys of a post's rows."""

    def __init__(
        self, by: Sequence[str], window: str, topics: Topics | None, leave_out: Callable[[LeftOut], object]
    ) -> None:
        """Keys of the dimensions `by`, their windows of this kind; `leave_out` counts what makes no row."""
        self._topics = topics
        self._leave_out = leave_out
        #: The window that an hour since 1970 is in.
        self._windows: BoundedMemo[int, str] = BoundedMemo(
            lambda hour: format_window(window, date.fromordinal(_EPOCH + hour // 24), hour % 24), _HOURS
        )
        values: dict[str, Callable[[Post], Iterable[str]]] = {
            "all": lambda _: ("",),
            "author": lambda post: (f"{post.platform}:{post.author}" if post.author else "",),
            "hashtag": self._hashtags,
            "language": lambda post: (post.language,),
            "platform": lambda post: (post.platform,),
            "topic": self._topics_of_post,
        }
        self._values = [(dimension, values[dimension]) for dimension in dict.fromkeys(by)]

    def keys(self, post: Post) -> list[Key]:
        """The keys of the rows that a post counts in; empty where it has no value in any dimension."""
        window = self._windows[post.time // 3600]
        keys = []
        for dimension, values in self._values:
            for value in values(post):
                keys.append((dimension, value, window))
        return keys

    def unscored_key(self, post: Post, reason: str) -> Key:
        """The key of the row that a post counts in which is not scored, for this reason."""
        return UNSCORED, reason, self._windows[post.time // 3600]

    def _hashtags(self, post: Post) -> Sequence[str]:
        tags = post.hashtags
        if len(tags) > MOST_HASHTAGS:
            self._leave_out(LeftOut.HASHTAGS)
            return tags[:MOST_HASHTAGS]
        return tags

    def _topics_of_post(self, post: Post) -> Sequence[str]:
        return self._topics.in_text(post.text) if self._topics else ()
