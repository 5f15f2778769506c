"""Made-up posts: the same for a seed, and like real ones where it matters."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from benchmarks.posts import lines
from benchmarks.texts import posts as texts
from gristmill.posts.reader import Post, Reader


def read(*options: object) -> list[Post]:
    reader = Reader()
    return [thing for line in lines(*options) for thing in reader.parse_line(line.encode())]


@pytest.mark.parametrize(("shape", "least", "most"), [("plain", 200, 400), ("v1", 3500, 4500), ("mixed", 900, 1500)])
def test_a_post_is_as_long_as_is_said(shape: str, least: int, most: int):
    """A plain one is short, one of Twitter v1.1 has about 4 KB."""
    assert least < sum(len(line.encode()) for line in lines(300, 7, shape)) / 300 < most


def test_each_line_is_one_post_with_an_id_of_its_own():
    """Of every platform; one in five repeats an earlier one."""
    posts = read(2000, 7, "mixed")
    assert len({(post.platform, post.id) for post in posts}) == len(posts) == 2000
    platforms = Counter(post.platform for post in posts)
    assert set(platforms) == {"twitter", "bluesky", "mastodon", "reddit", "own"}
    assert 150 < sum(post.repost_of != "" for post in posts) < 350
    assert [post.text for post in posts if "&amp;" in post.text or post.text.startswith(("RT @", "<p>"))] == []


def test_posts_are_spread_over_three_days():
    """In the order of time, but for reposts, which come a little later."""
    posts = read(2000, 7, "plain")
    assert {post.time // 86_400 for post in posts} == {20_217, 20_218, 20_219}


def test_most_words_are_new_as_in_real_posts():
    """Else a scorer that remembers words would look faster than it is."""
    words = [word for text in islice(texts(7), 2000) for word in text.split()]
    assert len(set(words)) / len(words) > 0.3


def test_the_same_seed_gives_the_same_bytes_on_every_python():
    """And another seed others."""
    command = [sys.executable, "-m", "benchmarks.posts", "--posts", "500", "--seed"]
    first, second = (subprocess.run([*command, seed], capture_output=True, check=True).stdout for seed in "78")
    assert first.count(b"\n") == second.count(b"\n") == 500
    assert hashlib.sha256(first).hexdigest() == "962117aa81e9415a61bb92437049077ec6edccb893a5708c97c8e1a64155170f"
    assert first != second


def test_the_sample_is_written_by_its_command():
    """It has a seed of its own."""
    command = [sys.executable, "-m", "benchmarks.posts", "--sample"]
    sample = subprocess.run(command, capture_output=True, check=True).stdout
    assert sample == (Path(__file__).parents[2] / "data" / "posts.jsonl").read_bytes()
