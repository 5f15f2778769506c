"""Bluesky's Jetstream; shapes are true, posts and accounts made up."""

from __future__ import annotations

from typing import Any

import pytest

from gristmill.posts.reader import Post, Reader


def event(operation: str = "create", collection: str = "app.bsky.feed.post", **record: Any) -> dict[str, Any]:
    """An event of a repository."""
    return {
        "did": "did:plc:made2up7account4of6ours2",
        "time_us": 1795167015123456,
        "kind": "commit",
        "commit": {
            "rev": "3made2up7rev4",
            "operation": operation,
            "collection": collection,
            "rkey": "3made2up7key4",
            "record": {"$type": collection, "createdAt": "1999-01-01T00:00:00.000Z", **record},
            "cid": "bafyreimadeup",
        },
    }


POST = Post(
    "did:plc:made2up7account4of6ours2/3made2up7key4",
    "Fresh bread &amp; butter #Mill",
    1795167015,
    "en",
    "did:plc:made2up7account4of6ours2",
    ("mill",),
    "",
    "bluesky",
)


def test_a_post_has_the_servers_time_and_its_text_as_it_stands(things):
    """createdAt is whatever a client says; nothing is escaped. An embedded quote leaves it an original."""
    quote = {"$type": "app.bsky.embed.record", "record": {"uri": "at://did:plc:x/app.bsky.feed.post/y", "cid": "z"}}
    assert things(event(text=POST.text, langs=["en-GB", "de"], embed=quote)) == [POST]


def test_tags_are_those_of_the_facets_and_those_beside_the_text(things):
    """Links and mentions are facets too; with no tag among them, the text is looked at."""
    facets = [
        {
            "index": {"byteStart": 0, "byteEnd": 5},
            "features": [{"$type": "app.bsky.richtext.facet#tag", "tag": "Mühle"}],
        },
        {"features": [{"$type": "app.bsky.richtext.facet#link", "uri": "https://x.example"}]},
        {"features": [7, {"tag": 7}, {"tag": "mühle"}]},
        {"features": 7},
        7,
    ]
    more = {"text": "x #Seen", "facets": facets, "tags": ["Bread"]}
    assert things(event(**more))[0].hashtags == ("mühle", "bread")
    assert things(event(**{**more, "tags": 7}))[0].hashtags == ("mühle",)
    assert things(event(text="x #Seen", facets=facets[1:2]))[0].hashtags == ("seen",)


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        (event("delete"), "delete"),
        (event("delete", "app.bsky.feed.like"), "delete"),
        (event("update"), "edit"),
        (event("update", text="x"), "edit"),
        (event(collection="app.bsky.feed.like", subject={"uri": "at://"}), "like"),
        (event(collection="app.bsky.feed.repost", subject={"uri": "at://"}), "repost without the text"),
        (event(collection="app.bsky.graph.follow", subject="did:plc:x"), "follow"),
        (event(collection="app.bsky.graph.block", subject="did:plc:x"), "block"),
        (event(collection="app.bsky.actor.profile"), "record of another kind"),
        (event(collection="com.example.text", text="x"), "record of another kind"),
        ({**event(), "kind": "identity"}, "account event"),
        ({**event(), "kind": "account"}, "account event"),
        ({**event(), "kind": "new"}, "event of another kind"),
        ({**event(), "kind": ["commit"]}, "event of another kind"),
        ({**event(text="x"), "commit": 7}, "record of another kind"),
        ({**event(text="x"), "commit": {"operation": [], "collection": {}}}, "record of another kind"),
        (event(), "no text"),
        (event(text=""), "no text"),
        (event(text=["x"]), "text of a wrong type"),
        ({**event(text="x"), "did": None}, "no id"),
        ({**event(text="x"), "did": 7}, "no id"),
        ({**event(text="x"), "time_us": "soon"}, "time not understood"),
        ({**event(text="x"), "time_us": -1}, "time not understood"),
        ({**event(text="x"), "time_us": None}, "no time"),
    ],
)
def test_what_is_no_post_has_its_name(things, changed: dict[str, Any], name: str):
    """Most of the stream is likes; what is new counts under one name, whatever it says."""
    assert things(changed) == [name]


def test_a_post_says_its_language_or_does_not(things):
    """langs is a list that may be missing or empty, or no list."""
    assert [
        things(event(text="x", langs=langs))[0].language for langs in ([], None, "en", [7], ["de"], ["und", ""])
    ] == [
        *4 * [""],
        "de",
        "",
    ]


@pytest.mark.parametrize(
    ("langs", "language"),
    [
        (["de", "en-GB"], "en"),
        (["en", "de"], "en"),
        (["und", "de", "fr"], "de"),
        ([7, "de"], "de"),
        (["pt", "und"], "pt"),
    ],
)
def test_of_several_languages_one_that_vader_knows_is_enough(things, langs: list[object], language: str):
    """Else it is the first that names one: a post that says und beside it says one."""
    assert things(event(text="x", langs=langs))[0].language == language


