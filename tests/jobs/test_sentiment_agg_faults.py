"""What the sentiment job says of input and options that it cannot use, and what strangers may send it."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gristmill.errors import BadInput
from jobs.sentiment_agg import SentimentAgg
from tests.jobs.sentiment import GOLDEN

if TYPE_CHECKING:
    from tests.conftest import RunJob
    from tests.jobs.conftest import RunHere, RunTask

POST = b'{"id":"z","text":"good","created_at":"2026-03-01T07:00:00Z"}\n'
ROW = (GOLDEN / "reduced" / "plain").read_bytes().splitlines(True)[1]
DAY = ROW.replace(b'-01T08"]', b'-01"]')

#: (a line, the name under which it is counted)
FAULTS = [
    (b'{"id":1,"te', "torn line"),
    (b"so?", "not JSON"),
    (b"[7]", "no object"),
    (b'{"errors":[]}', "error message"),
    (b'{"x":1}', "unknown shape"),
    (b"[" * 100_000, "nested too deep"),
    (b'{"id":"\xff","text":', "not UTF-8"),
    (b'{"text":"x","time":1795167015}', "no id"),
    (b'{"id":1.5,"text":"x","time":1795167015}', "id was rounded"),
    (b'{"id":[],"text":"x","time":1795167015}', "id of a wrong type"),
    (b'{"id":-1,"text":"x","time":1795167015}', "id out of range"),
    (b'{"id":"a\\u0000","text":"x","time":1795167015}', "id is not one short line"),
    (b'{"id":1,"text":7,"time":1795167015}', "text of a wrong type"),
    (b'{"id":1,"text":"x"}', "no time"),
    (b'{"id":1,"text":"x","time":"then"}', "time not understood"),
    (b'{"id":1,"text":"x","time":"99999-01-01"}', "time out of range"),
    (ROW.replace(b'"v":2', b'"v":3').strip(), "row that breaks a rule"),
    (ROW.replace(b"03-01T", b"02-30T").strip(), "row that breaks a rule"),
    (DAY.strip(), "row of a window that lies in none of those asked for"),
]
#: What a stream holds besides posts.
QUIET = {
    b"": "blank line",
    b'{"delete":{}}': "delete",
    b"[]": "empty page",
    b'{"id":1,"text":"","time":1795167015}': "no text",
}


def texts_and_count(output: bytes) -> tuple[list[str], int]:
    """The sample's texts, and how many posts, of the one row of an output."""
    row = json.loads(output.split(b"\t")[1])
    return [one["text"] for one in row["examples"]["sample"]], row["n"]


@pytest.mark.parametrize(("line", "name"), FAULTS, ids=[name for _, name in FAULTS])
def test_a_line_that_cannot_be_used_is_counted_under_a_name_that_says_why(
    run_here: RunHere, line: bytes, name: str
) -> None:
    """The job goes on."""
    ran = run_here(SentimentAgg, stdin=line + b"\n" + POST + line + b"\n")
    assert texts_and_count(ran.output) == (["good"], 1)
    assert ran.counters["input"][name.replace(",", ";")] == 2


@pytest.mark.parametrize(("line", "name"), FAULTS, ids=[name for _, name in FAULTS])
def test_a_strict_job_fails_on_such_a_line_and_names_it(
    run_here: RunHere, tmp_path: Path, line: bytes, name: str
) -> None:
    """The error names the file, the line and the rule, in one line."""
    path = tmp_path / "posts.jsonl"
    path.write_bytes(POST + line + b"\n")
    with pytest.raises(BadInput) as caught:
        run_here(SentimentAgg, "--strict", path)
    assert str(caught.value).startswith(f"{path}, line 2: {name}")
    assert str(caught.value).endswith("; mend it, or leave out --strict to have such lines counted")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("line", "name"), QUIET.items(), ids=QUIET.values())
def test_what_a_stream_says_besides_posts_is_no_fault(run_here: RunHere, line: bytes, name: str) -> None:
    """It is counted, strict or not."""
    ran = run_here(SentimentAgg, "--strict", stdin=line + b"\n" + POST)
    assert texts_and_count(ran.output) == (["good"], 1)
    assert ran.counters == {"input": {name: 1}}


