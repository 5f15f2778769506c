"""Sorted runs on their way through Spark's shuffle: a run -> pieces -> the run again, in the reduce task's folder.

Spark moves the pieces and never looks into them, so bytes stay what they are, and a line of any length is many pieces.
"""

from __future__ import annotations

import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

from gristmill.shuffle.merge import Run

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    #: A run: the rank of its map task (two numbers), and its number there.
    RunKey = tuple[int, int, int]
    #: For which reduce task; of which run, from which byte of it, what bytes.
    Piece = tuple[int, tuple[RunKey, int, bytes]]

#: Bytes of a piece: pyspark gathers a thousand of them.
PIECE = 64 << 10


def cut_runs(runs: list[list[Run]], rank: tuple[int, int]) -> Iterator[Piece]:
    """The pieces of a map task's runs, given by partition; `rank` orders the map tasks."""
    for partition, partition_runs in enumerate(runs):
        for number, run in enumerate(partition_runs):
            for position, data in _cut(run):
                yield partition, ((*rank, number), position, data)


def _cut(run: Run) -> Iterator[tuple[int, bytes]]:
    with Path(run.path).open("rb") as file:
        for position in range(0, run.length, PIECE):
            file.seek(run.start + position)
            data = file.read(min(PIECE, run.length - position))
            if len(data) < min(PIECE, run.length - position):
                raise run.cut_short()
            yield position, data


def gather_runs(pieces: Iterable[Piece], folder: Path) -> list[Run]:
    """The runs, as files of `folder`, in order of map tasks, in whatever order their pieces come."""
    sizes: dict[RunKey, int] = {}
    for _, (key, position, data) in pieces:
        file = os.open(_file(folder, key), os.O_WRONLY | os.O_CREAT)
        try:
            if os.pwrite(file, data, position) < len(data):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        finally:
            os.close(file)
        sizes[key] = max(sizes.get(key, 0), position + len(data))
    return [Run(str(_file(folder, key)), 0, sizes[key]) for key in sorted(sizes)]


def _file(folder: Path, key: RunKey) -> Path:
    return folder / "-".join(map(str, key))
