"""The sentiment job: its stages, its rows, its options."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jobs.sentiment_agg import SentimentAgg
from tests.jobs.sentiment import GOLDEN, OPTIONS, ordered

if TYPE_CHECKING:
    from typing import Callable

    from tests.conftest import RunJob
    from tests.jobs.conftest import Golden, RunHere, RunTask

    Rows = Callable[..., dict[str, Any]]

DATA = Path(__file__).parents[2] / "data"
#: What of the golden input makes no post, and how often.
COUNTED = {
    "input": {
        "blank line": 1,
        "delete": 1,
        "id was rounded": 1,
        "like": 1,
        "limit notice": 1,
        "no text": 1,
        "not JSON": 1,
        "not UTF-8": 1,
        "row that breaks a rule": 1,
        "time not understood": 2,
        "time out of range": 1,
        "torn line": 1,
    },
    "unscored": {"language de": 1, "language fr": 1},
}

names = pytest.mark.parametrize("name", OPTIONS)


def shuffled(folder: Path) -> bytes:
    """The lines of a golden folder's files, or of one file, as the shuffle puts them."""
    files = folder.iterdir() if folder.is_dir() else [folder]
    return ordered([file.read_bytes() for file in files])


@names
@pytest.mark.parametrize("part", ["part-00000", "part-00001"])
def test_the_mapper_makes_of_the_golden_input_the_golden_records(
    name: str, part: str, run_task: RunTask, golden: Golden
) -> None:
    """Tallies by key, or with --dedupe posts by the hash of their id."""
    posts = (GOLDEN / "input" / part).read_bytes()
    golden(f"sentiment_agg/mapped/{name}/{part}", run_task(SentimentAgg, "--mapper", *OPTIONS[name], stdin=posts))


def test_the_first_reducer_makes_of_the_golden_copies_the_golden_tallies(run_task: RunTask, golden: Golden) -> None:
    """Each post in one of them."""
    copies = shuffled(GOLDEN / "mapped" / "once")
    golden("sentiment_agg/counted/once", run_task(SentimentAgg, "--reducer", *OPTIONS["once"], stdin=copies))


@names
def test_the_reducer_makes_of_the_golden_tallies_the_golden_rows(name: str, run_task: RunTask, golden: Golden) -> None:
    """A row a key, with all that follows from its tally."""
    tallies = shuffled(GOLDEN / ("counted" if name == "once" else "mapped") / name)
    step = f"--step-num={int(name == 'once')}"
    golden(f"sentiment_agg/reduced/{name}", run_task(SentimentAgg, "--reducer", step, *OPTIONS[name], stdin=tallies))


@names
@pytest.mark.parametrize("runner", ["inline", "local"])
def test_a_runner_makes_of_the_golden_input_the_golden_rows(name: str, runner: str, run_here: RunHere) -> None:
    """The stages together are the job; what is no post is counted."""
    ran = run_here(SentimentAgg, "-r", runner, *OPTIONS[name], GOLDEN / "input")
    assert ran.output == (GOLDEN / "reduced" / name).read_bytes()
    left_out = {
        "plain": {},
        "topics": {},
        "once": {"left out": {"copy of a post": 2, "repost": 1}},
    }
    assert ran.counters == {**COUNTED, **left_out[name]}


@pytest.mark.parametrize("runner", ["inline", "local"])
def test_the_rows_of_the_sample_posts_are_golden(runner: str, run_job: RunJob, golden: Golden) -> None:
    """On every Python the command prints these bytes."""
    args = ["-r", runner, "--keywords=bread,market,ferry", "--window=day", "--dedupe", DATA / "posts.jsonl"]
    ran = run_job("-m", "jobs.sentiment_agg", *args)
    assert ran.returncode == 0
    golden("sentiment_agg/sample/days", ran.stdout)


@pytest.fixture
def aggregate(run_here: RunHere) -> Rows:
    """The objects of the rows that posts make, by key; a post is a text, or fields besides those that all have."""

    def rows(posts: list[str | dict[str, Any]], *args: str) -> dict[str, Any]:
        lines = []
        for number, post in enumerate(posts):
            fields = {"id": number, "created_at": "2026-03-01T07:00:00Z", "lang": "en", "user": "ann"}
            fields.update({"text": post} if isinstance(post, str) else {"text": "good", **post})
            lines.append(json.dumps(fields) + "\n")
        found = run_here(SentimentAgg, *args, stdin="".join(lines).encode())
        pairs = (line.split("\t") for line in found.output.decode().splitlines())
        return {"/".join(json.loads(key)): json.loads(value) for key, value in pairs}

    return rows


