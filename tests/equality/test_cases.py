"""The matrix of equality finds what it is to run."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING

import pytest

from gristmill.runners.registry import OURS
from tests.equality import cases

if TYPE_CHECKING:
    from pathlib import Path


def test_every_job_and_every_runner_of_ours_is_in_the_matrix() -> None:
    """By being there."""
    matrix = cases.runs()
    assert {"inverted_index", "streaming"} <= {run.job for run in matrix}
    assert "base" not in {run.job for run in matrix}
    assert {run.runner for run in [*matrix, *cases.emr_runs()]} == set(OURS)


def test_pairs_leave_no_two_values_that_never_meet() -> None:
    """And are far fewer than all."""
    matrix = cases.runs()
    chosen = cases.pairs(matrix)

    def met(runs: list[cases.Run]) -> set[object]:
        columns = [(("job", run.job, run.arguments), run.runner, f"{run.splits} splits", run.reduces) for run in runs]
        return {pair for row in columns for pair in combinations(row, 2)}

    assert met(chosen) == met(matrix)
    assert len(chosen) < len(matrix) / 3


def test_a_job_without_input_is_told_what_to_add(tmp_path: Path) -> None:
    """The place, and the other place."""
    with pytest.raises(
        AssertionError, match=r"jobs\.new has no input: add tests/golden/new/input, or a row to SAMPLES"
    ):
        cases.write_input("new", tmp_path / "in")
