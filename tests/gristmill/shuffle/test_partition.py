"""The partition of a key is Hadoop's."""

from __future__ import annotations

import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gristmill.shuffle.partition import as_java_text, partitioner

#: With so many reduces, the number of the reduce is the whole hash.
ALL = 1 << 31

#: (key, its hash from 1 as Text.hashCode() has it, its hash from 0 as KeyFieldHelper has it), the sign bit cleared.
HASHES = [
    (b"", 1, 0),
    (b"a", 128, 97),
    # 0 is "mill".hashCode() of Java, 3351580, since it is ASCII
    (b"mill", 4275101, 3351580),
    # its bytes are -61 and -87 in Java
    ("\u00e9".encode(), 2147482631, 2147481670),
    ("\u6c34\u8eca".encode(), 66974638, 1326954605),
    (b"\x00\x01\x7f", 29949, 158),
    (b"k" * 255, 2135565738, 554994123),
    (b"k" * 256, 1778028545, 24948736),
    (b"k" * 1000, 1763869313, 45240192),
]


def by_definition(key: bytes, seed: int) -> int:
    """Java's ``hash = 31 * hash + b`` with its 32-bit int and its signed bytes, and ``& Integer.MAX_VALUE``."""
    value = seed
    for byte in memoryview(key).cast("b").tolist():
        value = (31 * value + byte + (1 << 31)) % (1 << 32) - (1 << 31)
    return value & 0x7FFFFFFF


@pytest.mark.parametrize(("key", "text_hash", "field_hash"), HASHES, ids=lambda value: repr(value)[:20])
def test_a_key_has_the_hash_that_java_gives_it(key: bytes, text_hash: int, field_hash: int) -> None:
    """HashPartitioner hashes Text from 1; KeyFieldBasedPartitioner, which sorts values, hashes the field from 0."""
    assert partitioner(ALL, sort_values=False)(key) == text_hash
    assert partitioner(ALL, sort_values=True)(key) == field_hash


#: Bytes that are no UTF-8, and as what UTF-8 Java's Text.toString() hands them on: of `new Text(bytes).toString()`.
NO_UTF8 = [
    (b"\xff", "\ufffd"),
    (b"caf\xe9 \xc3", "caf\ufffd \ufffd"),
    (b"\xe6\xb0x", "\ufffdx"),
    (b"\xf0\x9f\x8d", "\ufffd"),
    (b"\xc0\xaf", "\ufffd\ufffd"),
    (b"\xf4\x90\x80\x80", "\ufffd\ufffd\ufffd\ufffd"),
    # a surrogate, whole and torn, is one to Java; Python has one for each of its bytes
    (b"\xed\xa0\x80", "\ufffd"),
    (b"\xed\xa0", "\ufffd"),
    (b"\xed\xbf\xbf\xed\xa0a", "\ufffd\ufffda"),
    (b"\xed\x80", "\ufffd"),
]


@pytest.mark.parametrize(("key", "text"), NO_UTF8)
def test_with_sorted_values_bytes_that_are_no_utf8_are_hashed_as_replacement_characters(key: bytes, text: str) -> None:
    """KeyFieldBasedPartitioner makes a Java string of a key first; HashPartitioner does not."""
    for reduces in (2, 3, 4, 7):
        partition = partitioner(reduces, sort_values=True)
        assert partition(key) == partition(text.encode()) == by_definition(text.encode(), 0) % reduces
        assert partitioner(reduces, sort_values=False)(key) == by_definition(key, 1) % reduces


def test_a_key_goes_to_the_rest_of_its_hash_by_the_number_of_reduces() -> None:
    """The hash of "mill" is 4275101, or 3351580 with sorted values."""
    assert [partitioner(reduces, sort_values=False)(b"mill") for reduces in (2, 3, 5, 7)] == [1, 2, 1, 5]
    assert [partitioner(reduces, sort_values=True)(b"mill") for reduces in (2, 3, 5, 7)] == [0, 1, 0, 1]


def test_one_reduce_takes_all_keys() -> None:
    """No hash is needed."""
    assert partitioner(1, sort_values=False)(b"mill") == 0


@given(key=st.binary(max_size=300) | st.text(alphabet="aZ9 ", max_size=300).map(str.encode), sort_values=st.booleans())
def test_every_key_has_the_hash_of_the_definition(key: bytes, sort_values: bool) -> None:
    """ASCII keys, which take a short cut, and all others alike."""
    seen = as_java_text(key) if sort_values else key
    assert partitioner(ALL, sort_values=sort_values)(key) == by_definition(seen, 0 if sort_values else 1)


@given(key=st.binary(max_size=300), reduces=st.sampled_from([2, 3, 4, 8, 12, 16, 32, 64]), sort_values=st.booleans())
def test_every_key_goes_to_the_reduce_of_the_definition(key: bytes, reduces: int, sort_values: bool) -> None:
    """Numbers of reduces that divide 32, which take another short cut, and all others alike."""
    expected = by_definition(as_java_text(key) if sort_values else key, 0 if sort_values else 1) % reduces
    assert partitioner(reduces, sort_values=sort_values)(key) == expected


def test_long_keys_are_not_held() -> None:
    """Of keys of 8 KB each, hardly anything stays in memory."""
    partition = partitioner(7, sort_values=False)
    tracemalloc.start()
    for number in range(16):
        partition(b"\0" * (1 << 13) + b"%d" % number)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 1 << 14
