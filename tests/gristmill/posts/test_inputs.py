"""The input of a run to whether any of it must not be split."""

from __future__ import annotations

import bz2
import io
import os
from pathlib import Path
from threading import Thread

import pytest

from gristmill.posts.inputs import any_is_whole


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A file of lines, and below it one of a value over several."""
    (tmp_path / "lines.txt").write_text('{"id": 1}\n{"id": 2}\n')
    (tmp_path / "table.txt").write_text("id|text|time\n")
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "page").write_text("[\n  {\n")
    os.mkfifo(tmp_path / "pipe")
    return tmp_path


@pytest.mark.parametrize(
    ("path", "whole"),
    [
        ("lines.txt", False),
        ("table.txt", True),
        ("below", True),
        ("*", True),
        ("lines*", False),
        ("pipe", False),
        ("none.jsonl", False),
        ("none.csv", True),
    ],
)
def test_files_count_by_their_first_bytes_and_what_is_not_here_by_its_name(folder: Path, path: str, whole: bool):
    """A pipe counts as lines."""
    assert any_is_whole([str(folder / path)], None, with_header=True) is whole


def test_a_file_that_cannot_be_read_is_left_to_the_run(folder: Path, monkeypatch: pytest.MonkeyPatch):
    """Which says so."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "open", refuse)
    assert not any_is_whole([str(folder / "table.txt")], None, with_header=True)


class Terminal(io.BufferedReader):
    """A stream that says it is one."""

    def isatty(self) -> bool:
        """Yes."""
        return True


def test_standard_input_counts_by_what_it_begins_with_and_stays_to_be_read(folder: Path):
    """Where there are no paths, or one is a hyphen; nobody waits for what a terminal will type."""
    stream = io.BufferedReader(io.BytesIO(b"id,text,created_at\n"))
    assert any_is_whole([], stream, with_header=True)
    assert any_is_whole([str(folder / "lines.txt"), "-"], stream, with_header=True)
    assert not any_is_whole(["-"], stream, with_header=False)
    assert stream.read() == b"id,text,created_at\n"
    assert not any_is_whole([], Terminal(io.BytesIO(b"id,text,created_at\n")), with_header=True)
    assert not any_is_whole([], iter(()), with_header=True)


def test_a_pipe_is_left_to_the_run(folder: Path):
    """Who writes one ends where its reader goes."""
    pipe = folder / "pipe"
    writer = Thread(target=pipe.write_bytes, args=(b"{\n",), daemon=True)
    writer.start()
    assert not any_is_whole([str(pipe)], None, with_header=True)
    writer.join(0.2)
    assert writer.is_alive()
    assert pipe.read_bytes() == b"{\n"


@pytest.mark.parametrize(
    "path",
    [
        "d-*",
        "*/{a,b}.data",
        "{d-1,d-2}/*",
        "**/a.data",
        "file://{folder}/d-1/a.data",
        "file://{folder}/d-*",
        "d-1/[!b].data",
    ],
)
def test_a_path_names_the_files_that_the_run_reads(folder: Path, path: str, monkeypatch: pytest.MonkeyPatch):
    """Globs as Hadoop has them, and URIs; hidden files are not read."""
    (folder / "d-1").mkdir()
    (folder / "d-1" / "a.data").write_text("id,text,created_at\n")
    (folder / "d-2").mkdir()
    (folder / "d-2" / "_page.json").write_text("{\n")
    monkeypatch.chdir(folder)
    assert any_is_whole([path.replace("{folder}", str(folder))], None, with_header=True)
    assert not any_is_whole(["d-2/*"], None, with_header=True)


def test_a_compressed_file_counts_by_its_name(folder: Path):
    """Hadoop splits .bz2, whose first bytes say nothing of the text."""
    for name in ("posts.csv.bz2", "posts.jsonl.bz2"):
        (folder / name).write_bytes(bz2.compress(b"id,text,created_at\n"))
    assert any_is_whole([str(folder / "posts.csv.bz2")], None, with_header=True)
    assert not any_is_whole([str(folder / "posts.csv.bz2")], None, with_header=False)
    assert not any_is_whole([str(folder / "posts.jsonl.bz2")], None, with_header=True)


@pytest.mark.parametrize(("before", "whole"), [(b"", False), (b"[\n", False), (b"{\n", True)])
def test_a_first_line_longer_than_the_buffer_of_standard_input_is_not_torn(before: bytes, whole: bool):
    """Posts of 9 KB a line, which are split as those of a file."""
    lines = before + 3 * (b'{"id": "1", "text": "' + b"a" * 9000 + b'", "created_at": "2026-01-01"}\n')
    assert any_is_whole([], io.BufferedReader(io.BytesIO(lines)), with_header=True) is whole
