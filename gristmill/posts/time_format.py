"""The time of a post in a format of the user's own: ``--time-format '%d/%m/%Y %H:%M'``.

The directives are those of `datetime.strptime` that mean the same on every machine.
"""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Any

from gristmill.memo import BoundedMemo
from gristmill.posts.post import NoPost
from gristmill.posts.skip import Skip
from gristmill.posts.timestamps import END, LONGEST, MINUTES

#: %c, %x and %X are the locale's, %Z takes the names of this machine's zone.
_DIRECTIVES = "aAbBdfGHIjmMpSuUVwWyYz%"
_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
#: A Friday afternoon, whose hour tells %I without %p.
_SAMPLE = datetime(2026, 11, 20, 21, 30, 15, tzinfo=timezone.utc)

_directives = re.compile("%(.?)", re.DOTALL).findall
#: The digits of other scripts that `strptime` takes too, more of them on newer Pythons.
_other_digit = re.compile(r"(?![0-9])\d").search


class TimeFormat:
    """Parses times in one format; UTC where it has no %z."""

    def __init__(self, written: str) -> None:
        """The format `written`; ValueError where that gives no whole date."""
        for directive in _directives(written):
            if not directive or directive not in _DIRECTIVES:
                raise ValueError(f"{written!r}: there is no %{directive} here, only %{', %'.join(_DIRECTIVES)}")
        try:
            found = datetime.strptime(_SAMPLE.strftime(written), written)
        except (ValueError, re.error) as error:
            raise ValueError(f"{written!r}: {error}") from None
        if found.date() != _SAMPLE.date():
            raise ValueError(f"{written!r} gives no whole date: it needs a year, a month and a day, as %Y-%m-%d")
        if found.hour not in (0, _SAMPLE.hour):
            raise ValueError(f"{written!r}: %I needs %p beside it, for a.m. and p.m.; %H is the hour from 00 to 23")
        self._written = written
        self._times = BoundedMemo(self._parse, MINUTES)

    def parse(self, raw: Any) -> int:
        """The time of a text or of a whole number; NoPost as in `timestamps.parse_stamp`."""
        if type(raw) is int:
            raw = str(raw) if abs(raw) < 10**LONGEST else ""
        elif raw is None or raw == "":
            raise NoPost(Skip.NO_TIME)
        if type(raw) is not str or len(raw) > LONGEST:
            raise NoPost(Skip.TIME_NOT_UNDERSTOOD)
        return self._times[raw]

    def _parse(self, raw: str) -> int:
        if _other_digit(raw):
            raise NoPost(Skip.TIME_NOT_UNDERSTOOD)
        try:
            found = datetime.strptime(raw, self._written)
        except ValueError:
            raise NoPost(Skip.TIME_NOT_UNDERSTOOD) from None
        since = (found if found.tzinfo else found.replace(tzinfo=timezone.utc)) - _EPOCH
        time = since.days * 86_400 + since.seconds
        if not 0 <= time < END:
            raise NoPost(Skip.TIME_OUT_OF_RANGE)
        return time
