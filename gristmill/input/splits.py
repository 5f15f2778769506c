"""Files -> splits -> what each map task reads.

A split is a byte range of a plain file that starts and ends at a line, or the whole of a compressed file. A task reads
one, or one after the other several that are small.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from gristmill.input import compression, reading
from gristmill.input.find import InputFile, refuse
from gristmill.input.reading import open_raw

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: The largest split made of a plain file unless the number of maps is set: a block of HDFS, and no task costs more.
MAX_SPLIT = 128 << 20
#: Small files are read by one task up to this size: what a task costs is then little beside what it does.
MAX_PACK = 16 << 20
#: Tasks a core that small files are left for, so that no core waits long for another's last one.
TASKS_A_CORE = 4


@dataclass(frozen=True)
class Split:
    """`length` bytes of a file from byte `start`, of a compressed file as it lies on disk."""

    file: InputFile
    start: int
    length: int

    #: What to call it in an error, where that is not the range of a file.
    title: str = ""

    def __str__(self) -> str:
        return self.title or f"{self.file.path} bytes {self.start}-{self.start + self.length}"


def cut(files: Iterable[InputFile], maps: int | None, cores: int, least: int = 1) -> list[Split]:
    """Splits of `files`: about `maps` of equal size (default: one a core), none of a plain file under `least` bytes."""
    sizes = [(file, _size(file)) for file in files]
    total = sum(size for _, size in sizes)
    goal = -(-total // maps) if maps else min(-(-total // cores), MAX_SPLIT)
    return [split for file, size in sizes for split in _cut_file(file, size, max(goal, least, 1))]


def pack(splits: list[Split], maps: int | None, cores: int) -> list[list[Split]]:
    """What each map task reads: splits of one file go to tasks of their own, those of small files share one."""
    total = sum(split.length for split in splits)
    most = min(total // (maps or TASKS_A_CORE * cores), MAX_PACK)
    packs: list[list[Split]] = []
    room = 0
    for split in splits:
        # a pipe may be slow: nothing waits for its end
        slow = not Path(split.file.path).is_file()
        if packs and not slow and split.length <= room and split.file != packs[-1][-1].file:
            packs[-1].append(split)
            room -= split.length
        else:
            packs.append([split])
            room = -1 if slow else most - split.length
    return packs


def whole(file: InputFile) -> Split:
    """The file as one split."""
    return Split(file, 0, _size(file))


def by_line(manifest: InputFile) -> list[Split]:
    """A split for each line of a file that lists other files, as NLineInputFormat makes them."""
    splits, start = [], 0
    for line in Path(manifest.path).read_bytes().splitlines(keepends=True):
        splits.append(Split(manifest, start, len(line), os.fsdecode(line.strip())))
        start += len(line)
    return splits


def _size(file: InputFile) -> int:
    compression.check_readable(file.path, by="here")
    try:
        return Path(file.path).stat().st_size
    except OSError as error:
        refuse(error)


def _cut_file(file: InputFile, size: int, goal: int) -> Iterator[Split]:
    count = -(-size // goal)
    if count < 2 or compression.suffix(file.path) in compression.OPENERS:
        yield Split(file, 0, size)
        return
    with open_raw(file.path) as source:
        start = 0
        for part in range(1, count + 1):
            end = size if part == count else _line_start(source, size * part // count, size)
            if end > start:
                yield Split(file, start, end - start)
                start = end


def _line_start(source: BinaryIO, position: int, size: int) -> int:
    """The first byte at or after `position` that begins a line, or `size`."""
    source.seek(position - 1)
    position -= 1
    while chunk := source.read(reading.CHUNK):
        found = chunk.find(b"\n")
        if found >= 0:
            return position + found + 1
        position += len(chunk)
    return size