def test_rows_of_other_dimensions_are_left_out_where_by_says_so(run_here: RunHere) -> None:
    """Without it they keep theirs, whatever it is; so do topics, with no keywords at hand."""
    rows = ROW + ROW.replace(b'["all",""', b'["topic","mill"')
    assert run_here(SentimentAgg, stdin=rows).output == rows
    ran = run_here(SentimentAgg, "--by=all", stdin=rows)
    assert ran == (ROW, {"left out": {"row of a dimension not asked for": 1}})


@pytest.mark.parametrize("args", [[], ["--dedupe"]])
def test_rows_with_fewer_examples_than_asked_for_are_used_and_counted(run_here: RunHere, args: list[str]) -> None:
    """The tally is exact with as many as the row may have; more are not known to be the first of all."""
    ran = run_here(SentimentAgg, "--examples=4", *args, stdin=ROW)
    assert ran.output == ROW
    assert ran.counters == {"input": {"row with fewer examples than asked for; and so has what it is added to": 1}}


@pytest.mark.parametrize("args", [[], ["--dedupe"]])
def test_rows_with_more_examples_than_asked_for_show_as_many_as_asked_for(run_here: RunHere, args: list[str]) -> None:
    """As over posts."""
    ran = run_here(SentimentAgg, "--examples=0", *args, stdin=ROW)
    assert json.loads(ran.output.split(b"\t")[1])["examples"] == {
        "most": 0,
        "negative": [],
        "positive": [],
        "sample": [],
    }


@pytest.mark.parametrize(
    ("window", "asked"), [("2026-W09", "month"), ("2026-03", "week"), ("2026-W09", "day"), ("all", "month")]
)
def test_rows_of_weeks_and_months_do_not_add_up_to_each_other(run_here: RunHere, window: str, asked: str) -> None:
    """A week may lie in two months."""
    row = re.sub(rb'"2026[^"]*"\]', b'"%b"]' % window.encode(), ROW, count=1)
    ran = run_here(SentimentAgg, f"--window={asked}", stdin=row)
    assert ran == (b"", {"input": {"row of a window that lies in none of those asked for": 1}})


@pytest.mark.parametrize("args", [[], ["--dedupe"]])
def test_rows_and_posts_add_up(run_here: RunHere, args: list[str]) -> None:
    """A day of which some hours are summed up already."""
    both = run_here(SentimentAgg, "--window=day", *args, stdin=ROW + POST).output
    assert json.loads(both.split(b"\t")[1])["n"] == 2
    assert both.startswith(b'["all","","2026-03-01"]\t')


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (
            ["--by", "all,topics"],
            "argument --by: 'topics' is none of all, author, hashtag, language, platform, topic (did you mean topic?)",
        ),
        (["--by", "subject"], "argument --by: 'subject' is none of all, author, hashtag, language, platform, topic"),
        (
            ["--format", "csv", "--output-dir", "rows"],
            "--format is of printed output: leave out --output-dir, or add --cat-output",
        ),
        (
            ["--format", "csv", "--no-cat-output"],
            "--format is of printed output: leave out --output-dir, or add --cat-output",
        ),
        (["--by", "topic"], "--by topic: say what makes topics by --keywords"),
        (
            ["--keywords", "no/file"],
            "--keywords: 'no/file' is no file; give one, or a list of words with commas between",
        ),
        (["--keywords", "!"], "--keywords: keyword '!' has no letter, digit or emoji; mend it"),
        (["--examples", "-1"], "argument --examples: '-1' is no number from 0 to 1000"),
        (["--examples", "1001"], "argument --examples: '1001' is no number from 0 to 1000"),
        (["--examples", "٣"], "argument --examples: '٣' is no number from 0 to 1000"),
        (
            ["--languages", "de"],
            "argument --languages: VADER knows English alone: 'de' has neither en nor und, for posts that do not say",
        ),
    ],
)
def test_a_mistake_on_the_command_line_is_named(args: list[str], message: str) -> None:
    """Before anything starts."""
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        SentimentAgg(args)


def test_a_mistake_on_the_command_line_is_a_usage_error(run_job: RunJob) -> None:
    """One line; the status is 2."""
    ran = run_job("-m", "jobs.sentiment_agg", "--by", "topic")
    assert ran.returncode == 2
    assert ran.stderr.startswith(b"error: --by topic: say what makes topics by --keywords; ")