#: The bytes of a like as Jetstream writes it.
LIKE = (
    b'{"did":"did:plc:a","time_us":1795167015123456,"kind":"commit","commit":{"rev":"3m","operation":"create",'
    b'"collection":"app.bsky.feed.like","rkey":"3k","record":{"$type":"app.bsky.feed.like",'
    b'"createdAt":"2026-11-20T09:30:15.000Z","subject":{"cid":"b","uri":"at://did:plc:b/app.bsky.feed.post/3j"}},'
    b'"cid":"c"}}'
)


def test_a_like_is_told_by_its_first_bytes():
    """What is not written so is read as JSON: with blanks, with another operation, cut."""
    reader = Reader()

    def read(line: bytes) -> list[str]:
        return [thing.value for thing in reader.parse_line(line)]

    assert read(LIKE) == read(LIKE + b"\r\n") == read(LIKE.replace(b":", b": ")) == ["like"]
    assert read(LIKE.replace(b"create", b"delete")) == ["delete"]
    assert read(LIKE[:-1]) == read(LIKE[:-40]) == ["torn line"]
    assert read(LIKE.replace(b"did:plc:a", b'did:\\"plc:a')) == ["like"]


def view(**fields: Any) -> dict[str, Any]:
    """A post as the API shows it."""
    return {
        "uri": "at://did:plc:made2up7account4of6ours2/app.bsky.feed.post/3made2up7key4",
        "cid": "bafyreimadeup",
        "author": {"did": "did:plc:made2up7account4of6ours2", "handle": "ann.example"},
        "record": event(text=POST.text, langs=["en"])["commit"]["record"],
        "indexedAt": "2026-11-20T09:30:15.123Z",
        "likeCount": 3,
        **fields,
    }


def test_a_post_of_the_api_is_that_of_the_stream(things):
    """One id, so that it is counted once; bare, found by a search, in a feed, as a record of its repository."""
    record = {"uri": view()["uri"], "cid": "b", "value": {**view()["record"], "createdAt": "2026-11-20T09:30:15Z"}}
    assert (
        things(view(), {"posts": [view()], "hitsTotal": 1}, {"feed": [{"post": view()}], "cursor": "x"}) == [POST] * 3
    )
    assert things({"records": [record], "cursor": "x"}, record) == [POST] * 2
    assert things(view(indexedAt=None))[0].time == 915148800
    pinned = {"$type": "app.bsky.feed.defs#reasonPin"}
    assert things({"post": view(), "reply": {"root": view(), "parent": view()}, "reason": pinned}) == [POST]
    assert things({"feed": []}, {"posts": []}) == ["empty page"] * 2


def test_a_repost_in_a_feed_has_the_text_of_what_it_repeats(things):
    """Its id is its record's; where that is not said, the account and the post."""
    by = {"did": "did:plc:other", "handle": "bill.example"}
    reason = {"$type": "app.bsky.feed.defs#reasonRepost", "by": by, "indexedAt": "2026-11-20T10:30:15Z"}
    repost = POST._replace(
        id=f"did:plc:other/{POST.id}", time=POST.time + 3600, author="did:plc:other", repost_of=POST.id
    )
    assert things({"post": view(), "reason": reason}) == [repost]
    uri = "at://did:plc:other/app.bsky.feed.repost/3r"
    assert things({"post": view(), "reason": {**reason, "uri": uri}}) == [repost._replace(id="did:plc:other/3r")]
    assert things({"post": view(), "reason": {**reason, "by": {}}}) == ["no id"]


def test_a_thread_gives_what_was_answered_and_the_answers(things):
    """What is gone or hidden is none of them."""
    gone = [{"uri": "at://x", "notFound": True}, {"uri": "at://x", "blocked": True, "author": {}}]
    answers = [{"post": view(), "replies": [{"post": view()}]}, *gone]
    thread = {"thread": {"post": view(), "parent": {"post": view()}, "replies": answers}}
    assert things(thread) == [POST] * 4 + ["record of another kind"] * 2
    assert things({"post": view(), "parent": {"post": view()}, "replies": 7}) == [POST] * 2


@pytest.mark.parametrize(
    ("thing", "name"),
    [
        (view(uri=None), "no id"),
        (view(uri="https://x.example"), "no id"),
        (view(record=7), "no text"),
        (view(record=7, indexedAt=None), "no time"),
        ({"uri": "at://a/b/c", "cid": "b", "value": {"$type": "app.bsky.feed.like"}}, "like"),
        ({"uri": "at://a/b/c", "cid": "b", "value": 7}, "record of another kind"),
    ],
)
def test_what_the_api_sends_without_a_post_has_its_name(things, thing: dict[str, Any], name: str):
    """As in the stream."""
    assert things(thing) == [name]
