"""Text and numbers on the page: what others wrote is made harmless, figures are made readable."""

from __future__ import annotations

import html
import unicodedata

from gristmill.sentiment.statistics import ONE, POSITIVE

#: The longest text of a post, and the longest name of a value, that is shown, in characters.
MAX_TEXT = 400
MAX_NAME = 80

#: Replaces a character that cannot be shown, or that would reverse the text after it.
UNSHOWN = "\ufffd"
_CONTROLS = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000), 0x202D, 0x202E), UNSHOWN)
_SPACES = dict.fromkeys((0x09, 0x0A, 0x0D, 0x85, 0x2028, 0x2029), " ")
# embeddings and isolates could act beyond the text they stand in; on this page an element isolates each text
_ORDERS = dict.fromkeys((0x202A, 0x202B, 0x202C, 0x2066, 0x2067, 0x2068, 0x2069), "")
_TABLE = {**_CONTROLS, **_SPACES, **_ORDERS}
_FIRST_STRONG, _POP = "\u2068", "\u2069"


def plain(text: str, limit: int = MAX_NAME) -> str:
    """`text` as one line of at most `limit` characters, none of which acts on what stands around it; not escaped."""
    shown = " ".join(text[: 4 * limit].translate(_TABLE).split())
    if len(shown) <= limit and len(text) <= 4 * limit:
        return shown
    return f"{shown[:limit].rstrip()}…"


def markup(text: str, limit: int = MAX_NAME) -> str:
    """`text` as HTML, escaped; its direction of writing does not reach the words around it."""
    return f"<bdi>{attribute(text, limit)}</bdi>"


def attribute(text: str, limit: int = MAX_NAME) -> str:
    """`text` for a quoted attribute, escaped."""
    return html.escape(plain(text, limit))


def label_text(text: str) -> str:
    """`text` for an aria-label, escaped; no element isolates it there, so characters do if it runs right to left."""
    shown = plain(text)
    if any(unicodedata.bidirectional(letter) in {"R", "AL", "AN"} for letter in shown):
        shown = f"{_FIRST_STRONG}{shown}{_POP}"
    return html.escape(shown)


def signed(number: float, decimals: int = 2) -> str:
    """A number with its sign, which 0 has none of.

    >>> signed(0.214), signed(-0.5), signed(0.001), signed(-0.214, decimals=1)
    ('+0.21', '−0.50', '0.00', '−0.2')
    """
    shown = f"{abs(number):.{decimals}f}"
    if float(shown) == 0:
        return shown
    return f"{'+' if number > 0 else '−'}{shown}"


def interval(low: float, high: float) -> str:
    """Both ends of an interval, with as many decimals as tell them apart.

    >>> interval(-0.1, 0.25), interval(0.2712, 0.2741), interval(0.5, 0.5)
    ('−0.10 to +0.25', '+0.271 to +0.274', '+0.50 to +0.50')
    """
    decimals = 3 if low != high and signed(low) == signed(high) else 2
    return f"{signed(low, decimals)} to {signed(high, decimals)}"


def percent(some: int, total: int) -> str:
    """`some` of `total`, rounded; under half a percent from none or all it is "under 1%" or "over 99%".

    >>> percent(1, 3), percent(1, 1000), percent(999, 1000), percent(0, 5)
    ('33%', 'under 1%', 'over 99%', '0%')
    """
    if some and 200 * some < total:
        return "under 1%"
    if some < total and 200 * (total - some) < total:
        return "over 99%"
    return f"{100 * some / total:.0f}%"


def count(number: int, one: str = "", many: str = "") -> str:
    """A number and what it counts: `one`, or `many` (else `one` with an s); the number alone where `one` is empty.

    >>> count(1234567), count(1, "post"), count(0, "post"), count(2, "hashtag in all", "hashtags in all")
    ('1,234,567', '1 post', '0 posts', '2 hashtags in all')
    """
    if not one:
        return f"{number:,}"
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def tone(mean: float) -> str:
    """What a mean from -1 to 1 is called, by the limits of `POSITIVE`.

    >>> tone(0.05), tone(0.049), tone(-0.05)
    ('positive', 'neutral', 'negative')
    """
    if mean >= POSITIVE / ONE:
        return "positive"
    return "negative" if mean <= -POSITIVE / ONE else "neutral"
