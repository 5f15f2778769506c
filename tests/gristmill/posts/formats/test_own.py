"""Posts of people's own."""

from __future__ import annotations

from typing import Any

import pytest

from gristmill.posts.formats import own
from gristmill.posts.reader import Post


def plain(**fields: Any) -> dict[str, Any]:
    """The least that a post needs, and more."""
    return {"id": 17, "text": "Fine #Flour", "created_at": "2026-11-20T09:30:15Z", **fields}


POST = Post("17", "Fine #Flour", 1795167015, "", "", ("flour",), "", "own")


@pytest.mark.parametrize(
    "fields",
    [
        {"id": "17", "text": "Fine #Flour", "created_at": 1795167015},
        {"post_id": 17, "body": "Fine #Flour", "timestamp": "1795167015000"},
        {"tweet_id": "17", "full_text": "Fine #Flour", "date": "2026-11-20 09:30:15"},
        {"uri": "17", "content": "Fine #Flour", "published_at": "2026-11-20T10:30:15+01:00"},
        {"status_id": 17, "message": "Fine #Flour", "datetime": 1795167015.9},
        {"id": 17, "tweet": "Fine #Flour", "created_utc": 1795167015},
        {"id": 17, "text": "Fine #Flour", "createdAt": "2026-11-20T09:30:15Z"},
        {"tweetId": 17, "fullText": "Fine #Flour", "Created At": "2026-11-20T09:30:15Z"},
        {"ID": 17, "Body": "Fine #Flour", "published-at": "2026-11-20T09:30:15Z"},
    ],
)
def test_fields_have_their_usual_names(things, fields: dict[str, Any]):
    """Of several the first that holds something counts."""
    assert things(fields) == [POST]


def test_the_first_name_that_holds_something_counts(things):
    """Empty texts and null hold nothing."""
    crowded = plain(text="", full_text=None, body="Fine #Flour", id=None, post_id=17, lang="de", language="en")
    assert things(crowded) == [POST._replace(language="en")]


@pytest.mark.parametrize(
    ("fields", "author"),
    [
        ({"author_id": 9, "user": "ann"}, "9"),
        ({"user": "ann"}, "ann"),
        ({"user": {"name": "Ann", "id": 9}}, "9"),
        ({"author": {"screen_name": "ann"}}, "ann"),
        ({"author": {}}, ""),
        ({"username": ["ann"]}, ""),
        ({"screen_name": ""}, ""),
    ],
)
def test_an_author_is_an_id_or_a_name(things, fields: dict[str, Any], author: str):
    """Or an object that has one."""
    assert things(plain(**fields)) == [POST._replace(author=author)]


@pytest.mark.parametrize(
    ("tags", "found"),
    [
        (["Mill", "#bread", 7], ("mill", "bread")),
        ([{"text": "Mill"}, {"tag": "bread"}, {"name": "x"}, {"y": 7}], ("mill", "bread", "x")),
        ("Mill; bread", ("mill", "bread")),
        ('["Mill", {"tag": "#bread"}]', ("mill", "bread")),
        ("['Mill', 'bread']", ("mill", "bread")),
        ([], ()),
        ("", ("flour",)),
        (None, ("flour",)),
        (7, ("flour",)),
    ],
)
def test_tags_are_those_of_the_field_else_of_the_text(things, tags: object, found: tuple[str, ...]):
    """A list, or what a cell holds."""
    assert things(plain(hashtags=tags)) == [POST._replace(hashtags=found)]


def test_a_repost_names_its_original(things):
    """By id."""
    assert things(plain(repost_of=16, lang="en-GB")) == [POST._replace(repost_of="16", language="en")]


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ({"id": None}, "no id"),
        ({"id": "1.2E+17"}, "id was rounded"),
        ({"text": None}, "no text"),
        ({"text": {"en": "x"}}, "text of a wrong type"),
        ({"created_at": None}, "no time"),
        ({"created_at": "99999-01-01"}, "time out of range"),
        ({"created_at": {"$date": 7}}, "time not understood"),
    ],
)
def test_what_lacks_something_is_no_post(things, fields: dict[str, Any], name: str):
    """The name says what."""
    assert things(plain(**fields)) == [name]


def test_an_object_may_have_anything_else(things):
    """Even what platforms wrap posts in."""
    assert things({"id": 17, "body": "Fine #Flour", "time": 1795167015, "data": {}, "x": {"y": [1]}}) == [POST]


def test_an_object_with_an_id_and_a_time_lacks_a_text_and_others_are_of_no_shape(things):
    """An object that has no id is hardly meant as a post."""
    assert things({"id": 1, "created_at": 1795167015}, {"content": "x"}, {"id": 1}) == [
        "no text",
        "unknown shape",
        "unknown shape",
    ]


def test_no_more_shapes_are_remembered_than_is_said(things, monkeypatch: pytest.MonkeyPatch):
    """Then all are forgotten; one of very long names never is one to remember."""
    monkeypatch.setattr(own._plans, "most", 2)
    own._plans.clear()
    wide = plain(**{"x" * 3000: 1})
    assert things(plain(), plain(a=1), plain(b=1), wide, plain()) == [POST] * 5
    assert len(own._plans) == 2


def test_an_object_may_have_a_list_named_data(things):
    """It is no page of posts where it is a post itself."""
    for data in ([], [1, 2]):
        assert things({"id": 17, "message": "Fine #Flour", "time": 1795167015, "data": data}) == [POST]
