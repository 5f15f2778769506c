"""Windows of time, as the job names them -> places on an axis -> words. All of it is UTC.

A time is a number of hours: 24 times the day's ordinal (`datetime.date.toordinal`), and the hour. Day 1 is a Monday.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

DAY = 24
WEEK = 7 * DAY
_EPOCH = date(1970, 1, 1).toordinal() * DAY
#: Points of one line; where there are more windows, several become one point.
MAX_POINTS = 200
_STEPS = (1, 2, 3, 6, 12, DAY, 2 * DAY, WEEK, 4 * WEEK, 13 * WEEK, 52 * WEEK, 520 * WEEK, 5200 * WEEK)
#: Posts at either end that are not drawn, one in so many at most, where the others take up so small a part of the time.
STRAY, FAR = 100, 4
_WINDOW = re.compile(r"(\d{4}-\d{2}-\d{2})(?:T(\d{2}))?", re.ASCII)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def parse(window: str) -> tuple[int, int]:
    """The start of a window and its length, in hours; ValueError where it is no window."""
    found = _WINDOW.fullmatch(window)
    try:
        start = date.fromisoformat(found[1] if found else "").toordinal() * DAY
    except ValueError:
        found = None
    hour = found[2] if found else None
    if found is None or int(hour or 0) >= DAY:
        raise ValueError(f"{window!r} is no day and no hour")
    return (start, DAY) if hour is None else (start + int(hour), 1)


@dataclass(frozen=True)
class Axis:
    """The hours from `first` up to `end`, in steps of `step` hours, each of which is one point of a line."""

    first: int
    end: int
    step: int
    #: Starts of the first window of the job's and of the last, and the length of one, in hours.
    begin: int
    last: int
    window: int

    @classmethod
    def over(cls, posts: Mapping[int, int], window: int) -> Axis:
        """The axis of windows that are `window` hours long, from their starts and how many posts each has."""
        begin, last = _stretch(posts, window)
        # the greatest holds all years that there are
        step = next(
            step
            for step in _STEPS
            if step >= window and (_floor(last, step) - _floor(begin, step)) // step < MAX_POINTS
        )
        return cls(_floor(begin, step), _floor(last, step) + step, step, begin, last, window)

    def holds(self, start: int) -> bool:
        """Whether a step that starts at `start` is drawn."""
        return self.first <= start < self.end

    @property
    def steps(self) -> int:
        return (self.end - self.first) // self.step

    @property
    def windows(self) -> int:
        """Windows from the first to the last, with posts or without."""
        return (self.last - self.begin) // self.window + 1

    def bin(self, start: int) -> int:
        """The start of the step that holds the window which starts at `start`."""
        return _floor(start, self.step)

    @property
    def unit(self) -> str:
        """What one point is: "hour", "3 hours", "day", "week"…"""
        return length(self.step)


def _stretch(posts: Mapping[int, int], window: int) -> tuple[int, int]:
    """The first and the last window to draw: all, unless a few posts far off would leave no room for the others."""
    starts = sorted(posts)
    stray = sum(posts.values()) // STRAY
    first, last = _skip(starts, posts, stray), _skip(starts[::-1], posts, stray)
    whole = starts[-1] - starts[0] + window
    if whole > MAX_POINTS * window and FAR * (last - first + window) <= whole:
        return first, last
    return starts[0], starts[-1]


def _skip(starts: list[int], posts: Mapping[int, int], stray: int) -> int:
    """The first of `starts` up to which there are more than `stray` posts."""
    so_far = accumulate(posts[start] for start in starts)
    return next(start for start, posts_so_far in zip(starts, so_far) if posts_so_far > stray)


def _floor(time: int, step: int) -> int:
    # day 1 is a Monday, and so is the first day of each week's step
    return (time - DAY) // step * step + DAY


def length(hours: int) -> str:
    """
    >>> length(1), length(24), length(48), length(672)
    ('hour', 'day', '2 days', '4 weeks')
    """
    size, name = next(unit for unit in ((WEEK, "week"), (DAY, "day"), (1, "hour")) if hours % unit[0] == 0)
    return name if hours == size else f"{hours // size:,} {name}s"


def day(time: int, year: bool = True) -> str:
    """
    >>> day(parse("2026-03-01")[0]), day(parse("2026-03-01")[0], year=False)
    ('1 Mar 2026', '1 Mar')
    """
    there = _date(time)
    shown = f"{there.day} {_MONTHS[there.month - 1]}"
    return f"{shown} {there.year}" if year else shown


def moment(time: int, step: int) -> str:
    """What the step that starts at `time` is called.

    >>> moment(parse("2026-03-01T07")[0], 1), moment(parse("2026-03-01")[0], 24)
    ('1 Mar 2026, 07:00', '1 Mar 2026')
    """
    return day(time) if step >= DAY else f"{day(time)}, {time % DAY:02}:00"


def instant(seconds: int) -> str:
    """A time in seconds since 1970.

    >>> instant(1772349000)
    '1 Mar 2026, 07:10'
    """
    minutes = seconds // 60
    return f"{day(_EPOCH + minutes // 60)}, {minutes // 60 % DAY:02}:{minutes % 60:02}"


def span(axis: Axis) -> str:
    """The days of an axis: "on 1 Mar 2026", "from 1 to 3 Mar 2026"."""
    first, last = _date(axis.begin), _date(axis.last)
    if first == last:
        return f"on {day(axis.begin)}"
    begin = day(axis.begin)
    if (first.year, first.month) == (last.year, last.month):
        begin = str(first.day)
    elif first.year == last.year:
        begin = day(axis.begin, year=False)
    return f"from {begin} to {day(axis.last)}"


def ticks(axis: Axis, most: int) -> list[tuple[int, str]]:
    """Times on `axis` to label, at most `most` of them, and their labels: the finest of those that fit."""
    for hours in (1, 2, 3, 6, 12, DAY, 2 * DAY, WEEK, 2 * WEEK):
        start = -(-(axis.first - DAY) // hours) * hours + DAY
        if axis.step <= hours and len(times := range(start, axis.end, hours)) <= most:
            return [(time, _label(time)) for time in times]
    # the last is five thousand years
    spacings = (1, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12000, 60000)
    return next(found for found in (list(_months(axis, months)) for months in spacings) if len(found) <= most)


def _label(time: int) -> str:
    return f"{time % DAY:02}:00" if time % DAY else day(time, year=False)


def _months(axis: Axis, months: int) -> Iterator[tuple[int, str]]:
    """The first days of every so many months, counted from year 0, and their labels."""
    first = _date(axis.first)
    for month in range(first.year * 12 + first.month - 1, 10_000 * 12):
        time = date(month // 12, month % 12 + 1, 1).toordinal() * DAY
        if time >= axis.end:
            return
        if time >= axis.first and month % months == 0:
            yield time, _MONTHS[month % 12] if month % 12 else str(month // 12)


def _date(time: int) -> date:
    return date.fromordinal(min(max(time // DAY, 1), date.max.toordinal()))
