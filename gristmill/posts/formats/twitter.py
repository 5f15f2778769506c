"""Twitter, now X: API v1.1 and v2, in streams, pages and files.

v1.1    a post; a page {"statuses": [...]}; notices {"delete": {...}}, {"limit": {...}}
v2      {"data": POST or [POST...], "includes": {"tweets": [...]}}; a post by itself, with its references filled in

archive {"tweet": POST} of tweets.js; {"like": {...}} of like.js
others  snscrape's {"_type": ..., "rawContent": ..., "date": ...}; rows of twarc-csv, columns `referenced_tweets.…`

A text is HTML-escaped, and `text` is cut at 140 characters: the whole is in `extended_tweet` or `full_text` in v1.1, in
`note_tweet` in v2 if it is long. A repost's own text is cut too: the whole is in `retweeted_status` in v1.1, in v2 in
`includes`, or in the entry of `referenced_tweets`. A quote is a post of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gristmill.posts import hashtags, timestamps
from gristmill.posts.formats.own import tags_in_cell
from gristmill.posts.post import NoPost, Post, check_post, object_at, objects_in
from gristmill.posts.skip import Skip

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: What v1.1 streams send between posts, by the key of the notice.
NOTICES = {
    "delete": Skip.DELETE,
    "limit": Skip.LIMIT_NOTICE,
    "scrub_geo": Skip.COMPLIANCE_EVENT,
    "status_withheld": Skip.COMPLIANCE_EVENT,
    "user_withheld": Skip.COMPLIANCE_EVENT,
    "disconnect": Skip.DISCONNECT_NOTICE,
    "warning": Skip.WARNING_NOTICE,
    "friends": Skip.FRIENDS,
    "friends_str": Skip.FRIENDS,
    "like": Skip.LIKE,
}
#: Keys of a post of v2 alone: one of these tells it from people's own.
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
#: What the columns of twarc-csv begin with that others' do not.
_COLUMNS = ("referenced_tweets.", "public_metrics.", "edit_history_tweet_ids", "__twarc.")
_ERRORS = frozenset(("errors", "error", "detail"))
#: The keys that an envelope may have.
ENVELOPE = frozenset(("data", "includes", "matching_rules", "meta", "errors", "__twarc"))
#: Characters of all references of a page once they are filled in: a page sends a text once and may refer to it often.
HEAVIEST = 32 << 20


def parse_v1(post: dict[str, Any]) -> Post:
    """The post of an object of API v1.1; NoPost as in `check_post`."""
    source = object_at(post, "retweeted_status") or post
    extended = object_at(source, "extended_tweet")
    text = unescape(extended.get("full_text") or source.get("full_text") or source.get("text"))
    tags = object_at(extended or source, "entities").get("hashtags")
    user = object_at(post, "user")
    return check_post(
        (
            post.get("id_str") or post.get("id") or "",
            text,
            timestamps.parse_stamp(post.get("created_at")),
            post.get("lang") or source.get("lang"),
            user.get("id_str") or user.get("id") or user.get("screen_name"),
            _tags(tags, "text", text),
            "" if source is post else source.get("id_str") or source.get("id"),
            "twitter",
        )
    )


def parse_v2(post: dict[str, Any]) -> Post:
    """The post of an object of API v2 whose references are filled in; NoPost as in `check_post`."""
    source, origin = post, ""
    for reference in objects_in(post.get("referenced_tweets")):
        if reference.get("type") == "retweeted":
            source, origin = reference if "text" in reference else post, reference.get("id") or ""
    note = object_at(source, "note_tweet")
    text = unescape(note.get("text") or source.get("text"))
    author = object_at(post, "author")
    return check_post(
        (
            post.get("id") or "",
            text,
            timestamps.parse_stamp(post.get("created_at")),
            post.get("lang"),
            post.get("author_id") or author.get("id") or author.get("username") or "",
            _tags(object_at(note or source, "entities").get("hashtags"), "tag", text),
            origin,
            "twitter",
        )
    )


def parse_snscrape(post: dict[str, Any]) -> Post:
    """The post of an object that snscrape wrote; NoPost as in `check_post`."""
    source = object_at(post, "retweetedTweet") or post
    text = unescape(source.get("rawContent") or source.get("content"))
    user, tags = object_at(post, "user"), source.get("hashtags")
    return check_post(
        (
            post.get("id") or "",
            text,
            timestamps.parse_stamp(post.get("date")),
            post.get("lang") or source.get("lang"),
            user.get("id") or user.get("username"),
            hashtags.distinct(tags) if type(tags) is list else hashtags.in_text(text),
            "" if source is post else source.get("id"),
            "twitter",
        )
    )


def is_table_of_v2(names: Iterable[str]) -> bool:
    """Whether columns are those of twarc-csv."""
    return any(name.startswith(_COLUMNS) for name in names)


def parse_row(fields: Mapping[str, str]) -> Post:
    """The post of a row of twarc-csv, which writes line ends in a text as \\n; NoPost as in `check_post`."""
    text = unescape(fields.get("text", "")).replace("\\n", "\n")
    tags = fields.get("entities.hashtags")
    return check_post(
        (
            fields.get("id"),
            text,
            timestamps.parse_stamp(fields.get("created_at")),
            fields.get("lang"),
            fields.get("author_id") or fields.get("author.id"),
            tags_in_cell(tags) if tags else hashtags.in_text(text),
            fields.get("referenced_tweets.retweeted.id"),
            "twitter",
        )
    )


def unwrap(message: dict[str, Any]) -> list[Any]:
    """The posts of an envelope of API v2, their references filled in; NoPost where it holds none, or too much text."""
    data = message["data"]
    if type(data) is dict and "id" not in data:
        raise NoPost(Skip.DELETE if "delete" in data else Skip.COMPLIANCE_EVENT)
    if data is None and _is_empty(message):
        raise NoPost(Skip.EMPTY_PAGE)
    posts = data if type(data) is list else [data]
    includes = objects_in(object_at(message, "includes").get("tweets"))
    if not includes:
        return [post if type(post) is not dict else {"referenced_tweets": [], **post} for post in posts]
    sent = {post["id"]: _content(post) for post in includes if type(post.get("id")) is str}
    filled = [_fill(post, sent) if type(post) is dict else post for post in posts]
    references = [reference for post in filled if type(post) is dict for reference in post["referenced_tweets"]]
    if sum(map(_weight, references)) > HEAVIEST:
        raise NoPost(Skip.LINE_TOO_LONG)
    return filled


def notice(message: dict[str, Any]) -> Skip:
    """What an object of no other shape is: a notice between posts, a page without any, an error message, or unknown."""
    if _is_empty(message):
        return Skip.EMPTY_PAGE
    for key, skip in NOTICES.items():
        if key in message:
            return skip
    return Skip.UNKNOWN_SHAPE if _ERRORS.isdisjoint(message) else Skip.ERROR_MESSAGE


def _is_empty(message: dict[str, Any]) -> bool:
    """Whether a page says that it has no post; it then has no `data`."""
    return object_at(message, "meta").get("result_count") == 0


def unescape(text: Any) -> Any:
    """A text without the three escapes that Twitter and Reddit write; a value that is no text as it is."""
    if type(text) is str and "&" in text:
        return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
    return text


def _content(post: dict[str, Any]) -> dict[str, Any]:
    """The fields that a repost takes from the post that it repeats."""
    return {key: post[key] for key in ("text", "note_tweet", "entities") if key in post}


def _fill(post: dict[str, Any], sent: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
    """A post with the content that was `sent`, by id, in its references."""
    references = objects_in(post.get("referenced_tweets"))
    filled = [
        {**reference, **sent[reference["id"]]}
        if type(reference.get("id")) is str and reference["id"] in sent
        else reference
        for reference in references
    ]
    return {**post, "referenced_tweets": filled}


def _weight(reference: dict[str, Any]) -> int:
    """Characters of a post that is referred to, and of the objects of its tags."""
    note = object_at(reference, "note_tweet")
    tags = [object_at(source, "entities").get("hashtags") for source in (reference, note)]
    texts = [source.get("text") for source in (reference, note)]
    return sum(len(text) for text in texts if type(text) is str) + 32 * sum(map(len, map(objects_in, tags)))


def _tags(tags: Any, key: str, text: Any) -> tuple[str, ...]:
    """The tags that Twitter lists under `key`; those in the text where it lists none."""
    listed = hashtags.in_objects(tags, key)
    return hashtags.in_text(text) if listed is None else listed
