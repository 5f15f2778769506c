"""The benchmark of the index job on a real Hadoop."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.cluster
@pytest.mark.long
@pytest.mark.timeout(900)
def test_the_hadoop_part_prints_a_row_for_each_job_and_finds_all_outputs_equal(tmp_path: Path) -> None:
    """On next to nothing, so that it cannot rot."""
    command = [sys.executable, "-m", "benchmarks.bench", "--part", "hadoop", "--smoke", "--work", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    names = [line.split("**")[1] for line in done.stdout.splitlines() if line.startswith("| **")]
    assert names == ["empty", "gristmill", "plain", "mrjob-naive"]
    assert "Outputs are equal." in done.stdout
