"""Folders of a run: nobody else removes them while it lives, and the next run removes what a killed one left."""

from __future__ import annotations

import fcntl
import multiprocessing
import os
import re
import signal
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gristmill.runners.owned_folder import InUse, NotOurs, OwnedFolder, open_own, sweep

if TYPE_CHECKING:
    from collections.abc import Iterator

TMP = re.compile(r"tmp\..+")


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


def test_a_folder_whose_owner_is_killed_before_it_is_renamed_is_swept(tmp_path: Path) -> None:
    """It is not yet open to others."""

    def become() -> None:
        scratch = OwnedFolder(tmp_path, "tmp.", "job-1")
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Path, "rename", lambda *_: os.kill(os.getpid(), signal.SIGKILL))
            scratch.become(tmp_path / "out")

    process = multiprocessing.get_context("fork").Process(target=become)
    process.start()
    process.join(30)
    assert process.exitcode == -signal.SIGKILL
    assert sweep(tmp_path, TMP) == []
    assert names(tmp_path) == []


def test_a_folder_does_not_take_the_place_of_another(tmp_path: Path) -> None:
    """Somebody else was faster: theirs stays, and ours can be removed."""
    scratch = OwnedFolder(tmp_path, ".out.", "job-1")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "theirs").write_bytes(b"")
    with pytest.raises(OSError, match="not empty"):
        scratch.become(tmp_path / "out")
    scratch.remove()
    assert names(tmp_path) == ["out"]


def test_of_two_owners_of_one_name_the_second_is_told(tmp_path: Path) -> None:
    """Nothing is left of what it began to make, and the first has its folder as before."""
    first = OwnedFolder(tmp_path, "tmp.", "job-1")
    with pytest.raises(InUse, match=r"tmp\.job-1$"):
        OwnedFolder(tmp_path, "tmp.", "job-1")
    assert names(tmp_path) == ["tmp.job-1"]
    assert sweep(tmp_path, TMP) == []
    first.remove()
    OwnedFolder(tmp_path, "tmp.", "job-1").remove()
    assert names(tmp_path) == []


def test_a_folder_that_cannot_get_its_name_is_in_use_by_nobody(tmp_path: Path) -> None:
    """The error is the system's, and nothing is left of what was begun."""
    (tmp_path / "tmp.job-1").touch()
    with pytest.raises(NotADirectoryError):
        OwnedFolder(tmp_path, "tmp.", "job-1")
    assert names(tmp_path) == ["tmp.job-1"]


def test_what_a_killed_owner_left_is_swept(tmp_path: Path) -> None:
    """Of the names alone that are asked for."""
    leave(tmp_path, "tmp.", "job-1")
    leave(tmp_path, "tmp.", "job-2")
    leave(tmp_path, "other.", "job-3")
    assert sweep(tmp_path, TMP) == []
    assert names(tmp_path) == ["other.job-3"]


def test_what_a_living_owner_has_is_left_alone(tmp_path: Path) -> None:
    """Two runs side by side do not disturb each other."""
    first = OwnedFolder(tmp_path, "tmp.", "job-1")
    second = OwnedFolder(tmp_path, "tmp.", "job-2")
    assert sweep(tmp_path, TMP) == []
    assert names(tmp_path) == ["tmp.job-1", "tmp.job-2"]
    first.remove()
    second.remove()


def test_what_is_kept_is_left_alone(tmp_path: Path) -> None:
    """It is there to be looked at, whatever runs after it."""
    scratch = OwnedFolder(tmp_path, "tmp.", "job-1")
    scratch.keep()
    scratch.keep()
    sweep(tmp_path, TMP)
    assert names(tmp_path) == ["tmp.job-1"]
    assert names(tmp_path / "tmp.job-1") == []


def test_what_is_none_of_ours_is_left_alone(tmp_path: Path) -> None:
    """A file or folder whose name happens to begin so; a folder that others can enter is told."""
    (tmp_path / "tmp.file").write_bytes(b"")
    (tmp_path / "tmp.folder").mkdir(mode=0o700)
    leave(tmp_path, "tmp.", "open")
    (tmp_path / "tmp.open").chmod(0o750)
    before = names(tmp_path)
    assert sweep(tmp_path, TMP) == [tmp_path / "tmp.file", tmp_path / "tmp.open"]
    assert names(tmp_path) == before
    assert sweep(tmp_path / "nowhere", TMP) == []


def test_a_folder_stays_where_what_it_holds_is_still_needed(tmp_path: Path) -> None:
    """Whoever sweeps is asked with its path."""
    leave(tmp_path, "tmp.", "job-1")
    asked: list[Path] = []
    sweep(tmp_path, TMP, lambda path: bool(asked.append(path)))
    assert asked == [tmp_path / "tmp.job-1"]
    assert names(tmp_path) == ["tmp.job-1"]


