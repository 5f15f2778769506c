"""The time of a post, in seconds since 1970 UTC, from the forms in which people and platforms write it.

    2026-11-20T09:30:15.123Z            ISO 8601; T or a space; UTC where no offset stands; a date alone is its midnight
    20261120, 20261120T093015Z          the same without its marks
    20261120093015                      so without the T, to the minute, the second or the millisecond
    Fri Nov 20 09:30:15 +0000 2026      Twitter's
    1795167015, 1795167015.5            seconds since 1970, as a number or in text; in people's own data also ms, µs, ns

A number counts as a Unix time where that is in the years 2000 to 2099, which no number is in two units. Fractions of a
second are cut off. A leap second is the second before it, so that it stays in its hour.
"""

from __future__ import annotations

import re
from datetime import MAXYEAR, date
from typing import Any

from gristmill.memo import BoundedDict
from gristmill.posts.post import NoPost
from gristmill.posts.skip import Skip

#: The first second of the year 10,000.
END = 253_402_300_800
#: Minutes whose start is remembered.
MINUTES = 8192
#: Characters; a longer stamp is in none of the forms.
LONGEST = 64

_SECONDS = {f"{second:02}": min(second, 59) for second in range(61)}
_NAMES = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
_MONTHS = {name: month for month, name in enumerate(_NAMES.split(), 1)}
_EPOCH = date(1970, 1, 1).toordinal()

_HOURS = "(?:[01][0-9]|2[0-3])"
_OFFSET = f"(?P<zone>Z|UTC|GMT|[+-]{_HOURS}(?::?[0-5][0-9])?)?"
_iso = re.compile(
    "(?P<year>[+-]?[0-9]{4,})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
    f"(?:[T ](?P<hour>[0-9]{{2}}):(?P<minute>[0-9]{{2}})(?::(?P<second>[0-9]{{2}})(?:[.,][0-9]+)?)? ?{_OFFSET})?",
    re.IGNORECASE,
).fullmatch
_compact = re.compile(
    "(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})(?:[T ]?(?P<hour>[0-9]{2})(?P<minute>[0-9]{2})"
    f"(?:(?P<second>[0-9]{{2}})(?:[.,][0-9]+|[0-9]{{3}})?)? ?{_OFFSET})?",
    re.IGNORECASE,
).fullmatch
_twitter = re.compile(
    "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?P<month>[A-Z][a-z]{2}) (?P<day>[0-9]{2}) "
    f"(?P<hour>[0-9]{{2}}):(?P<minute>[0-9]{{2}}):(?P<second>[0-9]{{2}}) (?P<zone>[+-]{_HOURS}[0-5][0-9]) "
    "(?P<year>[0-9]{4,})"
).fullmatch
_number = re.compile(r"-?[0-9]{1,20}(?:\.[0-9]*)?").fullmatch
#: Units per second in which people write Unix times: s, ms, µs, ns.
_UNITS = (1, 10**3, 10**6, 10**9)
#: Seconds: a number is a Unix time from 2000-01-01 until 2100-01-01; others are dates, serials, and what not.
_FIRST, _UNTIL = 946_684_800, 4_102_444_800
#: The start of the minute of a stamp without its seconds.
_starts: BoundedDict[str, int] = BoundedDict(MINUTES)


def parse_stamp(raw: Any) -> int:
    """The time of a stamp in text; NoPost where it is absent, in none of the forms, or not from 1970 to 9999."""
    if type(raw) is not str or len(raw) > LONGEST:
        raise NoPost(Skip.TIME_NOT_UNDERSTOOD if raw else Skip.NO_TIME)
    zone = raw[19:]
    if zone[:1] == "." and zone[-1] == "Z" and zone[1:-1].isdigit() and raw.isascii():
        zone = "Z"
    minute = raw[:17] + zone
    start, second = _starts.get(minute), _SECONDS.get(raw[17:19])
    if start is None or second is None:
        return _parse(raw, minute)
    return start + second


def parse_number(raw: Any, *units: int) -> int:
    """The Unix time of a number in one of these `units` per second, or in seconds; NoPost as in `parse_stamp`.

    TIME_NOT_UNDERSTOOD where it is none from 2000 to 2099.
    """
    if raw is None or raw == "":
        raise NoPost(Skip.NO_TIME)
    if type(raw) in (int, float):
        for unit in units or (1,):
            if _FIRST * unit <= raw < _UNTIL * unit:
                return int(raw // unit)
    raise NoPost(Skip.TIME_NOT_UNDERSTOOD)


def parse_any(raw: Any) -> int:
    """The time of a stamp, a compact date or a Unix time, in text or as a number; NoPost as there."""
    number = raw
    if type(raw) is str:
        if not _number(raw):
            return parse_stamp(raw)
        number = float(raw) if "." in raw else int(raw)
    try:
        return parse_number(number, *_UNITS)
    except NoPost:
        text = str(number).removesuffix(".0")
        if type(number) is bool or not _compact(text):
            raise
    return _parse(text, text)


def _parse(raw: str, minute: str) -> int:
    """The time of a stamp whose minute is not remembered; remembers it where the seconds stand at their usual index."""
    match = _iso(raw) or _twitter(raw) or _compact(raw)
    if not match:
        raise NoPost(Skip.TIME_NOT_UNDERSTOOD if raw and not raw.isspace() else Skip.NO_TIME)
    fields = match.groupdict()
    month = _MONTHS.get(fields["month"]) or fields["month"]
    year, day, hour, minutes = (int(fields[name] or 0) for name in ("year", "day", "hour", "minute"))
    second = _SECONDS.get(fields["second"] or "00")
    if not 1 <= year <= MAXYEAR:
        raise NoPost(Skip.TIME_OUT_OF_RANGE)
    try:
        days = date(year, int(month), day).toordinal() - _EPOCH
    except ValueError:
        raise NoPost(Skip.TIME_NOT_UNDERSTOOD) from None
    if second is None or hour > 23 or minutes > 59:
        raise NoPost(Skip.TIME_NOT_UNDERSTOOD)
    start = days * 86_400 + hour * 3600 + minutes * 60 - _offset(fields["zone"])
    if not 0 <= start < END:
        raise NoPost(Skip.TIME_OUT_OF_RANGE)
    if match.end("second") == 19:
        _starts.remember(minute, start)
    return start + second


def _offset(zone: str | None) -> int:
    """Seconds east of Greenwich."""
    if not zone or zone[0] not in "+-":
        return 0
    seconds = int(zone[1:3]) * 3600 + int(zone[-2:]) * 60 * (len(zone) > 3)
    return -seconds if zone[0] == "-" else seconds
