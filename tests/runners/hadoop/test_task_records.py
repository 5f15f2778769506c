"""A record stays the line that it is, though Hadoop takes it for a key and a value."""

from __future__ import annotations

import re
import subprocess
import sys
import tracemalloc
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gristmill.runners.hadoop import task_records
from gristmill.runners.hadoop.task_records import decode, encode, run, value

if TYPE_CHECKING:
    from collections.abc import Callable


def as_hadoop_reads(text: bytes) -> list[bytes]:
    """The records of a program's output; LF, CR LF and a lone CR end one."""
    return text.splitlines()


def as_hadoop_passes_on(record: bytes) -> bytes:
    """key TAB value, which has a TAB where there was none."""
    key, _, rest = record.partition(b"\t")
    return b"%b\t%b\n" % (key, rest)


def filtered(edit: Callable[[bytes], bytes], text: bytes, size: int) -> bytes:
    """What the filter makes of a text that it reads so many bytes at a time."""
    pieces = iter([text[start : start + size] for start in range(0, len(text), size)])
    written: list[bytes] = []
    run(edit, lambda: next(pieces, b""), written.append)
    return b"".join(written)


PIECES = st.sampled_from([b"a", b"\t", b"\0", b"\n", b"\r", b"\r\n", b"key", b"\x01", b"\xff"])


@given(text=st.lists(PIECES, max_size=20).map(b"".join), size=st.integers(1, 8), most=st.integers(0, 6))
def test_a_reducer_gets_the_records_that_a_mapper_wrote(text: bytes, size: int, most: int) -> None:
    """Whatever bytes they hold, however they come, whatever is held of a long one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(task_records, "CHUNK", most)
        passed = b"".join(map(as_hadoop_passes_on, as_hadoop_reads(filtered(encode, text, size))))
        assert filtered(decode, passed, size) == b"".join(record + b"\n" for record in text.splitlines())


@given(text=st.lists(PIECES, max_size=20).map(b"".join), size=st.integers(1, 8))
def test_hadoop_writes_the_records_of_a_reducer_as_they_are(text: bytes, size: int) -> None:
    """Each is the value of an empty key, with no separator between them."""
    records = as_hadoop_reads(filtered(value, text, size))
    assert b"".join(re.sub(b"^([^\t]*)\t", rb"\1", record) + b"\n" for record in records) == b"".join(
        record + b"\n" for record in text.splitlines()
    )
    assert all(record.startswith(b"\t") for record in records)


def test_lines_of_key_and_value_are_untouched() -> None:
    """An empty value is marked, and so is one that begins with a mark."""
    assert encode(b"a\t1\nb\nc\t\t\n") == b"a\t1\nb\nc\t\t\n"
    assert encode(b"a\t\nb\t\0c\rd\t\r\ne\t") == b"a\t\0\nb\t\0\0c\rd\t\0\r\ne\t\0"
    assert decode(b"a\t1\nb\t\nc\t\0\nd\t\0\0x\n") == b"a\t1\nb\nc\t\nd\t\0x\n"


def test_of_a_long_line_no_more_is_held_than_its_key() -> None:
    """32 MB of a value pass through less than 8."""
    pieces = iter([b"key\t", *[b"x" * (1 << 20)] * 32, b"\nkey\t\n"])
    tracemalloc.start()
    sizes: list[int] = []
    run(encode, lambda: next(pieces, b""), lambda data: sizes.append(len(data)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sum(sizes) == (32 << 20) + len(b"key\t\nkey\t\0\n")
    assert peak < 8 << 20


def test_it_filters_standard_input() -> None:
    """As a program, by the name of what it is to do."""
    command = [sys.executable, "-m", task_records.__name__, "encode"]
    done = subprocess.run(command, input=b"a\t\nb\n", capture_output=True, check=True)
    assert done.stdout == b"a\t\0\nb\n"
