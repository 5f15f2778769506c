"""Windows of time, as text."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from gristmill.sentiment.windows import WINDOWS, Window, format_window


@pytest.mark.parametrize(
    ("text", "kind", "day", "hour"),
    [
        ("2026-03-01T07", "hour", date(2026, 3, 1), 7),
        ("2026-03-01T00", "hour", date(2026, 3, 1), 0),
        ("2026-03-01", "day", date(2026, 3, 1), 0),
        ("2026-W09", "week", date(2026, 2, 23), 0),
        ("2026-W53", "week", date(2026, 12, 28), 0),
        ("0001-W01", "week", date(1, 1, 1), 0),
        ("2026-03", "month", date(2026, 3, 1), 0),
        ("all", "all", date(1, 1, 1), 0),
    ],
)
def test_a_window_is_its_text(text: str, kind: str, day: date, hour: int):
    """There and back."""
    assert Window.parse(text) == (kind, day, hour)
    assert Window.parse(text).format() == text


@pytest.mark.parametrize("text", ["", "2026", "2026-3", "2026-W9", "ALL", "2026-03-01T7", "2026-03-01 07", "٢٠٢٦-03"])
def test_another_text_is_no_window(text: str):
    """The error says what there is."""
    with pytest.raises(ValueError, match=r"^'.*' is no hour, day, week, month, or all$"):
        Window.parse(text)


@pytest.mark.parametrize(
    "text", ["2026-02-29", "2026-13", "0000-01", "2026-W54", "2027-W53", "2026-W00", "2026-03-01T24"]
)
def test_a_window_that_no_calendar_has_is_refused(text: str):
    """2027 has 52 weeks."""
    with pytest.raises(ValueError, match=f"^'{text}' is in no calendar$"):
        Window.parse(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2027-01-03T23", ["2027-01-03T23", "2027-01-03", "2026-W53", "2027-01", "all"]),
        ("2027-01-03", [None, "2027-01-03", "2026-W53", "2027-01", "all"]),
        ("2026-W53", [None, None, "2026-W53", None, "all"]),
        ("2027-01", [None, None, None, "2027-01", "all"]),
        ("all", [None, None, None, None, "all"]),
    ],
)
def test_a_window_lies_whole_in_longer_ones(text: str, found: list[str | None]):
    """A week may lie in two months."""
    wide = [Window.parse(text).widen(kind) for kind in WINDOWS]
    assert [window and window.format() for window in wide] == found


def test_every_day_of_four_centuries_is_in_the_week_that_iso_says():
    """As strftime has it."""
    day = date(1999, 1, 1)
    while day.year < 2400:
        assert format_window("week", day, 0) == day.strftime("%G-W%V")
        day += timedelta(days=3)
