"""What a run leaves on S3 is written down, and goes with a later run."""

from __future__ import annotations

import json
import logging
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gristmill.errors import RunError
from gristmill.runners.emr.api import EmrApi
from gristmill.runners.emr.ledger import Entries, Ledger, sweep_left
from gristmill.runners.emr.s3_files import NothingThere, S3Files
from tests.runners.emr.clock import Time
from tests.runners.emr.test_submitting import CLUSTER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from gristmill.runners.emr.clients import Clients
    from tests.runners.emr.service import Services

    Sweep = Callable[..., Ledger]

ENTRIES = Entries("http://emr", "ID", "j-1", "", ("words ID 1/1",), "s3://b/tmp/gristmill.ID", "s3://b/out")


@pytest.fixture
def sweep(services: Services, aws: Clients, tmp_path: Path) -> Iterator[Sweep]:
    services.emr.add_cluster()
    services.s3.update({("b", "tmp/gristmill.ID/x"): b"", ("b", "out/part"): b""})

    owned: list[Ledger] = []

    def sweep(request: str = "other", endpoint: str = "http://emr", folder: str = ENTRIES.folder) -> Ledger:
        for ended in owned:
            ended.remove()
        own = Ledger(str(tmp_path), f"own-{len(owned)}")
        owned.append(own)
        run = Entries(endpoint, request, folder=folder)
        sweep_left(own, run, EmrApi(aws, request, Time().clock), S3Files(aws.s3))
        return own

    yield sweep
    for own in owned:
        own.remove()


def left(tmp_path: Path, entries: Entries | None = None, content: Any = None) -> Path:
    """The folder of a run that was killed."""
    ledger = Ledger(str(tmp_path), "run")
    if entries:
        ledger.enter(entries)
    if content is not None:
        (ledger.owned.path / "left.json").write_text(json.dumps(content))
    ledger.owned.release()
    return ledger.owned.path


def step(services: Services, state: str, cluster: str = "j-1", name: str = "words ID 1/1", *args: str) -> None:
    services.emr.states = [state]
    asked = {"Name": name, "HadoopJarStep": {"Jar": "command-runner.jar", "Args": list(args)}}
    services.emr.add_job_flow_steps({"JobFlowId": cluster, "Steps": [asked]})


@pytest.mark.parametrize(
    ("state", "keys"),
    [
        ("RUNNING", ["out/part", "tmp/gristmill.ID/x"]),
        ("COMPLETED", ["out/part"]),
        ("FAILED", []),
        ("", ["out/part"]),
    ],
)
def test_what_a_step_uses_goes_when_it_has_ended(
    services: Services, sweep: Sweep, tmp_path: Path, state: str, keys: list[str]
) -> None:
    """An output stays that is complete, and one of a run that had submitted nothing is not its own."""
    if state:
        step(services, state)
    folder = left(tmp_path, ENTRIES)
    sweep()
    assert services.keys("b") == keys
    assert folder.exists() is (state == "RUNNING")


def test_steps_of_a_runs_own_cluster_are_found_by_its_name(services: Services, sweep: Sweep, tmp_path: Path) -> None:
    """The ledger was written before it had an id."""
    entries = Entries(**{**asdict(ENTRIES), "cluster": "", "cluster_name": CLUSTER["Name"]})
    folder = left(tmp_path, entries)
    services.emr.run_job_flow(CLUSTER)
    step(services, "RUNNING", "j-2")
    sweep()
    assert folder.exists()
    services.emr.clusters.clear()
    sweep()
    assert not folder.exists()


