"""Lines to posts: what the formats share."""

from __future__ import annotations

import json
import time

import pytest

from gristmill.posts.reader import Post, Reader
from gristmill.posts.skip import Skip


def read(*lines: bytes) -> list[Post | str]:
    """All that one reader makes of lines, and what is left at the end; of a Skip the name of its counter."""
    reader = Reader()
    found = [thing for line in lines for thing in reader.parse_line(line)]
    return [thing.value if isinstance(thing, Skip) else thing for thing in (*found, *reader.end())]


def test_a_plain_object_is_a_post_of_ones_own():
    """Names of fields are the usual ones; tags stand in the text where no field has them."""
    line = b'{"id": 17, "text": "Fine #Flour", "created_at": "2026-11-20T09:30:15Z", "lang": "en-GB", "user": "ann"}'
    assert read(line) == [Post("17", "Fine #Flour", 1795167015, "en", "ann", ("flour",), "", "own")]


def test_what_is_no_post_is_named():
    """Each line gives the name of its counter."""
    assert read(b"", b" \r\n", b'{"id": "1", "te', b"so?", b'{"limit": {"track": 3}}', b"[]", b"[7]") == [
        "blank line",
        "blank line",
        "torn line",
        "not JSON",
        "limit notice",
        "empty page",
        "no object",
    ]


def test_an_event_stream_is_read_as_it_comes():
    """A line of data is what its JSON is; the other fields say nothing of a post, nor does what keeps a line alive."""
    post = b'data: {"id": 1, "text": "x", "time": 1795167015}'
    said = [
        "event stream line",
        Post("1", "x", 1795167015, "", "", (), "", "own"),
        "blank line",
        *["event stream line"] * 3,
    ]
    assert read(b"event: update", post, b"", b":thump", b"event: delete", b"data: 7") == said
    assert read(b'data: {"id": 1, "te', b'data:["x"]', b"id 7", b"retry: 3", b"date: 7") == [
        "torn line",
        "no object",
        "not JSON",
        "event stream line",
        "not JSON",
    ]


def test_a_list_gives_each_of_its_posts_in_order():
    """One that is no post does not hide the others."""
    page = [
        {"id": place, "text": "x", "time": 1795167015} if place != 1 else {"id": 1, "time": 1795167015}
        for place in range(3)
    ]
    assert [thing if type(thing) is str else thing.id for thing in read(json.dumps(page).encode())] == [
        "0",
        "no text",
        "2",
    ]


def test_a_line_that_is_not_utf8_is_counted_and_read():
    """With U+FFFD for each part that is no character: one bad byte does not cost the post."""
    line = b'{"id": 1, "text": "mi\xffll\xe6\xb0", "time": 1795167015}'
    assert read(line, b"\xff") == [
        "not UTF-8",
        Post("1", "mi\ufffdll\ufffd", 1795167015, "", "", (), "", "own"),
        "not UTF-8",
        "not JSON",
    ]


def test_a_list_may_stand_on_many_lines():
    """An entry a line, with commas between."""
    assert read(
        b"[", b'{"id": 1, "text": "x", "time": 1795167015},', b'{"id": 2, "text": "x", "time": 1795167015}', b"]"
    ) == [
        "bracket alone",
        Post("1", "x", 1795167015, "", "", (), "", "own"),
        Post("2", "x", 1795167015, "", "", (), "", "own"),
        "bracket alone",
    ]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        (b'{"text":' * 100_000 + b"1" + b"}" * 100_000, "nested too deep"),
        (
            b'{"id": 1, "time": 1795167015, "text": "a", "extra": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
            "nested too deep",
        ),
        (
            b'{"id": "\\ud800", "time": 1795167015, "text": "a \\udc00 #b\\ud800", "user": "\\udfff"}',
            "\ufffd: a \ufffd #b\ufffd",
        ),
        (b'{"id": NaN, "time": 1795167015, "text": "a"}', "no id"),
        (b'{"id": 1, "time": NaN, "text": "a"}', "no time"),
        (b'{"id": 1, "time": Infinity, "text": "a"}', "no time"),
        (b'{"id": 1, "time": 1e999, "text": "a"}', "time not understood"),
        (b'{"id": 1, "time": 1795167015, "text": NaN}', "no text"),
        (b'{"id": ' + b"7" * 10_000 + b', "time": 1795167015, "text": "a"}', "id out of range"),
        (b'{"id": "' + b"7" * 10_000 + b'", "time": 1795167015, "text": "a"}', "id is not one short line"),
        (b'{"id": 1, "time": ' + b"7" * 10_000 + b', "text": "a"}', "time not understood"),
        (b'{"id": 1, "time": "' + b"7" * 10_000 + b'", "text": "a"}', "time not understood"),
        (b'{"id": 1, "time": 1795167015, "text": "a", "n": ' + b"7" * 10_000 + b"}", "1: a"),
        (b'{"id": 1.7e18, "time": 1795167015, "text": "a"}', "id was rounded"),
        (b'{"id": true, "time": 1795167015, "text": "a"}', "id of a wrong type"),
        (b'{"id": 1, "time": true, "text": "a"}', "time not understood"),
        (b'{"id": 1, "time": "99999-01-01T00:00:00Z", "text": "a"}', "time out of range"),
        (b'{"id": 1, "time": -5, "text": "a"}', "time not understood"),
        (b'{"id": 1, "time": 1795167015, "text": "<script>alert(1)</script>"}', "1: <script>alert(1)</script>"),
        (b'{"id": 1, "id": 2, "time": 1795167015, "text": "a"}', "2: a"),
        (b'{"id": 1, "time": 1795167015, "text": "\\u0000"}', "1: \0"),
        (b'{"id": "a\\u0000", "time": 1795167015, "text": "a"}', "id is not one short line"),
        (b"\x00\x01\x02", "not JSON"),
        (b"\xff\xfe{\x00}\x00", "not UTF-8"),
    ],
)
def test_hostile_lines_have_their_names(line: bytes, found: str):
    """The same on every Python, and whatever it is that one of them cannot read."""
    thing = read(line)[0]
    assert (thing if isinstance(thing, str) else f"{thing.id}: {thing.text}") == found


