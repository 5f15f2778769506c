"""Reddit: comments and submissions, bare as in archives, or wrapped as by the API.

    {"name": "t1_...", "body": ..., "created_utc": SECONDS, "author_fullname": "t2_...", "subreddit": ...}
    {"name": "t3_...", "title": ..., "selftext": ..., "created_utc": SECONDS, ...}
    {"kind": "t1" or "t3", "data": {...}}, {"kind": "Listing", "data": {"children": [...]}}

A submission's text is its title, an empty line, and its `selftext`. Answers in a comment's `replies` are posts too.
Text is HTML-escaped. What was removed has a notice in its place. A crosspost has a title of its own, so it is an
original.
"""

from __future__ import annotations

import re
from typing import Any

from gristmill.posts import hashtags, timestamps
from gristmill.posts.formats.twitter import unescape
from gristmill.posts.post import NoPost, Post, check_post, object_at
from gristmill.posts.skip import Skip

#: What Reddit writes in place of a title, a text or an author that is gone: [deleted], [deleted by user],
#: [ Removed by moderator ], [ Removed by reddit on account of violating the [content policy](/help/contentpolicy). ]
_gone = re.compile(
    r"\s*\[\s*(?:deleted|removed|unavailable)(?:\s+(?:by|in\s+response\s+to|on\s+account\s+of|due\s+to|for)\s"
    r"[^\[\]]{1,200}(?:\[[^\[\]]{1,200}\]\([^()]{1,200}\)[^\[\]]{0,200})?)?\s*\]\s*",
    re.IGNORECASE,
).fullmatch


def unwrap(wrapped: dict[str, Any]) -> list[Any]:
    """The values in {"kind": ..., "data": ...}, a listing or one post; NoPost where that is neither."""
    kind, data = wrapped["kind"], object_at(wrapped, "data")
    if kind == "Listing" and type(data.get("children")) is list:
        return list(data["children"])
    if kind == "more":
        raise NoPost(Skip.MORE_COMMENTS)
    if "created_utc" not in data:
        raise NoPost(Skip.OTHER_THING)
    return [data]


def parse_thing(thing: dict[str, Any]) -> Post | list[Any]:
    """The post of a bare comment or submission; of one with answers, a list of it without them, and of them."""
    replies = thing.get("replies")
    if type(replies) is dict:
        return [{**thing, "replies": ""}, replies]
    prefix = "t1_" if "body" in thing else "t3_"
    short = thing.get("id")
    text, author = _text(thing), thing.get("author")
    return check_post(
        (
            thing.get("name") or (prefix + short if short and type(short) is str else ""),
            text,
            timestamps.parse_any(thing.get("created_utc")),
            "",
            thing.get("author_fullname") or ("" if _is_gone(author) else author),
            hashtags.in_text(text),
            "",
            "reddit",
        )
    )


def _text(thing: dict[str, Any]) -> Any:
    """The text of a thing; NoPost where all or a part of it was removed."""
    title, selftext = (thing["body"], "") if "body" in thing else (thing["title"], thing.get("selftext"))
    title, selftext = unescape(title), unescape(selftext)
    if _is_gone(title) or _is_gone(selftext):
        raise NoPost(Skip.TEXT_REMOVED)
    if selftext and type(selftext) is type(title) is str:
        return f"{title}\n\n{selftext}"
    return title


def _is_gone(text: Any) -> bool:
    return bool(text) and type(text) is str and "[" in text[:9] and bool(_gone(text))
