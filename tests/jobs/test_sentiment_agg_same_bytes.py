"""Rows are the same bytes for any splits, orders, combiners and runners, and say what a plain count says."""

from __future__ import annotations

import json
import math
import re
import shlex
import statistics
import subprocess
import sys
from collections import defaultdict
from datetime import date, datetime, timezone
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.posts.reader import Post, Reader
from gristmill.sentiment import tallies
from gristmill.vader import scorer
from jobs.sentiment_agg import SentimentAgg
from tests.jobs.sentiment import GOLDEN, OPTIONS, ordered
from mrjob.step import MRStep

if TYPE_CHECKING:
    from random import Random

    from tests.jobs.conftest import RunHere, RunTask

KEYWORDS = "--keywords=bread,mill: mill,sour dough"
BY = ("all", "topic", "hashtag", "author", "language", "platform")

TEXTS = [
    "Good bread",
    "BAD sour-dough!!",
    "the mill",
    "not good #Mill #dawn",
    "happy " * 120,
    "é 🙂",
    "\ud800 sad bread",
]
own = st.fixed_dictionaries(
    {
        "id": st.integers(0, 6),
        "text": st.sampled_from(TEXTS) | st.text(max_size=4),
        "created_at": st.sampled_from(
            ["2026-03-01T07:00:00Z", "2026-03-01T08:30:00Z", "2026-03-02T00:00:00Z", "never"]
        ),
    },
    optional={
        "lang": st.sampled_from(["en", "en-GB", "de", "und", "xh"]),
        "user": st.sampled_from(["ann", "Ann", "bäcker", ""]),
        "repost_of": st.just("1"),
    },
)
reddit = st.builds(
    lambda number, text: {
        "id": str(number),
        "author": "ann",
        "body": text,
        "created_utc": 1772348400,
        "subreddit": "x",
    },
    st.integers(0, 3),
    st.sampled_from(TEXTS),
)
ascii_lines = (own | own | reddit).map(lambda fields: json.dumps(fields).encode())
lines = st.lists(
    ascii_lines
    | ascii_lines
    | st.sampled_from([b"", b"torn {", b'{"delete":{}}', b'{"id":1,"text":"\xff","time":1795167015}']),
    max_size=14,
)
options = st.fixed_dictionaries(
    {
        "by": st.lists(st.sampled_from(BY), min_size=1, max_size=3, unique=True),
        "window": st.sampled_from(["hour", "day", "week", "month", "all"]),
        "examples": st.integers(0, 3),
        "languages": st.sampled_from(["", "en", "en,und"]),
        "originals": st.booleans(),
        "dedupe": st.booleans(),
    }
)


def arguments(chosen: dict[str, Any]) -> list[str]:
    args = [f"--by={','.join(chosen['by'])}", KEYWORDS, f"--window={chosen['window']}"]
    args += [f"--examples={chosen['examples']}"]
    args += [f"--languages={chosen['languages']}"] if chosen["languages"] else []
    args += ["--originals-only"] if chosen["originals"] else []
    return args + (["--dedupe"] if chosen["dedupe"] else [])


def staged(run_task: RunTask, parts: list[bytes], args: list[str], combine: bool = False) -> bytes:
    """The output of the job's tasks, run one after another as a plain pipe would."""
    step = 0
    stages = 2 if "--dedupe" in args else 1
    for step in range(stages):
        if step == 0:
            parts = [run_task(SentimentAgg, "--mapper", *args, stdin=part) for part in parts]
        number = f"--step-num={step}"
        if combine:
            parts = [run_task(SentimentAgg, "--combiner", number, *args, stdin=ordered([part])) for part in parts]
        parts = [run_task(SentimentAgg, "--reducer", number, *args, stdin=ordered(parts))]
    return ordered(parts)


