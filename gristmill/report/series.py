"""Rows -> sections -> values -> points: what the page shows, the biggest first, and what it leaves out.

The first pass (`gristmill.report.survey`) checks every row and adds up the posts of each value; the second adds up the
tallies of the values shown. Where no row is about all posts, they are added up from a dimension of which each post has
one value.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gristmill.report.escaping import tone
from gristmill.report.links import address
from gristmill.report.survey import ALL, NOBODY, Survey
from gristmill.sentiment import statistics
from gristmill.sentiment.distinct import KEPT
from gristmill.sentiment.statistics import ONE
from gristmill.sentiment.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gristmill.report.axis import Axis
    from gristmill.report.source import Source
    from gristmill.sentiment.examples import Example


@dataclass(frozen=True)
class Point:
    """One step of a line: its start on the axis; its posts, their mean and its 95 % interval (of one: the mean)."""

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
    #: Distinct authors, and "about " where that is an estimate (see `gristmill.sentiment.distinct`).
    authors: int
    about: str = ""

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
    #: Its address on the web; "" where its platform gives none.
    address: str


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
    #: The number of posts that have no value of this dimension, where they are no value themselves.
    silent: int


@dataclass(frozen=True)
class Report:
    """All that the page shows, its sections in the order of DIMENSIONS."""

    axis: Axis
    #: Starts of the windows that have posts, in order.
    windows: tuple[int, ...]
    sections: tuple[Section, ...]
    #: Reasons why posts were not scored, each with their number.
    unscored: tuple[tuple[str, int], ...]
    #: What the folders lack that the rows came from, a sentence each.
    gaps: tuple[str, ...]

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
    survey = Survey(source, source.title)
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
                target.add(axis.bin(survey.start(window)), tally)
    sections = []
    for dimension, names in shown.items():
        values = tuple(sums[name].value(name[1]) for name in names)
        if dimension == "all" and (authors := survey.authors()) is not None:
            values = (replace(values[0], figures=replace(values[0].figures, authors=authors, about="")),)
        silent = survey.posts[NOBODY] if dimension == "author" else 0
        sections.append(Section(dimension, values, *survey.others(dimension, names), silent))
    unscored = tuple(sorted(survey.unscored.items()))
    return Report(axis, tuple(sorted(survey.windows)), tuple(sections), unscored, source.gaps)


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
    authors = tally.authors.estimate()
    about = "about " if authors >= KEPT else ""
    return Figures(tally.n, *counts, point.mean, point.low, point.high, share, authors, about)


def _examples(tally: Tally) -> Iterator[tuple[str, tuple[ShownPost, ...]]]:
    """Kinds and their examples; a post that was chosen for two kinds stands under the first."""
    seen = set()
    for kind, choice in (("positive", tally.best), ("negative", tally.worst), ("sample", tally.sample)):
        new = [example for example in choice if example not in seen]
        seen.update(new)
        if new:
            yield kind, tuple(map(_shown_post, new))


def _shown_post(post: Example) -> ShownPost:
    return ShownPost(post.platform, post.time, post.compound / ONE, post.text, address(post.platform, post.id))
