"""Files -> splits -> packs, the splits that each map task reads.

A split is a byte range of a plain file that starts and ends at a record, or the whole of a compressed file. A pack is
one split, or several small ones, which the task reads one after the other.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from gristmill.input import changes, compression
from gristmill.input.delimiter import record_start
from gristmill.input.find import InputFile
from gristmill.input.folders import raise_input_error
from gristmill.input.reading import open_plain, open_raw
from gristmill.input.usable import large_window

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from io import RawIOBase

#: The most bytes of a split of a plain file where the number of maps is not set: a block of HDFS.
MAX_SPLIT = 128 << 20
#: The most bytes of a pack of several files: starting a task then costs little beside reading them.
MAX_PACK = 16 << 20
#: Packs of small files for each core at least, so that no core waits long for another's last task.
TASKS_A_CORE = 4


@dataclass(frozen=True)
class Split:
    """A byte range of a file, for a compressed file of its compressed bytes."""

    file: InputFile
    start: int
    length: int

    #: Its name in an error, where that is not the range.
    title: str = ""
    #: What ends its records; none: an end of a line does.
    delimiter: bytes = b""

    def __str__(self) -> str:
        return self.title or f"{self.file.path} bytes {self.start}-{self.start + self.length}"


def cut(
    files: Iterable[InputFile], maps: int | None, cores: int, least: int = 1, delimiter: bytes = b""
) -> list[Split]:
    """Splits of `files`, about `maps` of equal size (default: one for each core); raises InputError.

    None is cut to under `least` bytes. Records end at `delimiter`, where one is given.
    """
    sizes = [_noted(file) for file in files]
    goal = max(split_size(sum(size for _, size in sizes), maps, cores), least)
    return [split for file, size in sizes for split in _cut_file(file, size, goal, delimiter)]


def split_size(total: int, maps: int | None, cores: int) -> int:
    """Bytes of each of `maps` splits of an input of `total` bytes (default: one for each core, up to MAX_SPLIT)."""
    return max(-(-total // maps) if maps else min(-(-total // cores), MAX_SPLIT), 1)


def pack(splits: list[Split], maps: int | None, cores: int) -> list[list[Split]]:
    """The packs of `splits`, in their order: small files share one, splits of one file never do."""
    total = sum(split.length for split in splits)
    most = min(total // (maps or TASKS_A_CORE * cores), MAX_PACK)
    packs: list[list[Split]] = []
    room = 0
    for split in splits:
        # a pipe or a device may be slow, so no other file waits behind it
        slow = not Path(split.file.path).is_file()
        if packs and not slow and split.length <= room and split.file != packs[-1][-1].file:
            packs[-1].append(split)
            room -= split.length
        else:
            packs.append([split])
            room = -1 if slow else most - split.length
    return packs


def large_packs(packs: list[list[Split]]) -> set[int]:
    """The numbers of the packs of which one at a time is to be read, since a file of theirs takes much memory."""
    return {number for number, pack in enumerate(packs) if any(large_window(split.file.path) for split in pack)}


def whole(file: InputFile) -> Split:
    """The file as one split; raises InputError where it cannot be read."""
    file, size = _noted(file)
    return Split(file, 0, size)


def open_file(path: Path) -> RawIOBase:
    """The bytes of a whole file, decompressed by its name; raises InputError."""
    return open_plain(whole(InputFile(str(path), "")))


def by_line(manifest: InputFile) -> list[Split]:
    """A split for each line of a file that lists other files, as Hadoop's NLineInputFormat makes them."""
    splits, start = [], 0
    for line in Path(manifest.path).read_bytes().splitlines(keepends=True):
        splits.append(Split(manifest, start, len(line), os.fsdecode(line.strip())))
        start += len(line)
    return splits


def _noted(file: InputFile) -> tuple[InputFile, int]:
    """The file with the version that it has from now on, if it had none, and its size."""
    compression.check_readable(file.path, by="here")
    if file.version is not None:
        return file, file.version.size
    try:
        status = Path(file.path).stat()
    except OSError as error:
        raise_input_error(error)
    return replace(file, version=changes.version(status)), status.st_size


def _cut_file(file: InputFile, size: int, goal: int, delimiter: bytes) -> Iterator[Split]:
    count = -(-size // goal)
    if count < 2 or file.encoding or compression.form(file.path):
        yield Split(file, 0, size, delimiter=delimiter)
        return
    with open_raw(file.path) as source:
        start = 0
        for number in range(1, count + 1):
            end = size if number == count else record_start(source, size * number // count, size, delimiter or b"\n")
            if end > start:
                yield Split(file, start, end - start, delimiter=delimiter)
                start = end
