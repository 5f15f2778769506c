"""Streams of compressed files, what stands between them, behind them, and in place of them."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
from typing import TYPE_CHECKING

import pytest

from gristmill.errors import InputError
from gristmill.input.compression import form
from gristmill.input.decompress import Decompressed, Format
from tests.runners.helpers import COMPRESS, zstd

if TYPE_CHECKING:
    from gristmill.input.decompress import Decoder

#: Two kinds of content: one that is made much smaller, one that is not made smaller at all.
CONTENTS = {"lines": b"the mill by the river\n" * 100_000, "noise": random.Random(3).randbytes(400_000)}


def read(data: bytes, suffix: str) -> bytes:
    """All that is read of a file of these bytes."""
    found = form(f"a{suffix}")
    assert found
    with Decompressed(io.BytesIO(data), found, f"a{suffix}") as source:
        return source.read()


def refusal(data: bytes, suffix: str) -> str:
    """What is said of a file that is not read."""
    with pytest.raises(InputError) as error:
        read(data, suffix)
    return str(error.value)


@pytest.mark.parametrize("suffix", COMPRESS)
@pytest.mark.parametrize("content", CONTENTS)
def test_streams_are_read_to_the_last(suffix: str, content: str) -> None:
    """As pbzip2, `xz -T` beside another, bgzip and `cat a.gz b.gz` write them; empty ones among them are nothing."""
    compress, plain = COMPRESS[suffix], CONTENTS[content]
    data = compress(plain) + compress(b"") * 3 + compress(plain[:1000]) + compress(plain)
    assert read(data, suffix) == plain + plain[:1000] + plain


@pytest.mark.parametrize("suffix", COMPRESS)
def test_a_file_of_no_bytes_is_no_lines(suffix: str) -> None:
    """Log rotation leaves such files."""
    assert read(b"", suffix) == b""


@pytest.mark.parametrize("suffix", COMPRESS)
@pytest.mark.parametrize("at", [0, 4, 8, 12, 20])
def test_damage_near_the_beginning_of_a_further_stream_is_no_end(suffix: str, at: int) -> None:
    """The standard library's readers of .bz2 and .xz end there in silence."""
    first, second = COMPRESS[suffix](b"mill\n" * 3000), bytearray(COMPRESS[suffix](CONTENTS["noise"]))
    second[at : at + 8] = bytes(255 - byte for byte in second[at : at + 8])
    said = refusal(first + second, suffix)
    assert said.startswith(f"a{suffix}: damaged, ")
    assert f"from byte {len(first)} on" in said
    assert "; fetch or make it again" in said


