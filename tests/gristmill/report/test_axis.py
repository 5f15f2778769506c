"""Windows become places on an axis, and ticks at times that a person would choose."""

from __future__ import annotations

import pytest

from gristmill.report.axis import KINDS, Axis, duration, parse_window, span, ticks
from gristmill.sentiment.windows import Window


def axis(*windows: str) -> Axis:
    """The axis of windows of one post each."""
    counts, length = KINDS[Window.parse(windows[0]).kind]
    return Axis.over({parse_window(window)[0]: 1 for window in windows}, length, counts)


def test_a_window_is_hours_since_the_day_before_the_first() -> None:
    """Day 1 is 0001-01-01; months are counted from the year 0."""
    assert parse_window("0001-01-01") == (24, 24)
    assert parse_window("0001-01-02T03") == (51, 1)
    assert parse_window("0001-W01") == (24, 168)
    assert parse_window("0001-02") == (13, 1)
    assert parse_window("all") == (0, 1)


@pytest.mark.parametrize(
    ("first", "last", "unit", "steps"),
    [
        ("2026-03-01T07", "2026-03-01T07", "hour", 1),
        ("2026-03-01T00", "2026-03-03T23", "hour", 72),
        ("2026-03-01T00", "2026-03-09T07", "hour", 200),
        ("2026-03-01T00", "2026-03-09T08", "2 hours", 101),
        ("2026-01-01T00", "2026-12-31T23", "2 days", 183),
        ("2026-03-01", "2026-03-03", "day", 3),
        ("2020-01-01", "2025-12-31", "4 weeks", 79),
        ("0001-01-01", "9999-12-31", "5,200 weeks", 101),
        ("0001-01-01T00", "9999-12-31T23", "5,200 weeks", 101),
        ("2026-W01", "2026-W53", "week", 53),
        ("2020-W01", "2026-W53", "4 weeks", 92),
        ("2026-03", "2026-03", "month", 1),
        ("2026-01", "2027-03", "month", 15),
        ("2000-02", "2026-03", "3 months", 105),
        ("1950-01", "2026-03", "6 months", 153),
        ("1850-01", "2026-03", "year", 177),
        ("0001-01", "9999-12", "50 years", 200),
        ("all", "all", "all time", 1),
    ],
)
def test_more_windows_than_can_be_drawn_share_a_point(first: str, last: str, unit: str, steps: int) -> None:
    """At most 200 points; a week begins on a Monday."""
    found = axis(first, last)
    assert (found.unit, found.steps) == (unit, steps)
    assert found.holds(found.bin(parse_window(first)[0]))
    assert found.holds(found.bin(parse_window(last)[0]))


def test_a_week_begins_on_a_monday() -> None:
    """2026-03-04 is a Wednesday."""
    found = axis("2024-03-04", "2026-03-04")
    assert found.unit == "week"
    assert found.moment(found.bin(parse_window("2026-03-04")[0])) == "2 Mar 2026"
    weeks = axis("2026-W09", "2026-W10")
    assert [weeks.moment(weeks.first), weeks.unit, weeks.window_unit] == ["23 Feb 2026", "week", "week"]


def test_a_month_and_all_time_have_names() -> None:
    """A step that is longer than a window begins as that does."""
    months = axis("2026-01", "2027-03")
    assert [months.moment(months.first), months.moment(months.last, months.window)] == ["Jan 2026", "Mar 2027"]
    assert axis("1850-01", "2026-03").moment(1850 * 12) == "1850"
    assert axis("all").moment(0) == "all time"


def test_a_few_posts_far_off_leave_room_for_the_others() -> None:
    """One in a hundred at either end at most."""
    day = parse_window("2026-03-01")[0]
    posts = {day + hour: 10 for hour in range(72)}
    stray = {parse_window("1970-01-01T00")[0]: 3, parse_window("2031-01-01T00")[0]: 7}
    found = Axis.over({**posts, **stray}, 1)
    assert (found.begin, found.last, found.unit) == (day, day + 71, "hour")
    assert not any(map(found.holds, stray))
    many = Axis.over({**posts, parse_window("1970-01-01T00")[0]: 8}, 1)
    assert many.begin == parse_window("1970-01-01T00")[0]


