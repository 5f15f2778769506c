"""Folders of a run: nobody else removes them while it lives, and the next run removes what a killed one left."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gristmill.runners.owned_folder import OwnedFolder, sweep

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def umask() -> Iterator[None]:
    """A usual umask."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def names(folder: Path) -> list[str]:
    """What a folder holds."""
    return sorted(path.name for path in folder.iterdir())


def leave(parent: Path, prefix: str, name: str) -> None:
    """Make a folder, in a process that is then killed."""

    def make() -> None:
        (OwnedFolder(parent, prefix, name).path / "part-00000").write_bytes(b"mill\n")
        os.kill(os.getpid(), signal.SIGKILL)

    process = multiprocessing.get_context("fork").Process(target=make)
    process.start()
    process.join(30)
    assert process.exitcode == -signal.SIGKILL


def test_a_folder_is_made_with_those_above_it(tmp_path: Path) -> None:
    """Its name is the prefix and the name, and nobody but its owner reads it."""
    scratch = OwnedFolder(tmp_path / "a" / "b", "tmp.", "job-1")
    assert scratch.path == tmp_path / "a" / "b" / "tmp.job-1"
    assert names(tmp_path / "a" / "b") == ["tmp.job-1"]
    assert scratch.path.stat().st_mode & 0o777 == 0o700
    scratch.remove()


def test_a_folder_is_removed_with_what_it_holds(tmp_path: Path) -> None:
    """A second time, nothing happens."""
    scratch = OwnedFolder(tmp_path, "tmp.", "job-1")
    (scratch.path / "a").mkdir()
    (scratch.path / "a" / "b").write_bytes(b"")
    scratch.remove()
    scratch.remove()
    assert names(tmp_path) == []


@pytest.mark.usefixtures("umask")
def test_a_folder_becomes_another_with_the_rights_of_a_new_one(tmp_path: Path) -> None:
    """Only what was put into it is in it; its former owner can no longer remove it."""
    scratch = OwnedFolder(tmp_path, ".out.", "job-1")
    (scratch.path / "part-00000").write_bytes(b"mill\n")
    scratch.become(tmp_path / "out")
    scratch.remove()
    assert names(tmp_path) == ["out"]
    assert names(tmp_path / "out") == ["part-00000"]
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o755


def test_a_folder_does_not_take_the_place_of_another(tmp_path: Path) -> None:
    """Somebody else was faster: theirs stays, and ours can be removed."""
    scratch = OwnedFolder(tmp_path, ".out.", "job-1")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "theirs").write_bytes(b"")
    with pytest.raises(OSError, match="not empty"):
        scratch.become(tmp_path / "out")
    scratch.remove()
    assert names(tmp_path) == ["out"]


def test_what_a_killed_owner_left_is_removed_when_the_next_one_comes(tmp_path: Path) -> None:
    """Of the same prefix alone."""
    leave(tmp_path, "tmp.", "job-1")
    leave(tmp_path, "tmp.", "job-2")
    leave(tmp_path, "other.", "job-3")
    # the second owner removed what the first had left
    assert names(tmp_path) == ["other.job-3", "tmp.job-2"]
    scratch = OwnedFolder(tmp_path, "tmp.", "job-4")
    assert names(tmp_path) == ["other.job-3", "tmp.job-4"]
    scratch.remove()


def test_what_a_living_owner_has_is_left_alone(tmp_path: Path) -> None:
    """Two runs side by side do not disturb each other."""
    first = OwnedFolder(tmp_path, "tmp.", "job-1")
    second = OwnedFolder(tmp_path, "tmp.", "job-2")
    assert names(tmp_path) == ["tmp.job-1", "tmp.job-2"]
    first.remove()
    second.remove()


def test_what_is_kept_is_left_alone(tmp_path: Path) -> None:
    """It is there to be looked at, whatever runs after it."""
    scratch = OwnedFolder(tmp_path, "tmp.", "job-1")
    scratch.keep()
    scratch.keep()
    sweep(tmp_path, "tmp.")
    assert names(tmp_path) == ["tmp.job-1"]
    assert names(tmp_path / "tmp.job-1") == []


def test_what_is_none_of_ours_is_left_alone(tmp_path: Path) -> None:
    """A file or folder whose name happens to begin so."""
    (tmp_path / "tmp.file").write_bytes(b"")
    (tmp_path / "tmp.folder").mkdir()
    sweep(tmp_path, "tmp.")
    assert names(tmp_path) == ["tmp.file", "tmp.folder"]


def test_a_prefix_is_taken_by_its_letters(tmp_path: Path) -> None:
    """Not as a glob: an output folder may be called *[1]?."""
    leave(tmp_path, ".x1y.", "job-1")
    leave(tmp_path, ".*[1]?.", "job-2")
    sweep(tmp_path, ".*[1]?.")
    assert names(tmp_path) == [".x1y.job-1"]
    shutil.rmtree(tmp_path / ".x1y.job-1")