@given(posts=lines, chosen=options, cuts=st.sets(st.integers(0, 14), max_size=4), order=st.randoms(), data=st.data())
@settings(max_examples=40, deadline=None)
def test_any_posts_in_any_splits_and_order_give_the_same_bytes(
    run_task: RunTask, posts: list[bytes], chosen: dict[str, Any], cuts: set[int], order: Random, data: st.DataObject
) -> None:
    """Mappers that send early, combiners or none, a sort, reducers."""
    args = arguments(chosen)
    whole = staged(run_task, [b"\n".join(posts)], args)
    order.shuffle(posts)
    borders = sorted({0, len(posts), *(cut for cut in cuts if cut < len(posts))})
    parts = [b"\n".join(posts[start:end]) for start, end in zip(borders, borders[1:])]
    with patch.object(tallies, "HELD", data.draw(st.sampled_from([1, 9000, 24 << 20]))):
        assert staged(run_task, parts, args, combine=data.draw(st.booleans())) == whole


def kept(posts: list[bytes], chosen: dict[str, Any], scored: bool = True) -> list[Post]:
    """The posts that are scored, or those that are not."""
    reader = Reader()
    wanted = set(chosen["languages"].replace("und", "").split(",")) if chosen["languages"] else {"en", ""}
    found = [thing for line in posts for thing in reader.parse_line(line) if isinstance(thing, Post)]
    return [
        post for post in found if (post.language in wanted and not (chosen["originals"] and post.repost_of)) == scored
    ]


def values(post: Post, dimension: str) -> list[str]:
    """The values of a dimension that a post has."""
    words = re.sub(r"[^a-z]+", " ", post.text.lower())
    return {
        "all": [""],
        "author": [f"{post.platform}:{post.author}" if post.author else ""],
        "hashtag": list(post.hashtags),
        "language": [post.language],
        "platform": [post.platform],
        "topic": [word for word in ("bread", "mill", "sour dough") if f" {word} " in f" {words} "],
    }[dimension]


@given(posts=lines, chosen=options)
@settings(max_examples=40, deadline=None)
def test_rows_say_what_a_plain_count_says(run_task: RunTask, posts: list[bytes], chosen: dict[str, Any]) -> None:
    """Lists of scores by key, and Python's own statistics over them."""
    chosen = {**chosen, "dedupe": False}
    groups: defaultdict[tuple[str, str, str], list[tuple[Post, int]]] = defaultdict(list)
    for post in kept(posts, chosen):
        day = f"{datetime.fromtimestamp(post.time, timezone.utc):%Y-%m-%d}"
        windows = {"hour": f"{day}T{post.time // 3600 % 24:02}", "day": day, "month": day[:7], "all": "all"}
        windows["week"] = date.fromisoformat(day).strftime("%G-W%V")
        for dimension in chosen["by"]:
            for value in values(post, dimension):
                groups[dimension, value, windows[chosen["window"]]].append((post, scorer.compound(post.text)))
    found, unscored = {}, 0
    for line in staged(run_task, [b"\n".join(posts)], arguments(chosen)).splitlines():
        key, value = line.split(b"\t")
        if key.startswith(b'["unscored",'):
            unscored += json.loads(value)["n"]
        else:
            found[tuple(json.loads(key))] = json.loads(value)
    assert unscored == len(kept(posts, chosen, scored=False))
    assert found.keys() == groups.keys()
    for key, row in found.items():
        check(row, groups[key], chosen["examples"])


def check(row: dict[str, Any], pairs: list[tuple[Post, int]], most: int) -> None:
    """Holds a row to the posts that it is of."""
    scores = [score for _, score in pairs]
    assert row["n"] == len(scores)
    assert row["positive"] == sum(score >= 500 for score in scores)
    assert row["negative"] == sum(score <= -500 for score in scores)
    assert row["neutral"] == row["n"] - row["positive"] - row["negative"]
    assert (row["sum"], row["sum2"]) == (sum(scores), sum(score * score for score in scores))
    assert row["authors"]["estimate"] == len({(post.platform, post.author) for post, _ in pairs if post.author})
    assert row["mean"] == pytest.approx(statistics.fmean(scores) / 10_000, abs=0.00006)
    if len(scores) > 1:
        assert row["sd"] == pytest.approx(statistics.stdev(scores) / 10_000, abs=0.00006)
        assert row["ci95"][0] <= row["mean"] <= row["ci95"][1]
    else:
        assert row["sd"] is row["ci95"] is None
    lowest = sorted(scores)[math.ceil(len(scores) / 2) - 1] / 10_000
    assert row["p50"] == pytest.approx(lowest, abs=0.05)
    distinct = len({(post.platform, post.id) for post, _ in pairs})
    assert len(row["examples"]["sample"]) == min(most, distinct)
    best = [round(one["compound"] * 10_000) for one in row["examples"]["positive"]]
    assert best == sorted(best, reverse=True)
    assert not best or best[0] == max(scores)


