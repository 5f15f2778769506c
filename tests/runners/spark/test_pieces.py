"""Runs in pieces, without Spark."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gristmill.errors import RunError
from gristmill.runners.spark.pieces import PIECE, cut_runs, gather_runs
from gristmill.shuffle.merge import Run
from tests.runners.helpers import room_for

if TYPE_CHECKING:
    from pathlib import Path


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
