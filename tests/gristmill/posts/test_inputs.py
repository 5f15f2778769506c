"""The input of a run to whether any of it must not be split."""

from __future__ import annotations

import bz2
import io

import pytest

from gristmill.posts.inputs import Kind, any_is_whole, is_whole_file

TABLE = b"id,text,created_at\n"
NO_HEADER = Kind(with_header=False)


@pytest.mark.parametrize(
    ("head", "whole"),
    [(b'{"id": 1}\n{"id": 2}\n', False), (b"id|text|time\n", True), (b"[\n  {\n", True), (b"", False)],
)
def test_a_file_counts_by_its_first_bytes(head: bytes, whole: bool):
    """Whatever its name says."""
    assert is_whole_file("in.csv", head, Kind()) is whole


def test_first_bytes_are_read_in_the_encoding_of_the_files():
    """In which they may hold what is a bracket or a sign in another."""
    head = "id;text;created_at;名前\n".encode("shift_jis")
    assert is_whole_file("in", head, Kind(encoding="shift_jis"))
    assert not is_whole_file("in", TABLE, NO_HEADER)


def test_a_compressed_file_counts_by_its_name():
    """Hadoop splits .bz2, whose first bytes say nothing of the text."""
    head = bz2.compress(TABLE)
    assert is_whole_file("d/posts.csv.bz2", head, Kind())
    assert not is_whole_file("d/posts.csv.bz2", head, NO_HEADER)
    assert not is_whole_file("d/posts.jsonl.bz2", head, Kind())


@pytest.mark.parametrize(
    ("path", "whole"),
    [("hdfs:///logs/a.csv", True), ("hdfs:///logs/a.jsonl", False), ("s3://in/a.json", True), ("/in/pipe.csv", False)],
)
def test_what_is_not_here_counts_by_its_name(path: str, whole: bool):
    """Of what is here the first bytes were noted, but for those of pipes."""
    assert any_is_whole([path], None, Kind()) is whole


class Terminal(io.BufferedReader):
    """A stream that says it is one."""

    def isatty(self) -> bool:
        """Yes."""
        return True


def test_standard_input_counts_by_what_it_begins_with_and_stays_to_be_read():
    """Nobody waits for what a terminal will type."""
    stream = io.BufferedReader(io.BytesIO(TABLE))
    assert any_is_whole(["lines.txt", "-"], stream, Kind())
    assert not any_is_whole(["-"], stream, NO_HEADER)
    assert stream.read() == TABLE
    assert not any_is_whole(["-"], Terminal(io.BytesIO(TABLE)), Kind())
    assert not any_is_whole(["-"], iter(()), Kind())


@pytest.mark.parametrize(("before", "whole"), [(b"", False), (b"[\n", False), (b"{\n", True)])
def test_a_first_line_longer_than_the_buffer_of_standard_input_is_not_torn(before: bytes, whole: bool):
    """Posts of 9 KB a line, which are split as those of a file."""
    lines = before + 3 * (b'{"id": "1", "text": "' + b"a" * 9000 + b'", "created_at": "2026-01-01"}\n')
    assert any_is_whole(["-"], io.BufferedReader(io.BytesIO(lines)), Kind()) is whole
