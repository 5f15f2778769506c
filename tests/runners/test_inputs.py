"""Input: what a path names, where a file is cut, and what is read of it."""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
import sys
import threading
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.errors import InputError
from runners import inputs
from runners.inputs import Input, Split

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    # as the program zstd writes it
    ".zst": partial(zstd.compress, options={zstd.CompressionParameter.checksum_flag: 1}),
}

#: Anybody who is not root.
NOBODY = 65534


def write(path: Path, content: bytes = b"") -> str:
    """Make a file, and the folders that lead to it; the path as a string."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return str(path)


def names(path: str | Path) -> list[str]:
    """The names of the files that a path names."""
    return [file.name for file in inputs.find(str(path))]


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


# files


def test_a_file_is_named_as_the_user_named_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative path stays relative."""
    write(tmp_path / "logs" / "a.txt")
    monkeypatch.chdir(tmp_path)
    assert inputs.find("logs/a.txt") == [Input("logs/a.txt", "logs/a.txt")]


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
    assert inputs.find(str(tmp_path))[-1] == Input(f"{tmp_path}/a/b/c.txt", "a/b/c.txt")


def test_an_empty_folder_has_no_files(tmp_path: Path) -> None:
    """It is input, of nothing."""
    assert inputs.find(str(tmp_path)) == []


def test_a_hidden_file_is_read_where_it_is_named(tmp_path: Path) -> None:
    """Only a walk through a folder passes it by."""
    path = write(tmp_path / "_hidden")
    assert inputs.find(path) == [Input(path, path)]


def test_a_glob_names_files_and_folders_in_order(tmp_path: Path) -> None:
    """`**` goes down folders."""
    for name in ("b.txt", "a.txt", "c.log", "d/e/f.log", "g.txt/h"):
        write(tmp_path / name)
    assert names(tmp_path / "*.txt") == [f"{tmp_path}/a.txt", f"{tmp_path}/b.txt", "h"]
    assert names(tmp_path / "**" / "*.log") == [f"{tmp_path}/c.log", f"{tmp_path}/d/e/f.log"]


def test_a_name_that_could_be_a_glob_is_a_name_first(tmp_path: Path) -> None:
    """A file called a[1].txt is found though it matches a1.txt too."""
    path = write(tmp_path / "a[1].txt")
    write(tmp_path / "a1.txt")
    assert names(path) == [path]


def test_a_file_uri_is_a_path(tmp_path: Path) -> None:
    """With its percent signs undone."""
    path = write(tmp_path / "a b.txt")
    assert inputs.find(f"file://{tmp_path}/a%20b.txt") == [Input(path, path)]


@pytest.mark.parametrize("path", ["missing.txt", "missing/*.txt", "missing/"])
def test_a_path_that_names_nothing_is_an_error(path: str) -> None:
    """It names the path and what may stand there."""
    with pytest.raises(InputError) as error:
        inputs.find(path)
    assert str(error.value) == f"input {path} does not exist; give a file, a folder, a glob, or - for standard input"


def test_a_link_that_leads_nowhere_is_an_error(tmp_path: Path) -> None:
    """A folder that holds one is not read without it."""
    (tmp_path / "link").symlink_to("nowhere")
    with pytest.raises(InputError) as error:
        inputs.cut(inputs.find(str(tmp_path)), None, 2)
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
        inputs.find(str(tmp_path))
    assert str(error.value) == f"input {tmp_path}/b/loop: a link to a folder that it lies in; remove the link"


def test_links_that_lead_around_each_other_are_an_error(tmp_path: Path) -> None:
    """Neither of the two folders lies in the other but by the links."""
    for one, other in ("ab", "ba"):
        (tmp_path / one).mkdir()
        (tmp_path / one / "link").symlink_to(tmp_path / other)
    with pytest.raises(InputError) as error:
        inputs.find(str(tmp_path))
    assert str(error.value).endswith("/a/link/link: a link to a folder that it lies in; remove the link")


def test_a_folder_that_may_not_be_read_is_an_error(tmp_path: Path) -> None:
    """Its files are not left out in silence."""
    (tmp_path / "in" / "closed").mkdir(parents=True)
    (tmp_path / "in" / "closed").chmod(0)
    with as_nobody(tmp_path), pytest.raises(InputError) as error:
        inputs.find("in")
    assert str(error.value) == "input in/closed: Permission denied; check the path and its permissions"


def test_a_file_that_may_not_be_read_is_an_error(tmp_path: Path) -> None:
    """Whether it is to be cut or to be read."""
    path = tmp_path / "closed.txt"
    write(path, b"mill\n" * 9)
    path.chmod(0)
    message = "input closed.txt: Permission denied; check the path and its permissions"
    with as_nobody(tmp_path):
        file = Input("closed.txt", "closed.txt")
        with pytest.raises(InputError) as error:
            inputs.read(Split(file, 0, 5))
        assert str(error.value) == message
        with pytest.raises(InputError) as error:
            inputs.cut([file], 2, 1)
        assert str(error.value) == message


# splits


