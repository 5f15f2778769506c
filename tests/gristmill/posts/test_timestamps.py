"""When a post was made."""

from __future__ import annotations

import pytest

from gristmill.posts import timestamps
from gristmill.posts.post import NoPost

#: 2026-11-20 09:30:15 UTC.
MOMENT = 1795167015


@pytest.mark.parametrize(
    "stamp",
    [
        "2026-11-20T09:30:15Z",
        "2026-11-20T09:30:15.999Z",
        "2026-11-20T09:30:15.999999999Z",
        "2026-11-20T09:30:15",
        "2026-11-20 09:30:15",
        "2026-11-20 09:30:15 UTC",
        "2026-11-20t09:30:15,5z",
        "2026-11-20T09:30:15+00:00",
        "2026-11-20T10:30:15+01:00",
        "2026-11-20T03:45:15.25-0545",
        "2026-11-20T11:30:15+02",
        "+2026-11-20T09:30:15Z",
        "Fri Nov 20 09:30:15 +0000 2026",
        "Fri Nov 20 10:30:15 +0100 2026",
        "Thu Nov 19 23:30:15 -1000 2026",
    ],
)
def test_a_stamp_is_read_in_the_forms_that_platforms_write(stamp: str):
    """Once as new, once as a minute that is known; parts of a second go."""
    timestamps._starts.clear()
    assert timestamps.parse_stamp(stamp) == timestamps.parse_stamp(stamp) == MOMENT


@pytest.mark.parametrize(
    ("stamp", "time"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("2026-11-20", MOMENT - 34_215),
        ("2026-11-20 09:30", MOMENT - 15),
        ("2024-02-29T00:00:00Z", 1_709_164_800),
        ("9999-12-31T23:59:59Z", 253_402_300_799),
        ("0001-01-01T00:00:00Z", "time out of range"),
        ("1969-12-31T23:59:59Z", "time out of range"),
        ("1970-01-01T00:59:59+01:00", "time out of range"),
        ("9999-12-31T23:59:59-00:01", "time out of range"),
        ("10000-01-01T00:00:00Z", "time out of range"),
        ("99999-01-01T00:00:00Z", "time out of range"),
        ("0000-01-01T00:00:00Z", "time out of range"),
        ("-2026-11-20T09:30:15Z", "time out of range"),
        ("Fri Nov 20 09:30:15 +0000 99999", "time out of range"),
    ],
)
def test_times_are_from_1970_to_9999(stamp: str, time: int | str):
    """A date alone is its midnight; a year of five digits is read, and out of range."""
    assert read(stamp) == time


@pytest.mark.parametrize(
    "stamp", ["2016-12-31T23:59:60Z", "2017-01-01T05:29:60+05:30", "Sat Dec 31 23:59:60 +0000 2016"]
)
def test_a_leap_second_stays_in_its_hour(stamp: str):
    """It is the second before it, once as new, once as a minute that is known."""
    timestamps._starts.clear()
    assert timestamps.parse_stamp(stamp) == timestamps.parse_stamp(stamp) == 1_483_228_799


@pytest.mark.parametrize(
    "stamp",
    [
        "yesterday",
        "2026-02-29T00:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-11-20T24:00:00Z",
        "2026-11-20T09:60:00Z",
        "2026-11-20T09:30:61Z",
        "2026-11-20T09:30:xxZ",
        "2026-11-20T09:30:15.²Z",
        "2026-11-2٠T09:30:15Z",
        "Fri Now 20 09:30:15 +0000 2026",
        "Fri Nov 31 09:30:15 +0000 2026",
        "2026-11-20T09:30:15Z" + 60 * " ",
        "1" * 10_000,
        True,
        7,
        ["2026-11-20"],
        {"$date": 5},
    ],
)
def test_what_is_no_stamp_is_not_understood(stamp: object):
    """Nor is one of digits that are not ASCII's, whose number grows with Unicode."""
    assert read(stamp) == "time not understood"


@pytest.mark.parametrize("stamp", [None, "", "  "])
def test_no_stamp_is_no_time(stamp: object):
    """An empty cell of a table says nothing."""
    assert read(stamp) == "no time"


@pytest.mark.parametrize(
    "stamp",
    [
        "20261120T093015Z",
        "20261120T093015.5Z",
        "20261120t093015+0000",
        "20261120 093015",
        "20261120T103015+01:00",
        "20261120093015",
        "20261120093015999",
        "20261120103015+0100",
    ],
)
def test_iso_8601_may_come_without_its_marks(stamp: str):
    """Dates of databases and of file names."""
    assert read(stamp, timestamps.parse_any) == MOMENT


