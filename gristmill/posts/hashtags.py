"""Hashtags: those that a platform lists beside a text, else those in the text.

A tag is a run of word characters (as `gristmill.text.words` has them, by Unicode 13.0 on every Python) and of the
joiners that Twitter allows, not digits alone, of up to 100 characters; what is in no word is in no tag (a variation
selector, a soft hyphen). In a text a # stands before it, and before that no word character and no &; none stands in a
link. Every function here returns tags casefolded and in NFC, each once, in the order in which they come; what stands
after a post's first 1,000 is passed over.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any

from gristmill.memo import BoundedMemo
from gristmill.text.words import CHARACTERS, JOINERS, MARKS, normal, ranges

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Characters, as Twitter has it; longer ones are no tags.
LONGEST = 100

#: Tags of a post; one of more is spam, and a line of 8 MB has room for two million.
MOST = 1000

#: Tags that are remembered as they are written: under 20 MB.
TAGS = 1 << 16

#: Marks of Tibetan, Hebrew, Persian, Japanese and Catalan that stand within words.
_JOINERS = "\u00b7\u05be\u05f3\u05f4\u0f0b\u0f0c\u200c\u200d\u3003\u301c\u309b\u309c\u30a0\u30fb\uff5e"
#: A # that is no emoji's key, and what must not stand before it.
_SIGN = "[#\uff03](?<![{word}&].)(?![\ufe0f\u20e3])"
_find_ascii = re.compile(_SIGN.format(word="0-9A-Za-z_") + "([0-9A-Za-z_]+)").findall
_without_links = re.compile(r"https?://\S+").sub
_split = re.compile(r"[\s,;|#\uff03\[\]'\"]+").split


def in_text(text: Any) -> tuple[str, ...]:
    """The tags in a text; none where it is no text."""
    if type(text) is not str or ("#" not in text and "\uff03" not in text):
        return ()
    if "://" in text:
        text = _without_links(" ", text)
    return distinct((_find_ascii if text.isascii() else _find())(text))


def in_objects(entries: Any, key: str) -> tuple[str, ...] | None:
    """The tags that objects in a list have under `key`; None where `entries` is no list."""
    if type(entries) is not list:
        return None
    return distinct(entry.get(key) for entry in entries if type(entry) is dict) if entries else ()


def in_cell(cell: str) -> tuple[str, ...]:
    """The tags of a table's cell, between white space, commas, bars, quotation marks or brackets."""
    return distinct(_split(cell))


def distinct(raw: Iterable[Any]) -> tuple[str, ...]:
    """The tags of texts that are a tag each, with or without a #; what is no text, or no tag, is passed over."""
    tags = [_tags[tag] for tag in islice(raw, MOST) if type(tag) is str]
    return tuple(dict.fromkeys(filter(None, tags)))


def _parse_tag(written: str) -> str:
    """The tag, "" where it is none."""
    if written.isalnum() and written.isascii():
        tag = written.lower()
    else:
        matches = _find()("#" + written.strip().lstrip("#\uff03"))
        tag = normal(matches[0]).strip(JOINERS) if matches else ""
    return "" if len(tag) > LONGEST or not tag.strip("0123456789_") else tag


_tags = BoundedMemo(_parse_tag, TAGS, keep=lambda written: len(written) <= LONGEST)


@cache
def _find() -> Any:
    """Finds tags in any text; compiled on first use, since that takes some milliseconds."""
    first, gone = ranges(CHARACTERS, closed=False) + _JOINERS, ranges({"gone"}, closed=False)
    marks = ranges(MARKS, closed=False)
    sign = _SIGN.format(word=first + marks)
    return re.compile(f"{sign}[{marks}{gone}]*([{first}][{first}{marks}{gone}]*)").findall
