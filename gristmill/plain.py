"""What errors and logs say, fit for a terminal: names without control characters, settings without secrets.

`hide` is told a run's settings once; `line` and `LogFormatter` are what every line of ours goes through.
"""

from __future__ import annotations

import logging
import re
import shlex
from typing import Any

#: What a terminal obeys and does not show, or what turns a line around; of logs all but TAB and LF.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]")
_LOG_CONTROL = re.compile(_CONTROL.pattern.replace(r"\x00-\x1f", r"\x00-\x08\x0b-\x1f"))
#: What the name of a setting holds whose value is nobody's business.
_SECRET = re.compile(r"secret|passw|passphrase|token|credential|(?:access|secret|api).?key", re.IGNORECASE)
_SETTING = re.compile(r"([\w.-]+)=(.*)", re.DOTALL)
_IN_TEXT = re.compile(r"""(?<![\w.-])[\w.-]+=[^\s'",;]+""")
_MASK = "***"
#: Values such as these stand in a text for something else too: they are hidden beside their names alone.
_COMMON = re.compile(r".{0,3}|\d{0,7}|true|false", re.IGNORECASE)
#: The length from which on a value may be printed in parts, which hide with it, and that of such a part.
_LONG, _PART = 20, 4

#: Text -> what is written in its place.
_replaced: dict[str, str] = {}


def hide(settings: Any) -> None:
    """Hide from now on the values in `settings` whose names say that they are secret, and escape names with line ends.

    `settings` are dicts, lists, ``NAME=VALUE`` in lists, and whatever else they hold.
    """
    if isinstance(settings, dict):
        for name, value in settings.items():
            if isinstance(value, (str, int, float)) and is_secret(str(name)):
                _hide(str(name), str(value))
            else:
                hide(value)
    elif isinstance(settings, (list, tuple)):
        for item in settings:
            found = _SETTING.fullmatch(item) if isinstance(item, str) else None
            hide({found[1]: found[2]} if found else item)
    elif isinstance(settings, str) and "\n" in settings.strip():
        _replaced[settings] = _escape(_CONTROL, settings)


def is_secret(name: str) -> bool:
    """Whether the value of a setting with this name is hidden."""
    return bool(_SECRET.search(name))


def _hide(name: str, value: str) -> None:
    _replaced[f"{name}={value}"] = f"{name}={_MASK}"
    for written in (repr, str):
        _replaced[f"{written(name)}: {written(value)}"] = f"{written(name)}: {written(_MASK)}"
    if not _COMMON.fullmatch(value):
        parts = [part for part in value.split() if len(part) >= _PART] if len(value) >= _LONG else []
        for text in {value, repr(value)[1:-1], shlex.quote(value).strip("'"), *parts}:
            _replaced[text] = _MASK


def masked(text: str) -> str:
    """A text without the values that are hidden."""
    # the longest first, since one may hold another
    for value in sorted(_replaced, key=len, reverse=True):
        text = text.replace(value, _replaced[value])
    return text


def line(text: str) -> str:
    """A text as one line without secrets: ends of lines and other control characters are ``\\n``, ``\\x1b``."""
    return _escape(_CONTROL, _IN_TEXT.sub(_without_value, masked(text)))


def _without_value(setting: re.Match[str]) -> str:
    """``NAME=***`` for ``NAME=VALUE``, also behind ``--option=``, where the name says that the value is secret."""
    words = setting[0].split("=")
    names = [number for number, name in enumerate(words[:-1]) if is_secret(name)]
    return f"{'='.join(words[: names[0] + 1])}={_MASK}" if names else setting[0]


def _escape(controls: re.Pattern[str], text: str) -> str:
    return controls.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


class LogFormatter(logging.Formatter):
    """Log records as lines for a terminal; a record may have several."""

    def format(self, record: logging.LogRecord) -> str:
        """The text of a record."""
        return _escape(_LOG_CONTROL, masked(super().format(record)))
