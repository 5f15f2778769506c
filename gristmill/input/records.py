"""The lines of a task's input -> its records, which are lines without their ends."""

from __future__ import annotations

from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


def of_input(source: Iterable[bytes]) -> Iterator[bytes]:
    """What a mapper reads: lines as Hadoop's TextInputFormat sees them, a lone CR ends one too."""
    for line in source:
        if b"\r" in line:
            yield from line.splitlines()
        else:
            yield line[:-1] if line.endswith(b"\n") else line


def of_shuffle(source: Iterable[bytes]) -> Iterator[bytes]:
    """What a combiner or a reducer reads: lines that tasks wrote."""
    return map(bytes.removesuffix, source, repeat(b"\n"))


def before(path: str, start: int) -> int:
    """How many records of a plain file end before byte `start`, which begins one."""
    if not start:
        return 0
    with Path(path).open("rb") as file:
        return sum(1 for _ in of_input(iter(lambda: file.readline() if file.tell() < start else b"", b"")))
