"""What a run has written is on the disk before it says that it is complete."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gristmill.runners.on_disk import flush
from tests.runners.helpers import Words

if TYPE_CHECKING:
    from tests.runners.conftest import RunHere


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux tells which file a descriptor is of")
@pytest.mark.parametrize("runner", ["local", "inline"])
def test_parts_are_on_the_disk_before_a_run_says_that_it_succeeded(
    run_here: RunHere, tmp_path: Path, grain: Path, monkeypatch: pytest.MonkeyPatch, runner: str
) -> None:
    """Then that word, the names in the folder, and last the folder's own."""
    flushed: list[tuple[str, bool]] = []

    def fsync(number: int) -> None:
        path = Path(f"/proc/self/fd/{number}").readlink()
        flushed.append((path.name.partition(".gristmill.")[0], bool(list(tmp_path.glob(".out.*/_SUCCESS")))))
        real(number)

    real = os.fsync
    monkeypatch.setattr(os, "fsync", fsync)
    run_here(Words, "-r", runner, "--output-dir", tmp_path / "out", grain)
    first = [name for name, has_success in flushed if not has_success]
    assert {name.partition("-")[0] for name in first[:-2]} == {".lock", "part"}
    assert first[-2:] == [".out", tmp_path.name]
    assert [name for name, has_success in flushed if has_success] == ["_SUCCESS", ".out"]


def test_what_cannot_be_flushed_is_an_error_and_what_needs_no_flush_is_none(tmp_path: Path) -> None:
    """As where there is no such file; a file system without a disk has nothing to flush."""
    with pytest.raises(FileNotFoundError):
        flush(tmp_path / "nothing")
    if Path("/proc/version").exists():
        flush(Path("/proc/version"))


def test_a_disk_that_fails_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is closed."""

    def fsync(number: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "fsync", fsync)
    with pytest.raises(OSError, match="Input/output error"):
        flush(tmp_path)
