"""Whatever the bytes of a line, a reader gives posts and names; no line makes it fail."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from gristmill.posts.formats import own
from gristmill.posts.post import LONGEST_ID
from gristmill.posts.reader import Post, Reader
from gristmill.posts.skip import Skip

SAMPLE = [
    line
    for name in ("posts.jsonl", "posts.csv")
    for line in (Path(__file__).parents[3] / "data" / name).read_bytes().splitlines()
    if line
]
#: Names of fields that mean something somewhere.
NAMES = sorted(
    {name for line in SAMPLE for name in re.findall(r'"([a-z_A-Z]+)"', line.decode())}
    | {*own.IDS, *own.TEXTS, *own.TIMES, *own.AUTHORS, *own.HASHTAGS, *own.ORIGINALS, *own.LANGUAGES}
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=-(10**60), max_value=10**60)
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["2026-11-20T09:30:15Z", "commit", "create", "update", "t1", "Listing", "retweeted", "\ud800"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES), inner, max_size=5),
    max_leaves=12,
)
CONTROL = re.compile("[\0-\x1f\x7f]")


def held(lines: list[bytes]) -> None:
    """Read lines with one reader, and look at all that it gives."""
    reader = Reader()
    for thing in [*(thing for line in lines for thing in reader.parse_line(line)), *reader.end()]:
        if isinstance(thing, Skip):
            assert re.fullmatch("[A-Za-z0-9 -]{4,40}", thing.value)
        else:
            look(thing)


def look(post: Post) -> None:
    """A post is what `Post` promises."""
    assert all(type(value) is str for value in (post[0], post[1], *post[3:5], *post[5], *post[6:]))
    assert post.id
    assert post.text.strip()
    assert type(post.time) is int
    assert 0 <= post.time < 253_402_300_800
    assert re.fullmatch("[a-z]{2,3}|", post.language)
    assert post.platform in {"twitter", "bluesky", "mastodon", "reddit", "own"}
    assert len(set(post.hashtags)) == len(post.hashtags)
    for text in (post.id, post.author, post.repost_of, *post.hashtags):
        assert not CONTROL.search(text)
        assert len(text) <= LONGEST_ID
    json.dumps(post, ensure_ascii=False).encode()


@settings(max_examples=300, deadline=None)
@given(st.lists(st.binary(max_size=200), max_size=4))
def test_no_bytes_make_a_reader_fail(lines: list[bytes]):
    """They are posts, or have a name."""
    held(lines)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=8))
@example({"did": [], "time_us": {}, "kind": "commit", "commit": {"operation": [], "collection": {}}})
@example(
    {"data": [{"id": {}, "text": 1, "referenced_tweets": [{"type": "retweeted", "id": []}]}], "includes": {"tweets": 7}}
)
def test_no_json_makes_a_reader_fail(made: dict[str, Any]):
    """Any value may stand under any name."""
    held([json.dumps(made).encode()])


def changed(value: Any, data: st.DataObject) -> Any:
    """A value of JSON with one of the values within it changed to any other, or left out."""
    if data.draw(st.integers(0, 3)) == 0:
        return data.draw(VALUES)
    if isinstance(value, dict) and value:
        key = data.draw(st.sampled_from(sorted(value)))
        if data.draw(st.integers(0, 9)) == 0:
            return {name: entry for name, entry in value.items() if name != key}
        return {**value, key: changed(value[key], data)}
    if isinstance(value, list) and value:
        return [changed(value[0], data), *value[1:]]
    return value


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([line for line in SAMPLE if line[:1] == b"{" and line[-1:] == b"}"]), st.data())
def test_no_change_to_a_good_post_makes_a_reader_fail(line: bytes, data: st.DataObject):
    """One of the values in it is another, or is not there."""
    held([json.dumps(changed(json.loads(line), data)).encode()])


@settings(max_examples=500, deadline=None)
@given(st.sampled_from(SAMPLE), st.integers(0, 5000), st.integers(0, 40), st.binary(max_size=8))
def test_no_change_to_a_good_line_makes_a_reader_fail(line: bytes, start: int, length: int, other: bytes):
    """Some of its bytes are others, or are not there."""
    start %= len(line) + 1
    held([SAMPLE[-9], line[:start] + other + line[start + length :], line[:start]])
