"""The lines of a task's input -> its records, which are lines without their ends.

A mapper's records come in batches, those that one read of a stream holds: to split all costs less than to find each.
"""

from __future__ import annotations

import math
from itertools import repeat
from pathlib import Path
from typing import TYPE_CHECKING, Callable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Bytes of a stream that are split at a time: about what a core's own cache holds, with the lines that they become.
CHUNK = 1 << 17

_LF, _CR = b"\n", b"\r"


def input_batches(
    source: Iterable[bytes], longest: float = math.inf, on_longer: Callable[[], object] = lambda: None
) -> Iterator[list[bytes]]:
    """The records of a mapper, some at a time; `source` is a stream of bytes or the lines of one.

    As in Hadoop's TextInputFormat, LF, CR LF and a lone CR end a record.
    A record of more than `longest` bytes is passed over, of a stream while it is read; `on_longer` is called in its
    place, when the records before it have been taken.
    """
    if read := getattr(source, "read1", None):
        yield from _of_stream(read, longest, on_longer)
        return
    for line in source:
        records = line.splitlines() if _CR in line else [line[:-1] if line.endswith(_LF) else line]
        yield from _without_longer(records, longest, on_longer) if len(line) > longest else (records,)


def _of_stream(read: Callable[[int], bytes], longest: float, on_longer: Callable[[], object]) -> Iterator[list[bytes]]:
    # of a record whose end has not come its pieces, if they are not too many, and its bytes
    held: list[bytes] = []
    size = 0
    was_cr = False
    while data := read(CHUNK):
        if was_cr and data.startswith(_LF):
            data = data[1:]
        was_cr = data.endswith(_CR)
        records = data.splitlines()
        rest = records.pop() if records and not data.endswith((_LF, _CR)) else b""
        if records and size:
            if size + len(records[0]) > longest:
                on_longer()
                del records[0]
            else:
                records[0] = b"".join((*held, records[0]))
            held, size = [], 0
        yield from _without_longer(records, longest, on_longer) if longest < CHUNK else (records,)
        if rest:
            size += len(rest)
            held.append(rest)
            if size > longest:
                held = []
    if size > longest:
        on_longer()
    elif size:
        yield [b"".join(held)]


def _without_longer(records: list[bytes], longest: float, on_longer: Callable[[], object]) -> Iterator[list[bytes]]:
    start = 0
    for number, record in enumerate(records):
        if len(record) > longest:
            yield records[start:number]
            on_longer()
            start = number + 1
    yield records[start:]


def shuffle_records(source: Iterable[bytes]) -> Iterator[bytes]:
    """The records of a combiner or a reducer, which tasks wrote: LF alone ends one."""
    return map(bytes.removesuffix, source, repeat(_LF))


def unify_ends(data: bytes) -> bytes:
    """The bytes with LF for CR LF and for a lone CR, which end a record of a program's output too, as on Hadoop."""
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n") if b"\r" in data else data


def records_before(path: str, start: int) -> int:
    """The number of records of a plain file that end before byte `start`, which begins a record."""
    count, was_cr = 0, False
    with Path(path).open("rb") as file:
        while data := file.read(min(CHUNK, start - file.tell())):
            count += data.count(_LF) + data.count(_CR) - data.count(b"\r\n") - (was_cr and data.startswith(_LF))
            was_cr = data.endswith(_CR)
    return count
