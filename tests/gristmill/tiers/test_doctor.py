"""`gristmill doctor`: each tier is tried as a request uses it, and nothing of the trial stays."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage

import gristmill
from gristmill.errors import RunError
from gristmill.tiers import actions, doctor
from gristmill.tiers.models import QueuedMessage, Request
from gristmill.tiers.run_folder import NoOutcome, Outcome, RunFolder

if TYPE_CHECKING:
    Ask = Callable[..., str]


def test_all_tiers_work_and_nothing_of_the_trial_stays(state: Path, ask: Ask, capsys):
    """A line a tier."""
    ask()
    before = sorted(state.rglob("*")), Request.objects.count(), QueuedMessage.objects.count()
    actions.doctor(argparse.Namespace())
    shown = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in shown] == [
        [name, "works"] for name in ("database", "queue", "storage", "run", "jobs", "mail", "requests")
    ]
    assert shown[1].endswith("a table of the database, 1 messages")
    assert shown[3].endswith(f"gristmill {gristmill.__version__}")
    assert shown[6].endswith("1 wait, 0 are worked on; gristmill consume takes them")
    made = {path for path in state.rglob("*") if path.is_file()} - set(before[0])
    assert (made, Request.objects.count(), QueuedMessage.objects.count()) == (set(), *before[1:])


def test_no_request_that_waits_is_told_of_where_there_is_none(state: Path):
    """Nothing is to be done."""
    assert list(doctor.diagnose())[-1] == ("requests", True, "0 wait, 0 are worked on")


def test_a_tier_that_does_not_work_is_told_of_with_the_others(state: Path, capsys):
    """And the command fails."""
    (state / "mail").write_text("no folder")
    (state / "uploads").write_text("no folder")
    with pytest.raises(RunError, match=r"^storage, mail: see above$"):
        actions.doctor(argparse.Namespace())
    assert re.findall(r"^(\w+) +FAILS  (\w+)", capsys.readouterr().out, re.MULTILINE) == [
        ("storage", "FileExistsError"),
        ("mail", "FileExistsError"),
    ]


def test_a_storage_that_gives_back_something_else_is_found(state: Path, monkeypatch: pytest.MonkeyPatch):
    """What is stored is read."""
    monkeypatch.setattr(FileSystemStorage, "open", lambda *_: ContentFile(b"other"))
    assert dict((name, text) for name, works, text in doctor.diagnose() if not works) == {
        "storage": "RunError: what was stored is not what is read"
    }


@pytest.mark.parametrize(
    ("look", "said"),
    [
        (Outcome("FAILED", "why"), "a run ended as FAILED: why"),
        (NoOutcome.RUNS, "a run has not ended within 0.1 s"),
    ],
)
def test_a_run_that_does_not_work_is_found(state: Path, monkeypatch: pytest.MonkeyPatch, look: Any, said: str):
    """One that fails, and one that does not end."""
    monkeypatch.setattr(RunFolder, "look", lambda _: look)
    monkeypatch.setattr(doctor, "_SECONDS", 0.1)
    failed = {name: text for name, works, text in doctor.diagnose() if not works}
    assert failed == {"run": f"RunError: {said}"}
