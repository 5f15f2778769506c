"""What a program imports from `gristmill.vader`, `gristmill.posts` and `gristmill.sentiment`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import gristmill.vader
from gristmill.posts import Post, Reader, Skip
from gristmill.sentiment import parse_row

GOLDEN = Path(__file__).parents[1] / "golden" / "sentiment_agg" / "reduced" / "plain"


def test_a_text_is_scored_in_one_call():
    """By the shipped lexicon, or by one of the caller's own."""
    assert gristmill.vader.score("The bread is good.") == (0.0, 0.508, 0.492, 0.4404)
    assert gristmill.vader.compound("The bread is good.") == 4404
    assert gristmill.vader.Scorer({"bread": 1.0}).compound("The bread is good.") == 2500


def test_a_reader_gives_posts_and_skips():
    """Of the lines of a file, in order."""
    reader = Reader()
    lines = [b'{"id": 1, "text": "x", "time": 1795167015}', b'{"delete": {}}', b"so?"]
    assert [thing for line in lines for thing in reader.parse_line(line)] == [
        Post("1", "x", 1795167015, "", "", (), "", "own"),
        Skip.DELETE,
        Skip.NOT_JSON,
    ]


def test_a_row_of_the_jobs_output_is_a_key_and_a_tally():
    """Its figures are exact integers in ten-thousandths."""
    (dimension, value, window), tally = parse_row(GOLDEN.read_bytes().splitlines()[0])
    assert (dimension, value, window) == ("all", "", "2026-03-01T07")
    assert (tally.n, tally.positive, tally.derive()["mean"]) == (7, 4, 1316)


def test_a_task_of_the_index_imports_none_of_them():
    """Its start is as short as it was before there were posts."""
    program = "import sys, jobs.inverted_index; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    modules = done.stdout.split()
    assert "gristmill.index.postings" in modules
    assert [name for name in modules if name.startswith(("gristmill.posts", "gristmill.vader", "gristmill.sent"))] == []
