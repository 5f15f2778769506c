"""The records of a mapper: ends of lines wherever reads fall, and lines that are too long to be held."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gristmill.input import records
from gristmill.input.records import CHUNK, input_batches, records_before

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

PIECES = st.lists(st.sampled_from([b"", b"a", b"\n", b"\r", b"\r\n", b"mill", b"\x0b", b"\x1c", b"\xc2\x85"]))


class Reads(io.BytesIO):
    """A stream that gives these bytes, a read each."""

    def __init__(self, reads: Iterable[bytes]) -> None:
        super().__init__()
        self.reads = [read for read in reads if read]

    def read1(self, size: int | None = -1, /) -> bytes:
        return self.reads.pop(0) if self.reads else b""


def split(source: Iterable[bytes], longest: float = float("inf")) -> list[bytes | None]:
    """All records, and None in the place of each that is too long."""
    found: list[bytes | None] = []
    for batch in input_batches(source, longest, lambda: found.append(None)):
        found.extend(batch)
    return found


@given(PIECES)
def test_lf_cr_lf_and_a_lone_cr_end_a_record_wherever_a_read_ends(pieces: list[bytes]) -> None:
    """And nothing else does."""
    whole = b"".join(pieces)
    expected = whole.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    expected = expected if expected[-1] else expected[:-1]
    assert split(Reads(pieces)) == expected
    assert split(io.BytesIO(whole)) == expected
    assert split(whole.splitlines(keepends=True)) == expected
    assert split(whole.split(b"\n")[:-1] if whole.endswith(b"\n") else whole.split(b"\n")) == expected or not whole


@given(PIECES, st.integers(0, 5))
def test_a_record_that_is_too_long_is_passed_over_in_its_place(pieces: list[bytes], longest: int) -> None:
    """In one read or in many."""
    whole = b"".join(pieces)
    expected = [None if len(record) > longest else record for record in whole.splitlines()]
    assert split(Reads(pieces), longest) == expected
    assert split(io.BytesIO(whole), longest) == expected
    assert split(whole.splitlines(keepends=True), longest) == expected


@pytest.mark.parametrize("longest", [1 << 20, CHUNK, 1000])
@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n", b""])
def test_a_record_over_the_limit_by_a_byte_is_not_held(longest: int, end: bytes) -> None:
    """One of the limit is."""
    most, more = b"x" * longest, b"x" * (longest + 1)
    assert split(io.BytesIO(b"a\n" + most + b"\n" + more + b"\nb\n" + more + end), longest) == [
        b"a",
        most,
        None,
        b"b",
        None,
    ]
    assert split([b"a\n", most + b"\n", more + end], longest) == [b"a", most, None]


@pytest.mark.parametrize("end", [b"\n", b"\r", b"\r\n"])
def test_the_records_before_a_byte_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: bytes) -> None:
    """Wherever the reads of the file end."""
    path = tmp_path / "a.txt"
    path.write_bytes(b"".join(b"%d" % number + end for number in range(1000)) + b"x\rx\r\n\r\nx")
    before = path.stat().st_size - 1
    for chunk in (1, 2, 3, 1000, CHUNK):
        monkeypatch.setattr(records, "CHUNK", chunk)
        assert records_before(str(path), before) == 1003
        assert records_before(str(path), before - 2) == 1002
        assert records_before(str(path), 0) == 0
