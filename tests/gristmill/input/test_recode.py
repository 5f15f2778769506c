"""Text in other encodings than UTF-8, as UTF-8."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from gristmill.errors import InputError
from gristmill.input import reading, splits
from gristmill.input.find import InputFile
from gristmill.input.recode import ENCODINGS, WIDE, Utf8, parse_encoding, recode
from tests.runners.helpers import write

SUPERSETS = sorted(ENCODINGS - {*WIDE, "utf-8"})


@pytest.mark.parametrize("encoding", SUPERSETS)
def test_the_ends_of_lines_and_of_docids_are_found_in_bytes(encoding: str) -> None:
    """LF, CR and TAB are part of no character, whatever stands before them, and ASCII is itself."""
    ascii_ = bytes(range(128))
    assert recode(ascii_, encoding) == ascii_
    for mark in b"\t\n\r":
        for lead in range(128, 256):
            assert recode(bytes((lead, mark)), encoding)[-1] == mark
            for second in {0x30, 0x39, 0x81, 0xA1, 0xFE}:
                assert recode(bytes((lead, second, mark)), encoding)[-1] == mark


@pytest.mark.parametrize("encoding", sorted(ENCODINGS))
def test_a_name_is_its_own(encoding: str) -> None:
    """In any case, as Python has it."""
    name = "" if encoding == "utf-8" else encoding
    assert (parse_encoding(encoding), parse_encoding(encoding.upper())) == (name, name)


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("Windows-1252", "cp1252"),
        ("latin1", "iso8859-1"),
        ("ISO_8859-15", "iso8859-15"),
        ("MacRoman", "mac-roman"),
        ("sjis", "shift_jis"),
        ("UTF8", ""),
        ("utf-8-sig", ""),
        ("utf16", "utf-16"),
    ],
)
def test_aliases_are_those_of_python(name: str, known: str) -> None:
    """And UTF-8 is what is read without an option."""
    assert parse_encoding(name) == known


@pytest.mark.parametrize("name", ["cp037", "iso2022_jp", "hz", "utf-7", "utf-32", "cp864", "shift_jis_2004", "rot13"])
def test_an_encoding_whose_bytes_of_ascii_are_others_is_refused(name: str) -> None:
    """The line says how to make it UTF-8."""
    with pytest.raises(ValueError, match=rf"^'{name}' is not read here: .*\(iconv -f {name.upper()} -t UTF-8\)$"):
        parse_encoding(name)


@pytest.mark.parametrize(
    ("name", "said"),
    [("wndows-1252", " (did you mean windows-1252?); such as cp1252, "), ("x\0", "; such as cp1252, ")],
)
def test_an_unknown_name_gets_the_nearest(name: str, said: str) -> None:
    """Or some that there are."""
    with pytest.raises(ValueError, match=r"^there is no encoding") as error:
        parse_encoding(name)
    assert said in str(error.value)


@pytest.mark.parametrize(
    ("data", "encoding", "text"),
    [
        (b"caf\xe9 \x93x\x94", "cp1252", "café “x”".encode()),
        (b"a\x81b", "cp1252", b"a\xffb"),
        (b"\x95\x5c\x8e\xa6", "shift_jis", "表示".encode()),
        # two bytes that the encoding lacks are no letter of UTF-8
        (b"x\xc3\xa9", "ascii", b"x\xff\xff"),
        # what follows a lead byte that leads to nothing begins a character
        (b"\x8f\tx", "euc_jp", b"\xff\tx"),
        (b"\xffa", "gb18030", b"\xffa"),
    ],
)
def test_what_an_encoding_lacks_is_one_bad_byte_each(data: bytes, encoding: str, text: bytes) -> None:
    """So it is counted and cut as what is not UTF-8."""
    assert recode(data, encoding) == text


def read(data: bytes, encoding: str) -> bytes:
    """The bytes of a stream as UTF-8."""
    return io.BufferedReader(Utf8(io.BytesIO(data), encoding, "in.txt")).read()


@pytest.mark.parametrize(("encoding", "order"), [("utf-16", "le"), ("utf-16", "be"), ("utf-16-le", "le")])
def test_utf16_is_read_by_its_mark(encoding: str, order: str) -> None:
    """Which stays, for those to drop who drop that of UTF-8."""
    text = "\ufeffmill ਊ \U0001f35e\r\n" * 50_000
    assert read(text.encode(f"utf-16-{order}"), encoding) == text.encode()


@pytest.mark.parametrize("order", ["le", "be"])
def test_utf16_without_a_mark_is_read_by_its_name(order: str) -> None:
    """A file of no bytes is one."""
    assert read("mill".encode(f"utf-16-{order}"), f"utf-16-{order}") == b"mill"
    assert read("水".encode(f"utf-16-{order}"), f"utf-16-{order}") == "水".encode()
    assert read(b"", "utf-16") == b""


class Dribble(io.BytesIO):
    """A pipe whose writer sends a byte at a time."""

    def read1(self, size: int | None = -1) -> bytes:
        """One byte."""
        return super().read(1)


def test_utf16_may_come_a_byte_at_a_time() -> None:
    """Its mark is seen when both its bytes have come."""
    source = Dribble("\ufeffmill 🍞".encode("utf-16-be"))
    assert io.BufferedReader(Utf8(source, "utf-16", "")).read() == "\ufeffmill 🍞".encode()


def test_half_of_a_character_is_one_bad_byte() -> None:
    """At the end of the file, and where its other half is missing."""
    assert read(b"\xff\xfea\0\0\xd8b\0c", "utf-16") == b"\xef\xbb\xbfa\xffb\xff"


@pytest.mark.parametrize(
    ("data", "encoding", "said"),
    [
        (b"mill", "utf-16", "it has no mark of UTF-16; give --encoding utf-16-le or utf-16-be, or"),
        (b"\xfe\xff\0m", "utf-16-le", "UTF-16 text; give --encoding utf-16, or make"),
        ("mill".encode("utf-16-be"), "utf-16-le", "UTF-16BE text; give --encoding utf-16be, or"),
        ("mill".encode("utf-32"), "utf-16", "UTF-32 text; make it UTF-8 (iconv -f UTF-32 -t UTF-8)"),
        (b"%PDF-1.7", "utf-16", "no text but a PDF document; give what is text"),
    ],
)
def test_what_is_not_that_utf16_is_refused(data: bytes, encoding: str, said: str) -> None:
    """In one line, which names it."""
    with pytest.raises(InputError) as error:
        read(data, encoding)
    assert str(error.value).startswith(f"in.txt: {said}")


def test_a_file_of_utf16_is_one_split_of_utf8(tmp_path: Path) -> None:
    """Without its mark."""
    file = InputFile(write(tmp_path / "in.txt", "\ufeffmill\n".encode("utf-16-le") * 99), "", None, "utf-16")
    (split,) = splits.cut([file], maps=5, cores=1)
    with reading.open_split(split) as source:
        assert source.read() == b"mill\n" + "\ufeffmill\n".encode() * 98
