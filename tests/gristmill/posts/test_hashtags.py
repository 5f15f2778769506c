"""Hashtags."""

from __future__ import annotations

import hashlib
import time

import pytest

from gristmill.posts import hashtags
from gristmill.posts.hashtags import distinct, in_cell, in_objects, in_text


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("no tag", ()),
        ("#Flour and #flour", ("flour",)),
        ("a#b, c#d", ()),
        ("(#a) #b! ##c", ("a", "b", "c")),
        ("#a#b", ("a",)),
        ("&#39; #39 #1_2 #_ #x39", ("x39",)),
        ("see https://x.example/#part and #this", ("this",)),
        ("#", ()),
        ("# Heading", ()),
        ("#️⃣ #⃣ #ok", ("ok",)),
        ("#don't #don’t #end.", ("don", "end")),
        ("#Straße #STRASSE", ("strasse",)),
        ("#cafe\u0301 #caf\u00e9", ("caf\u00e9",)),
        ("＃水车 #μύλος #ΜΎΛΟΣ", ("水车", "μύλοσ")),
        ("#می\u200cخواهم #col\u00b7lecció", ("می\u200cخواهم", "col\u00b7lecció")),
        ("mühle#a é #b e\u0301#c", ("b",)),
        (
            "❤️#bread #️⃣#mill 1️⃣#rain 👍🏽#fog \u200f#ניחוח 😀\u200d😀#wheat",
            ("bread", "mill", "rain", "fog", "ניחוח", "wheat"),
        ),
        ("#bread❤️ #com\u00admon #\u200ea\ufe0f\u200d😀 #水\U000e0100車", ("bread", "common", "a", "水車")),
        ("#\u0301 #\ufe0f #\u00ad #\u200d", ()),
        ("#" + "x" * 100, ("x" * 100,)),
        ("#" + "x" * 101, ()),
        ("#" + "ß" * 51, ()),
        (None, ()),
        (["#a"], ()),
    ],
)
def test_tags_in_a_text_are_runs_of_word_characters_after_a_hash(text: object, tags: tuple[str, ...]):
    """Casefolded and NFC, each once; none of digits alone, none in a link, none of more than 100 characters."""
    assert in_text(text) == in_text(text) == tags


def test_a_character_that_unicode_13_does_not_know_ends_a_tag():
    """U+1C89 has a small letter in Unicode 16, and none before; U+0870 is a letter from 14 on."""
    assert in_text("#mill\u1c89 #\u0870 #a\u0870b #\U0001fae8") == ("mill", "a")


def test_tags_that_a_platform_names_go_before_those_in_the_text():
    """An empty list says that there are none, and no list says nothing."""
    assert in_objects([{"text": "Mill"}, {"text": "#bread "}, {"text": "mill"}, {}, 7, {"text": 7}], "text") == (
        "mill",
        "bread",
    )
    assert in_objects([], "text") == ()
    assert in_objects(None, "text") is None
    assert in_objects({"text": "a"}, "text") is None


@pytest.mark.parametrize(
    ("cell", "tags"),
    [
        ("mill", ("mill",)),
        ("#Mill;bread, river|rain fog", ("mill", "bread", "river", "rain", "fog")),
        ("['Mill', \"bread\"]", ("mill", "bread")),
        (";;", ()),
    ],
)
def test_a_cell_holds_tags_whatever_stands_between(cell: str, tags: tuple[str, ...]):
    """White space, commas, bars, hashes, and the brackets and quotes of lists."""
    assert in_cell(cell) == tags


def test_no_more_tags_are_remembered_than_is_said(monkeypatch: pytest.MonkeyPatch):
    """Then all are forgotten; a long one never is one to remember."""
    monkeypatch.setattr(hashtags._tags, "most", 2)
    hashtags._tags.clear()
    long = "#" + 101 * "y"
    assert distinct(["A", "B", "C", long, "A"]) == ("a", "b", "c")
    assert hashtags._tags == {"C": "c", "A": "a"}


def test_every_code_point_in_a_tag_is_the_same_on_every_python(monkeypatch: pytest.MonkeyPatch):
    """The tags of a text that holds each, in pieces; Python 3.9 to 3.13 have Unicode 13.0 to 15.1."""
    monkeypatch.setattr(hashtags, "MOST", 0x1000)
    digest = hashlib.sha256()
    for start in range(0, 0x110000, 0x1000):
        text = "".join(f" #a{chr(code)}b" for code in range(start, start + 0x1000))
        digest.update("\n".join(in_text(text)).encode())
    assert digest.hexdigest() == "da77ed30ef96d0bc2fd6c274b7db1442be523dcce479de29c7c29e03da8b9a80"


@pytest.mark.parametrize("letter", ["x", "é"])
def test_a_post_has_at_most_its_first_thousand_tags(letter: str):
    """A post of a million is spam: it costs no more than the search for them."""
    written = [f"{letter}{number}" for number in range(200_000)]
    first = tuple(written[:1000])
    start = time.process_time()
    assert in_text("#" + " #".join(written)) == first
    assert in_objects([{"text": tag} for tag in written], "text") == first
    assert in_cell(" ".join(written)) == first
    assert time.process_time() - start < 2
