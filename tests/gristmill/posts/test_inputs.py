"""The input of a run to whether any of it must not be split."""

from __future__ import annotations

import io
import os
from pathlib import Path

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
    """A pipe is not opened twice."""
    if path == "pipe":
        keep = os.open(folder / path, os.O_RDWR)
        os.write(keep, b"{\n")
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
