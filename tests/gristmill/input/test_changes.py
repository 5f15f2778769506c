"""An input that changes while it is read: what grew is read as it was, everything else is an error."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Callable

import pytest

from gristmill.errors import InputError
from gristmill.input import changes, reading, splits
from gristmill.input.find import InputFile, find_files

LATER = 2_000_000_000


def grow(path: Path) -> None:
    with path.open("ab") as file:
        file.write(b"stone\n")


def cut_short(path: Path) -> None:
    path.write_bytes(b"mill\n")


def rewrite(path: Path) -> None:
    path.write_bytes(b"llim\nllim\n")
    os.utime(path, (LATER, LATER))


def take_its_place(path: Path) -> None:
    other = path.with_name("other")
    other.write_bytes(path.read_bytes())
    other.replace(path)


CHANGES = {
    cut_short: "it was cut from 10 bytes to 5",
    rewrite: "it was written to",
    take_its_place: "another file took its place",
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A file of ten bytes."""
    (tmp_path / "a.txt").write_bytes(b"mill\nmill\n")
    return tmp_path / "a.txt"


@pytest.mark.parametrize("change", CHANGES)
def test_a_file_that_changed_before_a_split_of_it_is_read_is_an_error(
    path: Path, change: Callable[[Path], None]
) -> None:
    """The error names the file, what happened, and what to do."""
    *_, last = splits.cut(find_files(str(path)), 2, 1)
    change(path)
    message = f"input {path} changed while it was read, {CHANGES[change]}; run again when nothing writes to it"
    with pytest.raises(InputError) as error:
        reading.open_split(last)
    assert str(error.value) == message
    with pytest.raises(InputError) as error:
        changes.grown([last.file])
    assert str(error.value) == message


@pytest.mark.parametrize("change", [cut_short, rewrite])
def test_a_file_that_changes_while_a_split_is_read_is_an_error(path: Path, change: Callable[[Path], None]) -> None:
    """Seen when the split has been read."""
    (split,) = splits.cut(find_files(str(path)), 1, 1)
    with reading.open_split(split) as source:
        assert source.readline() == b"mill\n"
        change(path)
        with pytest.raises(InputError, match=CHANGES[change]):
            source.read()


def test_a_file_that_grew_is_read_as_it_was(path: Path) -> None:
    """As Hadoop reads it; one line tells of all that did."""
    file = splits.cut(find_files(str(path)), 1, 1)[0].file
    grow(path)
    with reading.open_split(splits.whole(file)) as source:
        assert source.read() == b"mill\nmill\n"
    assert changes.grown([file, InputFile("-", "")]) == [file]
    line = f"input {path} grew while it was read: its first 10 bytes were read, as they were"
    assert changes.warning([file]) == line
    assert changes.warning([file, file, file]) == f"{line}, and 2 more"


def test_an_empty_file_that_grew_stays_empty(tmp_path: Path) -> None:
    """It has a size, nothing, as long as its bytes are not there."""
    path = tmp_path / "empty"
    path.touch()
    (file,) = find_files(str(path))
    with reading.open_split(splits.whole(file)) as source:
        assert source.read() == b""
    grow(path)
    with reading.open_split(splits.whole(file)) as source:
        assert source.read() == b""
    assert changes.grown([file]) == [file]


def test_a_file_that_is_gone_at_the_end_is_an_error(path: Path) -> None:
    """What was read of it may be of another."""
    (file,) = find_files(str(path))
    path.unlink()
    with pytest.raises(InputError) as error:
        changes.grown([file])
    why = "No such file or directory; run again when nothing moves it"
    assert str(error.value) == f"input {path} changed while it was read: {why}"


@pytest.mark.skipif(not Path("/proc/cpuinfo").exists(), reason="this system has no /proc")
def test_a_file_that_says_it_has_no_bytes_is_read_to_its_end() -> None:
    """As those of /proc, whose content is made when they are read."""
    (file,) = find_files("/proc/cpuinfo")
    (split,) = splits.cut([file], 4, 4)
    with reading.open_split(split) as source:
        assert b"processor" in source.read()
    assert changes.grown([file]) == []
