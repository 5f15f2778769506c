"""Bluesky: events of Jetstream, one of one account's repository a line, and what the API answers.

    {"did": ACCOUNT, "time_us": MICROSECONDS, "kind": "commit", "commit": {"operation": "create",
     "collection": "app.bsky.feed.post", "rkey": KEY, "record": {"text": ..., "langs": [...], "facets": [...], ...}}}

    {"uri": "at://ACCOUNT/app.bsky.feed.post/KEY", "author": {"did": ACCOUNT, ...}, "indexedAt": ..., "record": {...}}
    {"post": {"uri": ..., ...}, "reason": {"by": {"did": ACCOUNT, ...}, "indexedAt": ...}, "replies": [...]}
    {"uri": ..., "cid": ..., "value": {...}}

The API's are in lists: `feed` of getAuthorFeed, `posts` of searchPosts, `records` of listRecords. The id is
ACCOUNT/KEY. The time is the server's, `time_us` or `indexedAt`; `createdAt` is set by the author's program, and counts
where there is no other. Most events are likes. A repost comes without the text of what it repeats, so it is
no post, but for one of a feed; a quote is one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gristmill.posts import hashtags, timestamps
from gristmill.posts.post import NoPost, Post, check_post, choose_language, object_at, objects_in, parse_id, parse_name
from gristmill.posts.skip import Skip

if TYPE_CHECKING:
    from collections.abc import Iterator

_COLLECTION = "app.bsky.feed.post"
_OTHERS = {
    "app.bsky.feed.like": Skip.LIKE,
    "app.bsky.feed.repost": Skip.REPOST_WITHOUT_TEXT,
    "app.bsky.graph.follow": Skip.FOLLOW,
    "app.bsky.graph.block": Skip.BLOCK,
}
_KINDS = {"identity": Skip.ACCOUNT_EVENT, "account": Skip.ACCOUNT_EVENT}

_address = re.compile("at://([^/]+)/[^/]+/([^/]+)").fullmatch

#: Matches a like as Jetstream writes it, by what stands before its record: a tenth of the cost of decoding it.
is_like = re.compile(
    r'\{"did":"[^"\\]*","time_us":[0-9]+,"kind":"commit","commit":'
    r'\{"rev":"[^"\\]*","operation":"create","collection":"app\.bsky\.feed\.like",'
).match


def parse_event(event: dict[str, Any]) -> Post:
    """The post of an event that creates one; NoPost for any other."""
    commit = object_at(event, "commit")
    operation, collection = commit.get("operation"), commit.get("collection")
    if event.get("kind") != "commit":
        raise NoPost(_skip(_KINDS, event.get("kind"), Skip.OTHER_EVENT))
    if operation == "delete":
        raise NoPost(Skip.DELETE)
    if collection != _COLLECTION:
        raise NoPost(_skip(_OTHERS, collection, Skip.OTHER_RECORD))
    if operation != "create":
        raise NoPost(Skip.EDIT)
    account, key = event.get("did"), commit.get("rkey")
    identity = f"{account}/{key}" if account and type(account) is type(key) is str else ""
    return _post(identity, object_at(commit, "record"), timestamps.parse_number(event.get("time_us"), 10**6), account)


def parse_view(view: dict[str, Any]) -> Post:
    """The post of the API's view of one; NoPost as in `check_post`."""
    record = object_at(view, "record")
    time = timestamps.parse_stamp(view.get("indexedAt") or record.get("createdAt"))
    return _post(_parse_uri(view.get("uri")), record, time, object_at(view, "author").get("did"))


def parse_item(item: dict[str, Any]) -> Post | list[Any]:
    """The post of an entry of a feed, or of a thread: then a list of it, of what it answers, and of the answers."""
    parent, replies = item.get("parent"), item.get("replies")
    if parent or replies:
        return [{"post": item["post"]}, *([parent] if parent else []), *(replies if type(replies) is list else [])]
    post, reason = parse_view(item["post"]), object_at(item, "reason")
    if "by" not in reason:
        return post
    account = parse_name(object_at(reason, "by").get("did"))
    identity = parse_id(_parse_uri(reason.get("uri")) or (account and f"{account}/{post.id}"))
    if not identity:
        raise NoPost(Skip.NO_ID)
    return post._replace(
        id=identity,
        time=timestamps.parse_stamp(reason.get("indexedAt")),
        author=account,
        repost_of=post.id,
    )


def parse_record(entry: dict[str, Any]) -> Post:
    """The post of a record of a repository, with its address; NoPost where it is another's."""
    record, identity = object_at(entry, "value"), _parse_uri(entry["uri"])
    kind = record.get("$type")
    if kind != _COLLECTION:
        raise NoPost(_skip(_OTHERS, kind, Skip.OTHER_RECORD))
    return _post(identity, record, timestamps.parse_stamp(record.get("createdAt")), identity.partition("/")[0])


def _post(identity: str, record: dict[str, Any], time: int, account: Any) -> Post:
    text = record.get("text")
    return check_post(
        (identity, text, time, choose_language(record.get("langs")), account, _tags(record, text), "", "bluesky")
    )


def _parse_uri(uri: Any) -> str:
    """ACCOUNT/KEY of a record's address, "" where that is none."""
    match = _address(uri) if type(uri) is str else None
    return f"{match[1]}/{match[2]}" if match else ""


def _tags(record: dict[str, Any], text: Any) -> tuple[str, ...]:
    tags = [*_facets(record)]
    more = record.get("tags")
    if type(more) is list:
        tags += more
    return hashtags.distinct(tags) if tags else hashtags.in_text(text)


def _facets(record: dict[str, Any]) -> Iterator[Any]:
    for facet in objects_in(record.get("facets")):
        for feature in objects_in(facet.get("features")):
            if "tag" in feature:
                yield feature["tag"]


def _skip(skips: dict[str, Skip], name: Any, other: Skip) -> Skip:
    return skips.get(name, other) if type(name) is str else other
