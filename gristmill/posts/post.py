"""A post, and the fields that it is made of, checked.

What a platform gave as an id, a text, a language may be anything that JSON can say. `checked` makes fields of it that
are what `Post` promises, the same on every Python, or says why there is no post.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

#: Characters; a longer one is no platform's.
LONGEST_ID = 512
#: Languages whose tag is remembered, with how each is written; then all are forgotten.
LANGUAGES = 4096
#: An id as a number: below this. Twitter's and Mastodon's have up to 64 bits.
_IDS = 10**30

_plain_id = re.compile("[!-~]{1,%d}" % LONGEST_ID).fullmatch  # noqa: UP031 (braces)
_control = re.compile("[\0-\x1f\x7f-\x9f]").search
#: What a spreadsheet, or a column that became numbers, makes of an id. Several posts then share it.
_rounded = re.compile(r"[0-9](\.[0-9]+)?[eE]\+[0-9]+|[0-9]+\.0*").fullmatch
_SURROGATE = re.compile("[\ud800-\udfff]")
_tag = re.compile("([A-Za-z]{2,3})(?:[-_].*)?", re.DOTALL).fullmatch
#: Old codes that Twitter and Java still write; and codes that say that there is no language, or none that is known.
_RENAMED = {"in": "id", "iw": "he", "ji": "yi", "und": "", "zxx": "", "mis": "", "mul": "", "art": ""}
_languages: dict[str, str] = {}


class Post(NamedTuple):
    """A post; no field but `text` holds a control character, and none holds half a surrogate pair."""

    #: Unique with the platform.
    id: str
    #: Whole, without the platform's escapes or markup; more than white space.
    text: str
    #: Seconds since 1970 UTC, before the year 10,000.
    time: int
    #: The primary subtag of its tag, in lower case: "en"; "" where the post does not say.
    language: str
    #: The platform's id of the author where it has one, else the name; "" where the post does not say.
    author: str
    #: Without #, casefolded and NFC, each once, in order.
    hashtags: tuple[str, ...]
    #: The id of the post that this one repeats, "" for an original; one that quotes another is an original.
    repost_of: str
    #: "twitter", "bluesky", "mastodon", "reddit" or "own".
    platform: str


#: The fields of a post, in order; id, text, language, author and repost_of may be anything.
Raw = tuple[Any, Any, int, Any, Any, tuple[str, ...], Any, str]


class NoPost(Exception):
    """What was met is no post; the message is the name of the counter that says why."""


def checked(raw: Raw) -> Post:
    """The post of the fields that the platform gave, by the rules of `Post`; NoPost where they make none."""
    identity, text, time, language, author, hashtags, origin, platform = raw
    identity = written(identity)
    if not identity:
        raise NoPost("no id")
    if type(text) is not str:
        raise NoPost("no text" if text is None else "text of a wrong type")
    if not text or text.isspace():
        raise NoPost("no text")
    return Post(
        identity,
        text if text.isascii() else whole(text),
        time,
        spoken(language),
        name(author) if author else "",
        hashtags,
        name(origin) if origin else "",
        platform,
    )


def written(identity: Any) -> str:
    """An id as text, "" where there is none; NoPost where it is one that cannot tell posts apart."""
    if type(identity) is str:
        if identity.isalnum() and identity.isascii() and len(identity) <= LONGEST_ID:  # as most are
            return identity
        if not _plain_id(identity):
            identity = whole(identity).strip()
            if len(identity) > LONGEST_ID or _control(identity):
                raise NoPost("id is not one short line")
        if _rounded(identity):
            raise NoPost("id was rounded")
        return str(identity)
    if identity is None:
        return ""
    if type(identity) is not int:
        raise NoPost("id was rounded" if type(identity) is float else "id of a wrong type")
    if not 0 <= identity < _IDS:
        raise NoPost("id out of range")
    return str(identity)


def name(raw: Any) -> str:
    """An author, or the id of another post, as text; "" where it is not one short line."""
    if type(raw) is str and _plain_id(raw):
        return raw
    try:
        return written(raw)
    except NoPost:
        return ""


def whole(text: str) -> str:
    """The text with U+FFFD for each half of a surrogate pair, which JSON can write and UTF-8 cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub("\ufffd", text)
    return text


def spoken(raw: Any) -> str:
    """The primary subtag of a language's tag in lower case; "" where that says no language."""
    if type(raw) is not str:
        return ""
    known = _languages.get(raw)
    if known is not None:
        return known
    found = _tag(raw)
    code = found[1].lower() if found else ""
    code = _RENAMED.get(code, code)
    # qaa to qtz are nobody's; Twitter says by them that a text is all links, tags or the like
    if len(code) == 3 and "qaa" <= code <= "qtz":
        code = ""
    if len(raw) <= LONGEST_ID:
        if len(_languages) >= LANGUAGES:
            _languages.clear()
        _languages[raw] = code
    return code


def below(value: Any, *keys: str) -> dict[str, Any]:
    """The object at the end of a path of keys; an empty one where there is none."""
    for key in keys:
        value = value.get(key) if type(value) is dict else None
    return value if type(value) is dict else {}


def objects(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; none where it is no list."""
    return [entry for entry in value if type(entry) is dict] if type(value) is list else []