def test_a_row_has_the_schema_of_its_version(aggregate: Rows) -> None:
    """The names of its fields, in order; a report relies on them."""
    (row,) = aggregate(["good"]).values()
    assert row["v"] == 2
    assert list(row) == [
        "authors",
        "ci95",
        "examples",
        "histogram",
        "mean",
        "n",
        "negative",
        "net",
        "neutral",
        "p10",
        "p50",
        "p90",
        "positive",
        "positive_ci95",
        "sd",
        "sum",
        "sum2",
        "v",
    ]
    assert list(row["authors"]) == ["estimate", "sketch"]
    assert list(row["examples"]) == ["most", "negative", "positive", "sample"]
    assert list(row["examples"]["sample"][0]) == ["compound", "id", "platform", "text", "time"]


@pytest.mark.parametrize(
    ("args", "keys"),
    [
        ([], ["all//2026-03-01T07"]),
        (["--keywords", "bread,mill"], ["all//2026-03-01T07", "topic/bread/2026-03-01T07", "topic/mill/2026-03-01T07"]),
        (
            ["--by", "platform", "--by", "language,platform"],
            ["language/en/2026-03-01T07", "platform/own/2026-03-01T07"],
        ),
        (["--by", "author,hashtag", "--window", "day"], ["author/own:ann/2026-03-01", "hashtag/é/2026-03-01"]),
    ],
)
def test_rows_are_of_what_is_asked_for(aggregate: Rows, args: list[str], keys: list[str]) -> None:
    """Of all posts, and of topics where there are keywords, unless --by says otherwise."""
    assert list(aggregate(["Good bread of the mill #É"], *args)) == keys


def test_a_file_of_keywords_is_sent_to_the_tasks(aggregate: Rows, tmp_path: Path) -> None:
    """They work in folders of their own."""
    (tmp_path / "topics.txt").write_text("baking: sour dough, loaf\n")
    found = aggregate(["a good loaf", "a bad sour-dough", "mill"], "--by=topic", f"--keywords={tmp_path}/topics.txt")
    assert {key: row["n"] for key, row in found.items()} == {"topic/baking/2026-03-01T07": 2}


@pytest.mark.parametrize("runner", ["inline", "local"])
def test_a_table_is_printed_where_a_format_is_named(runner: str, run_job: RunJob, tmp_path: Path) -> None:
    """Part files are rows in any case, so that they add up."""
    args = ["-m", "jobs.sentiment_agg", "-r", runner, "--format", "csv", "--window", "all"]
    posts = b'{"id":1,"text":"good","time":"2026-03-01"}\n{"id":2,"text":"gut","lang":"de","time":"2026-03-01"}\n'
    table = (
        "dimension,value,window,n,positive,neutral,negative,mean,ci95_low,ci95_high,sd,net,positive_ci95_low,"
        "positive_ci95_high,p10,p50,p90,authors\n"
        "all,,all,1,1,0,0,0.4404,,,,1.0000,0.2065,1.0000,0.4250,0.4250,0.4250,0\n"
        "unscored,language,all,1,,,,,,,,,,,,,,\n"
    )
    assert run_job(*args, stdin=posts).stdout.decode() == table
    folder = tmp_path / "rows"
    both = run_job(*args, "--output-dir", folder, "--cat-output", stdin=posts)
    assert both.stdout.decode() == table
    assert run_job(*args, folder).stdout.decode() == table
    assert run_job("-m", "jobs.sentiment_agg", "--window", "all", folder).stdout == b"".join(
        part.read_bytes() for part in sorted(folder.glob("part-*"))
    )


def test_a_post_in_no_row_is_counted(run_here: RunHere) -> None:
    """And is not scored."""
    line = b'{"id":1,"text":"rain","time":1772348400}\n'
    assert run_here(SentimentAgg, "--by=topic", "--keywords=mill", stdin=line) == (b"", {"left out": {"in no row": 1}})


@pytest.mark.parametrize(
    ("args", "n", "counters"),
    [
        ([], 2, {"unscored": {"language de": 1, "other languages": 1}}),
        (["--languages", "en"], 1, {"left out": {"language not asked for": 3}}),
        (["--languages", "und"], 1, {"left out": {"language not asked for": 3}}),
        (["--languages", "en,de"], 1, {"unscored": {"language de": 1}, "left out": {"language not asked for": 2}}),
    ],
)
def test_a_post_in_a_language_that_vader_does_not_know_is_no_neutral_post(
    run_here: RunHere, args: list[str], n: int, counters: dict[str, dict[str, int]]
) -> None:
    """It is counted under its language; one that does not say is taken for English, unless asked otherwise."""
    tags = ["en-GB", "de", "und", "xh"]
    lines = "".join(
        f'{{"id":{number},"text":"gut","lang":"{tag}","time":1795167015}}\n' for number, tag in enumerate(tags)
    )
    ran = run_here(SentimentAgg, *args, stdin=lines.encode())
    rows = dict(line.split(b"\t") for line in ran.output.splitlines())
    unscored = {json.loads(key)[1]: json.loads(row)["n"] for key, row in rows.items() if key.startswith(b'["unscored"')}
    assert json.loads(rows[b'["all","","2026-11-20T09"]'])["n"] == n
    assert ran.counters == counters
    left_out = counters.get("left out", {}).get("language not asked for", 0)
    assert unscored.get("language not asked for", 0) == left_out
    assert unscored.get("language", 0) == 4 - n - left_out


