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
    assert names(tmp_path / "*.txt") == [f"{tmp_path}/a.txt", f"{tmp_path}/b.txt", f"{tmp_path}/g.txt/h"]
    assert names(tmp_path / "**" / "*.log") == [f"{tmp_path}/c.log", f"{tmp_path}/d/e/f.log"]


def test_a_glob_finds_no_hidden_file_even_where_it_asks_for_some(tmp_path: Path) -> None:
    """As on Hadoop: the mark of success and the manifest in an output folder are no input of the next job."""
    for name in ("_SUCCESS", "_gristmill.json", "part-00000", "_old/part-00000", ".x/part-00000"):
        write(tmp_path / name)
    assert names(tmp_path / "*") == [f"{tmp_path}/part-00000"]
    assert find.find_inputs([f"{tmp_path}/*"]).hidden == 4
    with pytest.raises(InputError) as error:
        names(tmp_path / "_S*")
    what = "has only hidden files, whose names begin with _ or .; name them outright"
    assert str(error.value) == f"input {tmp_path}/_S* {what}"
    # a folder within a path is matched as any other, as Hadoop has it
    assert names(tmp_path / "*" / "part-*") == [f"{tmp_path}/.x/part-00000", f"{tmp_path}/_old/part-00000"]


@pytest.mark.parametrize(
    ("glob", "found"),
    [
        ("[!b].txt", ["a.txt", "c.txt", "é.txt"]),
        ("[^b].txt", ["a.txt", "c.txt", "é.txt"]),
        ("[a-b].txt", ["a.txt", "b.txt"]),
        ("{a,c}.txt", ["a.txt", "c.txt"]),
        ("{a,{b,d/e}}.txt", ["a.txt", "b.txt", "d/e.txt"]),
        ("{d/e,a}.{txt,csv}", ["a.csv", "a.txt", "d/e.txt"]),
        ("?.c\\sv", ["a.csv"]),
        ("d/\\*", ["d/*"]),
        ("./d/e*", ["./d/e.txt"]),
        ("d/../d/?.txt", ["d/../d/e.txt"]),
        ("**/e.txt", ["d/e.txt"]),
        ("[a]b].txt", []),
        ("a.txt/*", []),
    ],
)
def test_a_glob_is_read_as_hadoop_reads_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, glob: str, found: list[str]
) -> None:
    """Sets, their opposites, braces also around slashes, and escapes."""
    for name in ("a.txt", "b.txt", "c.txt", "é.txt", "a.csv", "d/e.txt", "d/*"):
        write(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    if found:
        assert names(glob) == found
    else:
        with pytest.raises(InputError, match="does not exist"):
            names(glob)


@pytest.mark.parametrize(
    ("glob", "why"),
    [
        ("{a,b.txt", "{ without }"),
        ("[a.txt", "[ without ]"),
        ("[]", "[ without ]"),
        ("[z-a].txt", "bad character range z-a"),
    ],
)
def test_a_glob_that_hadoop_refuses_is_an_error(tmp_path: Path, glob: str, why: str) -> None:
    """Before anything starts."""
    write(tmp_path / "a.txt")
    with pytest.raises(InputError) as error:
        names(tmp_path / glob)
    assert str(error.value) == f"input {tmp_path}/{glob} is no glob, {why}; give a file, a folder or a glob"


def test_a_file_that_patterns_find_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many there are, in whatever spelling, by itself or in a folder that matches too."""
    for name in ("min/a.txt", "min/sub/b.txt", "min/sub/deep/c.txt", "min/_x/d.txt"):
        write(tmp_path / name)
    (tmp_path / "min" / "link").symlink_to("sub")
    monkeypatch.chdir(tmp_path / "min")
    here = ["a.txt", "link/b.txt", "link/deep/c.txt", "sub/b.txt", "sub/deep/c.txt"]
    assert names("**") == names("**/*") == here
    monkeypatch.chdir(tmp_path)
    there = [f"min/{name}" for name in here]
    for patterns in (["min/**"], ["min/**/*"], ["min/*", "./min/**"], ["min/**/*.txt"], ["m?n"]):
        assert sorted(file.name for file in find.find_inputs(patterns).files) == there
    assert find.find_inputs(["min/**"]).hidden == 1


def test_a_file_that_is_named_twice_outright_is_read_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Itself or by its folder; a glob adds what is not named."""
    for name in ("in/a", "in/b"):
        write(tmp_path / name)
    monkeypatch.chdir(tmp_path)

    def read(*paths: str) -> list[str]:
        return [file.name for file in find.find_inputs(paths).files]

    assert read("in/a", "in/a") == ["in/a", "in/a"]
    assert read("in", "in/a") == ["in/a", "in/b", "in/a"]
    assert read("in/*", "in/a") == ["in/b", "in/a"]
    assert read("in", "in/*", f"{tmp_path}/in/../in/?") == ["in/a", "in/b"]


def test_of_several_inputs_names_begin_with_what_was_typed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So that two files of one name in two folders are two documents; `-` and what is remote stand as they are."""
    for name in ("corpus/a/01.txt", "corpus/b/01.txt", "c/d/e"):
        write(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    paths = ["corpus/a", "./corpus/b/", "-", "hdfs:///x", f"{tmp_path}/c"]
    found = find.find_inputs(paths, lambda path: path.startswith("hdfs:"))
    assert [(file.path, file.name) for file in found.files] == [
        ("corpus/a/01.txt", "corpus/a/01.txt"),
        ("corpus/b/01.txt", "./corpus/b/01.txt"),
        ("-", ""),
        ("hdfs:///x", "hdfs:///x"),
        (f"{tmp_path}/c/d/e", f"{tmp_path}/c/d/e"),
    ]
    # a glob may match several
    assert names("corpus/*") == ["corpus/a/01.txt", "corpus/b/01.txt"]
    assert names("corpus") == ["a/01.txt", "b/01.txt"]


def test_a_path_leads_out_of_where_a_link_leads(tmp_path: Path) -> None:
    """As the system resolves it: not out of where the link lies."""
    write(tmp_path / "far" / "in" / "a")
    (tmp_path / "link").symlink_to("far/in")
    assert find.absolute(f"{tmp_path}/link/../in/./a") == f"{tmp_path}/far/in/a"
    assert find.absolute(f"{tmp_path}//link/./a") == f"{tmp_path}/link/a"


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


def test_a_folder_that_a_glob_may_not_look_into_is_an_error(tmp_path: Path) -> None:
    """As one that is named."""
    (tmp_path / "closed").mkdir(parents=True)
    (tmp_path / "closed").chmod(0)
    with as_nobody(tmp_path), pytest.raises(InputError) as error:
        find.find_files("closed/*")
    assert str(error.value) == "input closed: Permission denied; check the path and its permissions"


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
        (
            "hdfs:///x",
            "input hdfs:///x: here only files, folders and globs of this machine are read; "
            "-r hadoop reads those of a cluster",
        ),
        ("", "input '' does not exist; give a file, a folder, a glob, or - for standard input"),
    ],
)
def test_a_path_that_can_be_none_here_says_why(path: str, message: str) -> None:
    """A URI of another file system, and an empty variable of a shell."""
    with pytest.raises(InputError) as error:
        find.find_files(path)
    assert str(error.value) == message
