"""Hashtags: those that a platform names beside a text, else those that stand in it.

A tag is a run of word characters (as `gristmill.text.words` has them, by Unicode 13.0 on every Python) and of the
joiners that Twitter allows, not digits alone, of up to 100 characters. In a text a # stands before it, and before that
no word character and no &; none stands in a link.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from gristmill.text.words import normal, ranges

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Characters, as Twitter has it; longer ones are no tags.
LONGEST = 100

#: Tags that are remembered as they are written; then all are forgotten. Under 20 MB.
TAGS = 1 << 16

#: Marks of Tibetan, Hebrew, Persian, Japanese and Catalan that stand within words.
_JOINERS = "\u00b7\u05be\u05f3\u05f4\u0f0b\u0f0c\u200c\u200d\u3003\u301c\u309b\u309c\u30a0\u30fb\uff5e"
#: A # that is no digit's key, and what must not stand before it; then the tag.
_TAG = "[#\uff03](?<![{word}&].)(?![\ufe0f\u20e3])([{word}]+)"
_find_ascii = re.compile(_TAG.format(word="0-9A-Za-z_")).findall
_without_links = re.compile(r"https?://\S+").sub
_apart = re.compile(r"[\s,;|#\uff03\[\]'\"]+").split
_tags: dict[str, str] = {}


def in_text(text: Any) -> tuple[str, ...]:
    """The tags in a text; none where it is no text."""
    if type(text) is not str or ("#" not in text and "\uff03" not in text):
        return ()
    if "://" in text:
        text = _without_links(" ", text)
    return distinct((_find_ascii if text.isascii() else _find())(text))


def named(tags: Any, key: str) -> tuple[str, ...] | None:
    """The tags of a list of objects that each have one under `key`; None where that is no list."""
    if type(tags) is not list:
        return None
    return distinct(tag.get(key) for tag in tags if type(tag) is dict) if tags else ()


def listed(tags: str) -> tuple[str, ...]:
    """The tags of a cell of a table, whatever stands between them."""
    return distinct(_apart(tags))


def distinct(tags: Iterable[Any]) -> tuple[str, ...]:
    """Tags, each once, in order, of texts that each are one, with a # before it or not."""
    found = [_tags[tag] if tag in _tags else _one(tag) for tag in tags if type(tag) is str]
    return tuple(dict.fromkeys(filter(None, found)))


def _one(written: str) -> str:
    if written.isalnum() and written.isascii():
        tag = written.lower()
    else:
        found = _find()("#" + written.strip().lstrip("#\uff03"))
        tag = normal(found[0]) if found else ""
    if len(tag) > LONGEST or not tag.strip("0123456789_"):
        tag = ""
    if len(written) <= LONGEST:
        if len(_tags) >= TAGS:
            _tags.clear()
        _tags[written] = tag
    return tag


@cache
def _find() -> Any:
    """Finds tags in any text; compiled when first asked for, which takes some milliseconds."""
    return re.compile(_TAG.format(word=ranges({"word", "mark", "cjk", "cjk-mark"}, closed=False) + _JOINERS)).findall