def test_an_output_that_another_run_has_completed_is_left(
    services: Services, sweep: Sweep, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """It was not there when the killed run sent its step, and is there when that fails."""
    caplog.set_level(logging.WARNING, "mrjob.gristmill")
    services.s3["b", "out/_SUCCESS"] = b""
    step(services, "FAILED")
    folder = left(tmp_path, ENTRIES)
    sweep()
    assert services.keys("b") == ["out/_SUCCESS", "out/part"]
    assert not folder.exists()
    assert caplog.messages == [
        "s3://b/out is left as it is: it is complete; remove it by hand where nobody needs it",
    ]


def test_an_output_that_the_step_has_found_there_is_left(services: Services, sweep: Sweep, tmp_path: Path) -> None:
    """EMR says so of the step that failed."""
    step(services, "FAILED")
    services.emr.steps["j-1"][0]["status"] = {"FailureDetails": {"Reason": "Output directory already exists."}}
    left(tmp_path, ENTRIES)
    sweep()
    assert services.keys("b") == ["out/part"]


def test_one_driver_at_a_time_works_for_a_request(tmp_path: Path) -> None:
    """A second one is told, until the first has ended; one of another request, or of another folder, is none."""
    first, second = (Ledger(str(tmp_path), name) for name in ("first", "second"))
    first.claim(ENTRIES)
    with pytest.raises(RunError, match=r"^--request-id ID: another run with it is under way on this machine; wait"):
        second.claim(ENTRIES)
    second.claim(replace(ENTRIES, folder="s3://b/tmp/gristmill.other"))
    second.release()
    first.remove()
    third = Ledger(str(tmp_path), "third")
    third.claim(ENTRIES)
    third.remove()
    assert [path.name.rpartition(".")[2] for path in tmp_path.iterdir()] == ["second"]


def test_a_run_with_the_same_request_takes_all_over(services: Services, sweep: Sweep, tmp_path: Path) -> None:
    """What was entered is in its own ledger before the old one goes, and stays there until its steps are looked for."""
    folder = left(tmp_path, ENTRIES)
    own = sweep("ID")
    assert not folder.exists()
    assert len(services.keys("b")) == 2
    assert (own.entries, own.is_taken) == (ENTRIES, True)
    assert Entries(**json.loads((own.owned.path / "left.json").read_text())) == Entries(
        **{**asdict(ENTRIES), "steps": ["words ID 1/1"]}
    )
    own.enter(ENTRIES)
    assert not own.is_taken


def test_when_a_call_was_last_sent_stays_known(sweep: Sweep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that takes the ledger over waits for what comes of it, and hands it on where it is killed too."""
    now = time.time()
    left(tmp_path, Entries(**{**asdict(ENTRIES), "sent": now - 3}))
    doubts: list[float] = []
    monkeypatch.setattr(EmrApi, "doubt", lambda _, seconds: doubts.append(seconds))
    own = sweep("ID")
    assert 3 <= doubts[0] < 10
    own.begin(ENTRIES, is_adopted=False)
    assert own.entries.sent == now - 3
    own.note_sent()
    assert json.loads((own.owned.path / "left.json").read_text())["sent"] >= now
    own.begin(Entries(output="s3://b/new"), is_adopted=True)
    assert own.entries.output == ENTRIES.output


def test_the_files_of_a_step_that_may_come_yet_are_left(services: Services, sweep: Sweep, tmp_path: Path) -> None:
    """EMR may be at a call when its driver is dead."""
    folder = left(tmp_path, Entries(**{**asdict(ENTRIES), "sent": time.time()}))
    sweep()
    assert (folder.exists(), len(services.keys("b"))) == (True, 2)
    step(services, "COMPLETED")
    sweep()
    assert (folder.exists(), services.keys("b")) == (False, ["out/part"])


def test_an_output_whose_removal_has_begun_is_not_printed(
    services: Services, aws: Clients, sweep: Sweep, tmp_path: Path
) -> None:
    """Of a run that was killed meanwhile, or by one: what is there may be a part of it."""
    ledger = Ledger(str(tmp_path), "run")
    ledger.enter(ENTRIES)
    ledger.check_output()
    services.refused = "b?delete"
    assert not ledger.settle(EmrApi(aws, "ID", Time().clock), S3Files(aws.s3), None)
    ledger.owned.release()
    for request in ("other", "ID"):
        own = sweep(request)
        assert own.entries.is_going is (request == "ID")
    own.begin(ENTRIES, is_adopted=True)
    with pytest.raises(NothingThere, match=r"^s3://b/tmp/gristmill.ID/output: it is being removed$"):
        own.check_output()
    own.begin(ENTRIES, is_adopted=False)
    own.check_output()


def test_the_old_ledger_stays_where_its_entries_cannot_be_taken(
    sweep: Sweep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run may be killed at any moment."""
    folder = left(tmp_path, ENTRIES)
    monkeypatch.setattr(Ledger, "enter", lambda *_: sys.exit(1))
    with pytest.raises(SystemExit):
        sweep("ID")
    assert (folder / "left.json").exists()


def test_a_request_with_another_folder_is_another_run(services: Services, sweep: Sweep, tmp_path: Path) -> None:
    """Nothing is taken over."""
    left(tmp_path, ENTRIES)
    assert sweep("ID", folder="s3://b/elsewhere/gristmill.ID").entries == Entries()
    assert services.keys("b") == ["out/part"]


def test_what_could_not_be_printed_is_kept_for_days(
    services: Services, sweep: Sweep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Another run leaves it to one with the same request ID; then it goes."""
    ledger = Ledger(str(tmp_path), "run")
    ledger.enter(ENTRIES)
    ledger.keep("so")
    assert caplog.messages == ["the output stays in s3://b/tmp/gristmill.ID/output: so, within 7 days"]
    sweep()
    assert services.keys("b") == ["out/part", "tmp/gristmill.ID/x"]
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + 8 * 86_400)
    sweep()
    assert services.keys("b") == ["out/part"]


def test_what_lies_elsewhere_or_cannot_be_seen_is_left_to_a_later_run(
    services: Services, sweep: Sweep, tmp_path: Path
) -> None:
    """By another endpoint, or while AWS refuses."""
    folder = left(tmp_path, ENTRIES)
    sweep(endpoint="http://another")
    services.emr.faults["ListSteps"] = ["refuse"]
    sweep()
    assert (folder.exists(), len(services.keys("b"))) == (True, 2)


@pytest.mark.parametrize(
    "content",
    [
        [],
        {"strange": 1},
        {"folder": "s3://b/theirs"},
        {"folder": "s3://b/tmp/gristmill.ID/../../x"},
        {"steps": 1},
        {"until": "x"},
        {"sent": "x"},
    ],
)
def test_what_is_no_ledger_of_ours_is_not_believed(
    services: Services, sweep: Sweep, tmp_path: Path, content: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Nothing is removed that a run of ours cannot have made."""
    folder = left(tmp_path, content=content)
    sweep()
    assert len(services.keys("b")) == 2
    assert not folder.exists()
    assert caplog.messages[0].endswith("left.json is no ledger of a run; what it names is left as it is")


def test_a_run_killed_before_it_wrote_anything_leaves_nothing(sweep: Sweep, tmp_path: Path) -> None:
    """Its folder goes."""
    folder = left(tmp_path)
    sweep()
    assert not folder.exists()


def test_what_cannot_be_removed_is_told_and_tried_again(
    services: Services, aws: Clients, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The ledger stays."""
    ledger = Ledger(str(tmp_path), "run")
    ledger.enter(ENTRIES)
    services.refused = "gristmill"
    with caplog.at_level(logging.ERROR):
        assert not ledger.settle(EmrApi(aws, "ID", Time().clock), S3Files(aws.s3), None)
    assert caplog.messages[0].endswith("; the next run on this machine tries again")
    services.refused = ""
    assert ledger.settle(EmrApi(aws, "ID", Time().clock), S3Files(aws.s3), "")
    ledger.owned.remove()


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    """With what to name instead."""
    (tmp_path / "file").touch()
    with pytest.raises(RunError, match=r"; name another folder by --local-tmp-dir$"):
        Ledger(str(tmp_path / "file"), "run")


def test_an_output_that_is_not_there_is_not_told_of(
    services: Services, aws: Clients, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Though it may not be removed."""
    caplog.set_level(logging.WARNING, "mrjob.gristmill")
    ledger = Ledger(str(tmp_path), "run")
    ledger.enter(ENTRIES)
    assert ledger.settle(EmrApi(aws, "ID", Time().clock), S3Files(aws.s3), "Output directory already exists.")
    assert caplog.messages == []
    ledger.owned.remove()
