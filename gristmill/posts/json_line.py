"""A line of JSON to its value, the same on every Python, in time linear in its length.

Python's own `json` differs between versions, or can be made to fail, where objects nest deep, where a number has
thousands of digits, where a line holds a byte that is not UTF-8, and where it ends early. Here:

- a line of more than 8 MB, or with more than 200 objects and lists within each other, is refused before it is decoded;
- a whole number has any length, but its value may be that of its first 40 digits; NaN and the infinities are null;
- halves of surrogate pairs stay in strings; `gristmill.posts.post` puts U+FFFD there.
"""

from __future__ import annotations

import re
from itertools import accumulate
from json import JSONDecodeError, JSONDecoder
from typing import TYPE_CHECKING, Any

from gristmill.posts.post import NoPost
from gristmill.posts.skip import Skip

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Bytes of a line. A page of 500 posts of API v2 has about 2 million. The value of as many takes 240 MB at most.
LONGEST = 8 << 20
#: Objects and lists within each other. A tree of Reddit's comments has five for each answer to an answer.
DEEPEST = 200
#: Digits of a number that any post's field has use for.
_DIGITS = 40
#: From so many characters on, a line is searched for long numbers first: old Pythons take the square of their length.
_MANY = 1 << 16

_string = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"?', re.DOTALL)
_others = re.compile(r"[^\[\]{}]+")
_gap = re.compile(r"[\s,\x1e]*").match
_STEPS = {"[": 1, "{": 1, "]": -1, "}": -1}
_ZEROS = dict.fromkeys(map(ord, "123456789"), "0")


def _shorten(number: str) -> int:
    """A whole number; the first digits of one that is too long for any field, so that it stays out of range."""
    return int(number[:_DIGITS])


_decode = JSONDecoder(parse_constant=lambda _: None).raw_decode
_decode_carefully = JSONDecoder(parse_int=_shorten, parse_constant=lambda _: None).raw_decode


def parse_json(text: str) -> Any:
    """The value of a text of JSON without white space around it; a comma may follow. NoPost where it is none.

    Where objects or lists follow, a list of all; a Skip stands in it for what is none.
    """
    if len(text) > DEEPEST and text.count("{") + text.count("[") > DEEPEST and _depth(text) > DEEPEST:
        raise NoPost(Skip.NESTED_TOO_DEEP)
    decode = _decode_carefully if len(text) > _MANY and "0" * 4300 in text.translate(_ZEROS) else _decode
    try:
        try:
            value, end = decode(text)
        except JSONDecodeError:
            raise
        except ValueError:  # a number of more digits than this Python takes
            value, end = _decode_carefully(text)
    except JSONDecodeError:
        raise NoPost(Skip.TORN_LINE if text[:1] in ("{", "[") and _is_torn(text) else Skip.NOT_JSON) from None
    if end == len(text):
        return value
    rest = text[_skip_gap(text, end) :]
    if rest[:1] in ("{", "["):
        return [value, *_parse_all(rest)]
    if rest:
        raise NoPost(Skip.NOT_JSON)
    return value  # a comma follows, as where a list stands on many lines


def _parse_all(text: str) -> Iterator[Any]:
    """The values beside each other, with or without a comma; a Skip for what is none, the last."""
    at = 0
    while at < len(text):
        try:
            value, at = _decode_carefully(text, at)
        except JSONDecodeError:
            yield Skip.TORN_LINE if _is_torn(text[at:]) else Skip.NOT_JSON
            return
        yield value
        at = _skip_gap(text, at)


def _skip_gap(text: str, at: int) -> int:
    """Where the next value begins, or the text ends."""
    match = _gap(text, at)
    return match.end() if match else at


def _depth(text: str) -> int:
    """How many objects and lists are open at most."""
    return max(accumulate(map(_STEPS.__getitem__, _brackets(text))), default=0)


def _is_torn(text: str) -> bool:
    """Whether a string, an object or a list is open at the end."""
    if text.replace("\\\\", "").replace('\\"', "").count('"') % 2:
        return True
    brackets = _brackets(text)
    return brackets.count("{") + brackets.count("[") > brackets.count("}") + brackets.count("]")


def _brackets(text: str) -> str:
    """The brackets that are in no string."""
    return _others.sub("", _string.sub("", text))
