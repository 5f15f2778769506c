"""The cluster's files that a step is given in place of input paths, listed as Hadoop finds them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from gristmill.errors import RunError
from gristmill.runners.hadoop import listing
from gristmill.runners.hadoop.hdfs import Listed
from gristmill.runners.hadoop.listing import read_paths
from gristmill.runners.remote_files import Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

#: The files of a cluster, with their sizes.
SIZES = {
    "hdfs:///in/a.txt": 4,
    "hdfs:///in/b.gz": 40,
    "hdfs:///in/_h.txt": 4,
    "hdfs:///in/deep/a.txt": 4,
    "hdfs:///in/deep/.x/a.txt": 4,
    "hdfs:///logs/none.GZ": 0,
    "hdfs:///logs/none.txt": 0,
    "hdfs:///logs/one.gz": 30,
    "hdfs:///logs/old/none.bz2": 0,
    "hdfs:///odd/a,b.txt": 4,
    "hdfs:///odd/none.gz": 0,
}


def folder(path: str) -> str:
    return path if path.endswith("/") else f"{path}/"


class Web:
    """A name node that answers by HTTP, and counts."""

    def __init__(self, sizes: Mapping[str, int], *, is_off: bool) -> None:
        self._sizes = sizes
        self._is_off = is_off
        self.requests = 0

    def size(self, path: str) -> int | None:
        self.requests += 1
        if self._is_off:
            raise Unavailable
        return self._size(path)

    def _size(self, path: str) -> int | None:
        if path.rstrip("/") in self._sizes:
            return self._sizes[path.rstrip("/")]
        if not any(file.startswith(folder(path)) for file in self._sizes):
            raise FileNotFoundError(path)
        return None

    def list_folder(self, path: str) -> dict[str, int | None]:
        self.requests += 1
        below = [file[len(folder(path)) :] for file in self._sizes if file.startswith(folder(path))]
        names = sorted({file.partition("/")[0] for file in below})
        return {name: self._size(folder(path) + name) for name in names}


class Files:
    """A cluster that answers by HTTP, or by its command alone; that lists all files, whatever it is asked."""

    def __init__(self, sizes: Mapping[str, int], *, by_http: bool, refuses: bool = False) -> None:
        self.web = Web(sizes, is_off=not by_http)
        self.command = self
        self._listed = [Listed(path, size) for path, size in sizes.items()]
        self._refuses = refuses
        self.starts = 0

    def list_sizes(self, *_: str) -> list[Listed]:
        self.starts += 1
        if self._refuses:
            raise RunError("hadoop fs -ls: No such file or directory")
        return self._listed


def read(*paths: str, sizes: Mapping[str, int] = SIZES, by_http: bool = True) -> list[str]:
    return read_paths(paths, cast("Any", Files(sizes, by_http=by_http)))


@pytest.mark.parametrize("by_http", [True, False])
@pytest.mark.parametrize(
    ("paths", "given"),
    [
        # each is read once as it is
        (["hdfs:///in/*.txt", "hdfs:///in/*.gz"], ["hdfs:///in/*.txt", "hdfs:///in/*.gz"]),
        # twice outright is twice
        (["hdfs:///in/a.txt", "hdfs:///in/a.txt"], ["hdfs:///in/a.txt", "hdfs:///in/a.txt"]),
        (["hdfs:///in", "hdfs:///in/a.txt"], ["hdfs:///in", "hdfs:///in/a.txt"]),
        # a pattern adds what nothing else has found
        (["hdfs:///in/a*", "hdfs:///in/*.txt"], ["hdfs:///in/a*"]),
        (["hdfs:///in/*", "hdfs:///in/a.txt"], ["hdfs:///in/b.gz", "hdfs:///in/deep/a.txt", "hdfs:///in/a.txt"]),
        (["hdfs:///in", "hdfs:///in/*/a.txt"], ["hdfs:///in"]),
        # a folder that only some of what a pattern names have
        (["hdfs:///*/deep/a*", "hdfs:///in/deep/*.txt"], ["hdfs:///*/deep/a*"]),
        (["hdfs:///{in,in/deep}/a.txt", "hdfs:///in/*"], ["hdfs:///{in,in/deep}/a.txt", "hdfs:///in/b.gz"]),
    ],
)
def test_a_file_that_patterns_find_is_read_once(by_http: bool, paths: list[str], given: list[str]) -> None:
    """As on one machine: a file that is named outright is read as often as it is named."""
    assert read(*paths, by_http=by_http) == given


def test_compressed_files_of_no_bytes_are_left_out() -> None:
    """Hadoop fails at them; a text of no bytes it reads."""
    left = ["hdfs:///logs/none.txt", "hdfs:///logs/one.gz"]
    assert read("hdfs:///logs/") == read("hdfs:///l*/") == left
    assert read("hdfs:///logs/o*") == ["hdfs:///logs/one.gz"]
    assert read("hdfs:///logs/old", "hdfs:///in/a.txt") == ["hdfs:///in/a.txt"]
    assert read("hdfs:///logs/old") == []
    assert read("hdfs:///*", sizes={"hdfs:///a.gz": 0, "hdfs:///b": 1}) == ["hdfs:///b"]


def test_hidden_files_are_those_of_hadoop() -> None:
    """A hidden folder that is named outright is read, and of a glob's matches the last name counts."""
    assert read("hdfs:///in/deep/.x", "hdfs:///in/*/.x/*") == ["hdfs:///in/deep/.x/*"]
    assert read("hdfs:///in/_*", "hdfs:///in/a*") == ["hdfs:///in/_*", "hdfs:///in/a*"]


