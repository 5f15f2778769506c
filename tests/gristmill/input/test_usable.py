"""The files of an input that a reader can read, and what is said of the others before anything starts."""

from __future__ import annotations

import gzip
import os
import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gristmill.errors import InputError
from gristmill.input.find import InputFile
from gristmill.input.splits import large_packs, whole
from gristmill.input.usable import skipped_counters, usable
from tests.runners.helpers import COMPRESS, write, zstd

if TYPE_CHECKING:
    from gristmill.input.compression import Reader

NOISE = random.Random(5).randbytes(5000)
#: A frame of the program lz4, and one of the framed format of snappy.
LZ4 = b"\x04\x22\x4d\x18\x64\x40\xa7\x05\0\0\x80d\tx\n\n\0\0\0\0"
SNAPPY = b"\xff\x06\0\0sNaPpY\x01\x09\0\0abcdd\tx\n\n"
#: A block of Hadoop's: its plain bytes, those of its one piece, the piece.
BLOCK = (100).to_bytes(4, "big") + (11).to_bytes(4, "big") + b"d\tx" + bytes(8)


def refusal(path: str, by: Reader, skip: bool | None = None) -> str:
    """What is said of a file."""
    with pytest.raises(InputError) as error:
        usable([InputFile(path, path)], by, skip)
    return str(error.value)


def kept(*paths: str, by: Reader = "here", skip: bool | None = None) -> list[str]:
    """The names of the files that are left."""
    return [Path(file.path).name for file in usable([InputFile(path, path) for path in paths], by, skip)[0]]


def test_what_is_no_text_is_refused_by_name(tmp_path: Path) -> None:
    """Of a job whose input is text; others know what they read."""
    path = write(tmp_path / "report.txt", b"%PDF-1.7\n\xe2\xe3")
    assert refusal(path, "here", skip=False) == (
        f"{path}: no text but a PDF document; give what is text, or go on without such files by --skip-unreadable"
    )
    assert kept(path) == ["report.txt"]


def test_text_of_two_bytes_a_letter_is_refused_by_name(tmp_path: Path) -> None:
    """As some tables that spreadsheets save."""
    path = write(tmp_path / "posts.csv", "id,text,created_at\n".encode("UTF-16"))
    assert refusal(path, "here", skip=False) == (
        f"{path}: UTF-16 text; give --encoding utf-16, or make it UTF-8 (iconv -f UTF-16 -t UTF-8), "
        "or go on without such files by --skip-unreadable"
    )
    assert kept(path) == ["posts.csv"]


