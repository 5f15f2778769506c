"""Bluesky, as Jetstream sends it: one event of one account's repository a line.

    {"did": ACCOUNT, "time_us": MICROSECONDS, "kind": "commit", "commit": {"operation": "create",
     "collection": "app.bsky.feed.post", "rkey": KEY, "record": {"text": ..., "langs": [...], "facets": [...], ...}}}

The id is ACCOUNT/KEY. The time is `time_us`, the server's; the record's `createdAt` is what the author's program says.
Most events are likes. A repost is sent without the text of what it repeats, so it is no post; a quote is one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from gristmill.posts import hashtags, timestamps
from gristmill.posts.post import NoPost, Post, below, checked, objects

if TYPE_CHECKING:
    from collections.abc import Iterator

_COLLECTION = "app.bsky.feed.post"
_OTHERS = {
    "app.bsky.feed.like": "like",
    "app.bsky.feed.repost": "repost without the text",
    "app.bsky.graph.follow": "follow",
    "app.bsky.graph.block": "block",
}
_KINDS = {"identity": "account event", "account": "account event"}

#: A like as Jetstream writes it, told by the bytes before its record at a tenth of the cost of reading it.
is_like = re.compile(
    r'\{"did":"[^"\\]*","time_us":[0-9]+,"kind":"commit","commit":'
    r'\{"rev":"[^"\\]*","operation":"create","collection":"app\.bsky\.feed\.like",'
).match


def post(event: dict[str, Any]) -> Post:
    """The post that an event makes."""
    commit = below(event, "commit")
    operation, collection = commit.get("operation"), commit.get("collection")
    if event.get("kind") != "commit":
        raise NoPost(_known(_KINDS, event.get("kind"), "event of another kind"))
    if operation == "delete":
        raise NoPost("delete")
    if collection != _COLLECTION:
        raise NoPost(_known(_OTHERS, collection, "record of another kind"))
    if operation != "create":
        raise NoPost("edit")
    record, account, key = below(commit, "record"), event.get("did"), commit.get("rkey")
    text, languages = record.get("text"), record.get("langs")
    return checked(
        (
            f"{account}/{key}" if account and type(account) is type(key) is str else "",
            text,
            timestamps.unix(event.get("time_us"), 10**6),
            languages[0] if type(languages) is list and languages else "",
            account,
            _tags(record, text),
            "",
            "bluesky",
        )
    )


def _tags(record: dict[str, Any], text: Any) -> tuple[str, ...]:
    tags = [*_facets(record)]
    more = record.get("tags")
    if type(more) is list:
        tags += more
    return hashtags.distinct(tags) if tags else hashtags.in_text(text)


def _facets(record: dict[str, Any]) -> Iterator[Any]:
    for facet in objects(record.get("facets")):
        for feature in objects(facet.get("features")):
            if "tag" in feature:
                yield feature["tag"]


def _known(names: dict[str, str], name: Any, other: str) -> str:
    return names.get(name, other) if type(name) is str else other
