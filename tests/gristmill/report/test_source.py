"""Where rows come from, and the one line that says what is wrong with one."""

from __future__ import annotations

import gzip
import io
import os
from threading import Thread
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
    source = Source([str(tmp_path)], io.BytesIO())
    found = [(str(line), line.parse_name()) for line in source]
    assert found == [
        (f"{tmp_path}/part-00000, line 1", ("topic", "bread")),
        (f"{tmp_path}/part-00001.gz, line 1", ("topic", "mill")),
    ]


def test_standard_input_can_be_read_twice(row: MakeRow) -> None:
    """Lines end at LF or CR LF."""
    line = row("topic", "bread", "2026-03-01", 0.5)
    source = Source(["-"], io.BytesIO(line + line.replace(b"\n", b"\r\n")))
    for _ in range(2):
        assert [(str(one), one.data) for one in source] == [
            ("standard input, line 1", line[:-1]),
            ("standard input, line 2", line[:-1]),
        ]


def test_a_path_that_does_not_exist_is_one_line(tmp_path: Path) -> None:
    """As jobs say it."""
    with pytest.raises(InputError, match=r"^input .*/nowhere does not exist; give a file, a folder"):
        Source([str(tmp_path / "nowhere")], io.BytesIO())


def test_several_paths_are_read_one_after_the_other(row: MakeRow, tmp_path: Path) -> None:
    """Folders, files, globs and standard input; a glob adds what nothing else names."""
    for folder in ("march", "april"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "_SUCCESS").touch()
        (tmp_path / folder / "part-00000").write_bytes(row("topic", folder, "2026-03-01", 0.5))
    march, april, every = str(tmp_path / "march"), str(tmp_path / "april/part-00000"), f"{tmp_path}/*/part-*"

    def names(*paths: str) -> list[str]:
        source = Source(paths, io.BytesIO(row("topic", "stdin", "2026-03-01", 0.5)))
        assert source.gaps == ()
        return [line.parse_name()[1] for line in source]

    assert names(march, april, "-") == ["march", "april", "stdin"]
    assert names(every) == ["april", "march"]
    assert names(every, march, every) == ["april", "march"]
    assert names(f"{tmp_path}/./march/part-00000", f"{tmp_path}/march/part-*") == ["march"]
    assert names(march, march) == ["march", "march"]


def test_a_pipe_is_read_once(row: MakeRow, tmp_path: Path) -> None:
    """And its lines as often as they are asked for."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    line = row("topic", "bread", "2026-03-01", 0.5)
    writer = Thread(target=lambda: pipe.write_bytes(line), daemon=True)
    writer.start()
    source = Source([str(pipe)], io.BytesIO())
    writer.join()
    for _ in range(2):
        assert [(str(one), one.data) for one in source] == [(f"{pipe}, line 1", line[:-1])]


def test_what_a_folder_lacks_is_told(row: MakeRow, tmp_path: Path) -> None:
    """The mark of success, and parts before the last; of a file that is named outright nothing is asked."""
    line = row("topic", "bread", "2026-03-01", 0.5)
    for number in (1, 3, 9):
        (tmp_path / f"part-{number:05}").write_bytes(line)

    def gaps(*paths: str) -> tuple[str, ...]:
        return Source(paths, io.BytesIO(line)).gaps

    lacks = f"{tmp_path} lacks part-00000, part-00002, part-00004, part-00005, part-00006 and 2 more"
    no_end = f"{tmp_path} has no _SUCCESS: the job that wrote it did not end, or not well"
    assert gaps(str(tmp_path)) == gaps(f"{tmp_path}/part-*") == (no_end, lacks)
    assert gaps(f"{tmp_path}/part-00001", "-") == ()
    (tmp_path / "_SUCCESS").touch()
    assert gaps(str(tmp_path)) == (lacks,)
    for number in (0, 2, 4, 5, 6, 7, 8):
        (tmp_path / f"part-{number:05}.gz").write_bytes(gzip.compress(line))
    assert gaps(str(tmp_path)) == ()
    (tmp_path / "part-99999999999999").write_bytes(line)
    assert gaps(str(tmp_path))[0].endswith(
        "part-00010, part-00011, part-00012, part-00013, part-00014 and 99,999,999,999,984 more"
    )
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "rows").write_bytes(line)
    assert gaps(str(tmp_path / "other")) == ()


def test_standard_input_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    """As where it is open for writing."""
    with (tmp_path / "log").open("wb", buffering=0) as log, pytest.raises(InputError) as raised:
        Source(["-"], io.BufferedReader(io.FileIO(os.dup(log.fileno()), "rb")))
    assert str(raised.value) == "standard input: Bad file descriptor; give a file or a folder"


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"dimension,value,window,n", "a table and not a row; give what jobs.sentiment_agg writes without --format"),
        (b"dimension\tvalue\twindow\tn", "a table and not a row; give what"),
        (b'{"dimension":"all","value":""', "a table and not a row; give what"),
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
