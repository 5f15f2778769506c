"""What the text of a setting of Hadoop's stands for; the one parser of each kind of value."""

from __future__ import annotations

import re

from gristmill.errors import RunError


def whole_number(name: str, given: object) -> int:
    """The number that a setting is given; RunError, which names the setting, for what is none, or less than 0."""
    if not re.fullmatch(r"[0-9]+", str(given).strip()):
        raise RunError(f"{name} is {given!r}; give it a whole number, 0 or more")
    return int(str(given))


def is_true(value: str, *, default: bool) -> bool:
    """What Hadoop takes a value for; `default` where it is neither word."""
    return {"true": True, "false": False}.get(value.strip().lower(), default)
