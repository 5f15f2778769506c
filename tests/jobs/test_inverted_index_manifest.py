"""What an index says of itself, in a file beside its rows."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest

from jobs.inverted_index import InvertedIndex

DATA = Path(__file__).parents[2] / "data"
PLAIN = {
    "format": "gristmill inverted index",
    "version": 2,
    "payload": "docids",
    "stem": None,
    "stop_words": None,
    "documents": 49,
    "tokens": 732,
    "unicode": "13.0.0",
}
#: SHA-256 of stone LF wheel LF.
DIGEST = "524747761c479af6d3e46bcb21ed38116336981e0a0e567c41cbc9dfa4de79ee"


def manifest(*args: str | Path, stdin: bytes = b"") -> dict[str, Any]:
    """The manifest of a job that ran, from the counters of its runner."""
    driver: Any = InvertedIndex(["--no-conf", *map(str, args)])
    driver.sandbox(stdin=io.BytesIO(stdin))
    with driver.make_runner() as runner:
        runner.run()
        found: dict[str, Any] = runner.manifest(runner.counters())
    return found


@pytest.mark.parametrize("runner", ["inline", "local"])
@pytest.mark.parametrize("payload", ["docids", "tf", "positions"])
def test_documents_and_tokens_are_the_same_numbers_for_every_payload_and_runner(payload: str, runner: str) -> None:
    """Nothing but the text decides them."""
    found = manifest("-r", runner, "--payload", payload, DATA / "documents.tsv")
    assert found == {**PLAIN, "payload": payload}


def test_stems_and_stop_words_are_named_and_change_no_number(tmp_path: Path) -> None:
    """Stop words as the terms have them: case and comments of their file are no matter."""
    (tmp_path / "stops.txt").write_bytes(b"Wheel\n# ours\nstone\n")
    found = manifest("--stem", "english", "--stop-words", tmp_path / "stops.txt", DATA / "documents.tsv")
    assert found == {**PLAIN, "stem": "english", "stop_words": DIGEST}


def test_a_list_of_no_stop_words_is_none(tmp_path: Path) -> None:
    """Nothing is left out, as without the option."""
    (tmp_path / "stops.txt").write_bytes(b"# none\n")
    assert manifest("--stop-words", tmp_path / "stops.txt", DATA / "documents.tsv") == PLAIN


def test_lines_of_one_docid_count_each_and_lines_left_out_do_not() -> None:
    """A document is a line that was indexed, with text or without."""
    found = manifest(stdin=b"a\tx y\na\tx\nb\t\nno tab\n\tx\n")
    assert (found["documents"], found["tokens"]) == (3, 3)


@pytest.mark.parametrize("runner", ["inline", "local"])
def test_files_that_are_documents_count_where_they_have_a_line(tmp_path: Path, runner: str) -> None:
    """A file without a byte is none."""
    for name, text in (("a", b"mill stone\nmill"), ("b", b"\n"), ("empty", b"")):
        (tmp_path / name).write_bytes(text)
    found = manifest("-r", runner, "--docid-from", "file", tmp_path)
    assert (found["documents"], found["tokens"]) == (2, 3)


@pytest.mark.parametrize("runner", ["inline", "local"])
def test_numbers_of_an_empty_input_are_0(runner: str) -> None:
    """Its map task reports them, as any does."""
    found = manifest("-r", runner)
    assert (found["documents"], found["tokens"]) == (0, 0)