def cut(path: str | Path, maps: int | None = None, *, cores: int = 2, least: int = 1) -> list[tuple[int, int]]:
    """(start, length) of the splits of what `path` names."""
    return [(split.start, split.length) for split in inputs.cut(inputs.find(str(path)), maps, cores, least)]


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
    monkeypatch.setattr(inputs, "MAX_SPLIT", 10)
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
        f"{path}: this compression is not read here, only .bz2 .gz .xz .zst; decompress the file first"
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
        patch.setattr(inputs, "CHUNK", data.draw(st.integers(1, 5), label="CHUNK"))
        splits = inputs.cut(inputs.find(str(folder)), maps, 2)
        parts = []
        for split in splits:
            with inputs.read(split) as source:
                parts.append((split.file.name, source.read()))
    for number, content in enumerate(contents):
        mine = [part for name, part in parts if name == str(number)]
        assert b"".join(mine) == content
        assert all(part.endswith(b"\n") for part in mine[:-1])
    assert len(splits) <= maps + len(contents)


def test_a_line_of_a_manifest_is_a_split_that_is_called_as_it_says(tmp_path: Path) -> None:
    """One map a file that is listed."""
    path = write(tmp_path / "manifest", b"/data/a.txt\n/data/b.txt\n")
    file = Input(path, path)
    splits = inputs.by_line(file)
    assert [str(split) for split in splits] == ["/data/a.txt", "/data/b.txt"]
    assert [(split.start, split.length) for split in splits] == [(0, 12), (12, 12)]


def test_a_split_is_called_by_its_path_and_its_range(tmp_path: Path) -> None:
    """In the error of the task that reads it."""
    assert str(Split(Input("/data/a.txt", "a.txt"), 5, 10)) == "/data/a.txt bytes 5-15"


# what is read


def read(path: str | Path) -> bytes:
    """All that is read of a file."""
    with inputs.read(inputs.whole(Input(str(path), ""))) as source:
        return source.read()


@pytest.mark.parametrize("suffix", COMPRESS)
def test_a_compressed_file_is_read_decompressed(tmp_path: Path, suffix: str) -> None:
    """Larger than what is read at a time."""
    content = b"".join(b"%d\n" % number for number in range(400_000))
    assert read(write(tmp_path / f"a{suffix}", COMPRESS[suffix](content))) == content


@pytest.mark.parametrize("suffix", COMPRESS)
def test_a_compressed_file_of_several_members_is_read_to_its_end(tmp_path: Path, suffix: str) -> None:
    """As `cat a.gz b.gz` makes one; an empty member among them ends nothing."""
    compress = COMPRESS[suffix]
    data = compress(b"mill\n") + compress(b"") + compress(b"river")
    assert read(write(tmp_path / f"a{suffix}", data)) == b"mill\nriver"


@pytest.mark.parametrize("suffix", COMPRESS)
@pytest.mark.parametrize("damage", ["cut short", "cut in its head", "cut between members", "a byte changed", "text"])
def test_a_damaged_file_is_an_error_that_names_it(tmp_path: Path, suffix: str, damage: str) -> None:
    """Text that is named as if it were compressed too: none of it is read as text."""
    sound = COMPRESS[suffix](bytes(range(256)) * 40)
    data = {
        "cut short": sound[:-6],
        "cut in its head": sound[:3],
        "cut between members": sound + sound[:5],
        "a byte changed": sound[:-9] + bytes([sound[-9] ^ 0x55]) + sound[-8:],
        "text": b"the mill by the river\n",
    }[damage]
    path = write(tmp_path / f"a{suffix}", data)
    with pytest.raises(InputError) as error:
        read(path)
    assert str(error.value).startswith(f"{path}: damaged, cut short, or not what its name says (")
    assert str(error.value).endswith("); fetch or make it again")
    assert "\n" not in str(error.value)


def test_an_error_of_ours_in_a_decompressor_is_no_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes out as it is."""
    monkeypatch.setitem(inputs.OPENERS, ".gz", lambda _: [])
    path = write(tmp_path / "a.gz", gzip.compress(b""))
    with pytest.raises(AttributeError):
        read(path)


def test_a_pipe_is_read_to_its_end(tmp_path: Path) -> None:
    """A FIFO has no size: all that comes is one split."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    content = b"mill\n" * 100_000
    writer = threading.Thread(target=path.write_bytes, args=(content,))
    writer.start()
    (split,) = inputs.cut(inputs.find(str(path)), 4, 4)
    with inputs.read(split) as source:
        assert source.read() == content
    writer.join()


def test_who_looks_on_hears_of_every_byte_of_the_file(tmp_path: Path) -> None:
    """Of a compressed file, of those on disk."""
    data = gzip.compress(bytes(range(256)) * 1000)
    heard: list[int] = []
    with inputs.read(inputs.whole(Input(write(tmp_path / "a.gz", data), "")), heard.append) as source:
        source.read()
    assert sum(heard) == len(data)


def test_a_file_is_closed_with_its_reader(tmp_path: Path) -> None:
    """No descriptor is left open."""
    before = len(os.listdir("/dev/fd"))
    for suffix, compress in {"": bytes, **COMPRESS}.items():
        with inputs.read(inputs.whole(Input(write(tmp_path / f"a{suffix}", compress(b"mill")), ""))) as source:
            assert source.read(2) == b"mi"
        assert len(os.listdir("/dev/fd")) == before
