"""When a post was made, in seconds since 1970 UTC, of whatever says so.

    2026-11-20T09:30:15.123Z     ISO 8601; T or a space; UTC where no offset stands; a date alone is its midnight
    Fri Nov 20 09:30:15 +0000 2026     Twitter's
    1795167015, 1795167015.5     seconds since 1970, as a number or in text
    1795167015123     in people's own data: thousandths from 10^11 on, millionths from 10^14, then 10^17: 10^-9

Parts of a second go. A leap second is the second before it, so that it stays in its hour.
"""

from __future__ import annotations

import re
from datetime import MAXYEAR, date
from typing import Any

from gristmill.posts.post import NoPost

#: The first second of the year 10,000.
END = 253_402_300_800
#: Minutes whose start is remembered; then all are forgotten.
MINUTES = 8192
#: Characters; a longer stamp says nothing that we read.
LONGEST = 64

_SECONDS = {f"{second:02}": min(second, 59) for second in range(61)}
_NAMES = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
_MONTHS = {name: month for month, name in enumerate(_NAMES.split(), 1)}
_EPOCH = date(1970, 1, 1).toordinal()

_OFFSET = "(?P<zone>Z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?)?"
_iso = re.compile(
    "(?P<year>[+-]?[0-9]{4,})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
    f"(?:[T ](?P<hour>[0-9]{{2}}):(?P<minute>[0-9]{{2}})(?::(?P<second>[0-9]{{2}})(?:[.,][0-9]+)?)? ?{_OFFSET})?",
    re.IGNORECASE,
).fullmatch
_twitter = re.compile(
    "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) (?P<month>[A-Z][a-z]{2}) (?P<day>[0-9]{2}) "
    "(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2}) (?P<zone>[+-][0-9]{4}) (?P<year>[0-9]{4,})"
).fullmatch
_number = re.compile(r"-?[0-9]{1,20}(?:\.[0-9]*)?").fullmatch
#: A number from the first on is in parts of a second, so many of which are one.
_UNITS = ((10**17, 10**9), (10**14, 10**6), (10**11, 10**3))
_starts: dict[str, int] = {}


def stamp(raw: Any) -> int:
    """The time of a stamp in text; NoPost where it is none, or out of range."""
    if type(raw) is not str or len(raw) > LONGEST:
        raise NoPost("time not understood" if raw else "no time")
    zone = raw[19:]
    if zone[:1] == "." and zone[-1] == "Z" and zone[1:-1].isdigit() and raw.isascii():
        zone = "Z"
    minute = raw[:17] + zone
    start, second = _starts.get(minute), _SECONDS.get(raw[17:19])
    if start is None or second is None:
        return _read(raw, minute)
    return start + second


def unix(raw: Any, units: int = 1) -> int:
    """The time of a number of seconds since 1970, or of parts, `units` of which are one; NoPost as in `stamp`."""
    if raw is None or raw == "":
        raise NoPost("no time")
    if type(raw) not in (int, float) or raw != raw:
        raise NoPost("time not understood")
    if not 0 <= raw < END * units:
        raise NoPost("time out of range")
    return int(raw // units)


def any_form(raw: Any) -> int:
    """The time of a stamp, or of a number, in text or not, of whatever part of seconds; NoPost as in `stamp`."""
    if type(raw) is str:
        if not _number(raw):
            return stamp(raw)
        raw = float(raw) if "." in raw else int(raw)
    if type(raw) in (int, float):
        for least, units in _UNITS:
            if raw >= least:
                return unix(raw, units)
    return unix(raw)


def _read(raw: str, minute: str) -> int:
    found = _iso(raw) or _twitter(raw)
    if not found:
        raise NoPost("time not understood" if raw and not raw.isspace() else "no time")
    parts = found.groupdict()
    month = _MONTHS.get(parts["month"]) or parts["month"]
    year, day, hour, minutes = (int(parts[part] or 0) for part in ("year", "day", "hour", "minute"))
    second = _SECONDS.get(parts["second"] or "00")
    if not 1 <= year <= MAXYEAR:
        raise NoPost("time out of range")
    try:
        days = date(year, int(month), day).toordinal() - _EPOCH
    except ValueError:
        raise NoPost("time not understood") from None
    if second is None or hour > 23 or minutes > 59:
        raise NoPost("time not understood")
    start = days * 86_400 + hour * 3600 + minutes * 60 - _offset(parts["zone"])
    if not 0 <= start < END:
        raise NoPost("time out of range")
    if found.end("second") == 19 and len(minute) <= LONGEST:
        if len(_starts) >= MINUTES:
            _starts.clear()
        _starts[minute] = start
    return start + second


def _offset(zone: str | None) -> int:
    """Seconds east of Greenwich."""
    if not zone or zone[0] not in "+-":
        return 0
    seconds = int(zone[1:3]) * 3600 + int(zone[-2:]) * 60 * (len(zone) > 3)
    return -seconds if zone[0] == "-" else seconds
