"""Splits: every byte of the input once, from line to line."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gristmill.errors import InputError
from gristmill.input import find, reading, splits
from gristmill.input.find import InputFile
from gristmill.input.splits import Split
from tests.runners.helpers import COMPRESS, write

if TYPE_CHECKING:
    pass


def cut(path: str | Path, maps: int | None = None, *, cores: int = 2, least: int = 1) -> list[tuple[int, int]]:
    """(start, length) of the splits of what `path` names."""
    return [(split.start, split.length) for split in splits.cut(find.find_files(str(path)), maps, cores, least)]


def test_a_split_starts_and_ends_at_a_line(tmp_path: Path) -> None:
    """A line that lies across the middle belongs to the first half."""
    path = write(tmp_path / "a.txt", b"one\ntwo\nthree\nfour\n")
    assert cut(path, 2) == [(0, 14), (14, 5)]
    assert cut(path, 3) == [(0, 8), (8, 6), (14, 5)]
    assert cut(path, 40) == [(0, 4), (4, 4), (8, 6), (14, 5)]


def test_lines_that_are_longer_than_a_split_make_fewer_splits(tmp_path: Path) -> None:
    """Here one line is the whole file."""
    assert cut(write(tmp_path / "a.txt", b"x" * 1000), 7) == [(0, 1000)]


def test_without_a_number_of_maps_there_is_one_a_core(tmp_path: Path) -> None:
    """Of about the same size, over all files."""
    write(tmp_path / "a.txt", b"mill\n" * 60)
    write(tmp_path / "b.txt", b"mill\n" * 20)
    assert cut(tmp_path, cores=4) == [(0, 100), (100, 100), (200, 100), (0, 100)]


def test_without_a_number_of_maps_no_split_is_larger_than_the_limit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A task that fails has not done hours of work."""
    monkeypatch.setattr(splits, "MAX_SPLIT", 10)
    path = write(tmp_path / "a.txt", b"mill\n" * 10)
    assert cut(path, cores=1) == [(0, 10), (10, 10), (20, 10), (30, 10), (40, 10)]
    assert cut(path, 1) == [(0, 50)]


def test_no_split_is_smaller_than_the_least_size(tmp_path: Path) -> None:
    """As Hadoop's split.minsize."""
    assert cut(write(tmp_path / "a.txt", b"mill\n" * 10), 10, least=25) == [(0, 25), (25, 25)]


def test_an_empty_file_is_one_empty_split(tmp_path: Path) -> None:
    """A map runs on it, as on Hadoop."""
    assert cut(write(tmp_path / "a.txt"), 3) == [(0, 0)]


@pytest.mark.parametrize("suffix", COMPRESS)
def test_a_compressed_file_is_one_split(tmp_path: Path, suffix: str) -> None:
    """Its length is the one on disk."""
    data = COMPRESS[suffix](bytes(range(256)) * 10)
    assert cut(write(tmp_path / f"a{suffix}", data), 7) == [(0, len(data))]


@pytest.mark.parametrize("suffix", [".lz4", ".snappy", ".zip", ".Z", ".7z", ".lzma"])
def test_a_compression_that_is_not_read_is_an_error(tmp_path: Path, suffix: str) -> None:
    """Its bytes are not text."""
    path = write(tmp_path / f"a{suffix}", b"mill\n")
    with pytest.raises(InputError) as error:
        cut(path)
    assert str(error.value) == (
        f"{path}: this compression is not read here, only .bz2 .deflate .gz .xz .zst; decompress the file first"
    )


@pytest.mark.parametrize("suffix", [".tar", ".tgz", ".tar.gz", ".tar.xz"])
def test_an_archive_of_files_is_an_error(tmp_path: Path, suffix: str) -> None:
    """It is not one text."""
    path = write(tmp_path / f"a{suffix}", b"mill\n")
    with pytest.raises(InputError) as error:
        cut(path)
    assert str(error.value) == f"{path}: an archive of files is not read here; unpack it and give the folder"


LINES = st.lists(st.sampled_from([b"\n", b"\r", b"\r\n", b"a", b"\t", b"mill", b"\0", "\u6c34".encode()])).map(b"".join)


