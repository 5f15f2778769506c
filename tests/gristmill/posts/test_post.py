"""The fields of a post, checked."""

from __future__ import annotations

import pytest

from gristmill.posts import post
from gristmill.posts.post import NoPost, Post, check_post, object_at, objects_in, parse_id, primary_language


@pytest.mark.parametrize(
    ("given", "identity"),
    [
        ("17", "17"),
        (17, "17"),
        (0, "0"),
        (1 << 64, "18446744073709551616"),
        (" t-1\n", "t-1"),
        ("did:plc:a/3k", "did:plc:a/3k"),
        ("мельница 1", "мельница 1"),
        ("12.3", "12.3"),
        ("x" * 512, "x" * 512),
        ("half \ud800", "half \ufffd"),
        ("", ""),
        ("  ", ""),
        (None, ""),
    ],
)
def test_an_id_is_text_or_a_whole_number(given: object, identity: str):
    """White space around it goes; none is the empty text."""
    assert parse_id(given) == identity


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        (1.8e18, "id was rounded"),
        ("1.8E+18", "id was rounded"),
        ("2e+9", "id was rounded"),
        ("17.0", "id was rounded"),
        (" 17. ", "id was rounded"),
        (float("nan"), "id was rounded"),
        (-1, "id out of range"),
        (10**30, "id out of range"),
        (10**4000, "id out of range"),
        (True, "id of a wrong type"),
        (["17"], "id of a wrong type"),
        ({"$oid": "17"}, "id of a wrong type"),
        ("x" * 513, "id is not one short line"),
        ("a\nb", "id is not one short line"),
        ("a\tb", "id is not one short line"),
        ("a\x85b", "id is not one short line"),
    ],
)
def test_an_id_that_cannot_tell_posts_apart_is_refused(given: object, fault: str):
    """A number that went through a spreadsheet stands for several posts."""
    with pytest.raises(NoPost, match=f"^{fault}$"):
        parse_id(given)


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("en", "en"),
        ("en-GB", "en"),
        ("EN_us", "en"),
        ("zh-Hant-TW", "zh"),
        ("fil", "fil"),
        ("in", "id"),
        ("iw", "he"),
        ("und", ""),
        ("zxx", ""),
        ("qme", ""),
        ("qam", ""),
        ("english", ""),
        ("ен", ""),
        ("en\n", ""),
        ("", ""),
        (None, ""),
        (["en"], ""),
        (7, ""),
    ],
)
def test_a_language_is_the_first_part_of_its_tag(tag: object, language: str):
    """Once as new, once as one that is known; old codes have their new ones, and codes for no language are none."""
    assert primary_language(tag) == primary_language(tag) == language


def test_no_more_languages_are_remembered_than_is_said(monkeypatch: pytest.MonkeyPatch):
    """Then all are forgotten; a long tag never is one to remember."""
    monkeypatch.setattr(post._languages, "most", 2)
    post._languages.clear()
    long = "en-" + "x" * 600
    assert [primary_language(tag) for tag in ("en", "de", "fr", long, "en")] == ["en", "de", "fr", "en", "en"]
    assert post._languages == {"fr": "fr", "en": "en"}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (None, "no text"),
        ("", "no text"),
        (" \n\u3000", "no text"),
        (7, "text of a wrong type"),
        ([], "text of a wrong type"),
    ],
)
def test_a_post_needs_a_text(text: object, fault: str):
    """White space is none."""
    with pytest.raises(NoPost, match=f"^{fault}$"):
        check_post(("1", text, 5, "en", "ann", (), "", "own"))


def test_a_post_needs_an_id():
    """Else it could not be told from others."""
    with pytest.raises(NoPost, match=r"^no id$"):
        check_post((None, "x", 5, "en", "ann", (), "", "own"))


def test_a_posts_fields_are_as_is_promised():
    """Halves of surrogate pairs are U+FFFD; an author or an original that is no short line is not known."""
    assert check_post((17, "Mühle \udc00", 5, "en-GB", 99, ("a",), "a\nb", "own")) == Post(
        "17", "Mühle \ufffd", 5, "en", "99", ("a",), "", "own"
    )
    assert check_post(("17", "x", 5, None, {"id": 7}, (), 16, "own")) == Post("17", "x", 5, "", "", (), "16", "own")


def test_what_is_below_a_key_may_be_anything():
    """What is no object has none."""
    assert object_at({"a": {"b": {"c": 1}}}, "a", "b") == {"c": 1}
    assert [object_at(value, "a") for value in ({"a": 7}, {"b": {}}, [], None, "a")] == [{}] * 5
    assert objects_in([{"a": 1}, 7, None, {}]) == [{"a": 1}, {}]
    assert objects_in({"a": 1}) == objects_in(None) == []
