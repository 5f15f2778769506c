"""Runs in pieces, without Spark."""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gristmill.errors import RunError
from gristmill.runners.spark.pieces import PIECE, cut_runs, gather_runs
from gristmill.shuffle.merge import Run
from tests.runners.helpers import room_for

if TYPE_CHECKING:
    from gristmill.runners.spark.pieces import Piece


def test_the_runs_of_map_tasks_that_spilled_more_than_once_come_back_in_order(tmp_path: Path) -> None:
    """Each whole, by map task and then by spill, in whatever order the pieces come."""
    sizes = [10, PIECE, 3 * PIECE + 1]
    pieces: list[Piece] = []
    expected = []
    for rank in [(0, 0), (0, 7), (1, 0), (11, 1), (111, 0)]:
        data = [random.Random(f"{rank} {size}").randbytes(size) for size in sizes]
        path = tmp_path / "spilled-{}-{}".format(*rank)
        path.write_bytes(b"".join(data))
        runs = [Run(str(path), sum(sizes[:number]), size) for number, size in enumerate(sizes)]
        pieces += cut_runs([runs], rank)
        expected += data
    random.Random(1).shuffle(pieces)
    folder = tmp_path / "reduce"
    folder.mkdir()
    assert [Path(run.path).read_bytes() for run in gather_runs(pieces, folder)] == expected


@pytest.mark.parametrize("missing", [1, PIECE])
def test_a_run_that_is_shorter_than_it_was_is_an_error(tmp_path: Path, missing: int) -> None:
    """And no shorter run."""
    (tmp_path / "runs").write_bytes(b"a" * PIECE)
    run = Run(str(tmp_path / "runs"), 0, PIECE + missing)
    with pytest.raises(RunError, match=r"^temporary file .* is shorter than when it was written; "):
        list(cut_runs([[run]], (0, 0)))


def test_a_piece_for_which_a_disk_has_too_little_room_is_an_error(tmp_path: Path) -> None:
    """And no run with a hole."""
    with room_for(1000), pytest.raises(OSError, match="No space left on device"):
        gather_runs([(0, ((0, 0, 0), 0, b"a" * 1001))], tmp_path)
