"""People's own posts: an object of JSON, or a row of a table, with an id, a text and a time under usual names.

    {"id": 17, "text": "...", "created_at": "2026-11-20T09:30:15Z", "lang": "en", "user": "ann", "hashtags": ["mill"]}

Names are written in any case, and with or without underscores, blanks and hyphens: `createdAt`, `Created At`. Of
several names of a field the first counts whose value is neither null nor empty.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Callable

from gristmill.memo import BoundedMemo
from gristmill.posts import hashtags, json_line, timestamps
from gristmill.posts.post import NoPost, Post, check_post

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Names that people give each field, in the order that they are looked for.
IDS = ("id", "id_str", "post_id", "tweet_id", "status_id", "uri")
TEXTS = ("text", "full_text", "body", "raw_content", "content", "message", "tweet", "post")
TIMES = ("created_at", "time", "timestamp", "date", "datetime", "created", "created_utc", "published_at", "published")
LANGUAGES = ("language", "lang")
AUTHORS = ("author_id", "user_id", "author", "user", "username", "screen_name", "user_screen_name")
HASHTAGS = ("hashtags", "tags")
ORIGINALS = ("repost_of", "retweet_of", "retweeted_status_id", "reblog_of")
#: Names of an author within an object, and of a tag within one.
_AUTHOR_KEYS = ("id", "id_str", "username", "screen_name", "name")
_TAG_KEYS = ("text", "tag", "name")

_FIELDS = (IDS, TEXTS, TIMES, LANGUAGES, AUTHORS, HASHTAGS, ORIGINALS)

#: All of them.
FIELD_NAMES = tuple(name for names in _FIELDS for name in names)

_BETWEEN = dict.fromkeys(map(ord, "_- "))

#: Shapes of objects that are remembered; characters of the names of one.
PLANS, NAMES = 256, 2048


def parse_fields(fields: Mapping[str, Any], parse_time: Callable[[Any], int] = timestamps.parse_any) -> Post:
    """The post of an object or a row, by the names of its fields; NoPost where it is none."""
    identity, text, time, language, author, tags, origin = [
        fields[names[0]] if len(names) == 1 else _first(fields, names) for names in _plans[tuple(fields)]
    ]
    if type(author) is dict:
        author = _first(author, _AUTHOR_KEYS)
    if type(tags) is str and tags:
        distinct = tags_in_cell(tags)
    elif type(tags) is list:
        distinct = hashtags.distinct(_first(tag, _TAG_KEYS) if type(tag) is dict else tag for tag in tags)
    else:
        distinct = hashtags.in_text(text)
    return check_post((identity, text, parse_time(time), language, author, distinct, origin, "own"))


def is_post(fields: Mapping[str, Any]) -> bool:
    """Whether an object is meant as a post: whether it has an id, and a text or a time."""
    identity, text, time, *_ = _plans[tuple(fields)]
    return bool(identity and (text or time))


def tags_in_cell(cell: str) -> tuple[str, ...]:
    """The tags of a table's cell, which may hold a list of JSON."""
    if cell.startswith("["):
        with suppress(NoPost):
            tags = json_line.parse_json(cell)
            return hashtags.distinct(_first(tag, _TAG_KEYS) if type(tag) is dict else tag for tag in tags)
    return hashtags.in_cell(cell)


def squeeze(name: str) -> str:
    """A name as it is compared: in lower case, without what people write between its words."""
    return name.lower().translate(_BETWEEN)


def _plan(shape: tuple[str, ...]) -> list[list[str]]:
    """Of each field, the names that stand in an object whose names are `shape`."""
    standing = {squeeze(name): name for name in reversed(shape)}
    return [[standing[name] for name in map(squeeze, names) if name in standing] for names in _FIELDS]


_plans = BoundedMemo(_plan, PLANS, keep=lambda shape: sum(map(len, shape)) <= NAMES)


def _first(fields: Mapping[str, Any], names: Sequence[str]) -> Any:
    """The value of the first name that has one; None where none has."""
    for name in names:
        value = fields.get(name)
        if value is not None and value != "":
            return value
    return None