def test_what_cannot_be_read_is_skipped_counted_and_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Where that is asked for: no text, an archive, what its name does not say."""
    paths = [
        write(tmp_path / "a.tsv", b"d\tmill\n"),
        write(tmp_path / "b", b"\x7fELF\2\1\1"),
        write(tmp_path / "c.ZIP", b"PK\3\4"),
        write(tmp_path / "d.gz", b"d\tmill\n"),
        write(tmp_path / "e.gz", gzip.compress(b"d\tmill\n")),
    ]
    files, skipped = usable([InputFile(path, path) for path in paths], "here", skip=True)
    assert [file.path for file in files] == [paths[0], paths[4]]
    assert skipped == 3
    assert skipped_counters(skipped) == {"input": {"unreadable file": 3}}
    assert skipped_counters(0) == {}
    assert [f"skipped: {path}: " in caplog.text for path in paths] == [False, True, True, True, False]
    assert caplog.messages[0] == f"skipped: {paths[1]}: no text but a program (ELF); give what is text"


def test_what_its_name_does_not_say_is_refused_before_it_is_read(tmp_path: Path) -> None:
    """By its first bytes."""
    path = write(tmp_path / "d.gz", b"d\tmill\n")
    assert refusal(path, "here") == (
        f"{path}: damaged, or not what its name says (it is no gzip data); fetch or make it again"
    )


def test_a_file_that_is_not_there_or_no_plain_file(tmp_path: Path) -> None:
    """The first is an error; a pipe is not looked into."""
    assert "No such file" in refusal(str(tmp_path / "gone"), "here")
    os.mkfifo(tmp_path / "pipe")
    assert kept(str(tmp_path / "pipe"), "-", skip=False) == ["pipe", "-"]


@pytest.mark.parametrize("suffix", COMPRESS)
def test_a_compressed_file_of_no_bytes_is_kept_from_hadoop(tmp_path: Path, suffix: str) -> None:
    """It fails on one; here it is no lines, as an empty text is everywhere."""
    empty, text = write(tmp_path / f"a{suffix}"), write(tmp_path / "a.txt")
    assert kept(empty, text) == [f"a{suffix}", "a.txt"]
    if suffix != ".xz":
        assert kept(empty, text, by="hadoop") == ["a.txt"]


@pytest.mark.parametrize("zeros", [1, 2, 3, 4, 9, 10, 512, 100_000])
@pytest.mark.parametrize("plain", [b"", b"d\tmill\n", NOISE, NOISE * 2])
def test_a_gz_with_zeros_behind_it_is_refused_for_hadoop(tmp_path: Path, zeros: int, plain: bytes) -> None:
    """Hadoop would fail on it with an error that names no file; here the zeros are nothing."""
    path = write(tmp_path / "a.gz", gzip.compress(plain) + bytes(zeros))
    assert kept(path) == ["a.gz"]
    assert refusal(path, "hadoop") == (
        f"{path}: zeros stand behind its end, which Hadoop takes for damage; make it again (gzip -d, then gzip)"
    )


@pytest.mark.parametrize("plain", [b"", b"d\tmill\n", NOISE, b"d\tmill\n" * 100_000])
def test_a_gz_that_ends_with_zeros_of_its_own_is_taken(tmp_path: Path, plain: bytes) -> None:
    """The last bytes of a member are the number of its plain ones, and the last member may be an empty one."""
    one = gzip.compress(plain)
    paths = [write(tmp_path / "a.gz", one), write(tmp_path / "b.gz", one * 2 + gzip.compress(b""))]
    assert kept(*paths, by="hadoop") == ["a.gz", "b.gz"]


@pytest.mark.parametrize(
    ("name", "data"), [("a.lz4", LZ4), ("a.snappy", SNAPPY), ("a.LZ4", SNAPPY), ("b.snappy", b"x")]
)
@pytest.mark.parametrize("by", ["hadoop", "spark"])
def test_blocks_that_are_not_hadoops_are_refused(tmp_path: Path, name: str, data: bytes, by: Reader) -> None:
    """It would read no records of them, and end well."""
    path = write(tmp_path / name, data)
    assert refusal(path, by) == (
        f"{path}: not in the framing of Hadoop's {name[1:].lower()} codec, so Hadoop and Spark read nothing of it; "
        "decompress it, or make it a .gz"
    )


def test_blocks_that_are_hadoops_are_taken(tmp_path: Path) -> None:
    """Those of no bytes too."""
    paths = [write(tmp_path / "a.lz4", BLOCK), write(tmp_path / "b.snappy", bytes(4))]
    assert kept(*paths, by="hadoop") == ["a.lz4", "b.snappy"]


def zstd_of_window(log: int) -> bytes:
    """A line, compressed with a window of two to that."""
    compressor = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: log})
    return compressor.compress(b"d\tmill\n") + compressor.flush()


def test_of_files_of_a_long_window_one_is_read_at_a_time_and_a_line_says_so(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """They are far beyond any budget."""
    paths = [write(tmp_path / f"{name}.zst", zstd_of_window(log)) for name, log in (("a", 31), ("b", 27), ("c", 28))]
    assert kept(*paths) == ["a.zst", "b.zst", "c.zst"]
    assert caplog.messages == [
        f"{paths[0]}, and 1 more: takes 2048 MB of memory to decompress, so one such is read at a time"
    ]
    packs = [[whole(InputFile(path, path))] for path in paths]
    assert large_packs(packs) == {0, 2}


def test_a_zst_of_a_long_window_is_refused_for_hadoop(tmp_path: Path) -> None:
    """Its library goes to 128 MB, whatever frames stand before, and however the size is written."""
    skipped = b"\x53\x2a\x4d\x18\3\0\0\0abc"

    long = write(tmp_path / "a.zst", skipped + zstd_of_window(31))
    short = write(tmp_path / "b.zst", zstd_of_window(27))
    assert refusal(long, "hadoop") == (
        f"{long}: its window of 2048 MB is more than Hadoop reads; make it again (zstd -d, then zstd)"
    )
    others = [write(tmp_path / "c.zst", zstd.compress(b"mill")), write(tmp_path / "d.zst", skipped)]
    assert kept(short, *others, by="hadoop") == ["b.zst", "c.zst", "d.zst"]
