"""A text's emoji and other signs beyond ASCII, as topics compare them.

    😍 ❤️ 👍🏽 🇩🇪 👩‍🌾 →     ["😍", "❤", "👍", "🇩🇪", "👩‍🌾", "→"]

A sign is without its variation selector and its skin; what ZWJ joins is one, and so are two letters that are a flag.
"""

from __future__ import annotations

import re
from functools import cache

from gristmill.text.words import CHARACTERS, MARKS, ranges

_without_dress = re.compile("[\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]").sub


def signs(text: str) -> list[str]:
    """The signs of a text in order, and in its place each run of letters and digits, which parts its neighbours."""
    return _find().findall(_without_dress("", text))


@cache
def _find() -> re.Pattern[str]:
    """Finds signs, those that Unicode 13.0 does not know among them, and runs of characters of words."""
    characters = ranges(CHARACTERS, closed=False)
    # not ASCII, C1 controls, white space, a zero width space
    none = ranges({*MARKS, "joiner", "gone"}, closed=False) + r"\x00-\xa0\s\u200b"
    sign = f"[^{characters}{none}][\U000e0020-\U000e007f]*"
    return re.compile(f"[\U0001f1e6-\U0001f1ff]{{2}}|{sign}(?:\u200d{sign})*|[{characters}]+")
