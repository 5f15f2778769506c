"""Posts of people's own: an object of JSON, or a row of a table, with an id, a text and a time under usual names.

    {"id": 17, "text": "...", "created_at": "2026-11-20T09:30:15Z", "lang": "en", "user": "ann", "hashtags": ["mill"]}

The first of a field's names that is there and holds something counts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jobs.social.formats import hashtags, times
from jobs.social.formats.fields import Post, checked

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Names that people give each field, in the order that they are looked for.
IDS = ("id", "id_str", "post_id", "tweet_id", "status_id", "uri")
TEXTS = ("text", "full_text", "body", "content", "message", "tweet", "post")
TIMES = ("created_at", "time", "timestamp", "date", "datetime", "created", "createdat", "created_utc", "published_at")
LANGUAGES = ("language", "lang")
AUTHORS = ("author_id", "user_id", "author", "user", "username", "screen_name")
HASHTAGS = ("hashtags", "tags")
ORIGINALS = ("repost_of", "retweet_of", "retweeted_status_id", "reblog_of")
#: In a name of an object: what an author's own object calls it.
_AUTHOR_KEYS = ("id", "id_str", "username", "screen_name", "name")
_IDS, _TEXTS_OR_TIMES = frozenset(IDS), frozenset(TEXTS + TIMES)
_TAG_KEYS = ("text", "tag", "name")


def post(fields: Mapping[str, Any]) -> Post:
    """The post of an object or a row, by the names of its fields; NoPost where it is none."""
    text = _first(fields, TEXTS)
    author = _first(fields, AUTHORS)
    if type(author) is dict:
        author = _first(author, _AUTHOR_KEYS)
    return checked(
        (
            _first(fields, IDS),
            text,
            times.any_form(_first(fields, TIMES)),
            _first(fields, LANGUAGES),
            author,
            _tags(_first(fields, HASHTAGS), text),
            _first(fields, ORIGINALS),
            "own",
        )
    )


def is_post(fields: Mapping[str, Any]) -> bool:
    """Whether an object is meant as a post: it has an id, and a text or a time."""
    return not _IDS.isdisjoint(fields) and not _TEXTS_OR_TIMES.isdisjoint(fields)


def _first(fields: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    for name in names:
        value = fields.get(name)
        if value is not None and value != "":
            return value
    return None


def _tags(raw: Any, text: Any) -> tuple[str, ...]:
    if type(raw) is str:
        return hashtags.listed(raw)
    if type(raw) is list:
        return hashtags.distinct(_first(tag, _TAG_KEYS) if type(tag) is dict else tag for tag in raw)
    return hashtags.in_text(text)
