"""Sentiment of the files that people have: JSON over several lines, archives, tables of any kind."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Callable

import pytest

from gristmill.input import find
from jobs.sentiment_agg import SentimentAgg

if TYPE_CHECKING:
    from pathlib import Path

    RunHere = Callable[..., Any]
    RunJob = Callable[..., Any]

TWEET = {"tweet": {"id_str": "7", "full_text": "Good &amp; #fresh", "created_at": "Fri Nov 20 09:30:15 +0000 2026"}}
POSTS = [{"id": number, "text": "A good day", "createdAt": "2026-11-20T09:30:15Z"} for number in range(40)]
TABLE = "id{0}text{0}created_at\n" + "".join(f"{number}{{0}}a good day{{0}}2026-11-20\n" for number in range(40))

#: What a file holds, and what its lines count as beside posts.
FILES = {
    "pretty.json": (json.dumps(POSTS, indent=2), {"bracket alone": 2}),
    "entries.json": ("[\n" + ",\n".join(map(json.dumps, POSTS)) + "\n]\n", {"bracket alone": 2}),
    "one_line.json": (json.dumps(POSTS), {}),
    "objects.ndjson": ("\n".join(json.dumps(post, indent=1) for post in POSTS), {}),
    "beside.log": ("".join(map(json.dumps, POSTS)), {}),
    "tweets.js": (
        f"window.YTD.tweets.part0 = {json.dumps([TWEET] * 40, indent=2)}",
        {"header line": 1, "bracket alone": 1},
    ),
    "posts.txt": (TABLE.format("|"), {"header line": 1}),
    "posts.tab": (TABLE.format("\t"), {"header line": 1}),
    "posts": (TABLE.format(";"), {"header line": 1}),
}


@pytest.mark.parametrize("runner", ["local", "inline"])
def test_each_file_is_read_whole_however_many_maps_there_are(run_here: RunHere, tmp_path: Path, runner: str) -> None:
    """But for one with a post a line, which is split."""
    for name, (text, counters) in FILES.items():
        path = tmp_path / name
        path.write_text(text)
        ran = run_here(SentimentAgg, "-r", runner, "-D", "mapreduce.job.maps=3", "--window=day", path)
        assert (json.loads(ran.output.split(b"\t")[1])["n"], ran.counters.get("input", {})) == (40, counters), name


@pytest.mark.parametrize("name", ["posts.csv", "posts.jsonl"])
def test_the_driver_finds_its_input_and_looks_at_each_file_once(
    run_here: RunHere, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A walk over a large folder, and a read of each file in it, cost what they cost once."""
    (tmp_path / name).write_text(TABLE.format(",") if name == "posts.csv" else json.dumps(POSTS[0]))
    finds: list[Any] = []
    opened: list[str] = []
    find_inputs, open_path = find.find_inputs, type(tmp_path).open
    monkeypatch.setattr(find, "find_inputs", lambda *args: finds.append(args) or find_inputs(*args))
    monkeypatch.setattr(
        type(tmp_path), "open", lambda path, *args, **how: opened.append(path.name) or open_path(path, *args, **how)
    )
    run_here(SentimentAgg, "-D", "mapreduce.job.maps=1", tmp_path)
    assert (len(finds), opened.count(name)) == (1, 1)


@pytest.mark.parametrize("separator", [",", "|"])
def test_a_table_on_standard_input_is_read_whole(run_job: RunJob, separator: str) -> None:
    """Its first line names its columns."""
    stdin = TABLE.format(separator).encode()
    ran = run_job("-m", "jobs.sentiment_agg", "-D", "mapreduce.job.maps=3", "--window=day", stdin=stdin)
    assert json.loads(ran.stdout.split(b"\t")[1])["n"] == 40


@pytest.mark.parametrize("runner", ["local", "inline"])
def test_a_table_whose_header_lacks_a_column_ends_the_job_with_one_line(
    run_job: RunJob, tmp_path: Path, runner: str
) -> None:
    """It says which, and what to type."""
    path = tmp_path / "posts.csv"
    path.write_text("id,text,when\n1,good,2026-11-20\n")
    ran = run_job("-m", "jobs.sentiment_agg", "-r", runner, path)
    assert ran.returncode == 1
    last = ran.stderr.decode().splitlines()[-1]
    assert last.startswith("error: ")
    assert f"{path}, line 1: as the header of a table, no column is the time: name one created_at, " in last
    assert "--columns id,text,created_at" in last
    told = run_job("-m", "jobs.sentiment_agg", "-r", runner, "--columns", "id,text,time", path)
    assert json.loads(told.stdout.split(b"\t")[1])["n"] == 1
