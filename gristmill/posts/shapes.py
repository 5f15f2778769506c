"""A value of JSON to a post, by its shape, or to the values that it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Union

from gristmill.posts.formats import bluesky, mastodon, own, reddit, twitter
from gristmill.posts.post import NoPost, Post
from gristmill.posts.skip import Skip

if TYPE_CHECKING:
    from collections.abc import Iterator

    Thing = Union[Post, Skip]
    ParseTime = Callable[[Any], int]

#: The keys that tell an object without "text", and its parser.
_SHAPES: tuple[tuple[frozenset[str], Callable[[dict[str, Any]], Post | list[Any]]], ...] = (
    (frozenset(("id_str", "full_text")), twitter.parse_v1),
    (frozenset(("did", "time_us", "kind")), bluesky.parse_event),
    (frozenset(("created_utc", "subreddit", "body")), reddit.parse_thing),
    (frozenset(("created_utc", "subreddit", "title")), reddit.parse_thing),
    (frozenset(("content", "account")), mastodon.parse_status),
    (frozenset(("event", "payload")), mastodon.parse_event),
    (frozenset(("type", "actor", "object")), mastodon.parse_activity),
    (frozenset(("content", "attributedTo")), mastodon.parse_note),
    (frozenset(("uri", "author", "record")), bluesky.parse_view),
    (frozenset(("uri", "cid", "value")), bluesky.parse_record),
)

#: The lists in which platforms send posts, and the objects that hold one, by their key.
_LISTS = ("statuses", "feed", "posts", "records", "orderedItems", "ancestors", "descendants")
_HOLDERS = ("tweet", "thread")


def parse_all(values: list[Any], parse_time: ParseTime) -> Iterator[Thing]:
    """All that a list holds, and the lists in it, in order."""
    waiting: list[Any] = [values]
    while waiting:
        value = waiting.pop()
        try:
            thing = value if isinstance(value, (list, Skip)) else parse_value(value, parse_time)
        except NoPost as reason:
            thing = reason.skip
        if not isinstance(thing, list):
            yield thing
        elif thing:
            waiting += reversed(thing)
        else:
            yield Skip.EMPTY_PAGE


def parse_value(value: Any, parse_time: ParseTime) -> Thing | list[Any]:
    """The post of a value of JSON, or a list of the values that it holds; NoPost where it is neither."""
    if type(value) is not dict:
        raise NoPost(Skip.NO_OBJECT)
    if "text" in value:
        if "id_str" in value:
            return twitter.parse_v1(value)
        if "content" in value and "account" in value:
            return mastodon.parse_status(value)
        return own.parse_fields(value, parse_time) if twitter.V2_KEYS.isdisjoint(value) else twitter.parse_v2(value)
    if "data" in value:
        if "kind" in value:
            return reddit.unwrap(value)
        if value.keys() <= twitter.ENVELOPE:
            return twitter.unwrap(value)
        if type(value["data"]) is list and not own.is_post(value):
            return list(value["data"])
    standing = value.keys()
    for keys, parse in _SHAPES:
        if keys <= standing:
            return parse(value)
    if type(value.get("post")) is dict:
        return bluesky.parse_item(value)
    if value.get("_type") == "snscrape.modules.twitter.Tweet":
        return twitter.parse_snscrape(value)
    if own.is_post(value):
        return own.parse_fields(value, parse_time)
    return _unwrap(value)


def _unwrap(value: dict[str, Any]) -> list[Any]:
    """The values that an object holds that is itself no post; NoPost where it holds none."""
    lists = [value[key] for key in _LISTS if type(value.get(key)) is list]
    if lists:
        return [entry for entries in lists for entry in entries]
    for key in _HOLDERS:
        if type(value.get(key)) is dict:
            return [value[key]]
    raise NoPost(Skip.OTHER_RECORD if value.get("notFound") or value.get("blocked") else twitter.notice(value))