@given(posts=lines, chosen=options)
@settings(max_examples=25, deadline=None)
def test_hours_add_up_to_any_window(run_task: RunTask, posts: list[bytes], chosen: dict[str, Any]) -> None:
    """The job over its own hours gives the bytes that it gives over the posts."""
    chosen = {**chosen, "dedupe": False}
    args = arguments(chosen)
    hours = staged(run_task, [b"\n".join(posts)], arguments({**chosen, "window": "hour"}))
    assert staged(run_task, [hours], args) == staged(run_task, [b"\n".join(posts)], args)


@given(posts=lines, chosen=options, order=st.randoms())
@settings(max_examples=25, deadline=None)
def test_posts_that_come_again_count_once(
    run_task: RunTask, posts: list[bytes], chosen: dict[str, Any], order: Random
) -> None:
    """In one split or in two."""
    args = arguments({**chosen, "dedupe": True})
    again = [*posts, *posts]
    order.shuffle(again)
    parts = [b"\n".join(again[: len(posts)]), b"\n".join(again[len(posts) :])]
    once = staged(run_task, [b"\n".join(posts)], args)
    assert staged(run_task, parts, args) == once
    number = sum(json.loads(line.split(b"\t")[1])["n"] for line in once.splitlines() if line.startswith(b'["all"'))
    distinct = {(post.platform, post.id) for post in kept(posts, chosen)}
    assert number == (len(distinct) if "all" in chosen["by"] else 0)


class WithoutCombiner(SentimentAgg):
    """The job as it is where no combiner runs."""

    def steps(self) -> list[MRStep]:
        steps = super().steps()
        for step in steps:
            step._steps["combiner"] = None
        return steps


@pytest.mark.parametrize("name", ["plain", "topics", "once"])
@pytest.mark.parametrize("job", [SentimentAgg, WithoutCombiner])
@pytest.mark.parametrize("maps", [1, 2, 3, 5, 8, 13])
def test_the_golden_rows_are_the_same_for_any_number_of_tasks(
    run_here: RunHere, name: str, job: type[SentimentAgg], maps: int
) -> None:
    """Splits, partitions and combiners leave no trace, nor in the counters."""
    conf = ["-D", f"mapreduce.job.maps={maps}", "-D", f"mapreduce.job.reduces={1 + maps % 4}"]
    ran = run_here(job, *conf, *OPTIONS[name], GOLDEN / "input")
    assert ran.output == (GOLDEN / "reduced" / name).read_bytes()
    assert ran.counters["input"]["not JSON"] == 1
    assert ran.counters.get("left out", {}).get("copy of a post", 0) == (2 if name == "once" else 0)


def test_the_golden_rows_are_the_same_through_the_shell_pipe() -> None:
    """`job --mapper | sort | job --reducer` is the job, with nothing of ours between."""
    job = shlex.join([sys.executable, "-m", "jobs.sentiment_agg"])
    posts = shlex.join(map(str, sorted((GOLDEN / "input").iterdir())))
    pipe = f"cat {posts} | {job} --mapper | LC_ALL=C sort | {job} --combiner | {job} --reducer"
    found = subprocess.run(["bash", "-o", "pipefail", "-c", pipe], capture_output=True, check=True)
    assert found.stdout == (GOLDEN / "reduced" / "plain").read_bytes()