@pytest.mark.parametrize("kind", ["fifo", "link", "folder"])
def test_a_lock_that_is_no_file_is_not_opened(tmp_path: Path, kind: str) -> None:
    """A FIFO would wait for ever."""
    lock = tmp_path / "tmp.job-1" / ".lock"
    lock.parent.mkdir(mode=0o700)
    (tmp_path / "file").write_bytes(b"")
    {"fifo": lambda: os.mkfifo(lock), "link": lambda: lock.symlink_to("../file"), "folder": lock.mkdir}[kind]()
    assert sweep(tmp_path, TMP) == [lock.parent]
    assert lock.parent.is_dir()


def test_a_link_is_not_followed_and_does_not_come_back(tmp_path: Path) -> None:
    """What it leads to stays, though it could be swept itself."""
    leave(tmp_path, "other.", "job-1")
    (tmp_path / "tmp.job-1").symlink_to("other.job-1")
    assert sweep(tmp_path, TMP) == []
    assert names(tmp_path) == ["other.job-1"]
    assert names(tmp_path / "other.job-1") == [".lock", "part-00000"]


def test_a_folder_that_was_never_locked_is_swept(tmp_path: Path) -> None:
    """Its owner was killed before: it is empty, or its lock is free. A name of that beginning may be a folder's own."""
    (tmp_path / ".newtmp.empty").mkdir(mode=0o700)
    (tmp_path / ".newtmp.unlocked").mkdir(mode=0o700)
    (tmp_path / ".newtmp.unlocked" / ".lock").write_bytes(b"")
    (tmp_path / ".newtmp.filled").mkdir(mode=0o700)
    (tmp_path / ".newtmp.filled" / "a").write_bytes(b"")
    leave(tmp_path, ".newsletter.", "job-1")
    assert sweep(tmp_path, TMP) == []
    assert names(tmp_path) == [".newsletter.job-1", ".newtmp.filled"]
    sweep(tmp_path, re.compile(r"\.newsletter\..+"))
    assert names(tmp_path) == [".newtmp.filled"]


@pytest.mark.parametrize("moment", ["made", "locked", "swept"])
def test_a_folder_that_is_swept_before_it_is_locked_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    """Whenever another run sweeps: nobody waits, and the folder that is there in the end is locked."""
    made: list[Path] = []

    def make(prefix: str, dir: Path) -> str:
        path = Path(real_make(prefix=prefix, dir=dir))
        made.append(path)
        if len(made) == 1 and moment == "made":
            sweep(dir, TMP)
        return str(path)

    def lock(file: Any, flags: int) -> None:
        if moment == "locked" and len(made) == 1 and not held:
            held.append(os.open(made[0] / ".lock", os.O_RDONLY))
            real_lock(held[0], flags)
        if moment == "swept" and not held:
            held.append(os.open(tmp_path, os.O_RDONLY))
            sweep(tmp_path, TMP)
        real_lock(file, flags)

    held: list[int] = []
    real_make, real_lock = tempfile.mkdtemp, fcntl.flock
    monkeypatch.setattr(tempfile, "mkdtemp", make)
    monkeypatch.setattr(fcntl, "flock", lock)
    scratch = OwnedFolder(tmp_path, "tmp.", "job-1")
    monkeypatch.undo()
    for number in held:
        os.close(number)
    assert len(made) == 2
    sweep(tmp_path, TMP)
    assert names(tmp_path) == ["tmp.job-1"]
    scratch.remove()


def test_what_takes_the_place_of_ours_while_it_is_opened_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not what was looked at."""
    (tmp_path / "a").mkdir()

    def swap(*args: Any, **kwargs: Any) -> int:
        (tmp_path / "a").rename(tmp_path / "b")
        (tmp_path / "a").mkdir()
        return real_open(*args, **kwargs)

    real_open = os.open
    monkeypatch.setattr(os, "open", swap)
    with pytest.raises(NotOurs), open_own(tmp_path / "a"):
        pass


def test_what_is_another_users_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their links too. (Two users in truth are in test_two_users, for who can be both.)"""
    leave(tmp_path, "tmp.", "job-1")
    (tmp_path / "tmp.link").symlink_to("tmp.job-1")
    monkeypatch.setattr(os, "geteuid", lambda: os.getuid() + 1)
    assert sweep(tmp_path, TMP) == [tmp_path / "tmp.job-1", tmp_path / "tmp.link"]
    assert names(tmp_path) == ["tmp.job-1", "tmp.link"]