@pytest.mark.parametrize(
    "paths",
    [
        # not there, and no pattern
        ["hdfs:///no/such.txt"],
        ["hdfs:///in/[", "hdfs:///logs"],
        # a name that would be taken for two
        ["hdfs:///odd"],
    ],
)
def test_what_is_hadoops_to_tell_is_left_as_it_is(paths: list[str]) -> None:
    """So is a file whose name Hadoop would not take for itself."""
    assert read(*paths) == paths


def test_too_many_files_or_folders_are_left_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """A command line holds no more names, and each list of a folder takes its time."""
    monkeypatch.setattr(listing, "_FILES", 1)
    assert read("hdfs:///logs") == ["hdfs:///logs"]
    monkeypatch.setattr(listing, "_REQUESTS", 2)
    assert read("hdfs:///logs/o*") == ["hdfs:///logs/o*"]


def test_a_list_gives_the_sizes_of_all_that_a_glob_names() -> None:
    """No file of it is asked for by itself."""
    sizes = {f"hdfs:///in/{number}.gz": number for number in range(500)}
    files = Files({**sizes, "hdfs:///in/deep/none.gz": 0}, by_http=True)
    assert len(read_paths(["hdfs:///i*/*"], cast("Any", files))) == 499
    # the root, /in, /in/deep
    assert files.web.requests == 3


def test_requests_for_single_names_are_bounded_too() -> None:
    """One of no glob is asked for in each folder that a glob before it names."""
    files = Files({f"hdfs:///in/{number}/a.gz": 0 for number in range(1500)}, by_http=True)
    assert read_paths(["hdfs:///in/*/a.gz"], cast("Any", files)) == ["hdfs:///in/*/a.gz"]
    assert files.web.requests < 1000


def test_java_is_started_only_for_patterns_that_may_overlap() -> None:
    """Where a cluster is not asked by HTTP; what the command cannot list is Hadoop's to tell."""
    cases = [(["hdfs:///logs"], 0), (["hdfs:///logs", "hdfs:///in"], 0), (["hdfs:///logs", "hdfs:///i*"], 1)]
    for paths, starts in cases:
        files = Files(SIZES, by_http=False, refuses=True)
        assert read_paths(paths, cast("Any", files)) == paths
        assert files.starts == starts
