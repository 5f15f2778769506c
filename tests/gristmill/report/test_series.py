"""Rows become sections, values and points: the biggest first, exact, and nothing dropped in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gristmill.errors import InputError
from gristmill.report.axis import parse_window
from gristmill.report.series import Figures, Point

if TYPE_CHECKING:
    from tests.gristmill.report.conftest import MakeReport, MakeRow

SEVEN = parse_window("2026-03-01T07")[0]


def test_a_value_has_a_point_a_window_and_figures_of_all(row: MakeRow, report: MakeReport) -> None:
    """The same figures that the job itself would write for the whole."""
    found = report(
        row("topic", "bread", "2026-03-01T09", 1.0),
        row("topic", "bread", "2026-03-01T07", 0.5, 0.0),
    )
    (section,) = found.sections
    (value,) = section.values
    assert value.points == (Point(SEVEN, 2, 0.25, -1.0, 1.0), Point(SEVEN + 2, 1, 1.0, 1.0, 1.0))
    assert value.figures == Figures(3, 2, 1, 0, 0.5, -0.7422, 1.0, (0.2077, 0.9385), 2, "")
    assert {place: posts for place, posts in enumerate(value.histogram) if posts} == {20: 1, 30: 1, 39: 1}
    assert found.windows == (SEVEN, SEVEN + 2)
    assert found.total is None


def test_the_biggest_are_shown_and_the_others_counted(row: MakeRow, report: MakeReport) -> None:
    """Of values of one size the first by name."""
    rows = [row("hashtag", name, "2026-03-01", *[0.1] * posts) for name, posts in zip("abcde", (2, 5, 1, 3, 3))]
    (section,) = report(*rows, top=3).sections
    assert [value.name for value in section.values] == ["b", "d", "e"]
    assert (section.others, section.others_posts) == (2, 3)


def test_sections_stand_in_one_order(row: MakeRow, report: MakeReport) -> None:
    """Whatever the order of the rows."""
    names = ["author", "language", "platform", "hashtag", "topic", "all"]
    found = report(*(row(name, "" if name == "all" else "x", "2026-03-01", 0.5) for name in names))
    assert [section.dimension for section in found.sections] == names[::-1]


def test_all_posts_are_added_up_where_no_row_is_about_them(row: MakeRow, report: MakeReport) -> None:
    """From one dimension of which each post has one value, and from all values of it, shown or not."""
    found = report(
        row("platform", "reddit", "2026-03-01", 0.5, 0.5, 0.5),
        row("platform", "own", "2026-03-01", -0.5),
        row("language", "en", "2026-03-01", 0.5, 0.5, 0.5, -0.5),
        top=1,
    )
    assert [section.dimension for section in found.sections] == ["all", "platform", "language"]
    assert found.total is not None
    assert (found.total.n, found.total.mean) == (4, 0.25)
    assert found.sections[1].others == 1
    assert report(row("hashtag", "x", "2026-03-01", 0.5)).total is None


def test_rows_of_all_posts_are_taken_as_they_are(row: MakeRow, report: MakeReport) -> None:
    """And not added to."""
    found = report(row("all", "", "2026-03-01", 0.5), row("platform", "own", "2026-03-01", 0.5))
    assert found.total is not None
    assert found.total.n == 1


def test_more_windows_than_can_be_drawn_are_added_up(row: MakeRow, report: MakeReport) -> None:
    """Two days of hours among three hundred: each point is two hours, day and posts kept."""
    hours = [row("all", "", f"2026-03-{1 + hour // 24:02}T{hour % 24:02}", 0.5, 0.0) for hour in range(300)]
    found = report(*hours)
    points = found.sections[0].values[0].points
    assert (found.axis.unit, len(points)) == ("2 hours", 150)
    assert points[0] == Point(parse_window("2026-03-01T00")[0], 4, 0.25, -0.2093, 0.7093)


def test_a_window_far_off_is_kept_and_named(row: MakeRow, report: MakeReport) -> None:
    """It has its point, but no place on the axis."""
    rows = [row("all", "", f"2026-03-01T{hour:02}", *[0.5] * 20) for hour in range(24)]
    found = report(*rows, row("all", "", "1970-01-01T00", -0.5))
    assert found.strays == (parse_window("1970-01-01T00")[0],)
    assert found.total is not None
    assert found.total.n == 481
    assert len(found.sections[0].values[0].points) == 25
    assert found.axis.steps == 24


def test_an_example_is_shown_once(row: MakeRow, report: MakeReport) -> None:
    """Under the first kind that it was chosen for; a kind without any is not there."""
    found = report(row("all", "", "2026-03-01", 0.9, 0.0, 0.8, 0.7, 0.6, 0.5))
    kinds = found.sections[0].values[0].examples
    assert [(kind, [example.compound for example in examples]) for kind, examples in kinds] == [
        ("positive", [0.9, 0.8, 0.7]),
        ("sample", [0.5, 0.0]),
    ]
    assert report(row("all", "", "2026-03-01", 0.9, most=0)).sections[0].values[0].examples == ()


def test_rows_of_one_key_add_up(row: MakeRow, report: MakeReport) -> None:
    """As the job adds them: of several outputs, and hours to days."""
    hour, day = row("all", "", "2026-03-01T07", 0.5), row("all", "", "2026-03-02", 0.5)
    twice = report(hour, row("all", "", "2026-03-01T07", -0.5))
    assert [(point.n, point.mean) for point in twice.sections[0].values[0].points] == [(2, 0.0)]
    assert twice.total is not None
    assert twice.total.authors == 1
    days = report(hour, row("all", "", "2026-03-01T08", 0.0), day)
    assert days.axis.unit == "day"
    assert [point.n for point in days.sections[0].values[0].points] == [2, 1]
    assert report(hour, row("all", "", "2026-W09", 0.5)).axis.unit == "week"
    assert report(day, row("all", "", "2026-03", 0.5)).windows == (2026 * 12 + 2,)
    everything = report(row("all", "", "all", 0.5), row("all", "", "all", 0.0))
    assert (everything.axis.unit, everything.total and everything.total.n) == ("all time", 2)


def test_what_was_not_scored_is_told_apart(row: MakeRow, report: MakeReport) -> None:
    """It is in no figure, and its windows are none of the axis."""
    one = b'["unscored","%b","2026-0%d"]\t{"n":%d,"v":2}\n'
    lines = [one % (b"language", 4, 5), one % (b"repost", 5, 1), one % (b"language", 6, 2)]
    found = report(row("all", "", "2026-03", 0.5), *lines)
    assert found.unscored == (("language", 7), ("repost", 1))
    assert found.total is not None
    assert found.total.n == 1
    assert found.axis.windows == 1
    with pytest.raises(InputError, match=r"^-: none of 8 posts was scored; give what jobs.sentiment_agg wrote$"):
        report(*lines)


def test_the_number_of_authors_is_one(row: MakeRow, report: MakeReport) -> None:
    """Where there is a row for each author, these are counted, and posts without one are no author's."""
    day = "2026-03-01"
    authors = [row("author", f"own:{number}", day, 0.5) for number in range(300)]
    rows = [*authors, row("author", "", day, 0.1, 0.1)]
    every = row("all", "", day, *[0.5] * 302)
    found = report(every, *rows, top=2)
    assert found.total is not None
    assert (found.total.authors, found.total.about) == (300, "")
    section = found.sections[1]
    assert [value.name for value in section.values] == ["own:0", "own:1"]
    assert (section.others, section.others_posts, section.silent) == (298, 298, 2)
    assert report(*rows).total == report(*rows, top=1).total
    some = report(every, *authors)
    assert some.total is not None
    assert some.total.about == "about "
    assert report(row("author", "", day, 0.5)).sections[0].dimension == "all"


def test_faults_of_the_whole_are_one_line(row: MakeRow, report: MakeReport) -> None:
    """No rows; windows that add up to none; a day that no calendar has."""
    with pytest.raises(InputError, match=r"^-: no rows; give what jobs.sentiment_agg wrote$"):
        report()
    for first, second, names in (
        ("2026-W09", "2026-03", "one week and one month"),
        ("2026-03-01T07", "all", "one hour and all"),
        ("2026-W09", "all", "one week and all"),
    ):
        with pytest.raises(InputError, match=f"^-: rows of {names}, which add up to no one window; make a report of"):
            report(row("all", "", first, 0.5), row("all", "", second, 0.5))
    with pytest.raises(InputError, match=r"1: .* is no row of jobs.sentiment_agg \('2026-02-30' is in no calendar"):
        report(row("all", "", "2026-02-30", 0.5))
