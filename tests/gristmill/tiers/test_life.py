"""The life of a request under kill -9 and SIGSTOP, with real processes: nothing is lost, and nothing is done twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Callable

import psutil
import pytest

from gristmill.tiers.models import Event, QueuedMessage, Request, State
from gristmill.tiers.submit import run_folder
from tests.gristmill.tiers.conftest import gristmill, wait_for, work

if TYPE_CHECKING:
    from collections.abc import Iterator

    Ask = Callable[..., str]

#: Where a consumer is killed, from the receipt of a message to the end.
PLACES = {
    "received": "gristmill.tiers.queue.table:TableQueue.receive:after",
    "taken": "gristmill.tiers.request:claim:after",
    "the intent is written": "gristmill.tiers.request:begin:after",
    "prepared": "gristmill.tiers.run_folder:RunFolder.prepare:after",
    "the run is started": "gristmill.tiers.run_folder:RunFolder.start:after",
    "in the transaction that stores RUNNING": "gristmill.tiers.queue.table:TableQueue.ack:after",
    "RUNNING is stored": "gristmill.tiers.consumer:follow:before",
    "the run has ended": "gristmill.tiers.request:move:before:2",
    "NOTIFYING is stored": "gristmill.tiers.consumer:notify:before",
    "the mail is begun": "gristmill.tiers.request:begin:after:2",
    "the mail is in its folder": "gristmill.tiers.eml:EmailBackend.send_messages:after",
    "DONE is stored": "gristmill.tiers.request:move:after:3",
}


def consume_to(number: str, place: str, cwd: Path | None = None) -> subprocess.Popen[bytes]:
    """A consumer that gets a signal at a place."""
    command = [sys.executable, Path(__file__).with_name("stopped_at.py"), number, place]
    return subprocess.Popen([*command, "consume", "--once", "--trust-programs"], cwd=cwd, stderr=subprocess.PIPE)


def done_once(state: Path, runs: Path, *ids: str) -> None:
    """Each request has ended as DONE, with one run, one result and one mail."""
    assert {request.pk: (request.state, request.why) for request in Request.objects.all()} == {
        one: (State.DONE, "") for one in ids
    }
    assert runs.read_text() == "run\n" * len(ids)
    for one in ids:
        assert sorted(path.name for path in run_folder(one).output.iterdir() if path.name[0] != ".")[0] == "_SUCCESS"
        assert Event.objects.filter(request_id=one, state=State.DONE).count() == 1
    assert {path.name for path in (state / "mail").iterdir() if path.suffix == ".eml"} == {f"{one}.eml" for one in ids}
    # a message that was received, and not acknowledged, comes once more
    wait_for(lambda: work() or not QueuedMessage.objects.exists())


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_a_request_whose_consumer_is_killed_is_done_once_by_the_next(state: Path, ask: Ask, runs: Path, place: str):
    """Wherever kill -9 comes: the run that was left is found, and no second one is started."""
    request = ask()
    killed = consume_to("SIGKILL", place)
    killed.communicate(timeout=60)
    assert killed.returncode == -signal.SIGKILL
    work()
    done_once(state, runs, request)


@pytest.mark.parametrize(
    "place",
    [
        "gristmill.tiers.run_folder:RunFolder.start:before",
        "gristmill.tiers.run_folder:RunFolder.start:after",
        "gristmill.tiers.request:begin:after:2",
    ],
    ids=["before the run", "before RUNNING is stored", "before the mail"],
)
def test_a_consumer_that_was_stopped_past_its_lease_changes_nothing(state: Path, ask: Ask, runs: Path, place: str):
    """Another has done the request meanwhile; the first goes on, and its token is of no worth any more."""
    request = ask()
    stopped = consume_to("SIGSTOP", place)
    assert os.WIFSTOPPED(os.waitpid(stopped.pid, os.WUNTRACED)[1])
    work()
    done_once(state, runs, request)
    events = list(Event.objects.values())
    stopped.send_signal(signal.SIGCONT)
    _, said = stopped.communicate(timeout=60)
    assert (stopped.returncode, f"request {request}: another consumer has it\n" in said.decode()) == (0, True)
    done_once(state, runs, request)
    assert list(Event.objects.values()) == events


def test_two_consumers_in_two_working_directories_do_each_request_once(
    state: Path, ask: Ask, runs: Path, tmp_path: Path
):
    """They share the database and nothing else; one of them is killed, and the other does its requests too."""
    ids = [ask(owner) for owner in ("ann", "ben") for _ in range(2)]
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
    consumers = [
        consume_to("SIGKILL", "gristmill.tiers.consumer:follow:before:4", folders[0]),
        consume_to("SIGKILL", "gristmill.tiers.consumer:follow:before:1000", folders[1]),
    ]
    for consumer in consumers:
        consumer.communicate(timeout=120)
    assert [consumer.returncode for consumer in consumers] == [-signal.SIGKILL, 0]
    done_once(state, runs, *ids)
    for owner in ("ann", "ben"):
        taken = Event.objects.filter(request__owner=owner, text__startswith="taken by").order_by("pk")
        mine = set(Request.objects.filter(owner=owner).values_list("pk", flat=True))
        assert [event.request_id for event in taken] == [one for one in ids if one in mine]
    assert [path for folder in folders for path in folder.iterdir()] == []


def session_of(request: str) -> int:
    """The number of the run's session, once its process has stored it."""
    lock = run_folder(request).path / "lock"
    wait_for(lambda: lock.exists() and lock.read_text())
    return int(lock.read_text())


