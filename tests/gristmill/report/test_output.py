"""The file of a page, which is whole or not there."""

from __future__ import annotations

import fcntl
import subprocess
import sys
from pathlib import Path
from typing import IO, Any

import pytest

from gristmill.report import output
from gristmill.report.output import write_output

SLOW = """\
import sys, time
from gristmill.report import output
output.os.fsync = lambda _: (print("written", flush=True), time.sleep(60))
output.write_output(b"page", sys.argv[1])
"""


def test_what_a_killed_run_left_goes_with_the_next_into_that_folder(tmp_path: Path) -> None:
    """But not what a run that lives is writing."""
    page = tmp_path / "report.html"
    slow = subprocess.Popen([sys.executable, "-c", SLOW, page], stdout=subprocess.PIPE)
    assert slow.stdout
    assert slow.stdout.readline() == b"written\n"
    (left,) = tmp_path.iterdir()
    write_output(b"first", str(page))
    assert sorted(tmp_path.iterdir()) == [left, page]
    slow.kill()
    slow.wait()
    slow.stdout.close()
    write_output(b"second", str(page))
    assert list(tmp_path.iterdir()) == [page]
    assert page.read_bytes() == b"second"


def test_what_is_not_ours_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link, a folder, a file of another name or another user."""
    names = [f".gristmill-{number:016x}" for number in range(3)]
    (tmp_path / names[0]).symlink_to("nowhere")
    (tmp_path / names[1]).mkdir()
    (tmp_path / ".gristmill-notes").touch()
    write_output(b"page", str(tmp_path / "report.html"))
    (tmp_path / names[2]).touch()
    monkeypatch.setattr(output.os, "geteuid", lambda: 4711)
    write_output(b"page", str(tmp_path / "report.html"))
    assert sorted(path.name for path in tmp_path.iterdir()) == [*names, ".gristmill-notes", "report.html"]


def test_a_sweep_that_comes_between_a_file_and_its_lock_gets_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the page another."""
    lock, turns = fcntl.flock, iter(("held", "gone"))

    def swept(file: IO[bytes], how: int) -> Any:
        turn = next(turns, "")
        if turn == "held":
            raise BlockingIOError
        if turn == "gone":
            Path(file.name).unlink()
        return lock(file, how)

    monkeypatch.setattr(output.fcntl, "flock", swept)
    (tmp_path / "out").mkdir()
    write_output(b"page", str(tmp_path / "out" / "report.html"))
    assert (tmp_path / "out" / "report.html").read_bytes() == b"page"


def test_a_folder_that_cannot_be_listed_is_not_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page may be written there."""

    def refuse(_: Path) -> Any:
        raise PermissionError

    monkeypatch.setattr(Path, "iterdir", refuse)
    write_output(b"page", str(tmp_path / "report.html"))
    monkeypatch.undo()
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]
