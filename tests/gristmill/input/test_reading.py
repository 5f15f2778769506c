"""What is read of a file: its bytes, decompressed, or an error that names it."""

from __future__ import annotations

import gzip
import os
import threading
import time
from codecs import BOM_UTF8
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gristmill.errors import InputError
from gristmill.input import find, reading, splits
from gristmill.input.find import InputFile
from tests.runners.helpers import COMPRESS, write

if TYPE_CHECKING:
    pass


def read(path: str | Path) -> bytes:
    """All that is read of a file."""
    with reading.open_split(splits.whole(InputFile(str(path), ""))) as source:
        return source.read()


@pytest.mark.parametrize("suffix", COMPRESS)
def test_a_compressed_file_is_read_decompressed(tmp_path: Path, suffix: str) -> None:
    """Larger than what is read at a time."""
    content = b"".join(b"%d\n" % number for number in range(200_000))
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


@pytest.mark.parametrize("suffix", ["", *COMPRESS])
def test_a_byte_order_mark_at_the_start_of_a_file_is_no_text(tmp_path: Path, suffix: str) -> None:
    """As on Hadoop: one mark, in plain and in decompressed bytes, and nowhere else."""
    compress = COMPRESS.get(suffix, bytes)
    for text, left in (
        (BOM_UTF8 + b"d1\thello\n", b"d1\thello\n"),
        (BOM_UTF8 * 2 + b"d1", BOM_UTF8 + b"d1"),
        (b"d1\n" + BOM_UTF8, b"d1\n" + BOM_UTF8),
        (BOM_UTF8, b""),
        (BOM_UTF8[:2], BOM_UTF8[:2]),
        (b"", b""),
    ):
        assert read(write(tmp_path / f"a{suffix}", compress(text))) == left


def test_a_mark_is_dropped_from_the_first_split_alone(tmp_path: Path) -> None:
    """A later one may begin with a record that has it."""
    path = write(tmp_path / "a", (BOM_UTF8 + b"mill\n") * 2)
    first, second = splits.cut([InputFile(path, "")], 2, 1)
    with reading.open_split(first) as one, reading.open_split(second) as other:
        assert (one.read(), other.read()) == (b"mill\n", BOM_UTF8 + b"mill\n")
    # of a file of ours all bytes are wanted
    with reading.open_plain(splits.whole(InputFile(path, ""))) as source:
        assert source.readall() == (BOM_UTF8 + b"mill\n") * 2


def test_a_mark_may_come_in_pieces(tmp_path: Path) -> None:
    """A pipe gives what it has."""
    os.mkfifo(tmp_path / "pipe")

    def feed() -> None:
        with (tmp_path / "pipe").open("wb", buffering=0) as pipe:
            for byte in BOM_UTF8 + b"mill":
                pipe.write(bytes([byte]))
                time.sleep(0.01)

    writer = threading.Thread(target=feed)
    writer.start()
    assert read(tmp_path / "pipe") == b"mill"
    writer.join()


def test_a_pipe_is_read_to_its_end(tmp_path: Path) -> None:
    """A FIFO has no size: all that comes is one split."""
    path = tmp_path / "pipe"
    os.mkfifo(path)
    content = b"mill\n" * 100_000
    writer = threading.Thread(target=path.write_bytes, args=(content,))
    writer.start()
    (split,) = splits.cut(find.find_files(str(path)), 4, 4)
    with reading.open_split(split) as source:
        assert source.read() == content
    writer.join()


def test_who_looks_on_hears_of_every_byte_of_the_file(tmp_path: Path) -> None:
    """Of a compressed file, of those on disk."""
    data = gzip.compress(bytes(range(256)) * 1000)
    counts: list[int] = []
    with reading.open_split(splits.whole(InputFile(write(tmp_path / "a.gz", data), "")), counts.append) as source:
        source.read()
    assert sum(counts) == len(data)


def test_a_file_is_closed_with_its_reader(tmp_path: Path) -> None:
    """No descriptor is left open."""
    before = len(list(Path("/dev/fd").iterdir()))
    for suffix, compress in {"": bytes, **COMPRESS}.items():
        with reading.open_split(
            splits.whole(InputFile(write(tmp_path / f"a{suffix}", compress(b"mill")), ""))
        ) as source:
            assert source.read(2) == b"mi"
        assert len(list(Path("/dev/fd").iterdir())) == before