def test_a_text_can_be_encoded_whatever_the_post_says():
    """Halves of surrogate pairs are U+FFFD in every field."""
    line = (
        b'{"id": "\\ud800", "time": 1795167015, "text": "a #b\\ud800", "user": "\\udfff", '
        b'"hashtags": ["\\ud800", "c\\ud800"]}'
    )
    assert read(line) == [Post("\ufffd", "a #b\ufffd", 1795167015, "", "\ufffd", ("c",), "", "own")]


def test_a_line_of_a_gigabyte_is_not_looked_at():
    """Nor copied: it is refused by its length."""
    start = time.process_time()
    assert read(bytes(1 << 30)) == ["line too long"]
    assert time.process_time() - start < 1


MADE = Post("1", "x", 1795167015, "", "", (), "", "own")


@pytest.mark.parametrize("indent", [None, 0, 2])
def test_a_value_may_go_over_several_lines_from_a_files_first_on(indent: int | None):
    """One after the other, in a list, in a list of an archive, after a table's JSON or with a mark at its start."""
    post = {"id": 1, "text": "x", "time": 1795167015}
    one, page = json.dumps(post, indent=indent), json.dumps([post] * 3, indent=indent)
    posts = [thing for thing in read(*one.encode().split(b"\n"), *one.encode().split(b"\n")) if type(thing) is not str]
    assert posts == [MADE] * 2
    for text in (page, f"window.YTD.tweets.part0 = {page};", f"window.YTD.tweets.part0 =\n{page}", f"\ufeff{page}"):
        found = read(*text.encode().split(b"\n"))
        assert [thing for thing in found if type(thing) is not str] == [MADE] * 3
        assert set(found) - {MADE} <= {"bracket alone", "header line"}


def test_what_is_torn_or_no_post_in_several_lines_has_its_name():
    """Later values are read."""
    lines = [
        b"[",
        b"{",
        b'"id": 1,',
        b'"te',
        b'{"id": 1, "text": "x", "time": 1795167015},',
        b'{"delete": {}},',
        b"",
        b"{",
        b'"a":1',
        b"},",
        b"{",
    ]
    assert read(*lines) == ["bracket alone", "torn line", MADE, "delete", "blank line", "unknown shape", "torn line"]
    assert read(b'{"id": 1, "time": 1795167015,', b'{"id": 1, "text": "x", "time": 1795167015}') == ["torn line", MADE]
    assert read(b'[{"id": 1, "text": "x",', b'"time": 1795167015}, {"a" 1}', b"]") == [
        MADE,
        "not JSON",
        "bracket alone",
    ]


def test_a_later_line_of_a_file_of_lines_is_a_value_or_torn():
    """Nothing else could tell which line was cut."""
    line = b'{"id": 1, "text": "x", "time": 1795167015}'
    assert read(line, b'{"id": 1,', b'"text": "x"}') == [MADE, "torn line", "not JSON"]


def test_values_beside_each_other_in_a_line_are_all_read():
    """With or without a comma, to the last that ends; so of the marks of a JSON text sequence."""
    line = b'{"id": 1, "text": "x", "time": 1795167015}'
    assert read(line * 2, line + b" " + line, line + b"," + line + b",") == [MADE] * 6
    assert read(b"\x1e" + line, line + b'{"id": 1, "te', line + b"[7]{so}", b"[7]" + line) == [
        MADE,
        MADE,
        "torn line",
        MADE,
        "no object",
        "not JSON",
        "no object",
        MADE,
    ]
    commit = b'{"rev":"3","operation":"create","collection":"app.bsky.feed.like","record":{}}'
    like = b'{"did":"a","time_us":1,"kind":"commit","commit":' + commit + b"}"
    assert read(like, like * 2) == ["like"] * 3


def test_a_line_longer_than_a_value_may_be_is_read_value_by_value():
    """A list, an archive's list or an outbox on one line; another object of that length is too long."""
    post = b'{"id": 1, "text": "x", "time": 1795167015, "more": "' + b"x" * 4_000_000 + b'"}'
    page = b",".join([post] * 3)
    assert read(b"[" + page + b"]") == read(b"window.YTD.tweets.part0 = [" + page + b"]") == [MADE] * 3
    assert read(b'{"orderedItems": [' + page + b'], "id": "x"}') == [MADE] * 3
    assert read(b'{"data": [' + page + b"]}") == ["line too long"]
    assert read(b"[" + page) == [MADE] * 3
    assert read(b"[" + page + b', {"id": 1', MADE_LINE) == [*[MADE] * 3, "torn line", MADE]
    assert read(b"[" + page.replace(b"xx", b"\xff", 1) + b"]") == ["not UTF-8", *[MADE] * 3]
    assert read(b"[", page, b"]") == ["bracket alone", *[MADE] * 3, "bracket alone"]
    assert read(b"id,text,time", b"[" + page + b"]") == ["header line", "line too long"]


MADE_LINE = b'{"id": 1, "text": "x", "time": 1795167015}'
