"""A post, and the checks that make one of the fields that a platform sends.

An id, a text or a language may be any value of JSON. `check_post` makes of them what `Post` promises, the same on every
Python, or raises NoPost with the reason.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from gristmill.memo import BoundedMemo
from gristmill.posts.skip import Skip

#: Characters; no platform's id is longer.
LONGEST_ID = 512
#: Language tags that are remembered.
LANGUAGES = 4096
#: The languages that VADER knows; "" stands for posts that do not say theirs.
SCORED = ("en", "")
#: An id as a number is below this. Twitter's and Mastodon's have up to 64 bits.
_IDS = 10**30

_plain_id = re.compile("[!-~]{1,%d}" % LONGEST_ID).fullmatch  # noqa: UP031 (braces)
_control = re.compile("[\0-\x1f\x7f-\x9f]").search
#: What a spreadsheet, or a column that became numbers, makes of an id. Several posts then share it.
_rounded = re.compile(r"[0-9](\.[0-9]+)?[eE]\+[0-9]+|[0-9]+\.0*").fullmatch
_SURROGATE = re.compile("[\ud800-\udfff]")
_tag = re.compile("([A-Za-z]{2,3})(?:[-_].*)?", re.DOTALL).fullmatch
#: Old codes that Twitter and Java still write; and codes for no language, or for one that is unknown.
_RENAMED = {"in": "id", "iw": "he", "ji": "yi", "und": "", "zxx": "", "mis": "", "mul": "", "art": ""}


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


#: The fields of a post, in order; id, text, language, author and repost_of may be any value of JSON.
Raw = tuple[Any, Any, int, Any, Any, tuple[str, ...], Any, str]


class NoPost(Exception):
    """A line, or a value in one, that gives no post; its text is the counter's name."""

    def __init__(self, skip: Skip) -> None:
        """The exception for this reason."""
        super().__init__(skip.value)
        #: The reason.
        self.skip = skip


def check_post(raw: Raw) -> Post:
    """The post of the fields that a platform sent, by the rules of `Post`; NoPost where id or text break one."""
    identity, text, time, language, author, hashtags, origin, platform = raw
    identity = parse_id(identity)
    if not identity:
        raise NoPost(Skip.NO_ID)
    if type(text) is not str:
        raise NoPost(Skip.NO_TEXT if text is None else Skip.TEXT_OF_WRONG_TYPE)
    if not text or text.isspace():
        raise NoPost(Skip.NO_TEXT)
    return Post(
        identity,
        text if text.isascii() else replace_surrogates(text),
        time,
        primary_language(language),
        parse_name(author) if author else "",
        hashtags,
        parse_name(origin) if origin else "",
        platform,
    )


def parse_id(raw: Any) -> str:
    """An id as text, "" where there is none; NoPost where it is one that several posts may share."""
    if type(raw) is str:
        if raw.isalnum() and raw.isascii() and len(raw) <= LONGEST_ID:  # as most are
            return raw
        if not _plain_id(raw):
            raw = replace_surrogates(raw).strip()
            if len(raw) > LONGEST_ID or _control(raw):
                raise NoPost(Skip.ID_NOT_A_SHORT_LINE)
        if _rounded(raw):
            raise NoPost(Skip.ID_ROUNDED)
        return str(raw)
    if raw is None:
        return ""
    if type(raw) is not int:
        raise NoPost(Skip.ID_ROUNDED if type(raw) is float else Skip.ID_OF_WRONG_TYPE)
    if not 0 <= raw < _IDS:
        raise NoPost(Skip.ID_OUT_OF_RANGE)
    return str(raw)


def parse_name(raw: Any) -> str:
    """An author, or the id of another post, as text; "" where it is not one short line."""
    if type(raw) is str and _plain_id(raw):
        return raw
    try:
        return parse_id(raw)
    except NoPost:
        return ""


def replace_surrogates(text: str) -> str:
    """The text with U+FFFD for each half of a surrogate pair, which JSON can write and UTF-8 cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return _SURROGATE.sub("\ufffd", text)
    return text


def primary_language(raw: Any) -> str:
    """The primary subtag of a language's tag in lower case; "" where it names no language."""
    return _languages[raw] if type(raw) is str else ""


def choose_language(raw: Any) -> Any:
    """Of a list of tags one in a language that VADER knows, else the first that names one; "" where none does."""
    if type(raw) is not list:
        return ""
    if len(raw) == 1:
        return raw[0]
    named = [tag for tag in raw if primary_language(tag)]
    return next((tag for tag in named if primary_language(tag) in SCORED), named[0] if named else "")


def _parse_language(tag: str) -> str:
    match = _tag(tag)
    code = match[1].lower() if match else ""
    code = _RENAMED.get(code, code)
    # qaa to qtz are for private use; Twitter writes them for a text of links or tags alone
    return "" if len(code) == 3 and "qaa" <= code <= "qtz" else code


_languages = BoundedMemo(_parse_language, LANGUAGES, keep=lambda tag: len(tag) <= LONGEST_ID)


def object_at(value: Any, *keys: str) -> dict[str, Any]:
    """The object at the end of a path of keys; an empty one where there is none."""
    for key in keys:
        value = value.get(key) if type(value) is dict else None
    return value if type(value) is dict else {}


def objects_in(value: Any) -> list[dict[str, Any]]:
    """The objects of a list; none where it is no list."""
    return [entry for entry in value if type(entry) is dict] if type(value) is list else []
