"""Which files must not be split."""

from __future__ import annotations

import pytest

from gristmill.posts.whole import HEAD, is_whole, is_whole_by_name


@pytest.mark.parametrize(
    ("head", "whole"),
    [
        (b"", False),
        (b"\n\n", False),
        (b'{"id": 1}\n{"id": 2}\n', False),
        (b'{"id": 1}', False),
        (b'{"id": "1', True),
        (b'{\n "id": 1\n}\n', True),
        (b'\xef\xbb\xbf{\r\n "id": 1\r\n}\r\n', True),
        (b'{"id": 1,\n "text": "x"}\n', True),
        (b'[{"id": 1}, {"id": 2}]\n', False),
        (b'[{"id": 1},\n{"id": 2}]\n', True),
        (b'[\n{"id": 1},\n{"id": 2}\n]\n', False),
        (b'[\n\n  {"id": 1},\n  {"id": 2}\n]\n', False),
        (b"[\n {\n  ", True),
        (b'[ {\n  "id"', True),
        (b"[\n]\n", False),
        (b"{'id': 1}x\n", False),
        (b'window.YTD.tweets.part0 = [\n  {\n    "tweet" : {\n', True),
        (b"id,text,created_at\n1,x,2026\n", True),
        (b"id\ttext\tcreated_at\n", True),
        (b"id,text\n", False),
        (b"1,x,2026\n", False),
        (b'["all","","2026-03-02T00"]\t{"n":1}\n', False),
        (b'{"a": "' + b"x" * HEAD, False),
        (b"\xff\xfe\x00", False),
    ],
)
def test_a_table_with_a_header_and_a_value_over_several_lines_are_whole(head: bytes, whole: bool):
    """A list with a value a line is none, nor is a row of an earlier run."""
    assert is_whole(head) is whole


def test_a_line_for_spreadsheets_stands_above_a_header():
    """As Excel writes it."""
    assert is_whole(b"sep=;\r\nid;text;time\r\n")
    assert not is_whole(b"sep=;\n", with_header=True)
    assert not is_whole(b"sep=;\nid;text;time\n", with_header=False)


def test_a_table_whose_columns_are_told_may_be_split():
    """A value over several lines never."""
    assert not is_whole(b"id,text,created_at\n", with_header=False)
    assert is_whole(b"{\n", with_header=False)


@pytest.mark.parametrize(
    ("name", "whole", "with_columns"),
    [
        ("hdfs:///a/posts.csv", True, False),
        ("s3://b/posts.TAB.gz", True, False),
        ("hdfs:///a/posts.psv", True, False),
        ("hdfs:///a/posts.txt", True, False),
        ("hdfs:///a/posts.json", True, True),
        ("hdfs:///a/tweets.js", True, True),
        ("hdfs:///a/posts.jsonl", False, False),
        ("hdfs:///a/posts.ndjson.gz", False, False),
        ("hdfs:///a/", False, False),
    ],
)
def test_a_name_tells_what_a_file_of_a_cluster_may_be(name: str, whole: bool, with_columns: bool):
    """Nobody looks into it."""
    assert is_whole_by_name(name) is whole
    assert is_whole_by_name(name, with_header=False) is with_columns
