"""What a run has on the cluster is known to the next run on this machine, however it ends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, cast

import pytest

from gristmill.errors import RunError
from gristmill.runners.hadoop.ledger import CleanupLedger, clean_up, own_folder, remove_folders

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


class Cluster:
    """Keeps what it was asked for; `refuses` to remove anything."""

    def __init__(self, *, refuses: bool = False) -> None:
        self.refuses = refuses
        self.asked: list[tuple[str, ...]] = []

    def kill(self, job: str) -> None:
        self.asked.append(("kill", job))

    def remove(self, *folders: str) -> None:
        self.asked.append(("remove", *folders))
        if self.refuses:
            raise RunError("hadoop fs -rm: Permission denied")


def filled() -> CleanupLedger:
    ledger = CleanupLedger()
    ledger.enter("one", "job_1_2")
    ledger.enter("two")
    return ledger


def test_what_killed_runs_left_is_cleaned_up() -> None:
    """Jobs first, since they write to the folders; nothing is asked for an empty ledger."""
    ledger, cluster = filled(), Cluster()
    for _ in range(2):
        clean_up(ledger, cast("Any", cluster), cast("Any", cluster))
        assert cluster.asked == [("kill", "job_1_2"), ("remove", "one", "two")]
        assert (ledger.folders, ledger.jobs) == ([], [])


def test_folders_that_cannot_be_removed_stay_in_the_ledger(caplog: pytest.LogCaptureFixture) -> None:
    """The run ends as it would have; jobs are not its matter."""
    ledger = filled()
    assert not remove_folders(ledger, cast("Any", Cluster(refuses=True)))
    assert caplog.messages == ["error: hadoop fs -rm: Permission denied; the next run on this machine tries again"]
    assert ledger.folders == ["one", "two"]
    assert remove_folders(ledger, cast("Any", Cluster()))
    assert (ledger.folders, ledger.jobs) == ([], ["job_1_2"])


def test_a_runs_folder_has_the_ledger_of_the_run_before_it(tmp_path: Path) -> None:
    """Where that was killed, so that its lock is free and its folder is there."""
    first = own_folder(str(tmp_path), "one", CleanupLedger())
    (first.path / "left.json").write_text('{"folders": ["gristmill.one"], "jobs": []}')
    first.release()
    ledger = CleanupLedger()
    second = own_folder(str(tmp_path), "two", ledger)
    assert ledger.folders == ["gristmill.one"]
    assert list(tmp_path.iterdir()) == [second.path]
    assert (second.path / "left.json").read_text() == '{"folders": ["gristmill.one"], "jobs": []}'
    second.remove()
