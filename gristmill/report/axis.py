"""Windows of time, as the job names them -> an axis -> words. All of it is UTC.

A time is a number of hours: 24 times the day's ordinal (`datetime.date.toordinal`), plus the hour. Day 1 is a Monday.
Where windows are months it is a number of months (see `gristmill.report.months`); all time is 0, and 1 long.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import TYPE_CHECKING

from gristmill.report import months
from gristmill.sentiment.windows import Window

if TYPE_CHECKING:
    from collections.abc import Mapping

DAY = 24
WEEK = 7 * DAY
_EPOCH = date(1970, 1, 1).toordinal() * DAY
#: The most points of one line; where there are more windows, several are added up to one point.
MAX_POINTS = 200
#: Lengths of a step, in hours.
_STEPS = (1, 2, 3, 6, 12, DAY, 2 * DAY, WEEK, 4 * WEEK, 13 * WEEK, 52 * WEEK, 520 * WEEK, 5200 * WEEK)
#: The axis leaves out windows at either end that together have at most 1/STRAY of the posts, if the others take at most
#: 1/FAR of the time.
STRAY, FAR = 100, 4
#: By kind of window what a time counts, and how long the window is.
KINDS = {
    "hour": ("hours", 1),
    "day": ("hours", DAY),
    "week": ("hours", WEEK),
    "month": ("months", 1),
    "all": ("all", 1),
}


def parse_window(text: str) -> tuple[int, int]:
    """The start of a window and its length, as times of its axis; ValueError where it is none."""
    window = Window.parse(text)
    return place(window), KINDS[window.kind][1]


def place(window: Window) -> int:
    """The start of a window, as a time of its axis."""
    counts = KINDS[window.kind][0]
    if counts == "hours":
        return window.day.toordinal() * DAY + window.hour
    return window.day.year * months.YEAR + window.day.month - 1 if counts == "months" else 0


@dataclass(frozen=True)
class Axis:
    """The times from `first` up to, not including, `end`, in steps `step` long; a step is one point of a line."""

    first: int
    end: int
    step: int
    #: Starts of the job's first and last window on the axis, and the length of a window.
    begin: int
    last: int
    window: int
    #: What a time counts: "hours", "months", or "all" where there is but one window, of all time.
    counts: str = "hours"

    @classmethod
    def over(cls, posts: Mapping[int, int], window: int, counts: str = "hours") -> Axis:
        """The axis of windows that are `window` long; `posts` is the number of posts by the start of a window."""
        begin, last = _stretch(posts, window)
        # the longest step spans all years that a date has
        step = next(
            step
            for step in (_STEPS if counts == "hours" else months.STEPS)
            if step >= window and (_floor(last, step, counts) - _floor(begin, step, counts)) // step < MAX_POINTS
        )
        return cls(_floor(begin, step, counts), _floor(last, step, counts) + step, step, begin, last, window, counts)

    def holds(self, start: int) -> bool:
        """Whether a step that starts at `start` is on the axis."""
        return self.first <= start < self.end

    @property
    def steps(self) -> int:
        """The number of steps."""
        return (self.end - self.first) // self.step

    @property
    def windows(self) -> int:
        """The number of windows from the first to the last, with posts or without."""
        return (self.last - self.begin) // self.window + 1

    def bin(self, start: int) -> int:
        """The start of the step into which the window that starts at `start` falls."""
        return _floor(start, self.step, self.counts)

    @property
    def unit(self) -> str:
        """The length of a step in words: "hour", "3 hours", "day", "week"…"""
        return self._duration(self.step)

    @property
    def window_unit(self) -> str:
        """The length of a window in words."""
        return self._duration(self.window)

    def _duration(self, length: int) -> str:
        return {"hours": duration, "months": months.duration, "all": lambda _: "all time"}[self.counts](length)

    def moment(self, start: int, step: int = 0) -> str:
        """The start of a step of the axis, or of one that is `step` long, in words."""
        if self.counts == "all":
            return "all time"
        return (moment if self.counts == "hours" else months.moment)(start, step or self.step)


def _stretch(posts: Mapping[int, int], window: int) -> tuple[int, int]:
    """The first and the last window of the axis: of all, unless a few posts far off would squeeze the others."""
    starts = sorted(posts)
    stray = sum(posts.values()) // STRAY
    first, last = _skip(starts, posts, stray), _skip(starts[::-1], posts, stray)
    whole = starts[-1] - starts[0] + window
    if whole > MAX_POINTS * window and FAR * (last - first + window) <= whole:
        return first, last
    return starts[0], starts[-1]


def _skip(starts: list[int], posts: Mapping[int, int], stray: int) -> int:
    """The first of `starts` by which more than `stray` posts have been counted."""
    so_far = accumulate(posts[start] for start in starts)
    return next(start for start, posts_so_far in zip(starts, so_far) if posts_so_far > stray)


def _floor(time: int, step: int, counts: str) -> int:
    # hours are counted from day 1, a Monday, so that steps of weeks begin on Mondays
    origin = DAY if counts == "hours" else 0
    return (time - origin) // step * step + origin


def duration(hours: int) -> str:
    """A number of hours in the largest unit that divides it.

    >>> duration(1), duration(24), duration(48), duration(672)
    ('hour', 'day', '2 days', '4 weeks')
    """
    size, name = next(unit for unit in ((WEEK, "week"), (DAY, "day"), (1, "hour")) if hours % unit[0] == 0)
    return name if hours == size else f"{hours // size:,} {name}s"


def day(time: int, year: bool = True) -> str:
    """The day of a time.

    >>> day(parse_window("2026-03-01")[0]), day(parse_window("2026-03-01")[0], year=False)
    ('1 Mar 2026', '1 Mar')
    """
    when = _date(time)
    shown = f"{when.day} {months.NAMES[when.month - 1]}"
    return f"{shown} {when.year}" if year else shown


def moment(time: int, step: int) -> str:
    """The start of a step of `step` hours: its day, and its hour where steps are shorter than a day.

    >>> moment(parse_window("2026-03-01T07")[0], 1), moment(parse_window("2026-03-01")[0], 24)
    ('1 Mar 2026, 07:00', '1 Mar 2026')
    """
    return day(time) if step >= DAY else f"{day(time)}, {time % DAY:02}:00"


def instant(seconds: int) -> str:
    """A time in seconds since 1970, to the minute.

    >>> instant(1772349000)
    '1 Mar 2026, 07:10'
    """
    minutes = seconds // 60
    return f"{day(_EPOCH + minutes // 60)}, {minutes // 60 % DAY:02}:{minutes % 60:02}"


def span(axis: Axis) -> str:
    """The days of an axis, after a verb: "on 1 Mar 2026", "from 1 to 3 Mar 2026", "in Mar 2026"; "" for all time."""
    if axis.counts != "hours":
        return "" if axis.counts == "all" else months.span(axis.begin, axis.last)
    end = axis.last + axis.window - 1
    first, last = _date(axis.begin), _date(end)
    if first == last:
        return f"on {day(axis.begin)}"
    begin = day(axis.begin)
    if (first.year, first.month) == (last.year, last.month):
        begin = str(first.day)
    elif first.year == last.year:
        begin = day(axis.begin, year=False)
    return f"from {begin} to {day(end)}"


def ticks(axis: Axis, most: int) -> list[tuple[int, str]]:
    """Times on `axis` to label and their labels: as close together as `most` of them allow."""
    if axis.counts != "hours":
        return list(months.ticks(axis.first, axis.end, axis.step, most)) if axis.counts == "months" else []
    for hours in (1, 2, 3, 6, 12, DAY, 2 * DAY, WEEK, 2 * WEEK):
        start = -(-(axis.first - DAY) // hours) * hours + DAY
        if axis.step <= hours and len(times := range(start, axis.end, hours)) <= most:
            return [(time, _label(time)) for time in times]
    # a month that has begun before has no label
    first = _month(axis.first) + (_date(axis.first).day > 1)
    labels = months.ticks(first, _month(axis.end - 1) + 1, 1, most)
    return [
        (date(month // months.YEAR, month % months.YEAR + 1, 1).toordinal() * DAY, label) for month, label in labels
    ]


def _label(time: int) -> str:
    return f"{time % DAY:02}:00" if time % DAY else day(time, year=False)


def _month(time: int) -> int:
    when = _date(time)
    return when.year * months.YEAR + when.month - 1


def _date(time: int) -> date:
    return date.fromordinal(min(max(time // DAY, 1), date.max.toordinal()))
