"""Mastodon's statuses and events; shapes are true, posts and people made up."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gristmill.posts.reader import Post


def status(**fields: Any) -> dict[str, Any]:
    """A status."""
    return {
        "id": "115000000000000001",
        "created_at": "2026-11-20T09:30:15.123Z",
        "spoiler_text": "",
        "language": "en",
        "uri": "https://town.example/users/ann/statuses/1",
        "url": "https://town.example/@ann/1",
        "content": "<p>Salt &amp; butter</p>",
        "reblog": None,
        "account": {
            "id": "7",
            "acct": "ann",
            "uri": "https://town.example/users/ann",
            "url": "https://town.example/@ann",
        },
        "tags": [{"name": "bread", "url": "https://town.example/tags/bread"}],
        **fields,
    }


POST = Post(
    "https://town.example/users/ann/statuses/1",
    "Salt & butter",
    1795167015,
    "en",
    "https://town.example/users/ann",
    ("bread",),
    "",
    "mastodon",
)


def test_a_status_is_a_post_with_an_id_that_every_server_has(things):
    """Where there is no uri, the number of this server; so with the account."""
    assert things(status(), [status()], status(text="plain")) == [POST] * 3
    assert things(status(uri=None, account={"id": "7", "acct": "ann", "url": "https://t.example/@ann"})) == [
        POST._replace(id="115000000000000001", author="https://t.example/@ann")
    ]
    found = things(status(account={"id": "7", "acct": "ann"}), status(account={"id": "7"}), status(account=None))
    assert [post.author for post in found] == ["ann", "7", ""]


def test_a_content_warning_is_the_first_line(things):
    """It is text, not HTML."""
    assert things(status(spoiler_text="food & drink"))[0].text == "food & drink\nSalt & butter"
    assert things(status(spoiler_text=["x"]))[0].text == "Salt & butter"


def test_a_boost_has_the_text_of_what_it_boosts(things):
    """And its language and tags, but its own id, author and time."""
    boost = status(content="", language=None, uri="https://far.example/activities/2", reblog=status(), tags=[])
    boost["account"] = {"uri": "https://far.example/users/bill"}
    assert things(boost) == [
        POST._replace(id="https://far.example/activities/2", author="https://far.example/users/bill", repost_of=POST.id)
    ]
    assert things(status(reblog=status(uri="")))[0].repost_of == "115000000000000001"


def test_an_event_holds_a_status_as_text_in_it(things):
    """JSON in JSON."""
    payload = json.dumps(status())
    event = {"stream": ["public"], "event": "update", "payload": payload}
    assert things(event, {**event, "payload": status()}, {**event, "payload": f" {payload}\n"}) == [POST] * 3
    assert things({**event, "payload": payload[:-9]}, {**event, "payload": "so"}, {**event, "payload": "7"}) == [
        "torn line",
        "not JSON",
        "no object",
    ]
    assert things({**event, "payload": "[" * 100_000}, {**event, "payload": None}) == ["nested too deep", "no object"]


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("delete", "delete"),
        ("status.update", "edit"),
        ("notification", "notification"),
        ("filters_changed", "event of another kind"),
        (["update"], "event of another kind"),
    ],
)
def test_other_events_have_their_names(things, kind: object, name: str):
    """An edited status is a post that was counted before."""
    assert things({"stream": ["public"], "event": kind, "payload": "115000000000000001"}) == [name]


@pytest.mark.parametrize(
    ("content", "name"), [(None, "no text"), ("<p></p>", "no text"), (7, "text of a wrong type"), ("&nbsp;", "no text")]
)
def test_a_status_without_words_is_no_post(things, content: object, name: str):
    """Pictures alone say nothing."""
    assert things(status(content=content)) == [name]


def test_tags_stand_in_the_text_where_none_are_named(things):
    """Other programs than Mastodon may leave the list out."""
    assert things(status(content="<p>a #<span>Mill</span></p>", tags=None))[0].hashtags == ("mill",)


def test_markup_is_no_text(things):
    """What the page of the post shows is; a content warning is text and has none."""
    post = status(spoiler_text="1 < 2", content="<h1>Salt</h1><ul><li>I &lt;3 it<li>you don&#39;t</ul>")
    assert things(post)[0].text == "1 < 2\nSalt\nI <3 it\nyou don't"


def activity(kind: str = "Create", **note: Any) -> dict[str, Any]:
    """An activity of an archive's outbox."""
    return {
        "id": "https://town.example/users/ann/statuses/1/activity",
        "type": kind,
        "actor": "https://town.example/users/ann",
        "published": "2026-11-20T09:30:15Z",
        "object": {
            "id": "https://town.example/users/ann/statuses/1",
            "type": "Note",
            "summary": None,
            "published": "2026-11-20T09:30:15Z",
            "attributedTo": "https://town.example/users/ann",
            "content": "<p>Salt &amp; butter</p>",
            "contentMap": {"en": "<p>Salt &amp; butter</p>"},
            "tag": [{"type": "Mention", "name": "@bill"}, {"type": "Hashtag", "name": "#Bread"}],
            **note,
        },
    }


def test_an_outbox_gives_the_posts_that_servers_give(things):
    """With the same id and author, so that each is counted once."""
    outbox = {"@context": "x", "id": "outbox.json", "type": "OrderedCollection", "orderedItems": [activity()]}
    assert things(outbox, activity(), activity()["object"]) == [POST] * 3
    assert things(activity(content=None), activity(attributedTo={"id": POST.author})) == [POST] * 2
    assert things(activity(summary="food", tag=[]))[0] == POST._replace(text="food\nSalt & butter", hashtags=())
    assert things({**outbox, "orderedItems": []}) == ["empty page"]


def test_a_boost_in_an_outbox_is_a_post_where_it_holds_what_it_boosts(things):
    """Most have no more than its address."""
    boost = {**activity("Announce"), "id": "https://town.example/users/bill/statuses/2/activity", "actor": "bill"}
    assert things(boost, {**boost, "object": "https://town.example/users/ann/statuses/1"}) == [
        POST._replace(id=boost["id"], author="bill", repost_of=POST.id),
        "repost without the text",
    ]


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("Like", "like"),
        ("Delete", "delete"),
        ("Update", "edit"),
        ("Move", "event of another kind"),
        ([], "event of another kind"),
    ],
)
def test_other_activities_have_their_names(things, kind: Any, name: str):
    """They make no post."""
    assert things(activity(kind)) == [name]
    assert things({"ancestors": [status()], "descendants": [status()]}) == [POST] * 2
