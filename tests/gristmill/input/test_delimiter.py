"""Records that end at a delimiter become lines, in whatever pieces they are read and wherever a file is cut."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gristmill.input import delimiter as delimiters
from gristmill.input.delimiter import Delimited, record_start
from gristmill.input.find import InputFile
from gristmill.input.reading import open_split
from gristmill.input.splits import cut

if TYPE_CHECKING:
    from pathlib import Path

    from typing_extensions import Buffer


class Slow(io.RawIOBase):
    """A stream that gives a few bytes at a time."""

    def __init__(self, data: bytes, most: int) -> None:
        self._data = io.BytesIO(data)
        self._most = most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer) -> int:
        view = memoryview(buffer)
        data = self._data.read(min(len(view), self._most))
        view[: len(data)] = data
        return len(data)


def as_hadoop(data: bytes, delimiter: bytes) -> bytes:
    """Byte by byte: the first place where the delimiter stands ends a record, and the next begins behind it."""
    lines, start, place = [], 0, 0
    while place <= len(data) - len(delimiter):
        if data.startswith(delimiter, place):
            lines.append(data[start:place])
            start = place = place + len(delimiter)
        else:
            place += 1
    return b"".join(line + b"\n" for line in [*lines, *([data[start:]] if data[start:] else [])])


def read(data: bytes, delimiter: bytes, most: int = 7) -> bytes:
    return io.BufferedReader(Delimited(Slow(data, most), delimiter)).read()


@pytest.mark.parametrize(
    ("delimiter", "data", "lines"),
    [
        (b";", b"", b""),
        (b";", b"a;b", b"a\nb\n"),
        (b";", b"a;b;", b"a\nb\n"),
        (b";", b"a\r\nb;;\n", b"a\r\nb\n\n\n\n"),
        (b"\n\n", b"a\nb\n\n\nc\n", b"a\nb\n\nc\n\n"),
        (b"ab", b"xaaby", b"xa\ny\n"),
        (b"aab", b"aaab", b"a\n"),
        (b"==>", b"oat===>rye", b"oat=\nrye\n"),
        (b"aab", b"xaabxaa", b"x\nxaa\n"),
        (b"\1\2", b"a\1\1\2b\1", b"a\1\nb\1\n"),
    ],
)
def test_a_delimiter_ends_a_record_as_on_hadoop(delimiter: bytes, data: bytes, lines: bytes) -> None:
    """The ends of lines within it stay; the last one needs no delimiter."""
    assert read(data, delimiter) == lines
    assert as_hadoop(data, delimiter) == lines


TEXT = st.lists(st.sampled_from([b"a", b"b", b"\n", b"ab", b"x"]), max_size=20).map(b"".join)


@given(TEXT, TEXT.filter(bool), st.integers(1, 5))
def test_any_delimiter_is_found_in_any_pieces_and_a_file_is_cut_where_a_record_begins(
    data: bytes, delimiter: bytes, most: int
) -> None:
    """The records of the parts are those of the whole."""
    assert read(data, delimiter, most) == as_hadoop(data, delimiter)
    for position in range(1, len(data)):
        start = record_start(io.BytesIO(data), position, len(data), delimiter)
        assert position <= start <= len(data)
        assert as_hadoop(data[:start], delimiter) + as_hadoop(data[start:], delimiter) == as_hadoop(data, delimiter)


def test_a_delimiter_over_the_end_of_what_is_read_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """The start of a record too."""
    data = b"aaaa--+--bb--+--c"
    for chunk in range(1, len(data)):
        monkeypatch.setattr(delimiters, "_CHUNK", chunk)
        assert read(data, b"--+--", 100) == b"aaaa\nbb\nc\n"
        assert record_start(io.BytesIO(data), 8, len(data), b"-+-") == 8
        assert record_start(io.BytesIO(data), 9, len(data), b"-+-") == 15
        assert record_start(io.BytesIO(data), 16, len(data), b"-+-") == len(data)


@pytest.mark.parametrize(("delimiter", "count"), [(b";\n", 4), (b"aab", 4), (b"", 4)])
def test_splits_have_whole_records(tmp_path: Path, delimiter: bytes, count: int) -> None:
    """Without the byte order mark of the file."""
    data = b"\xef\xbb\xbf" + b"".join(b"line %d\nof it%b" % (number, delimiter or b"\n") for number in range(100))
    (tmp_path / "in").write_bytes(data)
    splits = cut([InputFile(str(tmp_path / "in"), "")], 4, 2, delimiter=delimiter)
    assert len(splits) == count
    lines: list[Any] = []
    for split in splits:
        with open_split(split) as source:
            lines += source
    assert b"".join(lines) == b"".join(b"line %d\nof it\n" % number for number in range(100))
