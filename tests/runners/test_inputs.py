"""The input of a run: found before anything starts, by one resolution of paths for all runners."""

from __future__ import annotations

import bz2
import gzip
import logging
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gristmill.errors import InputError
from gristmill.input.find import InputFile
from gristmill.runners.hadoop.upload import is_remote
from gristmill.runners.inputs import FoundInputs

if TYPE_CHECKING:
    from gristmill.input.compression import Reader
    from gristmill.task.counters import Counters


class Found(FoundInputs):
    """The input of a runner that has nothing but paths."""

    _is_remote = staticmethod(is_remote)

    def __init__(self, *paths: str, skip: bool | None = None) -> None:
        self._input_paths, self.skip_unreadable = list(paths), skip
        self._check_input_paths()

    def _reader(self, is_remote: bool) -> Reader:
        return "hadoop"

    def _uses_input_manifest(self) -> bool:
        return False

    @property
    def skipped(self) -> Counters:
        """The counters of what is left out."""
        return self._skipped

    @property
    def names(self) -> list[str]:
        """Of the files, in order."""
        return [file.name for file in self._found.files]


def test_inputs_are_found_in_the_order_given(tmp_path: Path) -> None:
    """Folders with their files, standard input and paths of the cluster in their places."""
    (tmp_path / "b").mkdir()
    for name in ("a.txt", "b/2.gz", "b/1.txt"):
        (tmp_path / name).write_bytes(gzip.compress(b"mill"))
    names = Found(str(tmp_path / "b"), "-", "hdfs:///logs", str(tmp_path / "a.txt")).names
    assert names == [f"{tmp_path}/b/1.txt", f"{tmp_path}/b/2.gz", "", "hdfs:///logs", str(tmp_path / "a.txt")]


def test_a_comma_parts_paths_of_the_cluster(tmp_path: Path) -> None:
    """As Hadoop itself reads them, but not within braces; in a name of this machine it is a letter."""
    (tmp_path / "a,b").touch()
    names = Found("hdfs:///a,hdfs:///{b,c}/d,", f"{tmp_path}/a,b").names
    assert names == ["hdfs:///a", "hdfs:///{b,c}/d", f"{tmp_path}/a,b"]


@pytest.mark.parametrize(
    "name",
    ["a.xz", "a.zip", "a.7z", "a.tar.gz", "hdfs:///logs/a.xz", "hdfs:///logs/*.tgz", "B.ZIP", "hdfs:///logs/B.Zip"],
)
def test_a_file_that_hadoop_would_take_for_text_is_refused(name: str, tmp_path: Path) -> None:
    """By its name, before anything starts."""
    path = name if is_remote(name) else str(tmp_path / name)
    if not is_remote(name):
        Path(path).touch()
    with pytest.raises(InputError, match=r"(decompress the file first|unpack it and give the folder)$"):
        Found(path)


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.gz", gzip.compress(b"mill")),
        ("a.bz2", bz2.compress(b"mill")),
        ("a.deflate", zlib.compress(b"mill")),
        ("a.snappy", bytes(4)),
        ("a.txt", b""),
        ("D.TSV.GZ", gzip.compress(b"mill")),
    ],
)
def test_a_file_that_hadoop_reads_is_taken(name: str, data: bytes, tmp_path: Path) -> None:
    """By its own codecs."""
    (tmp_path / name).write_bytes(data)
    assert Found(str(tmp_path / name)).names == [str(tmp_path / name)]


def test_files_that_are_skipped_are_counted(tmp_path: Path) -> None:
    """And those of no bytes, on which Hadoop fails, are left out."""
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "b.gz").touch()
    found = Found(str(tmp_path / "*"), "hdfs:///logs", skip=True)
    assert (found.names, found.skipped) == (["hdfs:///logs"], {"input": {"unreadable file": 1}})


def test_files_of_a_cluster_are_skipped_as_those_of_this_machine(caplog: pytest.LogCaptureFixture) -> None:
    """By their names."""
    found = Found("hdfs:///logs/a.xz", "hdfs:///logs/b.gz", skip=True)
    assert (found.names, found.skipped) == (["hdfs:///logs/b.gz"], {"input": {"unreadable file": 1}})
    (message,) = caplog.messages
    assert message.startswith("skipped: hdfs:///logs/a.xz: ")


def test_a_suffix_in_capitals_is_refused_where_the_file_is_the_clusters() -> None:
    """Hadoop takes it for text."""
    with pytest.raises(InputError) as error:
        Found("hdfs:///logs/D.TSV.GZ")
    assert str(error.value).startswith("hdfs:///logs/D.TSV.GZ: in capitals it is text for Hadoop's codecs; rename it")


def test_hidden_files_are_counted_in_one_line(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """With -v; each once, however many paths pass over it."""
    for name in ("a", "_b", ".c"):
        (tmp_path / name).touch()
    with caplog.at_level(logging.DEBUG):
        Found(str(tmp_path), f"{tmp_path}/*", f"{tmp_path}/_b")
    line = "2 hidden files and folders, whose names begin with _ or ., are not read"
    assert caplog.messages == [line]


def test_folders_without_a_file_are_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It is no error: an empty file is none either."""
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
    Found(str(tmp_path / "a"), str(tmp_path / "b"))
    (tmp_path / "b" / "_c").touch()
    Found(str(tmp_path / "b"))
    assert caplog.messages == [
        f"warning: input {tmp_path}/a, {tmp_path}/b has no files",
        f"warning: input {tmp_path}/b has only hidden files, whose names begin with _ or .; name them outright",
    ]


def test_a_job_may_refuse_its_input(tmp_path: Path) -> None:
    """It is asked before anything starts."""
    asked: list[Any] = []

    class Picky(Found):
        check_inputs = staticmethod(asked.append)

    Picky("-", "hdfs:///logs")
    assert asked == [[InputFile("-", ""), InputFile("hdfs:///logs", "hdfs:///logs")]]
