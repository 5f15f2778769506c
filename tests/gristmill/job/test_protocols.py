"""JSON records are mrjob's, byte for byte and value for value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gristmill.job.protocols import JSONProtocol, NoPair
from mrjob.protocol import StandardJSONProtocol

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)


@given(VALUES, VALUES)
def test_records_are_the_bytes_of_mrjobs_own_protocol(key: object, value: object) -> None:
    """A moved job keeps its bytes."""
    line = JSONProtocol().write(key, value)
    assert line == StandardJSONProtocol().write(key, value)
    assert JSONProtocol().read(line) == StandardJSONProtocol().read(line)


@given(st.lists(st.tuples(VALUES, VALUES), max_size=5))
def test_a_reader_that_remembers_reads_as_one_that_does_not(records: list[tuple[object, object]]) -> None:
    """What is remembered of one record changes none that follows."""
    protocol = JSONProtocol()
    for record in records * 2:
        read = protocol.read(StandardJSONProtocol().write(*record))
        assert repr(read) == repr(StandardJSONProtocol().read(StandardJSONProtocol().write(*record)))


def test_numbers_beyond_those_that_are_remembered_are_read() -> None:
    """The memory of numbers is bounded."""
    protocol = JSONProtocol()
    assert [protocol.read(b"null\t%d" % number)[1] for number in range(5000)] == list(range(5000))
    assert protocol.read(b"null\t4999") == (None, 4999)


@pytest.mark.parametrize("line", [b"no tab", b"1\tnot json", b"\xff\t1", b"1\t\xff"])
def test_what_is_no_record_is_refused_as_by_mrjob(line: bytes) -> None:
    """Bad input raises a ValueError; ours shows the line."""
    with pytest.raises(NoPair, match=r"^b'.* is no pair of JSON \(key TAB value\); "):
        JSONProtocol().read(line)
    with pytest.raises(ValueError, match=r"."):
        StandardJSONProtocol().read(line)
