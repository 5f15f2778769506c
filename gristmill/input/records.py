"""The lines of a task's input -> its records, which are lines without their ends."""

from __future__ import annotations

from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def input_records(source: Iterable[bytes]) -> Iterator[bytes]:
    """The records of a mapper: as in Hadoop's TextInputFormat, LF, CR LF and a lone CR end one."""
    for line in source:
        if b"\r" in line:
            yield from line.splitlines()
        else:
            yield line[:-1] if line.endswith(b"\n") else line


def shuffle_records(source: Iterable[bytes]) -> Iterator[bytes]:
    """The records of a combiner or a reducer, which tasks wrote: LF alone ends one."""
    return map(bytes.removesuffix, source, repeat(b"\n"))


def records_before(path: str, start: int) -> int:
    """The number of records of a plain file that end before byte `start`, which begins a record."""
    if not start:
        return 0
    with Path(path).open("rb") as file:
        return sum(1 for _ in input_records(iter(lambda: file.readline() if file.tell() < start else b"", b"")))
