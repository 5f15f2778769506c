import re
import subprocess
import sys

import pytest

from benchmarks.bench import asked, main
from benchmarks.contestants import INDEXERS


def tables(work, *parts):
    """What a smoke test of some parts prints."""
    words = [word for part in parts for word in ("--part", part)]
    command = [sys.executable, "-m", "benchmarks.bench", "--smoke", *words, "--work", str(work)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.fixture(scope="module")
def smoke(tmp_path_factory):
    work = tmp_path_factory.mktemp("bench")
    printed = tables(work, "index", "wordcount", "growth")
    assert sorted(path.suffix for path in work.iterdir()) == [".tsv"] * 3
    return printed


@pytest.fixture(scope="module")
def sentiment(tmp_path_factory):
    work = tmp_path_factory.mktemp("bench")
    printed = tables(work, "sentiment")
    assert sorted(path.suffix for path in work.iterdir()) == [".jsonl"] * 3
    return printed


def rows(text, title):
    part = text.partition(f"### {title}")[2].partition("###")[0]
    table = [re.split(r"(?<!\\)\|", line)[1:-1] for line in part.splitlines() if line.startswith("| **")]
    return {cells[0].split("**")[1]: [cell.strip() for cell in cells[1:]] for cells in table}


@pytest.mark.long
def test_every_peer_has_a_row_and_all_rows_are_ours(smoke):
    """A peer that is not installed (they come with the extra `bench`) is named as absent; none is dropped."""
    table = rows(smoke, "Inverted index")
    assert list(table) == [contestant.name for contestant in INDEXERS]
    for contestant in INDEXERS[1:]:
        output = table[contestant.name][5]
        if contestant.absent():
            assert output == f"absent: {contestant.absent()} is not installed"
        else:
            assert output == ("equal" if contestant.writes_rows else "not compared")
    assert re.fullmatch(r"\d,\d{3} rows", table["gristmill"][5])
    assert all(float(cell) > 0 for cell in table["gristmill"][:4])


@pytest.mark.long
@pytest.mark.parametrize("source", ["0.3 MB", "5 small files"])
def test_the_local_runners_words_are_counted_as_mrjobs(smoke, source):
    """The same job, the same rows, by both runners."""
    table = rows(smoke, f"Word count of {source}")
    assert list(table) == ["gristmill", "mrjob"]
    assert table["mrjob"][5] == "equal"


@pytest.mark.long
def test_growth_has_three_sizes(smoke):
    """Each a little over three times the one before in a smoke test, ten times in earnest."""
    assert re.findall(r"^\| ([\d.]+ MB) \|", smoke, re.MULTILINE) == ["0.03 MB", "0.1 MB", "0.3 MB"]


@pytest.mark.long
@pytest.mark.parametrize("posts", ["300 short posts", "100 posts of Twitter's API v1.1"])
def test_the_sentiment_of_an_hour_is_nltks(sentiment, posts):
    """The same counts and the same sum, to the last digit, from the job that courses teach."""
    table = rows(sentiment, f"Sentiment of {posts}")
    assert list(table) == ["gristmill", "nltk-mrjob"]
    assert table["nltk-mrjob"][5] == "equal"


@pytest.mark.long
def test_the_scorers_alone_are_timed(sentiment):
    """And ours is held to nltk's scores before that."""
    assert re.search(r"### VADER, the scorers alone\n\n +ours, new posts +[\d.]+ µs a post", sentiment)


@pytest.mark.long
def test_the_growth_of_the_sentiment_job_has_its_sizes(sentiment):
    """Three times the posts in a smoke test, ten times in earnest."""
    assert re.findall(r"^\| ([\d,]+ posts) \|", sentiment, re.MULTILINE) == ["100 posts", "300 posts"]


@pytest.mark.long
def test_the_report_begins_with_its_command_and_its_machine(smoke):
    """Figures are quoted with both."""
    lines = smoke.splitlines()
    assert lines[0].startswith("`python -m benchmarks.bench --smoke --part index ")
    assert lines[1].startswith("Machine: ")
    assert lines[2].startswith(f"Python {sys.version.split()[0]}; mrjob 0.7.4, ")


@pytest.mark.long
def test_a_persons_own_input_is_compared_and_growth_is_left_out(tmp_path):
    """Words that a plain regex cuts otherwise than we do are counted as rows that differ, and are no failure."""
    (tmp_path / "mine.tsv").write_text("b\tone 'two' tree\na\tone कि\n", encoding="utf-8")
    command = [sys.executable, "-m", "benchmarks.bench", "--input", str(tmp_path / "mine.tsv"), "--rounds", "1"]
    run = subprocess.run(
        [*command, "--work", str(tmp_path / "work"), "--only", "textbook"], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stderr
    table = rows(run.stdout, "Inverted index")
    assert list(table) == ["gristmill", "textbook"]
    assert table["textbook"][5] == "differs: 4 rows, 2 are in one of the two only"
    assert "Growth" not in run.stdout


def test_outputs_that_differ_on_our_own_corpus_fail_the_run(tmp_path, monkeypatch, capsys):
    """Times of programs that do different things are not compared."""
    monkeypatch.setattr("benchmarks.contestants.PEERS", tmp_path)
    (tmp_path / "textbook_map.py").write_text("")
    (tmp_path / "textbook_reduce.py").write_text("print('other\\trow')\n")
    words = ["--smoke", "--part", "index", "--only", "textbook", "--work", str(tmp_path / "work")]
    monkeypatch.setattr("sys.argv", ["bench.py", *words])
    with pytest.raises(SystemExit, match="error: a contestant failed, or outputs differ: see the tables"):
        main()
    assert "differs: 1 rows" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--only", "polars,grep"], "--only: no peer is called grep; there are those that --help names"),
        (["--rounds", "0"], "--rounds: 0 is less than one"),
        (["--input", "nowhere"], "--input: nowhere is no file"),
    ],
)
def test_a_mistake_on_the_command_line_is_a_usage_error(words, message, capsys):
    """One line names the value, and the status is 2."""
    with pytest.raises(SystemExit) as caught:
        asked(words)
    assert caught.value.code == 2
    assert capsys.readouterr().err.endswith(f"error: {message}\n")


def test_the_parts_are_all_unless_some_are_named():
    """--part may be given again."""
    assert asked([])[1] == ["index", "wordcount", "growth", "sentiment"]
    assert asked(["--part", "growth", "--part", "index"])[1] == ["growth", "index"]
