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
    assert value.figures == Figures(3, 2, 1, 0, 0.5, -0.7422, 1.0, (0.2077, 0.9385), 2)
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


def test_faults_of_the_whole_are_one_line(row: MakeRow, report: MakeReport) -> None:
    """No rows; hours and days together; one key twice; a day that no calendar has."""
    hour = row("all", "", "2026-03-01T07", 0.5)
    with pytest.raises(InputError, match=r"^-: no rows; give what jobs.sentiment_agg wrote$"):
        report()
    with pytest.raises(InputError, match=r"^standard input, line 2: a row of one day, after rows of one hour; make a"):
        report(hour, row("all", "", "2026-03-02", 0.5))
    with pytest.raises(InputError, match=r"line 2: a second row of \['all', '', '2026-03-01T07'\]; merge the two with"):
        report(hour, hour)
    with pytest.raises(InputError, match=r"1: .* is no row of jobs.sentiment_agg \('2026-02-30' is in no calendar"):
        report(row("all", "", "2026-02-30", 0.5))
    with pytest.raises(InputError, match="line 1: '2026-03' is no day and no hour; make the row again from its"):
        report(row("all", "", "2026-03", 0.5))