@given(contents=st.lists(LINES | st.binary(max_size=50), max_size=3), maps=st.integers(1, 60), data=st.data())
def test_splits_hold_every_byte_once_and_begin_at_lines(
    tmp_path_factory: pytest.TempPathFactory, contents: list[bytes], maps: int, data: st.DataObject
) -> None:
    """Whatever the files hold, in whatever number of maps, read in pieces of any size."""
    folder = tmp_path_factory.mktemp("splits")
    for number, content in enumerate(contents):
        write(folder / str(number), content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "CHUNK", data.draw(st.integers(1, 5), label="CHUNK"))
        cuts = splits.cut(find.find_files(str(folder)), maps, 2)
        parts = []
        for split in cuts:
            with reading.open_split(split) as source:
                parts.append((split.file.name, source.read()))
    for number, content in enumerate(contents):
        mine = [part for name, part in parts if name == str(number)]
        assert b"".join(mine) == content
        assert all(part.endswith(b"\n") for part in mine[:-1])
    assert len(cuts) <= maps + len(contents)


def packs(sizes: dict[str, list[int]], maps: int | None = None, *, cores: int = 2) -> list[str]:
    """Which splits share a task, of files with splits of these lengths: the names of the files that each reads."""
    made = [
        Split(InputFile(name, name), at, length) for name, lengths in sizes.items() for at, length in enumerate(lengths)
    ]
    packed = splits.pack(made, maps, cores)
    assert [split for pack in packed for split in pack] == made
    return ["".join(split.file.name for split in pack) for pack in packed]


def test_small_files_share_a_task(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four tasks a core are left, unless the number of maps is set; splits of one file never share, nor does a pipe."""
    monkeypatch.chdir(tmp_path)
    for name in "abcdefghijkl":
        write(tmp_path / name)
    os.mkfifo("pipe")
    equal = {name: [10] for name in "abcdefgh"}
    assert packs(equal) == list("abcdefgh")
    assert packs(equal, cores=1) == ["ab", "cd", "ef", "gh"]
    assert packs(equal, 3) == ["ab", "cd", "ef", "gh"]
    assert packs(equal, 1) == ["abcdefgh"]
    assert packs(equal, 40) == list("abcdefgh")
    assert packs({"a": [5, 5, 5], "b": [1], "c": [1], "d": [70]}) == ["a", "a", "abc", "d"]
    assert packs({"a": [0], "pipe": [0], "b": [0], "c": [0]}) == ["a", "pipe", "bc"]
    assert packs({}) == []


def test_no_task_reads_more_small_files_than_are_worth_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it costs is then little beside what it does, and one that fails has not done much."""
    monkeypatch.chdir(tmp_path)
    for name in "abcdefgh":
        write(tmp_path / name)
    monkeypatch.setattr(splits, "MAX_PACK", 25)
    assert packs({name: [10] for name in "abcdefgh"}, 1) == ["ab", "cd", "ef", "gh"]


def test_a_line_of_a_manifest_is_a_split_that_is_called_as_it_says(tmp_path: Path) -> None:
    """One map a file that is listed."""
    path = write(tmp_path / "manifest", b"/data/a.txt\n/data/b.txt\n")
    file = InputFile(path, path)
    listed = splits.by_line(file)
    assert [str(split) for split in listed] == ["/data/a.txt", "/data/b.txt"]
    assert [(split.start, split.length) for split in listed] == [(0, 12), (12, 12)]


def test_a_split_is_called_by_its_path_and_its_range(tmp_path: Path) -> None:
    """In the error of the task that reads it."""
    assert str(Split(InputFile("/data/a.txt", "a.txt"), 5, 10)) == "/data/a.txt bytes 5-15"


def test_a_file_that_is_gone_when_it_is_cut_is_an_error(tmp_path: Path) -> None:
    """It was there when it was found."""
    with pytest.raises(InputError, match=r"/gone\.txt: No such file or directory; check the path and its permissions$"):
        splits.cut([InputFile(str(tmp_path / "gone.txt"), "gone.txt")], 1, 1)