@pytest.mark.parametrize("suffix", COMPRESS)
def test_a_further_stream_that_is_cut_short_is_no_end(suffix: str) -> None:
    """Wherever it is cut, in its first bytes too."""
    first, second = COMPRESS[suffix](b"mill\n"), COMPRESS[suffix](b"river\n" * 50)
    for length in (1, 2, 3, 5, 7, 11, len(second) // 2, len(second) - 1):
        said = refusal(first + second[:length], suffix)
        assert f"(from byte {len(first)} on: it ends within a stream)" in said, length


@pytest.mark.parametrize("suffix", COMPRESS)
@pytest.mark.parametrize("garbage", [b"\n", b"garbage, and much of it", b"\x1e\x8b\x08\0\0\0\0\0", b"BZ0h91AY&SY"])
def test_what_stands_behind_the_last_stream_is_named_with_its_byte(suffix: str, garbage: bytes) -> None:
    """It may be what is left of a further stream."""
    data = COMPRESS[suffix](b"mill\n")
    name = {".gz": "gzip", ".bz2": "bzip2", ".xz": "xz", ".zst": "Zstandard"}[suffix]
    assert refusal(data + garbage, suffix) == (
        f"a{suffix}: damaged, or something stands behind it: from byte {len(data)} on it is no {name} data; "
        f"fetch or make it again, or cut it off there (head -c {len(data)})"
    )


@pytest.mark.parametrize("zeros", [1, 3, 512, 300_000])
def test_a_gz_may_be_padded_with_zeros(zeros: int) -> None:
    """As tapes and blocks of a disk are; a further member may stand behind them."""
    one = gzip.compress(b"mill\n")
    assert read(one + bytes(zeros), ".gz") == b"mill\n"
    assert read(one + bytes(zeros) + one, ".gz") == b"mill\nmill\n"
    assert "from byte" in refusal(one + bytes(zeros) + b"x", ".gz")


def test_an_xz_may_be_padded_between_its_streams_and_behind_them() -> None:
    """By its format, in multiples of four."""
    one = lzma.compress(b"mill\n")
    assert read(one + bytes(4) + one + bytes(300_000) + one + bytes(8), ".xz") == b"mill\n" * 3
    assert "(5 bytes of padding, which come in multiples of 4)" in refusal(one + bytes(5) + one, ".xz")
    assert "(2 bytes of padding, which come in multiples of 4)" in refusal(one + bytes(2), ".xz")


@pytest.mark.parametrize("suffix", [".bz2", ".zst"])
def test_no_other_file_may_be_padded(suffix: str) -> None:
    """Their formats know no padding."""
    assert "from byte" in refusal(COMPRESS[suffix](b"mill\n") + bytes(512), suffix)


@pytest.mark.parametrize("suffix", COMPRESS)
def test_zeros_alone_are_no_compressed_file(suffix: str) -> None:
    """A file that was made and never written is damaged."""
    assert refusal(bytes(4096), suffix).startswith(f"a{suffix}: damaged, cut short, or not what its name says (")


def skippable(number: int, content: bytes) -> bytes:
    """A frame of Zstandard that readers skip."""
    return bytes((0x50 + number, 0x2A, 0x4D, 0x18)) + len(content).to_bytes(4, "little") + content


def test_skippable_frames_of_a_zst_are_skipped() -> None:
    """As pzstd and seekable archives have them: before, between and behind the others."""
    one = zstd.compress(b"mill\n")
    data = skippable(0, b"head") + one + skippable(15, bytes(200_000)) + skippable(3, b"") + one + skippable(14, b"x")
    assert read(data, ".zst") == b"mill\nmill\n"
    assert read(skippable(1, b"alone"), ".zst") == b""
    assert "it ends within a stream" in refusal(one + skippable(2, b"cut")[:-1], ".zst")


def test_a_zst_of_the_longest_window_is_read() -> None:
    """As public dumps of posts have it."""
    options = {zstd.CompressionParameter.window_log: 31, zstd.CompressionParameter.compression_level: 1}
    compressor = zstd.ZstdCompressor(options=options)
    data = compressor.compress(b"mill\n" * 1000) + compressor.flush()
    assert read(data, ".zst") == b"mill\n" * 1000


def test_an_error_of_ours_in_a_decoder_is_no_damage() -> None:
    """It comes out as it is."""

    class Broken:
        eof = False
        unused_data = b""
        needs_input = True

        def decompress(self, data: bytes, max_length: int) -> bytes:
            raise ZeroDivisionError

    def broken() -> Decoder:
        return Broken()

    with (
        Decompressed(io.BytesIO(b"x"), Format("broken", (b"x",), broken), "a") as source,
        pytest.raises(ZeroDivisionError),
    ):
        source.read()


def test_little_is_held_of_much() -> None:
    """Each read gives no more than is asked for, however much a few bytes of the file stand for."""
    for data in (gzip.compress(bytes(30 << 20)), bz2.compress(bytes(30 << 20))):
        found = form("a.gz" if data[:1] == b"\x1f" else "a.bz2")
        assert found
        with Decompressed(io.BytesIO(data), found, "a") as source:
            buffer = bytearray(1000)
            assert source.readinto(buffer) == 1000
            assert source.readinto(buffer) == 1000
