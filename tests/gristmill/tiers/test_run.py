"""The process of a run, and the folder by which it is known; in this process, where a second is not needed."""

from __future__ import annotations

import fcntl
import hashlib
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gristmill.errors import RunError
from gristmill.tiers import run
from gristmill.tiers.run_folder import Command, NoOutcome, Outcome, RunFolder, SentFile
from tests.gristmill.tiers.conftest import wait_for

if TYPE_CHECKING:
    from collections.abc import Sequence


POPEN = subprocess.Popen
#: A script goes on with it until it is ended.
_LOOP = "while true; do sleep 0.05; done"


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path / "runs" / "one")


def sent(path: Path, target: str = "input/docs.tsv") -> SentFile:
    return SentFile(str(path), target, path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest())


def run_here(folder: RunFolder, words: Sequence[str], files: Sequence[SentFile], monkeypatch: Any) -> Outcome:
    """Run a command in this process, as its own would."""
    found = look_after(folder, Command(words, files), monkeypatch)
    assert isinstance(found, Outcome)
    return found


def job_is(monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """Have a script of the shell in place of the job."""

    def popen(_: list[str], **options: Any) -> subprocess.Popen[bytes]:
        return POPEN(["sh", "-c", script], **options)

    monkeypatch.setattr(run.subprocess, "Popen", popen)


def look_after(folder: RunFolder, command: Command, monkeypatch: pytest.MonkeyPatch) -> Outcome | NoOutcome:
    """How a run is whose process, this one, has ended."""
    folder.prepare(command)
    lock = os.open(folder.path / "lock", os.O_RDWR | os.O_CREAT)
    fcntl.flock(lock, fcntl.LOCK_EX)
    monkeypatch.setattr(sys, "argv", ["run", str(folder.path), str(lock)])
    run.main()
    assert (folder.path / "lock").read_text() == str(os.getpid())
    os.close(lock)
    return folder.look()


def test_a_job_that_ends_well_is_done(folder: RunFolder, documents: Path, monkeypatch: pytest.MonkeyPatch):
    """What it needed is gone, and what it made is there."""
    words = ["index", "--no-conf", "-r", "inline", "--output-dir", "../output", "../input"]
    assert run_here(folder, words, [sent(documents)], monkeypatch) == Outcome("DONE", "")
    assert sorted(path.name for path in folder.path.iterdir()) == [
        *["command.json", "lock", "log", "outcome.json", "output"]
    ]


def test_a_job_that_fails_says_its_last_error(folder: RunFolder, documents: Path, monkeypatch: pytest.MonkeyPatch):
    """Or the last line that it wrote."""
    words = ["index", "--no-conf", "--output-dir", "../output", "../missing"]
    said = "error: input ../missing does not exist; give a file, a folder, a glob, or - for standard input"
    assert run_here(folder, words, [sent(documents)], monkeypatch) == Outcome("FAILED", said)


@pytest.mark.parametrize(
    ("log", "said"),
    [
        ("", "the job failed and wrote nothing"),
        ("a\n\nb\n \n", "b"),
        ("error: a\nb\n", "error: a"),
        ("x" * 5000 + "\nerror: a\n", "error: a"),
    ],
)
def test_the_error_in_a_log_is_its_last_line_that_is_one(tmp_path: Path, log: str, said: str):
    """A long log is read from its end."""
    (tmp_path / "log").write_text(log)
    assert run.error_in(tmp_path / "log") == said


def test_a_job_that_is_killed_says_by_what(folder: RunFolder, documents: Path, monkeypatch: pytest.MonkeyPatch):
    """As where memory is short."""
    job_is(monkeypatch, "kill -9 $$")
    said = f"the job was killed by signal {int(signal.SIGKILL)} (is memory short?)"
    assert run_here(folder, ["index"], [sent(documents)], monkeypatch) == Outcome("FAILED", said)


def test_a_file_that_cannot_be_had_fails_the_run(folder: RunFolder, documents: Path, monkeypatch: pytest.MonkeyPatch):
    """The line names it."""
    gone = sent(documents)._replace(source=str(documents.with_name("gone")))
    found = run_here(folder, ["index"], [gone], monkeypatch)
    assert found == Outcome("FAILED", f"No such file or directory: {documents.with_name('gone')}")


def test_a_run_that_has_no_room_for_its_files_is_run_again(folder: RunFolder, documents: Path, monkeypatch):
    """That is no fault of theirs."""

    def full(*_: object) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(run, "fetch", full)
    assert look_after(folder, Command(["index"], [sent(documents)]), monkeypatch) is NoOutcome.LOST


def test_a_file_on_another_disk_is_copied(folder: RunFolder, documents: Path, monkeypatch: pytest.MonkeyPatch):
    """Where it lies on the same disk it is a link."""

    def other_disk(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(run.os, "link", other_disk)
    words = ["index", "--no-conf", "-r", "inline", "--output-dir", "../output", "../input"]
    assert run_here(folder, words, [sent(documents)], monkeypatch) == Outcome("DONE", "")
    assert documents.stat().st_nlink == 1


def test_a_run_begun_again_begins_with_its_files_alone(folder: RunFolder, documents: Path, monkeypatch):
    """What the one that was killed left does not get into the next."""
    for name in ("input", "work", "tmp"):
        (folder.path / name).mkdir(parents=True)
        (folder.path / name / "docs.tsv").write_text("left\tover\n")
    words = ["index", "--no-conf", "-r", "inline", "--output-dir", "../output", "../input"]
    assert run_here(folder, words, [sent(documents)], monkeypatch) == Outcome("DONE", "")
    assert b"over" not in b"".join(path.read_bytes() for path in folder.output.glob("part-*"))


def test_a_folder_is_that_of_a_run_that_is_not_there(folder: RunFolder):
    """Until it is started."""
    assert folder.look() is NoOutcome.LOST


def test_an_output_without_an_outcome_is_one(folder: RunFolder):
    """The run's process was killed between the two."""
    folder.output.mkdir(parents=True)
    assert folder.look() is NoOutcome.LOST
    (folder.output / "_SUCCESS").touch()
    assert folder.look() == Outcome("DONE")
    assert folder.end(Outcome("CANCELLED")) == Outcome("DONE")


def test_a_run_whose_lock_another_holds_is_not_started(folder: RunFolder, documents: Path):
    """A consumer that was stopped between the lock and the start still holds it."""
    folder.prepare(Command(["index"], [sent(documents)]))
    with (folder.path / "lock").open("w") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        folder.start()
        assert folder.look() is NoOutcome.RUNS
        # there is no number yet of whom to end
        assert folder.end(Outcome("CANCELLED")) is None
    assert folder.end(Outcome("CANCELLED", "why")) == Outcome("CANCELLED", "why")
    folder.start()
    assert not folder.log.exists()


def test_a_run_is_started_in_a_session_of_its_own(folder: RunFolder, documents: Path):
    """What ends the consumer's terminal does not end it."""
    words = ["index", "--no-conf", "-r", "inline", "--output-dir", "../output", "../input"]
    folder.prepare(Command(words, [sent(documents)]))
    folder.start()
    wait_for((folder.path / "lock").read_text)
    assert os.getsid(int((folder.path / "lock").read_text())) != os.getsid(0)
    wait_for(lambda: isinstance(folder.look(), Outcome))
    assert folder.look() == Outcome("DONE")


ELSEWHERE = Command(["index"], [], is_here=False, result="s3://b/results/one")


@pytest.mark.parametrize(
    "script",
    [
        "echo unknown: run again with --request-id one >&2; exit 3",
        "echo error: AWS: no answer, with --request-id one, which takes over what runs >&2; exit 1",
        "kill -9 $$",
    ],
    ids=["unknown", "no answer", "killed"],
)
def test_a_driver_that_cannot_tell_is_run_again(folder: RunFolder, monkeypatch: pytest.MonkeyPatch, script: str):
    """That is no failure; what it noted for the next one is still there."""
    job_is(monkeypatch, f"echo noted > $TMPDIR/ledger; {script}")
    assert look_after(folder, ELSEWHERE, monkeypatch) is NoOutcome.LOST
    job_is(monkeypatch, "cat $TMPDIR/ledger >&2")
    assert look_after(folder, ELSEWHERE, monkeypatch) == Outcome("DONE", "", "s3://b/results/one")
    assert folder.log.read_text() == "noted\n"


@pytest.mark.parametrize(
    "said", ["no cluster", "a with --request-id b.gz: not gzip", "the name is with --request-id b"]
)
def test_a_job_elsewhere_that_fails_says_why(folder: RunFolder, monkeypatch: pytest.MonkeyPatch, said: str):
    """As one here does; no name of a file has it run again."""
    job_is(monkeypatch, f"echo 'error: {said}' >&2; exit 1")
    assert look_after(folder, ELSEWHERE, monkeypatch) == Outcome("FAILED", f"error: {said}")


def test_a_job_elsewhere_gets_what_it_needs_to_sign_in(folder: RunFolder, monkeypatch: pytest.MonkeyPatch):
    """It is our own program, and what was uploaded runs elsewhere."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush")
    job_is(monkeypatch, "echo $AWS_SECRET_ACCESS_KEY >&2")
    look_after(folder, ELSEWHERE, monkeypatch)
    assert folder.log.read_text() == "hush\n"
    other = RunFolder(folder.path.with_name("other"))
    look_after(other, Command(["index"], []), monkeypatch)
    assert other.log.read_text() == "\n"


def test_what_a_job_elsewhere_prints_is_its_output_where_it_has_no_other(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
):
    """As a whole: one that fails leaves none."""
    command = ELSEWHERE._replace(result="")
    job_is(monkeypatch, "echo row; exit 3")
    assert look_after(folder, command, monkeypatch) is NoOutcome.LOST
    assert not folder.output.exists()
    job_is(monkeypatch, "echo whole")
    assert look_after(folder, command, monkeypatch) == Outcome("DONE")
    assert {path.name: path.read_text() for path in folder.output.iterdir()} == {
        "_SUCCESS": "",
        "part-00000": "whole\n",
    }


@pytest.mark.parametrize(
    ("end", "outcome"),
    [
        ("exit 143", Outcome("CANCELLED")),
        ("exit 0", Outcome("DONE", "", "s3://b/results/one")),
        ("echo error: AWS: no; exit 1", Outcome("CANCELLED", "error: AWS: no")),
        ("exit 3", NoOutcome.LOST),
    ],
)
def test_a_job_elsewhere_is_asked_once_to_stop(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch, end: str, outcome: Outcome
):
    """It may take its time; how it ends counts."""
    folder.ask_to_stop()
    monkeypatch.setattr(run, "_LOOK", 0.05)
    # when it says so, it is ready to be asked
    command = ELSEWHERE._replace(is_first=False)
    job_is(monkeypatch, f"trap 'echo asked >&2; sleep 0.3; {{ {end}; }} >&2' TERM; echo Step 1 of 1 >&2; {_LOOP}")
    assert look_after(folder, command, monkeypatch) == outcome
    assert folder.log.read_text().count("asked") == 1


def test_a_driver_that_may_have_another_before_it_is_asked_when_it_has_what_that_left(
    folder: RunFolder, monkeypatch: pytest.MonkeyPatch
):
    """Before, it would end, and what runs would go on."""
    folder.ask_to_stop()
    monkeypatch.setattr(run, "_LOOK", 0.05)
    job_is(monkeypatch, f"trap 'exit 143' TERM; sleep 0.4; echo Adopting s-1 of an earlier run... >&2; {_LOOP}")
    assert look_after(folder, ELSEWHERE._replace(is_first=False), monkeypatch) == Outcome("CANCELLED")
    assert folder.log.read_text() == "Adopting s-1 of an earlier run...\n"
    other = RunFolder(folder.path.with_name("other"))
    other.ask_to_stop()
    job_is(monkeypatch, "exec sleep 60")
    assert look_after(other, ELSEWHERE, monkeypatch) == Outcome("CANCELLED")


@pytest.mark.parametrize(
    ("passes", "found"), [(True, NoOutcome.LOST), (False, Outcome("FAILED", "AWS: no; mend that"))]
)
def test_a_storage_that_does_not_answer_is_asked_again(
    folder: RunFolder, documents: Path, monkeypatch: pytest.MonkeyPatch, passes: bool, found: Any
):
    """One that refuses fails the run."""

    def refuse(*_: object) -> str:
        raise RunError("AWS: no; mend that")

    monkeypatch.setattr(run, "fetch", refuse)
    monkeypatch.setattr(run, "may_pass", lambda _: passes)
    assert look_after(folder, Command(["index"], [sent(documents)]), monkeypatch) == found
