"""Times in a format of the user's own."""

from __future__ import annotations

import pytest

from gristmill.posts.post import NoPost
from gristmill.posts.reader import Reader
from gristmill.posts.skip import Skip
from gristmill.posts.time_format import TimeFormat

#: 2026-11-20 09:30:15 UTC.
MOMENT = 1795167015


def read(written: str, raw: object) -> int | str:
    """The time of `raw` in the format `written`, or the name of the fault."""
    try:
        return TimeFormat(written).parse(raw)
    except NoPost as fault:
        return str(fault)


@pytest.mark.parametrize(
    ("written", "raw", "time"),
    [
        ("%d/%m/%Y %H:%M:%S", "20/11/2026 09:30:15", MOMENT),
        ("%m/%d/%y %I:%M %p", "11/20/26 09:30 AM", MOMENT - 15),
        ("%d.%m.%Y", "20.11.2026", MOMENT - 34_215),
        ("%a, %d %b %Y %H:%M:%S %z", "Fri, 20 Nov 2026 10:30:15 +0100", MOMENT),
        ("%Y-%m-%dT%H:%M:%S.%f%z", "2026-11-20T09:30:15.999999Z", MOMENT),
        ("%Y%m%d%H", 2026112009, MOMENT - 1815),
        ("%Y年%m月%d日", "2026年11月20日", MOMENT - 34_215),
        ("100%% %G-%V-%u", "100% 2026-47-5", MOMENT - 34_215),
        ("%Y-%m-%d", "1969-12-31", "time out of range"),
        ("%Y-%m-%d %H %z", "9999-12-31 12 -2359", "time out of range"),
        ("%d/%m/%Y", "11/20/2026", "time not understood"),
        ("%d/%m/%Y", "2026-11-20T09:30:15Z", "time not understood"),
        ("%d/%m/%Y", "2\u0660/11/2026", "time not understood"),
        ("%d/%m/%Y", "", "no time"),
        ("%d/%m/%Y", None, "no time"),
        ("%d/%m/%Y", MOMENT, "time not understood"),
        ("%d/%m/%Y", 10**70, "time not understood"),
        ("%d/%m/%Y", "20/11/2026" + 60 * " ", "time not understood"),
        ("%d/%m/%Y", True, "time not understood"),
        ("%d/%m/%Y", ["20/11/2026"], "time not understood"),
        ("%Y-%m-%d %z", "2026-11-20 +24:00", "time not understood"),
    ],
)
def test_a_time_is_read_in_the_format_alone(written: str, raw: object, time: int | str):
    """UTC where it has no offset; a number as its digits; no other form is tried, which could mean another day."""
    assert read(written, raw) == time


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("%d/%m %H:%M", "gives no whole date"),
        ("%H:%M", "gives no whole date"),
        ("", "gives no whole date"),
        ("%Y-%m-%d %I:%M", "%I needs %p beside it"),
        ("%x %X", "there is no %x here"),
        ("%Y-%m-%d %Z", "there is no %Z here"),
        ("%Y-%m-%d %", "there is no % here"),
        ("%Y-%m-%d %Y", "redefinition of group name"),
    ],
)
def test_a_format_that_gives_no_date_on_every_machine_is_refused(written: str, why: str):
    """A locale's, a zone's name, or half of a date."""
    with pytest.raises(ValueError, match=why):
        TimeFormat(written)


def test_the_format_is_that_of_peoples_own_posts():
    """Platforms write theirs as they always do; of a table's rows and of JSON alike."""
    reader = Reader(("id", "text", "time"), TimeFormat("%d/%m/%Y"))
    lines = [
        b"1,x,20/11/2026",
        b'{"id": 2, "text": "x", "time": "20/11/2026"}',
        b'[{"id": 3, "message": "x", "time": "20/11/2026"}]',
        b'{"id_str": "4", "text": "x", "created_at": "Fri Nov 20 00:00:00 +0000 2026"}',
        b"5,x,2026-11-20",
    ]
    assert [
        thing if isinstance(thing, Skip) else thing.time for line in lines for thing in reader.parse_line(line)
    ] == [
        *[MOMENT - 34_215] * 4,
        Skip.TIME_NOT_UNDERSTOOD,
    ]