@pytest.mark.parametrize("runner", ["inline", "local"])
def test_keywords_are_utf8_in_any_locale(run_job: RunJob, runner: str) -> None:
    """Also where the locale is C and Python is told to have no UTF-8 mode."""
    post = '{"id":"1","text":"die Mühle 😍","created_at":"2026-03-01T00:00:00Z"}\n'.encode()
    job = ["-m", "jobs.sentiment_agg", "-r", runner, "--by", "topic", "--keywords", "MÜHLE,😍"]
    ran = run_job(*job, stdin=post, env={"LC_ALL": "C", "PYTHONUTF8": "0"})
    keys = [line.split(b"\t")[0] for line in ran.stdout.splitlines()]
    wanted = ["MÜHLE", "😍"]
    assert [json.loads(key)[1] for key in keys] == wanted
    assert run_job(*job, stdin=post).stdout == ran.stdout


def test_nltk_without_its_lexicon_is_one_line(run_job: RunJob, tmp_path: Path) -> None:
    """Before anything starts."""
    env = {"NLTK_DATA": str(tmp_path), "HOME": str(tmp_path)}
    ran = run_job("-m", "jobs.sentiment_agg", "--scorer", "nltk", stdin=POST, env=env)
    assert ran.returncode == 1
    assert ran.stdout == b""
    assert ran.stderr.startswith(b"error: --scorer nltk: its vader_lexicon is not here; run ")
    assert ran.stderr.count(b"\n") == 1


@pytest.mark.parametrize("maps", ["1", "7"])
def test_a_table_is_read_under_its_header_whatever_the_splits(run_here: RunHere, tmp_path: Path, maps: str) -> None:
    """It is not split: nothing but its first line says what its columns are."""
    path = tmp_path / "tables" / "posts.csv"
    path.parent.mkdir()
    rows = [f'{number},"good, ""bad""\nbread {number}",2026-03-01\n' for number in range(200)]
    path.write_text("id,text,created_at\n" + "".join(rows))
    for source in (path, path.parent, f"{path.parent}/*"):
        ran = run_here(SentimentAgg, "-D", f"mapreduce.job.maps={maps}", source)
        assert texts_and_count(ran.output)[1] == 200
        assert ran.counters == {"input": {"header line": 1}}


@pytest.mark.parametrize("maps", ["1", "7"])
def test_a_table_whose_columns_are_told_is_split(run_here: RunHere, tmp_path: Path, maps: str) -> None:
    """Each line is a whole record, and a header is none."""
    path = tmp_path / "posts.csv"
    rows = [f'{number},"good, ""bad""",2026-03-01\n' for number in range(200)]
    path.write_text("id,text,created_at\n" + "".join(rows))
    ran = run_here(SentimentAgg, "-D", f"mapreduce.job.maps={maps}", "--columns", "id,text,date", path)
    assert texts_and_count(ran.output)[1] == 200
    assert ran.counters == {"input": {"header line": 1}}


def test_columns_without_a_text_are_one_line(run_job: RunJob) -> None:
    """The status is 2."""
    ran = run_job("-m", "jobs.sentiment_agg", "--columns", "id,created_at")
    assert ran.returncode == 2
    assert ran.stderr.startswith(b"error: argument --columns: no column is the text: name one text, full_text, ")


def test_a_record_that_does_not_end_is_counted(run_here: RunHere, tmp_path: Path) -> None:
    """The end of the file may hide what is missing."""
    path = tmp_path / "posts.csv"
    path.write_text('id,text,time\n1,good,1795167015\n2,"bad\nand so on')
    ran = run_here(SentimentAgg, path)
    assert texts_and_count(ran.output) == (["good"], 1)
    assert ran.counters == {"input": {"header line": 1, "torn line": 2}}


def test_a_job_without_posts_has_no_rows(run_here: RunHere) -> None:
    """Nothing is made up."""
    assert run_here(SentimentAgg, stdin=b"").output == b""


