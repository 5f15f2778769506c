"""What a run has on the cluster is known to the next run on this machine, however it ends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from gristmill.runners.hadoop.ledger import CleanupLedger

if TYPE_CHECKING:
    from pathlib import Path


def test_what_a_killed_run_left_is_taken_over(tmp_path: Path) -> None:
    """Noted at once, in both runs' folders; what is gone is forgotten."""
    (tmp_path / "one").mkdir()
    (tmp_path / "two").mkdir()
    first = CleanupLedger()
    first.keep_in(tmp_path / "one")
    first.enter("gristmill.one")
    first.enter("gristmill.one", job="job_1_2")
    first.enter(job="job_1_3")
    first.strike("job_1_2")
    second = CleanupLedger()
    second.take_over(tmp_path / "one")
    assert (second.folders, second.jobs) == (["gristmill.one"], ["job_1_3"])
    second.keep_in(tmp_path / "two")
    assert json.loads((tmp_path / "two" / "left.json").read_bytes()) == {
        "folders": ["gristmill.one"],
        "jobs": ["job_1_3"],
    }


@pytest.mark.parametrize("written", [None, b"", b'{"fold'])
def test_a_run_that_was_killed_before_it_written_anything_left_nothing(tmp_path: Path, written: bytes | None) -> None:
    """It is not in the way of the next."""
    if written is not None:
        (tmp_path / "left.json").write_bytes(written)
    ledger = CleanupLedger()
    ledger.take_over(tmp_path)
    ledger.strike("nothing")
    assert (ledger.folders, ledger.jobs) == ([], [])


def test_a_folder_that_is_removed_is_not_written_to(tmp_path: Path) -> None:
    """The local folder goes last, but may be gone."""
    ledger = CleanupLedger()
    ledger.keep_in(tmp_path)
    (tmp_path / "left.json").unlink()
    tmp_path.rmdir()
    ledger.enter("gristmill.one")
    assert not tmp_path.exists()
