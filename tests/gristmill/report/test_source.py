"""Where rows come from, and the one line that says what is wrong with one."""

from __future__ import annotations

import gzip
import io
from typing import TYPE_CHECKING

import pytest

from gristmill.errors import InputError
from gristmill.report.source import Line, Source

if TYPE_CHECKING:
    from pathlib import Path

    from tests.gristmill.report.conftest import MakeRow


def test_an_output_directory_is_its_part_files(row: MakeRow, tmp_path: Path) -> None:
    """In order of their names; compressed ones too; what begins with _ or . is not data."""
    one = row("topic", "bread", "2026-03-01", 0.5)
    two = row("topic", "mill", "2026-03-01", 0.5)
    (tmp_path / "part-00001.gz").write_bytes(gzip.compress(two))
    (tmp_path / "part-00000").write_bytes(one)
    (tmp_path / "_SUCCESS").write_bytes(b"")
    (tmp_path / ".part-00000.crc").write_bytes(b"crc")
    source = Source(str(tmp_path), io.BytesIO())
    found = [(str(line), line.parse_name()) for line in source]
    assert found == [
        (f"{tmp_path}/part-00000, line 1", ("topic", "bread")),
        (f"{tmp_path}/part-00001.gz, line 1", ("topic", "mill")),
    ]


def test_standard_input_can_be_read_twice(row: MakeRow) -> None:
    """Lines end at LF or CR LF."""
    line = row("topic", "bread", "2026-03-01", 0.5)
    source = Source("-", io.BytesIO(line + line.replace(b"\n", b"\r\n")))
    for _ in range(2):
        assert [(str(one), one.data) for one in source] == [
            ("standard input, line 1", line[:-1]),
            ("standard input, line 2", line[:-1]),
        ]


def test_a_path_that_does_not_exist_is_one_line(tmp_path: Path) -> None:
    """As jobs say it."""
    with pytest.raises(InputError, match=r"^input .*/nowhere does not exist; give a file, a folder"):
        list(Source(str(tmp_path / "nowhere"), io.BytesIO()))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "b'' is no row of jobs.sentiment_agg; give what that job wrote, whole"),
        (b"\xff\t{}", r"b'\\xff\\t{}' is no row of jobs.sentiment_agg; give what that job wrote, whole"),
        (b'["topic","x","2026-03-01"]', "is no row of jobs.sentiment_agg; give"),
        (b'["topic","x","2026-03-01"]\t{"v":1', "is no row of jobs.sentiment_agg; give"),
        (b'["topic","x","2026-03-01"]\t{"v":1}', "is no row of jobs.sentiment_agg; give"),
        (b'["topic","x","2026-03-01"]\t' + b"[" * 100_000, "is no row of jobs.sentiment_agg; give"),
        (
            b'["topic","x","2026-03-01"]\t{"v":null}',
            r"agg \(not of version 2 or before\); give",
        ),
        (b'["mood","x","2026-03-01"]\t{"v":1}', r"agg \(no key of a dimension, a value and a window\); give"),
        (
            b'["topic","x","2026-03-01"]\t{"v":3,"new":1}',
            "a row of version 3, and this Gristmill reads versions up to 2; make the report with the one that wrote",
        ),
        (b'{"id": "1", "text": "bread"}', "a post and not a row; run jobs.sentiment_agg on the posts, and this on"),
    ],
)
def test_what_is_no_row_is_one_line_that_names_file_and_line(data: bytes, why: str) -> None:
    """And says what to do; of a long line the first sixty bytes show."""
    with pytest.raises(InputError, match=f"^hours/part-00000, line 7: .*{why}") as raised:
        Line("hours/part-00000", 7, data).parse_row()
    assert "\n" not in str(raised.value)
    assert len(str(raised.value)) < 250
