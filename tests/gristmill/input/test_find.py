"""Input: the files that a path names."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gristmill.errors import InputError
from gristmill.input import find, reading, splits
from gristmill.input.find import InputFile
from gristmill.input.splits import Split
from tests.runners.helpers import write

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Anybody who is not root.
NOBODY = 65534


def names(path: str | Path) -> list[str]:
    """The names of the files that a path names."""
    return [file.name for file in find.find_files(str(path))]


@contextmanager
def as_nobody(folder: Path) -> Iterator[None]:
    """The rights of a common user, with `folder` as the current one: those above it may be closed to others."""
    before = Path.cwd()
    folder.chmod(0o755)
    os.chdir(folder)
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        os.chdir(before)


def test_a_file_is_named_as_the_user_named_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative path stays relative."""
    write(tmp_path / "logs" / "a.txt")
    monkeypatch.chdir(tmp_path)
    assert find.find_files("logs/a.txt") == [InputFile("logs/a.txt", "logs/a.txt")]


def test_a_folder_gives_its_files_in_order_of_names_without_hidden_ones(tmp_path: Path) -> None:
    """As on Hadoop, what begins with . or _ is not input; names are relative to the folder."""
    for name in (
        "b.txt",
        "a/z.txt",
        "a/b/c.txt",
        "c.txt",
        ".hidden",
        "_SUCCESS",
        ".git/x",
        "_logs/y",
        "a/.swp",
        "A.txt",
    ):
        write(tmp_path / name)
    assert names(tmp_path) == ["A.txt", "b.txt", "c.txt", "a/z.txt", "a/b/c.txt"]
    assert find.find_files(str(tmp_path))[-1] == InputFile(f"{tmp_path}/a/b/c.txt", "a/b/c.txt")


def test_an_empty_folder_has_no_files(tmp_path: Path) -> None:
    """It is input, of nothing."""
    assert find.find_files(str(tmp_path)) == []


def test_a_hidden_file_is_read_where_it_is_named(tmp_path: Path) -> None:
    """Only a walk through a folder passes it by."""
    path = write(tmp_path / "_hidden")
    assert find.find_files(path) == [InputFile(path, path)]


def test_a_glob_names_files_and_folders_in_order(tmp_path: Path) -> None:
    """`**` goes down folders."""
    for name in ("b.txt", "a.txt", "c.log", "d/e/f.log", "g.txt/h"):
        write(tmp_path / name)
    assert names(tmp_path / "*.txt") == [f"{tmp_path}/a.txt", f"{tmp_path}/b.txt", "h"]
    assert names(tmp_path / "**" / "*.log") == [f"{tmp_path}/c.log", f"{tmp_path}/d/e/f.log"]


def test_a_glob_finds_no_hidden_file_unless_it_asks_for_some(tmp_path: Path) -> None:
    """As on Hadoop: the mark of success and the manifest in an output folder are no input of the next job."""
    for name in ("_SUCCESS", "_gristmill.json", "part-00000", "_old/part-00000"):
        write(tmp_path / name)
    assert names(tmp_path / "*") == [f"{tmp_path}/part-00000"]
    assert names(tmp_path / "_S*") == [f"{tmp_path}/_SUCCESS"]


def test_a_name_that_could_be_a_glob_is_a_name_first(tmp_path: Path) -> None:
    """A file called a[1].txt is found though it matches a1.txt too."""
    path = write(tmp_path / "a[1].txt")
    write(tmp_path / "a1.txt")
    assert names(path) == [path]


def test_a_file_uri_is_a_path(tmp_path: Path) -> None:
    """With its percent signs undone."""
    path = write(tmp_path / "a b.txt")
    assert find.find_files(f"file://{tmp_path}/a%20b.txt") == [InputFile(path, path)]


@pytest.mark.parametrize("path", ["missing.txt", "missing/*.txt", "missing/"])
def test_a_path_that_names_nothing_is_an_error(path: str) -> None:
    """It names the path and what may stand there."""
    with pytest.raises(InputError) as error:
        find.find_files(path)
    assert str(error.value) == f"input {path} does not exist; give a file, a folder, a glob, or - for standard input"


def test_a_link_that_leads_nowhere_is_an_error(tmp_path: Path) -> None:
    """A folder that holds one is not read without it."""
    (tmp_path / "link").symlink_to("nowhere")
    with pytest.raises(InputError) as error:
        splits.cut(find.find_files(str(tmp_path)), None, 2)
    assert str(error.value) == f"input {tmp_path}/link: No such file or directory; check the path and its permissions"


def test_a_link_to_a_folder_is_followed(tmp_path: Path) -> None:
    """Its files are input by the link's name."""
    write(tmp_path / "elsewhere" / "a.txt")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "link").symlink_to(tmp_path / "elsewhere")
    assert names(tmp_path / "in") == ["link/a.txt"]


def test_a_link_to_a_folder_around_it_is_an_error(tmp_path: Path) -> None:
    """To follow it would read the same files again and again."""
    write(tmp_path / "a.txt")
    write(tmp_path / "b" / "c.txt")
    (tmp_path / "b" / "loop").symlink_to(tmp_path)
    with pytest.raises(InputError) as error:
        find.find_files(str(tmp_path))
    assert str(error.value) == f"input {tmp_path}/b/loop: a link to a folder that it lies in; remove the link"


def test_links_that_lead_around_each_other_are_an_error(tmp_path: Path) -> None:
    """Neither of the two folders lies in the other but by the links."""
    for one, other in ("ab", "ba"):
        (tmp_path / one).mkdir()
        (tmp_path / one / "link").symlink_to(tmp_path / other)
    with pytest.raises(InputError) as error:
        find.find_files(str(tmp_path))
    assert str(error.value).endswith("/a/link/link: a link to a folder that it lies in; remove the link")


def test_a_folder_that_may_not_be_read_is_an_error(tmp_path: Path) -> None:
    """Its files are not left out in silence."""
    (tmp_path / "in" / "closed").mkdir(parents=True)
    (tmp_path / "in" / "closed").chmod(0)
    with as_nobody(tmp_path), pytest.raises(InputError) as error:
        find.find_files("in")
    assert str(error.value) == "input in/closed: Permission denied; check the path and its permissions"


def test_a_file_that_may_not_be_read_is_an_error(tmp_path: Path) -> None:
    """Whether it is to be cut or to be read."""
    path = tmp_path / "closed.txt"
    write(path, b"mill\n" * 9)
    path.chmod(0)
    message = "input closed.txt: Permission denied; check the path and its permissions"
    with as_nobody(tmp_path):
        file = InputFile("closed.txt", "closed.txt")
        with pytest.raises(InputError) as error:
            reading.open_split(Split(file, 0, 5))
        assert str(error.value) == message
        with pytest.raises(InputError) as error:
            splits.cut([file], 2, 1)
        assert str(error.value) == message


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("s3://bucket/x", "input s3://bucket/x: here only files, folders and globs of this machine are read"),
        ("", "input '' does not exist; give a file, a folder, a glob, or - for standard input"),
    ],
)
def test_a_path_that_can_be_none_here_says_why(path: str, message: str) -> None:
    """A URI of another file system, and an empty variable of a shell."""
    with pytest.raises(InputError) as error:
        find.find_files(path)
    assert str(error.value) == message
