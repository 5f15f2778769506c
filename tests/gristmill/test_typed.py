"""Words that a person typed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gristmill.errors import InputError
from gristmill.typed import is_file, nearest, utf8
from tests.conftest import RunJob

#: No file system takes a name of so many bytes; an awk program has them soon.
LONG = "a" * 300
DATA = Path(__file__).parents[2] / "data"


def test_a_file_is_one_and_a_folder_is_none(tmp_path: Path):
    """Nor is what is not there, below a file, or a loop of links."""
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "file").touch()
    assert is_file(tmp_path / "file")
    assert not any(map(is_file, [tmp_path, tmp_path / "nowhere", tmp_path / "file" / "below", tmp_path / "loop"]))


def test_a_word_that_cannot_be_a_name_is_no_file():
    """Too long as a name, too long as a path, or with a NUL, as a setting may have."""
    assert not any(map(is_file, [LONG, "b/" * 5000, "\0"]))


def test_a_folder_that_the_system_keeps_is_named(monkeypatch: pytest.MonkeyPatch):
    """Else a list of keywords would be made of its path; root may look everywhere."""

    def refuse(path: str) -> None:
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr(os, "stat", refuse)
    with pytest.raises(InputError, match=r"^kept/topics\.txt: Permission denied; check "):
        is_file("kept/topics.txt")


def test_a_word_is_utf8_in_any_locale():
    """Under LC_ALL=C, where Python is told to have no UTF-8 mode, it keeps the bytes; bad ones are refused."""
    typed = "Mühle,😍".encode().decode("ascii", "surrogateescape")
    assert [utf8(word) for word in (typed, "Mühle", "mill")] == ["Mühle,😍", "Mühle", "mill"]
    with pytest.raises(ValueError, match=r"^'M\\udcfchle' is not UTF-8$"):
        utf8(b"M\xfchle".decode("ascii", "surrogateescape"))


def test_the_nearest_word_is_told_where_one_is_near():
    """As a question behind the word."""
    assert nearest("--maper", ["--mapper", "--reducer"]) == " (did you mean --mapper?)"
    assert nearest("--x", ["--mapper", "--reducer"]) == ""


@pytest.mark.parametrize(
    ("module", "args"),
    [
        ("inverted_index", ["documents.tsv", "--stop-words", LONG]),
        ("inverted_index", ["documents.tsv", "--step-output-dir", LONG]),
        ("inverted_index", ["documents.tsv", "-r", "inline", "--step-output-dir", LONG]),
        ("inverted_index", ["documents.tsv", "-r", "inline", "--output-dir", LONG]),
        ("inverted_index", ["documents.tsv", "--files", LONG]),
        ("inverted_index", ["documents.tsv", "-r", "inline", "--files", LONG]),
        ("inverted_index", ["documents.tsv", "-r", "spark", "--files", LONG]),
        ("inverted_index", ["documents.tsv", "-r", "spark", "--libjars", f"{LONG}.jar"]),
        ("inverted_index", ["documents.tsv", "-r", "hadoop", "--files", LONG]),
        ("inverted_index", ["documents.tsv", "-r", "hadoop", "--libjars", f"{LONG}.jar"]),
        ("inverted_index", ["documents.tsv", "-r", "inline", "--archives", f"{LONG}.zip"]),
        ("inverted_index", ["documents.tsv", "-r", "spark", "--py-files", f"{LONG}.zip"]),
        ("inverted_index", ["documents.tsv", "--setup", f". {LONG}#"]),
        ("inverted_index", ["documents.tsv", "--dirs", LONG]),
        ("inverted_index", ["documents.tsv", "--local-tmp-dir", LONG]),
        ("inverted_index", ["documents.tsv", "--conf-path", LONG]),
        ("inverted_index", [LONG]),
        ("streaming", ["documents.tsv", "--mapper", LONG]),
        ("streaming", ["documents.tsv", "--file", LONG]),
        ("streaming", ["documents.tsv", "--files", LONG]),
    ],
)
def test_a_word_that_is_too_long_to_be_a_name_is_one_line(run_job: RunJob, module: str, args: list[str]):
    """Whichever option it stands behind."""
    ran = run_job("-m", f"jobs.{module}", "-q", "--no-output", *args, cwd=DATA, env={"PYTHONPATH": str(DATA.parent)})
    assert ran.returncode in (1, 2)
    assert ran.stderr.startswith(b"error: ")
    assert ran.stderr.count(b"\n") == 1


@pytest.mark.parametrize(
    ("module", "args"),
    [
        ("inverted_index", ["documents.tsv", "--label", LONG, "--owner", "\u4e00" * 100]),
        ("inverted_index", ["documents.tsv", "-r", "inline", "--label", LONG]),
        ("sentiment_agg", ["posts.jsonl", "--keywords", ",".join(["bread", "market", *["ferry"] * 60])]),
        ("streaming", ["documents.tsv", "--mapper", f"awk '{{ print $1 }} # {LONG}'"]),
    ],
)
def test_a_long_word_that_need_not_be_a_name_is_taken(run_job: RunJob, module: str, args: list[str]):
    """Keywords, an awk program, and a label, which is cut where a folder is called by it."""
    ran = run_job("-m", f"jobs.{module}", "-q", *args, cwd=DATA, env={"PYTHONPATH": str(DATA.parent)})
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert ran.stdout


def test_settings_of_a_name_that_is_too_long_are_none(run_job: RunJob):
    """The next place of settings is looked at."""
    ran = run_job("-m", "jobs.streaming", "-q", env={"MRJOB_CONF": LONG}, stdin=b"a\n")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"a\n", b"")


@pytest.mark.parametrize("runner", ["local", "inline", "hadoop", "spark"])
@pytest.mark.parametrize("option", ["--files", "--archives"])
def test_what_is_sent_and_is_not_there_is_told_before_anything_starts(run_job: RunJob, runner: str, option: str):
    """By every runner in the same words."""
    ran = run_job("-m", "jobs.inverted_index", "-q", "-r", runner, option, "nowhere.zip", DATA / "documents.tsv")
    said = b"error: nowhere.zip, which the job sends to its tasks: No such file or directory; check the path\n"
    assert (ran.returncode, ran.stderr) == (1, said)


def test_jars_are_looked_for_by_the_runners_that_send_them(run_job: RunJob):
    """A job may name a cluster's; local has no use for them."""
    ran = run_job("-m", "jobs.inverted_index", "-q", "--libjars", "nowhere.jar", stdin=b"d1\thello\n")
    assert (ran.returncode, ran.stdout) == (0, b"hello\td1\n")
