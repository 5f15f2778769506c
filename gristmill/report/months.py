"""Months on an axis of time -> words. A month is its number, counted from January of the year 0."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
YEAR = 12
#: Lengths of a step, in months; 120,000 months are all that a date has.
STEPS = (1, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12000, 60000)


def duration(months: int) -> str:
    """A number of months in words.

    >>> duration(1), duration(6), duration(12), duration(120)
    ('month', '6 months', 'year', '10 years')
    """
    size, name = (YEAR, "year") if months % YEAR == 0 else (1, "month")
    return name if months == size else f"{months // size:,} {name}s"


def moment(month: int, step: int) -> str:
    """The start of a step of `step` months.

    >>> moment(2026 * 12 + 2, 1), moment(2026 * 12, 12)
    ('Mar 2026', '2026')
    """
    year, index = divmod(month, YEAR)
    return str(year) if step % YEAR == 0 else f"{NAMES[index]} {year}"


def span(first: int, last: int) -> str:
    """The months from one to another, after a verb: "in Mar 2026", "from Jan to Mar 2026"."""
    if first == last:
        return f"in {moment(first, 1)}"
    begin = NAMES[first % YEAR] if first // YEAR == last // YEAR else moment(first, 1)
    return f"from {begin} to {moment(last, 1)}"


def label(month: int) -> str:
    """A month below an axis, where others tell the year."""
    return NAMES[month % YEAR] if month % YEAR else str(month // YEAR)


def ticks(first: int, end: int, step: int, most: int) -> Iterator[tuple[int, str]]:
    """Months from `first` up to `end` to label, at starts of steps, and their labels: `most` of them, or fewer."""
    # there is no year 0
    spaced = (range(-(-max(first, YEAR) // size) * size, end, size) for size in STEPS if size >= step)
    return ((month, label(month)) for month in next(starts for starts in spaced if len(starts) <= most))
