"""Twitter, now X: API v1.1 and v2, as streams, pages and files have them.

v1.1    a post; a page {"statuses": [...]}; notices {"delete": {...}}, {"limit": {...}}
v2      {"data": POST or [POST...], "includes": {"tweets": [...]}}; a post by itself, what it refers to written in it

A text is HTML-escaped, and cut at 140 characters unless one looks where the whole is: v1.1 has `extended_tweet` or
`full_text`, v2 has `note_tweet` for a long one. A repost holds the original's text in a cut form: in v1.1 the whole is
in `retweeted_status`, in v2 in `includes`, or in the entry of `referenced_tweets`. A quote is a post of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gristmill.posts import hashtags, timestamps
from gristmill.posts.post import NoPost, Post, below, checked, objects

if TYPE_CHECKING:
    from collections.abc import Mapping

#: What v1.1 streams say between posts, by the key of the notice.
NOTICES = {
    "delete": "delete",
    "limit": "limit notice",
    "scrub_geo": "compliance event",
    "status_withheld": "compliance event",
    "user_withheld": "compliance event",
    "disconnect": "disconnect notice",
    "warning": "warning notice",
    "friends": "list of friends",
    "friends_str": "list of friends",
}
#: What only v2 has; one of these tells its post from anybody's own.
V2_KEYS = frozenset(
    (
        "conversation_id",
        "edit_history_tweet_ids",
        "note_tweet",
        "possibly_sensitive",
        "public_metrics",
        "referenced_tweets",
        "reply_settings",
        "__twarc",
    )
)
_ERRORS = frozenset(("errors", "error", "detail"))
#: All that stands beside an envelope's data.
ENVELOPE = frozenset(("data", "includes", "matching_rules", "meta", "errors", "__twarc"))
#: Characters of the posts that those of a page refer to, each as often as it is referred to: a page sends it but once.
HEAVIEST = 32 << 20


def v1(post: dict[str, Any]) -> Post:
    """A post of API v1.1."""
    source = below(post, "retweeted_status") or post
    extended = below(source, "extended_tweet")
    text = unescaped(extended.get("full_text") or source.get("full_text") or source.get("text"))
    tags = below(extended or source, "entities").get("hashtags")
    user = below(post, "user")
    return checked(
        (
            post.get("id_str") or post.get("id") or "",
            text,
            timestamps.stamp(post.get("created_at")),
            post.get("lang") or source.get("lang"),
            user.get("id_str") or user.get("id") or user.get("screen_name"),
            _tags(tags, "text", text),
            "" if source is post else source.get("id_str") or source.get("id"),
            "twitter",
        )
    )


def v2(post: dict[str, Any]) -> Post:
    """A post of API v2 with what it refers to written in it."""
    source, origin = post, ""
    for reference in objects(post.get("referenced_tweets")):
        if reference.get("type") == "retweeted":
            source, origin = reference if "text" in reference else post, reference.get("id") or ""
    note = below(source, "note_tweet")
    text = unescaped(note.get("text") or source.get("text"))
    author = below(post, "author")
    return checked(
        (
            post.get("id") or "",
            text,
            timestamps.stamp(post.get("created_at")),
            post.get("lang"),
            post.get("author_id") or author.get("id") or author.get("username") or "",
            _tags(below(note or source, "entities").get("hashtags"), "tag", text),
            origin,
            "twitter",
        )
    )


def envelope(message: dict[str, Any]) -> list[Any]:
    """The posts of an envelope of API v2, what they refer to written in them; NoPost where it is about none."""
    data = message["data"]
    if type(data) is dict and "id" not in data:
        raise NoPost("delete" if "delete" in data else "compliance event")
    posts = data if type(data) is list else [data]
    includes = objects(below(message, "includes").get("tweets"))
    if not includes:
        return [post if type(post) is not dict else {"referenced_tweets": [], **post} for post in posts]
    sent = {post["id"]: _content(post) for post in includes if type(post.get("id")) is str}
    filled = [_filled(post, sent) if type(post) is dict else post for post in posts]
    references = [reference for post in filled if type(post) is dict for reference in post["referenced_tweets"]]
    if sum(map(_weight, references)) > HEAVIEST:
        raise NoPost("line too long")
    return filled


def notice(message: dict[str, Any]) -> str:
    """The name of the counter of what a stream says between posts."""
    for key, name in NOTICES.items():
        if key in message:
            return name
    return "unknown shape" if _ERRORS.isdisjoint(message) else "error message"


def unescaped(text: Any) -> Any:
    """A text without the three escapes that Twitter and Reddit write; what is no text as it is."""
    if type(text) is str and "&" in text:
        return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return text


def _content(post: dict[str, Any]) -> dict[str, Any]:
    """What a repost takes from the post that it repeats."""
    return {key: post[key] for key in ("text", "note_tweet", "entities") if key in post}


def _filled(post: dict[str, Any], sent: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    references = objects(post.get("referenced_tweets"))
    filled = [
        {**reference, **sent[reference["id"]]}
        if type(reference.get("id")) is str and reference["id"] in sent
        else reference
        for reference in references
    ]
    return {**post, "referenced_tweets": filled}


def _weight(reference: dict[str, Any]) -> int:
    """Characters of a post that is referred to, and of the objects of its tags."""
    note = below(reference, "note_tweet")
    tags = [below(source, "entities").get("hashtags") for source in (reference, note)]
    texts = [source.get("text") for source in (reference, note)]
    return sum(len(text) for text in texts if type(text) is str) + 32 * sum(map(len, map(objects, tags)))


def _tags(tags: Any, key: str, text: Any) -> tuple[str, ...]:
    found = hashtags.named(tags, key)
    return hashtags.in_text(text) if found is None else found