def in_session(process: int, session: int) -> bool:
    """Whether a process belongs to a session."""
    try:
        return os.getsid(process) == session
    except OSError:
        return False


@pytest.fixture
def consumer(state: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A consumer that goes on until it is ended."""
    command = [sys.executable, "-m", "gristmill", "consume", "--trust-programs"]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as process:
        yield process
        process.terminate()
        process.communicate(timeout=60)
        assert process.returncode == 128 + signal.SIGTERM


def waiting_mapper(path: Path) -> str:
    """The shell script of a mapper that waits, the first time that it runs, until it is killed."""
    return f"test -e {path} || {{ touch {path}; sleep 60; }}; cat"


def test_a_run_that_is_killed_with_its_job_is_started_again(
    state: Path, ask: Ask, runs: Path, tmp_path: Path, consumer: subprocess.Popen[bytes]
):
    """As after a loss of power: nothing of it lives, and it has left no output."""
    request = ask(mapper=waiting_mapper(tmp_path / "waits"))
    wait_for((tmp_path / "waits").exists)
    os.killpg(session_of(request), signal.SIGKILL)
    wait_for(lambda: Request.objects.get().state == State.DONE)
    assert runs.read_text() == "run\nrun\n"
    texts = [event.text for event in Event.objects.order_by("pk")]
    assert [text.partition(" by ")[0] for text in texts] == [
        *["queued", "taken", "run begun", "runs", "run begun", "ends as DONE", "mail begun", "mail sent"]
    ]


def test_a_job_that_outlives_its_runs_process_is_waited_for(
    state: Path, ask: Ask, runs: Path, tmp_path: Path, consumer: subprocess.Popen[bytes]
):
    """Its output says that it is done; none runs beside it."""
    request = ask(mapper=f"touch {tmp_path}/begun; until test -e {tmp_path}/go; do sleep 0.1; done; cat")
    wait_for((tmp_path / "begun").exists)
    os.kill(session_of(request), signal.SIGKILL)
    (tmp_path / "go").touch()
    wait_for(lambda: Request.objects.get().state == State.DONE)
    done_once(state, runs, request)


def test_a_run_is_ended_where_its_request_is_cancelled(
    state: Path, ask: Ask, runs: Path, tmp_path: Path, consumer: subprocess.Popen[bytes]
):
    """Its processes are killed, its owner is told, and it never runs again."""
    request = ask(mapper=waiting_mapper(tmp_path / "waits"))
    wait_for((tmp_path / "waits").exists)
    session = session_of(request)
    done = gristmill("cancel", request)
    assert (done.stdout, done.stderr) == (f"{request}: cancelled (running until now)\n", "")
    wait_for(lambda: Request.objects.get().state == State.CANCELLED)
    # what has ended and is not asked for may still be listed
    assert {each.status() for each in psutil.process_iter() if in_session(each.pid, session)} <= {"zombie"}
    assert f"was cancelled ({request})" in (state / "mail" / f"{request}.eml").read_text()
    run_folder(request).start()
    assert runs.read_text() == "run\n"
    assert sorted(path.name for path in run_folder(request).path.iterdir()) == [
        *["command.json", "lock", "log", "outcome.json"]
    ]


def test_a_consumer_that_is_asked_to_end_lets_go_and_its_run_goes_on(state: Path, ask: Ask, runs: Path, tmp_path: Path):
    """The next consumer takes the request over at once, and finds the run."""
    request = ask(mapper=f"touch {tmp_path}/begun; until test -e {tmp_path}/go; do sleep 0.1; done; cat")
    command = [sys.executable, "-m", "gristmill", "consume", "--trust-programs"]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as consumer:
        wait_for((tmp_path / "begun").exists)
        wait_for(lambda: Request.objects.get().state == State.RUNNING)
        consumer.terminate()
    found = Request.objects.get()
    assert (consumer.returncode, found.state, found.holder) == (128 + signal.SIGTERM, State.RUNNING, "")
    (tmp_path / "go").touch()
    work()
    done_once(state, runs, request)
