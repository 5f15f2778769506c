"""Posts of people's own: an object of JSON, or a row of a table, with an id, a text and a time under usual names.

    {"id": 17, "text": "...", "created_at": "2026-11-20T09:30:15Z", "lang": "en", "user": "ann", "hashtags": ["mill"]}

The first of a field's names that is there and holds something counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gristmill.posts import hashtags, timestamps
from gristmill.posts.post import Post, checked

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: Names that people give each field, in the order that they are looked for.
IDS = ("id", "id_str", "post_id", "tweet_id", "status_id", "uri")
TEXTS = ("text", "full_text", "body", "content", "message", "tweet", "post")
TIMES = ("created_at", "time", "timestamp", "date", "datetime", "created", "createdat", "created_utc", "published_at")
LANGUAGES = ("language", "lang")
AUTHORS = ("author_id", "user_id", "author", "user", "username", "screen_name")
HASHTAGS = ("hashtags", "tags")
ORIGINALS = ("repost_of", "retweet_of", "retweeted_status_id", "reblog_of")
#: What an author's own object calls the author, and a tag's the tag.
_AUTHOR_KEYS = ("id", "id_str", "username", "screen_name", "name")
_TAG_KEYS = ("text", "tag", "name")

_FIELDS = (IDS, TEXTS, TIMES, LANGUAGES, AUTHORS, HASHTAGS, ORIGINALS)
_IDS, _TEXTS_OR_TIMES = frozenset(IDS), frozenset(TEXTS + TIMES)

#: Objects whose names, of so many characters at most, are remembered with the fields they are; then all are forgotten.
PLANS, NAMES = 256, 2048
_plans: dict[tuple[str, ...], list[list[str]]] = {}


def post(fields: Mapping[str, Any]) -> Post:
    """The post of an object or a row, by the names of its fields; NoPost where it is none."""
    identity, text, time, language, author, tags, origin = [
        fields[names[0]] if len(names) == 1 else _first(fields, names) for names in _plan(fields)
    ]
    if type(author) is dict:
        author = _first(author, _AUTHOR_KEYS)
    if type(tags) is str and tags:
        found = hashtags.listed(tags)
    elif type(tags) is list:
        found = hashtags.distinct(_first(tag, _TAG_KEYS) if type(tag) is dict else tag for tag in tags)
    else:
        found = hashtags.in_text(text)
    return checked((identity, text, timestamps.any_form(time), language, author, found, origin, "own"))


def is_post(fields: Mapping[str, Any]) -> bool:
    """Whether an object is meant as a post: it has an id, and a text or a time."""
    return not _IDS.isdisjoint(fields) and not _TEXTS_OR_TIMES.isdisjoint(fields)


def _plan(fields: Mapping[str, Any]) -> list[list[str]]:
    """The names of each field that an object has."""
    shape = tuple(fields)
    plan = _plans.get(shape)
    if plan is None:
        plan = [[name for name in names if name in fields] for names in _FIELDS]
        if sum(map(len, shape)) <= NAMES:
            if len(_plans) >= PLANS:
                _plans.clear()
            _plans[shape] = plan
    return plan


def _first(fields: Mapping[str, Any], names: Sequence[str]) -> Any:
    """The value of the first name that has one; None where none has."""
    for name in names:
        value = fields.get(name)
        if value is not None and value != "":
            return value
    return None
