"""Lines to posts: what the formats share."""

from __future__ import annotations

import json

from jobs.social.posts import Post, Reader


def read(*lines: bytes) -> list[Post | str]:
    """All that one reader makes of lines, and what is left at the end."""
    reader = Reader()
    found = [thing for line in lines for thing in reader.read(line)]
    return [*found, *reader.end()]


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


def test_a_list_gives_each_of_its_posts_in_order():
    """One that is no post does not hide the others."""
    page = [{"id": place, "text": "x", "time": 5} if place != 1 else {"id": 1, "time": 5} for place in range(3)]
    assert [thing if type(thing) is str else thing.id for thing in read(json.dumps(page).encode())] == [
        "0",
        "no text",
        "2",
    ]


def test_a_line_that_is_not_utf8_is_counted_and_read():
    """With U+FFFD for each part that is no character: one bad byte does not cost the post."""
    line = b'{"id": 1, "text": "mi\xffll\xe6\xb0", "time": 5}'
    assert read(line, b"\xff") == [
        "not UTF-8",
        Post("1", "mi\ufffdll\ufffd", 5, "", "", (), "", "own"),
        "not UTF-8",
        "not JSON",
    ]


def test_runs_of_replacement_characters_are_one():
    """Java makes one of three bytes that are half a surrogate pair, and Python three."""
    line = b'{"id": 1, "text": "mi\xed\xa0\x80ll \xef\xbf\xbd\xef\xbf\xbd!", "time": 5}'
    assert read(line) == ["not UTF-8", Post("1", "mi\ufffdll \ufffd!", 5, "", "", (), "", "own")]
