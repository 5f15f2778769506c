"""Rows -> sections -> values -> points: what the page shows, the biggest first, and what it leaves out.

The first pass checks every row and adds up the posts of each value; the second adds up the tallies of the values shown.
Where no row is about all posts, they are added up from a dimension of which each post has one value.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gristmill.errors import InputError
from gristmill.report.axis import Axis, duration, parse_window
from gristmill.report.escaping import tone
from gristmill.sentiment import statistics
from gristmill.sentiment.dimensions import DIMENSIONS, UNSCORED
from gristmill.sentiment.statistics import ONE
from gristmill.sentiment.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gristmill.report.source import Line, Source
    from gristmill.sentiment.rows import Key

#: A post has one value of each of these, so that their rows add up to all posts.
PARTITIONS = [name for name, dimension in DIMENSIONS.items() if dimension.is_partition and name != "all"]
ALL = ("all", "")

#: A dimension and a value of it.
Name = tuple[str, str]


@dataclass(frozen=True)
class Point:
    """One step of a line: its start, in hours; its posts, their mean and its 95 % interval (of one post: the mean)."""

    start: int
    n: int
    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Figures:
    """The figures of a value: its posts, those of each tone, their mean compound from -1 to 1 and its 95 % interval."""

    n: int
    positive: int
    neutral: int
    negative: int
    mean: float
    low: float
    high: float
    #: The 95 % interval of the share of positive posts, from 0 to 1.
    share: tuple[float, float]
    #: Distinct authors; an estimate above what `gristmill.sentiment.distinct` counts exactly.
    authors: int

    @property
    def tone(self) -> str:
        """The mean in a word: "positive", "neutral" or "negative"."""
        return tone(self.mean)


@dataclass(frozen=True)
class ShownPost:
    """A post that is shown as an example; `time` is in seconds since 1970, `compound` from -1 to 1."""

    platform: str
    time: int
    compound: float
    text: str


@dataclass(frozen=True)
class Value:
    """A value of a dimension, such as one topic, over all windows."""

    name: str
    figures: Figures
    #: Posts by their compound: 40 bins of 0.05, from -1 to 1.
    histogram: tuple[int, ...]
    points: tuple[Point, ...]
    #: Kinds ("positive", "negative", "sample") and the examples of each; a post of two kinds stands under the first.
    examples: tuple[tuple[str, tuple[ShownPost, ...]], ...]


@dataclass(frozen=True)
class Section:
    """The values of a dimension that are shown, and how much is left out."""

    dimension: str
    #: The biggest first.
    values: tuple[Value, ...]
    #: The number of values that are not shown, and the number of their posts.
    others: int
    others_posts: int


@dataclass(frozen=True)
class Report:
    """All that the page shows, its sections in the order of DIMENSIONS."""

    axis: Axis
    #: Starts of the windows that have posts, in order.
    windows: tuple[int, ...]
    sections: tuple[Section, ...]

    @property
    def strays(self) -> tuple[int, ...]:
        """The windows that lie too far off to be on the axis."""
        return tuple(start for start in self.windows if not self.axis.holds(start))

    @property
    def total(self) -> Figures | None:
        """The figures of all posts; None where no dimension adds up to them."""
        first = self.sections[0]
        return first.values[0].figures if first.dimension == "all" else None


def collect_report(source: Source, top: int) -> Report:
    """The report of the `top` biggest values of each dimension; raises InputError where a line is no row."""
    survey = _Survey()
    for line in source:
        survey.add(line)
    if not survey.posts:
        raise InputError(f"{source.path}: no rows; give what jobs.sentiment_agg wrote")
    axis = survey.axis()
    shown = survey.shown(top)
    sums = {name: _Sums() for names in shown.values() for name in names}
    adding_up = survey.adding_up()
    for line in source:
        name = line.parse_name()
        targets = [sums[name]] if name in sums else []
        if name[0] == adding_up:
            targets.append(sums[ALL])
        if targets:
            (*_, window), tally = line.parse_row()
            for target in targets:
                target.add(axis.bin(parse_window(window)[0]), tally)
    sections = []
    for dimension, names in shown.items():
        values = tuple(sums[name].value(name[1]) for name in names)
        sections.append(Section(dimension, values, *survey.others(dimension, names)))
    return Report(axis, tuple(sorted(survey.windows)), tuple(sections))


class _Survey:
    """The first pass over all rows: the posts of each value, and the windows."""

    def __init__(self) -> None:
        self.posts: dict[Name, int] = {}
        #: Posts by the start of their window; a post with several values counts once for each.
        self.windows: dict[int, int] = {}
        self._keys: set[Key] = set()
        self._window = 0

    def add(self, line: Line) -> None:
        key, tally = line.parse_row()
        if key[0] == UNSCORED:
            return
        try:
            start, window = parse_window(key[2])
        except ValueError as error:
            raise InputError(f"{line}: {error}; make the row again from its posts") from None
        if self._window not in (0, window):
            one, other = duration(self._window), duration(window)
            raise InputError(f"{line}: a row of one {other}, after rows of one {one}; make a report of each")
        if key in self._keys:
            raise InputError(f"{line}: a second row of {list(key)}; merge the two with jobs.sentiment_agg first")
        self._keys.add(key)
        self._window = window
        self.windows[start] = self.windows.get(start, 0) + tally.n
        name = key[:2]
        self.posts[name] = self.posts.get(name, 0) + tally.n

    def axis(self) -> Axis:
        return Axis.over(self.windows, self._window)

    def shown(self, top: int) -> dict[str, list[Name]]:
        """The names of the values to show by their dimension, in the order of the page."""
        names_shown: dict[str, list[Name]] = {"all": [ALL]} if ALL in self.posts or self.adding_up() else {}
        ranked = sorted(self.posts, key=lambda name: (-self.posts[name], name))
        for dimension in list(DIMENSIONS)[1:]:
            names = [name for name in ranked if name[0] == dimension]
            if names:
                names_shown[dimension] = names[:top]
        return names_shown

    def adding_up(self) -> str:
        """The dimension whose values are added up to all posts; "" where rows of all exist, or no such dimension."""
        present = {dimension for dimension, _ in self.posts}
        return "" if "all" in present else next((one for one in PARTITIONS if one in present), "")

    def others(self, dimension: str, shown: list[Name]) -> tuple[int, int]:
        """The number of values of a dimension that are not shown, and the number of their posts."""
        left = [posts for name, posts in self.posts.items() if name[0] == dimension and name not in shown]
        return len(left), sum(left)


class _Sums:
    """The second pass, of one value: its tally, and of each step (posts, sum of sentiments, sum of their squares)."""

    def __init__(self) -> None:
        self._tally: Tally | None = None
        self._steps: dict[int, tuple[int, int, int]] = {}

    def add(self, start: int, tally: Tally) -> None:
        n, total, squares = self._steps.get(start, (0, 0, 0))
        self._steps[start] = (n + tally.n, total + tally.sum, squares + tally.sum2)
        if self._tally is None:
            self._tally = Tally(tally.most)
        self._tally.add(tally)

    def value(self, name: str) -> Value:
        """The value with its figures, points and examples."""
        tally = self._tally or Tally()
        points = tuple(_point(start, *sums) for start, sums in sorted(self._steps.items()))
        return Value(name, _figures(tally), tuple(tally.histogram), points, tuple(_examples(tally)))


def _point(start: int, n: int, total: int, squares: int) -> Point:
    mean = statistics.nearest(total, n)
    low, high = statistics.interval(n, total, squares) or (mean, mean)
    return Point(start, n, mean / ONE, low / ONE, high / ONE)


def _figures(tally: Tally) -> Figures:
    point = _point(0, tally.n, tally.sum, tally.sum2)
    low, high = statistics.share_interval(tally.positive, tally.n)
    counts = (tally.positive, tally.neutral, tally.negative)
    share = (low / ONE, high / ONE)
    return Figures(tally.n, *counts, point.mean, point.low, point.high, share, tally.authors.estimate())


def _examples(tally: Tally) -> Iterator[tuple[str, tuple[ShownPost, ...]]]:
    """Kinds and their examples; a post that was chosen for two kinds stands under the first."""
    seen = set()
    for kind, choice in (("positive", tally.best), ("negative", tally.worst), ("sample", tally.sample)):
        new = [example for example in choice if example not in seen]
        seen.update(new)
        if new:
            yield kind, tuple(ShownPost(post.platform, post.time, post.compound / ONE, post.text) for post in new)
