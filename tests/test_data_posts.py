"""The sample posts hold what data/README.md promises of them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from benchmarks.sample import sample
from gristmill.posts.reader import Post, Reader
from gristmill.posts.skip import Skip

DATA = Path(__file__).parents[1] / "data"


def read(name: str) -> list[Post | str]:
    """All things in a file of the sample; of a Skip the name of its counter."""
    reader = Reader()
    lines = (DATA / name).read_bytes().splitlines()
    found = [*(thing for line in lines for thing in reader.parse_line(line)), *reader.end()]
    return [thing.value if isinstance(thing, Skip) else thing for thing in found]


def test_the_sample_is_what_its_writer_writes():
    """`python -m benchmarks.posts --sample` gives these bytes on every Python."""
    assert "".join(f"{line}\n" for line in sample()) == (DATA / "posts.jsonl").read_text(encoding="utf-8")


def test_the_sample_has_posts_of_every_platform_and_all_that_comes_between():
    """Each kind of line that a stream holds is there."""
    found = read("posts.jsonl")
    posts = [thing for thing in found if isinstance(thing, Post)]
    assert Counter(post.platform for post in posts) == {
        "twitter": 407,
        "bluesky": 141,
        "mastodon": 169,
        "reddit": 210,
        "own": 148,
    }
    assert Counter(thing for thing in found if isinstance(thing, str)) == {
        "blank line": 7,
        "delete": 28,
        "error message": 7,
        "like": 70,
        "limit notice": 7,
        "placeholder for more comments": 17,
        "repost without the text": 7,
        "torn line": 7,
    }


def test_the_sample_spans_three_days_and_some_posts_come_twice():
    """From Friday to Sunday; streams send a post again after a break."""
    posts = [thing for thing in read("posts.jsonl") if isinstance(thing, Post)]
    assert {post.time // 86_400 for post in posts} == {20_217, 20_218, 20_219}
    assert len({(post.platform, post.id) for post in posts}) == len(posts) - 8
    assert {post.language for post in posts} == {"", "en", "de", "fr", "es", "nl", "ja", "uk"}
    assert [post.text for post in posts if "RT @" in post.text or "&amp;" in post.text or "<p>" in post.text] == []
    assert sum(post.repost_of != "" for post in posts) == 141


def test_the_table_shows_what_the_readme_promises():
    """A text of three lines, quotation marks, five forms of time, a post without a text, and a time that is none."""
    storm = "Der Sturm hat das Dach abgedeckt"
    assert read("posts.csv") == [
        "header line",
        own("t-1", "Fresh bread, warm from the oven. Wonderful!", 1746772800, "ann", "bread"),
        own("t-2", "The ferry was on time for once", 1746774330, "bill", "ferry", "river"),
        own(
            "t-3",
            "No ferry today.\nTwo hours at the pier,\nand nobody says a word. Terrible.",
            1746857520,
            "cleo",
            "ferry",
        ),
        own("t-4", 'They call it "repaired", I call it a disaster #ferry', 1746871200, "dora", "ferry"),
        own("t-5", storm, 1746905400, "emil", "storm")._replace(language="de"),
        own("t-6", "The storm tore our tent & I am so sad :(", 1746906300, "ann", "storm"),
        own("t-7", "What a lovely market, the band was fantastic!!", 1746921600, "bill", "market", "music"),
        "no text",
        "time not understood",
    ]


def own(identity: str, text: str, time: int, author: str, *tags: str) -> Post:
    """A post in English of a table."""
    return Post(identity, text, time, "en", author, tags, "", "own")