def test_windows_spread_over_a_long_time_are_all_drawn() -> None:
    """However many: the ends are not far off from what lies between."""
    start = parse_window("2026-03-01")[0]
    found = Axis.over({start + hour: 1 for hour in range(1000)}, 1)
    assert (found.begin, found.last) == (start, start + 999)


@pytest.mark.parametrize(
    ("windows", "said"),
    [
        (["2026-03-01T07", "2026-03-01T09"], "on 1 Mar 2026"),
        (["2026-03-01", "2026-03-03"], "from 1 to 3 Mar 2026"),
        (["2026-03-30T23", "2026-04-02T00"], "from 30 Mar to 2 Apr 2026"),
        (["2025-12-31", "2026-01-01"], "from 31 Dec 2025 to 1 Jan 2026"),
        (["2026-W09"], "from 23 Feb to 1 Mar 2026"),
        (["2026-W09", "2026-W10"], "from 23 Feb to 8 Mar 2026"),
        (["2026-03"], "in Mar 2026"),
        (["2026-01", "2026-03"], "from Jan to Mar 2026"),
        (["2025-12", "2026-03"], "from Dec 2025 to Mar 2026"),
        (["all"], ""),
    ],
)
def test_a_time_is_told_without_repeating_itself(windows: list[str], said: str) -> None:
    """Day, month and year, each where it is needed."""
    assert span(axis(*windows)) == said


@pytest.mark.parametrize(
    ("first", "last", "most", "labels"),
    [
        ("2026-03-01T07", "2026-03-01T07", 4, ["07:00"]),
        ("2026-03-01T07", "2026-03-01T11", 4, ["08:00", "10:00"]),
        ("2026-03-01T00", "2026-03-03T23", 4, ["1 Mar", "2 Mar", "3 Mar"]),
        ("2026-03-01T00", "2026-03-03T23", 6, ["1 Mar", "12:00", "2 Mar", "12:00", "3 Mar", "12:00"]),
        ("2026-03-01", "2026-03-03", 4, ["1 Mar", "2 Mar", "3 Mar"]),
        ("2026-03-01", "2026-03-20", 4, ["2 Mar", "9 Mar", "16 Mar"]),
        ("2026-01-15", "2026-06-20", 6, ["Feb", "Mar", "Apr", "May", "Jun"]),
        ("2025-11-15", "2026-06-20", 3, ["2026", "Apr"]),
        ("2020-03-01", "2025-12-31", 7, ["2021", "2022", "2023", "2024", "2025", "2026"]),
        ("2026-06-02", "2026-06-02", 3, ["2 Jun"]),
        ("2025-06-02", "2026-01-02", 1, ["2026"]),
        ("0001-01-01", "9999-12-31", 9, [f"{year}000" for year in range(1, 10)]),
        ("0001-01-01", "9999-12-31", 3, ["5000"]),
        ("2026-01-01", "2026-04-30", 4, ["2026", "Feb", "Mar", "Apr"]),
        ("2026-W09", "2026-W12", 4, ["23 Feb", "2 Mar", "9 Mar", "16 Mar"]),
        ("2026-01", "2026-04", 4, ["2026", "Feb", "Mar", "Apr"]),
        ("2026-01", "2027-04", 6, ["2026", "Apr", "Jul", "Oct", "2027", "Apr"]),
        ("0001-01", "9999-12", 2, ["5000"]),
        ("all", "all", 4, []),
    ],
)
def test_ticks_stand_where_a_person_would_put_them(first: str, last: str, most: int, labels: list[str]) -> None:
    """At round hours, midnights, Mondays, first days of months and years."""
    assert [label for _, label in ticks(axis(first, last), most)] == labels


def test_lengths_have_names() -> None:
    """Of hours, days and weeks."""
    assert [duration(hours) for hours in (1, 12, 24, 48, 168, 5200 * 168)] == [
        "hour",
        "12 hours",
        "day",
        "2 days",
        "week",
        "5,200 weeks",
    ]