#: Fields that a stranger may give a post, and how many rows and which counters it then has.
HOSTILE = {
    "a text of a megabyte": ({"text": "good 🙂 " * 120_000}, 1, {}),
    "distinct words": ({"text": " ".join(f"w{number}" for number in range(120_000))}, 1, {}),
    "hashtags by the thousand": (
        {"text": " ".join(f"#tag{number}" for number in range(5000))},
        51,
        {"left out": {"hashtags of a post beyond its first 50": 1}},
    ),
    "an author of a megabyte": ({"user": "a" * (1 << 20)}, 1, {}),
    "an id of a megabyte": ({"id": "1" * (1 << 20)}, 0, {"input": {"id is not one short line": 1}}),
    "lone surrogates": ({"text": "good \ud800\udfff", "user": "\udc00", "id": "\udbff"}, 1, {}),
    "controls": ({"text": "good\x00\t\r\n\u2028\x1b[31m", "user": "a\tb"}, 1, {}),
    "script tags": ({"text": "<script>alert('good')</script>", "user": "<b>"}, 1, {}),
    "a time in the year 99999": ({"created_at": "99999-01-01T00:00:00Z"}, 0, {"input": {"time out of range": 1}}),
    "a time of 10,000 digits": ({"created_at": "9" * 10_000}, 0, {"input": {"time not understood": 1}}),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_post_harms_nobody(run_here: RunHere, kind: str) -> None:
    """It makes rows of bounded size, in ASCII, in bounded time; or it is counted."""
    fields, rows, counters = HOSTILE[kind]
    post = {"id": "1", "text": "good", "created_at": "2026-03-01T07:00:00Z", **fields}
    start = time.process_time()
    ran = run_here(SentimentAgg, "--by=all,hashtag", stdin=json.dumps(post).encode() + b"\n")
    assert time.process_time() - start < 20
    found = ran.output.splitlines(True)
    assert len(found) == rows
    assert all(line.isascii() and len(line) < 12_000 for line in found)
    assert run_here(SentimentAgg, stdin=ran.output).output == ran.output
    assert ran.counters == counters


def test_a_list_of_a_hundred_thousand_posts_is_one_line_like_another(run_task: RunTask) -> None:
    """With --dedupe each of them is a record of its own."""
    line = b"[" + b",".join([b'{"id":1,"text":"a","time":1772348400}'] * 150_000) + b"]\n"
    assert run_task(SentimentAgg, "--mapper", "--dedupe", stdin=line).count(b"\n") == 150_000


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (b'{"id":1,"text":"' + b"good " * 4_000_000 + b'"}', "line too long"),
        (b'["all","' + b"good " * 4_000_000 + b'","2026-03-01"]\t{"v":1}', "row that breaks a rule"),
        (b'["all","","2026-03-01"]\t{"v":' + b"1" * 10_000_000 + b"}", "row that breaks a rule"),
        (b'["all","","2026-03-01"]\t{"v":1,"n":' + b"[" * 10_000_000, "row that breaks a rule"),
    ],
    ids=["post", "row", "number", "nesting"],
)
def test_a_line_of_megabytes_is_counted(run_here: RunHere, line: bytes, name: str) -> None:
    """In a time that its length bounds."""
    start = time.process_time()
    ran = run_here(SentimentAgg, stdin=line + b"\n" + POST)
    assert time.process_time() - start < 10
    assert texts_and_count(ran.output) == (["good"], 1)
    assert ran.counters == {"input": {name: 1}}


@pytest.mark.parametrize(("days", "counters"), [("20/11/2026", {}), ("2026-11-20", {"time not understood": 1})])
def test_times_of_ones_own_are_read_in_the_format_that_is_told(run_here: RunHere, days: str, counters: dict) -> None:
    """On every line, and in no other form."""
    post = json.dumps({"id": 1, "text": "good", "created_at": days}).encode()
    ran = run_here(SentimentAgg, "--time-format", "%d/%m/%Y", "--window=day", stdin=post)
    assert ran.output.startswith(b'["all","","2026-11-20"]') is not bool(counters)
    assert ran.counters == ({"input": counters} if counters else {})


def test_a_time_format_that_gives_no_date_is_one_line(run_job: RunJob) -> None:
    """The status is 2."""
    ran = run_job("-m", "jobs.sentiment_agg", "--time-format", "%H:%M")
    assert ran.returncode == 2
    assert ran.stderr.startswith(b"error: argument --time-format: '%H:%M' gives no whole date: it needs a year, ")
