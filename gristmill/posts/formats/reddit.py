"""Reddit: comments and submissions, bare as archives have them, or wrapped as the API does.

    {"name": "t1_...", "body": ..., "created_utc": SECONDS, "author_fullname": "t2_...", "subreddit": ...}
    {"name": "t3_...", "title": ..., "selftext": ..., "created_utc": SECONDS, ...}
    {"kind": "t1" or "t3", "data": {...}}, {"kind": "Listing", "data": {"children": [...]}}

A submission's text is its title, an empty line, and what stands below it. Answers in a comment's `replies` are posts
too. Text is HTML-escaped. A crosspost has a title of its own: an original.
"""

from __future__ import annotations

from typing import Any

from gristmill.posts import hashtags, timestamps
from gristmill.posts.formats.twitter import unescaped
from gristmill.posts.post import NoPost, Post, below, checked

#: What stands where a text or an author was.
_GONE = ("[deleted]", "[removed]")


def things(wrapped: dict[str, Any]) -> list[Any]:
    """The things that a wrapped one holds; NoPost where that is none."""
    kind, data = wrapped["kind"], below(wrapped, "data")
    if kind == "Listing" and type(data.get("children")) is list:
        return list(data["children"])
    if kind == "more":
        raise NoPost("placeholder for more comments")
    if "created_utc" not in data:
        raise NoPost("thing of another kind")
    return [data]


def post(thing: dict[str, Any]) -> Post | list[Any]:
    """The post of a bare comment or submission; where it has answers, it without them, and they."""
    replies = thing.get("replies")
    if type(replies) is dict:
        return [{**thing, "replies": ""}, replies]
    prefix = "t1_" if "body" in thing else "t3_"
    short = thing.get("id")
    text = _text(thing)
    if text in _GONE:
        raise NoPost("text was removed")
    author = thing.get("author")
    return checked(
        (
            thing.get("name") or (prefix + short if short and type(short) is str else ""),
            text,
            timestamps.any_form(thing.get("created_utc")),
            "",
            thing.get("author_fullname") or ("" if author in _GONE else author),
            hashtags.in_text(text),
            "",
            "reddit",
        )
    )


def _text(thing: dict[str, Any]) -> Any:
    if "body" in thing:
        return unescaped(thing["body"])
    title, below_it = unescaped(thing["title"]), unescaped(thing.get("selftext"))
    if below_it in _GONE:
        return below_it
    if below_it and type(below_it) is type(title) is str:
        return f"{title}\n\n{below_it}"
    return title