@pytest.mark.parametrize(
    ("given", "time"),
    [
        ("20261120", MOMENT - 34_215),
        (20261120, MOMENT - 34_215),
        ("20261120.0", MOMENT - 34_215),
        (20261120.0, MOMENT - 34_215),
        ("202611200930", MOMENT - 15),
        (202611200930, MOMENT - 15),
        (20261120093015, MOMENT),
        (20261120093015.0, MOMENT),
        ("19691231", "time out of range"),
        ("20261320", "time not understood"),
        ("20260229", "time not understood"),
        (20261120240000, "time not understood"),
        (20261120.5, "time not understood"),
        ("202611", "time not understood"),
        ("2026", "time not understood"),
        (2026, "time not understood"),
        ("46023", "time not understood"),
        (46023.395833, "time not understood"),
    ],
)
def test_digits_that_are_a_date_are_no_seconds(given: object, time: int | str):
    """As text or as a number; a year, a month or the days of a spreadsheet are no time at all."""
    assert read(given, timestamps.parse_any) == time


@pytest.mark.parametrize(
    "stamp",
    [
        "2026-11-20T09:30:15+24:00",
        "2026-11-20T09:30:15+05:75",
        "2026-11-20T09:30:15-2460",
        "2026-11-20T09:30:15+99",
        "20261120T093015+2400",
        "Fri Nov 20 09:30:15 +2400 2026",
        "Fri Nov 20 09:30:15 +0060 2026",
    ],
)
def test_an_offset_has_hours_to_23_and_minutes_to_59(stamp: str):
    """Another is none, and so is its time."""
    assert read(stamp, timestamps.parse_any) == "time not understood"


@pytest.mark.parametrize(
    ("number", "time"),
    [
        (946_684_800, 946_684_800),
        (946_684_799, "time not understood"),
        (MOMENT, MOMENT),
        (MOMENT + 0.5, MOMENT),
        (4_102_444_799, 4_102_444_799),
        (4_102_444_800, "time not understood"),
        (0, "time not understood"),
        (-1, "time not understood"),
        (float("inf"), "time not understood"),
        (10**400, "time not understood"),
        (float("nan"), "time not understood"),
        (True, "time not understood"),
        ("5", "time not understood"),
        (None, "no time"),
        ("", "no time"),
    ],
)
def test_a_number_is_seconds_since_1970_in_the_years_2000_to_2099(number: object, time: int | str):
    """Whole or not; nothing else is a number."""
    assert read(number, timestamps.parse_number) == time


def test_a_number_may_be_in_parts_of_a_second():
    """Jetstream's are millionths."""
    assert timestamps.parse_number(MOMENT * 10**6 + 999_999, 10**6) == MOMENT


@pytest.mark.parametrize(
    ("given", "time"),
    [
        (MOMENT, MOMENT),
        (str(MOMENT), MOMENT),
        (f"{MOMENT}.75", MOMENT),
        (MOMENT * 10**3 + 999, MOMENT),
        (f"{MOMENT}999", MOMENT),
        (MOMENT * 10**6, MOMENT),
        (MOMENT * 10**9, MOMENT),
        (946_684_800_000, 946_684_800),
        (946_684_799_999, "time not understood"),
        (4_102_444_799_999_999_999, 4_102_444_799),
        (4_102_444_800_000_000_000, "time not understood"),
        (99_999_999_999, "time not understood"),
        ("2026-11-20T09:30:15Z", MOMENT),
        ("-5", "time not understood"),
        (10**30, "time not understood"),
        ("1" * 21, "time not understood"),
        (True, "time not understood"),
        ("", "no time"),
        (None, "no time"),
        ([], "time not understood"),
    ],
)
def test_peoples_own_numbers_are_in_the_unit_that_their_size_shows(given: object, time: int | str):
    """Seconds, thousandths, millionths or thousand-millionths: of each those from 2000 to 2099 alone."""
    assert read(given, timestamps.parse_any) == time


def test_no_more_minutes_are_remembered_than_is_said(monkeypatch: pytest.MonkeyPatch):
    """Then all are forgotten, and read again."""
    monkeypatch.setattr(timestamps._starts, "most", 2)
    timestamps._starts.clear()
    found = [timestamps.parse_stamp(f"2026-11-20T09:{minute}:15Z") for minute in (30, 31, 32, 30)]
    assert found == [MOMENT, MOMENT + 60, MOMENT + 120, MOMENT]
    assert len(timestamps._starts) == 2


def read(given: object, by=timestamps.parse_stamp) -> int | str:
    """The time, or the name of the fault."""
    try:
        return by(given)
    except NoPost as fault:
        return str(fault)
