"""The first pass over all rows: the posts of each value, the windows, and what was not scored. Every row is checked."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from gristmill.errors import InputError
from gristmill.report.axis import KINDS, Axis, place
from gristmill.sentiment.dimensions import DIMENSIONS, UNSCORED
from gristmill.sentiment.windows import WINDOWS, Window

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gristmill.report.source import Line

#: A post has one value of each of these, so that their rows add up to all posts.
PARTITIONS = [name for name, dimension in DIMENSIONS.items() if dimension.is_partition and name != "all"]
ALL = ("all", "")
#: Posts that do not say who wrote them: no author.
NOBODY = ("author", "")

#: A dimension and a value of it.
Name = tuple[str, str]


class Survey:
    """What the rows hold; rows of one key add up, as in the job."""

    def __init__(self, lines: Iterable[Line], title: str) -> None:
        """Read all lines; `title` names them in an error. Raises InputError where there are no posts."""
        self.posts: Counter[Name] = Counter()
        #: Posts that were not scored, by the reason.
        self.unscored: Counter[str] = Counter()
        #: Posts by their window; a post with several values counts once for each.
        windows: Counter[str] = Counter()
        for line in lines:
            (dimension, value, window), tally = line.parse_row()
            if dimension == UNSCORED:
                self.unscored[value] += tally.unscored
            else:
                windows[window] += tally.n
                self.posts[dimension, value] += tally.n
        if not self.posts:
            none = f"none of {sum(self.unscored.values()):,} posts was scored" if self.unscored else "no rows"
            raise InputError(f"{title}: {none}; give what jobs.sentiment_agg wrote")
        #: The kind of window that all rows add up to.
        self.kind = _common({Window.parse(window).kind for window in windows}, title)
        #: Posts by the start of their window on the axis.
        self.windows: Counter[int] = Counter()
        for window, n in windows.items():
            self.windows[self.start(window)] += n

    def start(self, window: str) -> int:
        """The time on the axis at which the window starts that this one is added to."""
        wide = Window.parse(window).widen(self.kind)
        assert wide  # noqa: S101 (`_common` sees to it)
        return place(wide)

    def axis(self) -> Axis:
        """The axis of all windows."""
        counts, length = KINDS[self.kind]
        return Axis.over(self.windows, length, counts)

    def shown(self, top: int) -> dict[str, list[Name]]:
        """The names of the values to show by their dimension, in the order of the page."""
        names_shown: dict[str, list[Name]] = {"all": [ALL]} if ALL in self.posts or self.adding_up() else {}
        ranked = sorted(self.posts, key=lambda name: (-self.posts[name], name))
        for dimension in list(DIMENSIONS)[1:]:
            names = [name for name in ranked if name[0] == dimension and name != NOBODY]
            if names:
                names_shown[dimension] = names[:top]
        return names_shown

    def adding_up(self) -> str:
        """The dimension whose values are added up to all posts; "" where rows of all exist, or no such dimension."""
        present = {dimension for dimension, _ in self.posts}
        return "" if "all" in present else next((one for one in PARTITIONS if one in present), "")

    def others(self, dimension: str, shown: list[Name]) -> tuple[int, int]:
        """The number of values of a dimension that are not shown, and the number of their posts."""
        known = {*shown, NOBODY}
        left = [posts for name, posts in self.posts.items() if name[0] == dimension and name not in known]
        return len(left), sum(left)

    def authors(self) -> int | None:
        """The number of authors of all posts; None where the rows of authors are not of all of these."""
        total = self._sum(self.adding_up() or "all")
        return (
            sum(name[0] == "author" for name in self.posts if name != NOBODY) if self._sum("author") == total else None
        )

    def _sum(self, dimension: str) -> int:
        return sum(posts for name, posts in self.posts.items() if name[0] == dimension)


def _common(kinds: set[str], title: str) -> str:
    """The shortest kind of window in which windows of all these kinds lie; that is all time only for all time."""
    for kind in WINDOWS:
        if all(kind in WINDOWS[one] for one in kinds) and (kind != "all" or kinds == {"all"}):
            return kind
    names = " and ".join(kind if kind == "all" else f"one {kind}" for kind in WINDOWS if kind in kinds)
    raise InputError(f"{title}: rows of {names}, which add up to no one window; make a report of each")