def test_reposts_can_be_left_out(aggregate: Rows) -> None:
    """They count as posts unless asked otherwise."""
    posts = ["good", {"repost_of": "0"}]
    assert [row["n"] for row in aggregate(posts).values()] == [2]
    found = aggregate(posts, "--originals-only")
    assert {key: row["n"] for key, row in found.items()} == {
        "all//2026-03-01T07": 1,
        "unscored/repost/2026-03-01T07": 1,
    }


@pytest.mark.parametrize("args", [[], ["--dedupe"]])
def test_what_was_not_scored_adds_up_with_its_windows(run_here: RunHere, args: list[str]) -> None:
    """Posts, and rows of hours that were made of others; with --dedupe a copy counts once."""
    times = range(1_772_323_200, 1_772_352_000, 3600)
    posts = [{"id": number % 4, "text": "gut", "lang": "de", "time": time} for number, time in enumerate(times)]
    lines = b"".join(json.dumps(post).encode() + b"\n" for post in posts)
    hours = run_here(SentimentAgg, *args, "--by=topic", "--keywords=bread", stdin=lines).output
    assert hours.count(b"\n") == (4 if args else 8)
    day = run_here(SentimentAgg, *args, "--by=all", "--window=day", stdin=hours + lines).output
    assert day == b'["unscored","language","2026-03-01"]\t{"n":%d,"v":2}\n' % (8 if args else 16)


def test_rows_of_hours_add_up_to_any_window(run_here: RunHere) -> None:
    """As the posts do; days add up to weeks and months, and these to all time."""
    stamps = ["2026-01-31T07:00:00Z", "2026-02-01T08:00:00Z", "2027-01-03T23:59:59Z", "1970-01-01T00:00:00Z"]
    posts = "".join(f'{{"id":{number},"text":"good","time":"{time}"}}\n' for number, time in enumerate(stamps))

    def rows(window: str, stdin: bytes) -> bytes:
        return run_here(SentimentAgg, f"--window={window}", stdin=stdin).output

    hours = rows("hour", posts.encode())
    days, weeks, months, all_time = made = [rows(window, hours) for window in ("day", "week", "month", "all")]
    assert made == [rows(window, posts.encode()) for window in ("day", "week", "month", "all")]
    assert [[json.loads(line.split(b"\t")[0])[2] for line in some.splitlines()] for some in (weeks, months)] == [
        ["1970-W01", "2026-W05", "2026-W53"],
        ["1970-01", "2026-01", "2026-02", "2027-01"],
    ]
    assert [rows("week", days), rows("month", days)] == [weeks, months]
    assert [rows("all", some) for some in (days, weeks, months, all_time)] == [all_time] * 4
    assert json.loads(all_time.split(b"\t")[0]) == ["all", "", "all"]


def test_a_topic_of_any_script_stands_in_the_output_as_people_write_it(run_here: RunHere) -> None:
    """Keys are UTF-8, in the order of their bytes."""
    line = '{"id":1,"text":"Mühle z 水车 🍞","time":"2026-03-01","hashtags":["é"]}\n'.encode()
    output = run_here(SentimentAgg, "--by=topic,hashtag", "--keywords=Mühle,z,水车", stdin=line).output
    assert [row.split(b"\t")[0].decode() for row in output.splitlines()] == [
        '["hashtag","é","2026-03-01T00"]',
        '["topic","Mühle","2026-03-01T00"]',
        '["topic","z","2026-03-01T00"]',
        '["topic","水车","2026-03-01T00"]',
    ]
    assert run_here(SentimentAgg, stdin=output).output == output


@pytest.mark.parametrize(("most", "shown"), [("0", 0), ("1", 1), ("3", 3), ("1000", 9)])
def test_a_row_shows_as_many_examples_as_asked_for(aggregate: Rows, most: str, shown: int) -> None:
    """Of each kind: the most positive first."""
    texts = ["good" + " good" * number for number in range(9)] + ["bad" + " bad" * number for number in range(9)]
    (row,) = aggregate(texts, "--examples", most).values()
    assert row["examples"]["most"] == int(most)
    assert [one["text"] for one in row["examples"]["positive"]] == texts[8::-1][:shown]
    assert [one["text"] for one in row["examples"]["negative"]] == texts[:8:-1][:shown]
    assert len(row["examples"]["sample"]) == min(int(most), 18)


def test_nltk_scores_as_ours(run_here: RunHere, nltk_data: Path) -> None:
    """The same bytes, from the reference; this runs in tasks, where nltk finds its lexicon itself."""
    ran = run_here(SentimentAgg, "--scorer", "nltk", *OPTIONS["topics"], GOLDEN / "input")
    assert ran.output == (GOLDEN / "reduced" / "topics").read_bytes()
