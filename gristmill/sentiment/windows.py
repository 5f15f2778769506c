"""The windows of time that rows are of, in UTC: --window, keys, rows and the report read this.

hour     2026-03-01T07
day      2026-03-01
week     2026-W09          of ISO 8601: it begins on a Monday, and its year is that of its Thursday
month    2026-03
all      all               all time
"""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

#: By its name the kinds of window in which each lies whole, itself first.
WINDOWS = {
    "hour": ("hour", "day", "week", "month", "all"),
    "day": ("day", "week", "month", "all"),
    "week": ("week", "all"),
    "month": ("month", "all"),
    "all": ("all",),
}

_match = re.compile(
    r"(?P<all>all)|(?P<year>\d{4})-(?:W(?P<week>\d\d)|(?P<month>\d\d)(?:-(?P<day>\d\d)(?:T(?P<hour>\d\d))?)?)", re.ASCII
).fullmatch


class Window(NamedTuple):
    """A window of time."""

    #: A name of WINDOWS.
    kind: str
    #: Its first day; of all time the first that there is.
    day: date
    #: Of an hour, which one of its day.
    hour: int = 0

    @classmethod
    def parse(cls, text: str) -> Window:
        """The window of a text; ValueError where it is none."""
        match = _match(text)
        if not match:
            raise ValueError(f"{text[:40]!r} is no hour, day, week, month, or all")
        if match["all"]:
            return cls("all", date.min)
        year, month, day = (int(match[name] or 1) for name in ("year", "month", "day"))
        try:
            if match["week"]:
                return cls("week", date.fromisocalendar(year, int(match["week"]), 1))
            first = date(year, month, day)
        except ValueError:
            raise ValueError(f"{text!r} is in no calendar") from None
        if not match["hour"]:
            return cls("day" if match["day"] else "month", first)
        if int(match["hour"]) > 23:
            raise ValueError(f"{text!r} is in no calendar")
        return cls("hour", first, int(match["hour"]))

    def format(self) -> str:
        """The window as text."""
        return format_window(self.kind, self.day, self.hour)

    def widen(self, kind: str) -> Window | None:
        """The window of this kind that holds this one; None where it is shorter, or the two may cross."""
        if kind not in WINDOWS[self.kind]:
            return None
        return self if kind == self.kind else Window.parse(format_window(kind, self.day, self.hour))


def format_window(kind: str, day: date, hour: int) -> str:
    """The window of a kind that an hour of a day is in, as text."""
    if kind == "all":
        return kind
    if kind == "week":
        year, week, _ = day.isocalendar()
        return f"{year:04}-W{week:02}"
    if kind == "month":
        return day.isoformat()[:7]
    return f"{day.isoformat()}T{hour:02}" if kind == "hour" else day.isoformat()
