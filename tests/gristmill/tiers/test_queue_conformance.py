"""What a queue does, whichever its back end, on either database; and the life of a request on each pair of them."""

from __future__ import annotations

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Callable

import pytest
from django.db import connection, transaction
from django.db.models import QuerySet

from gristmill.tiers import request as life
from gristmill.tiers.models import Event, QueuedMessage, Request, State
from gristmill.tiers.queue import configured_queue
from gristmill.tiers.queue.table import TableQueue
from tests.gristmill.tiers.conftest import LEASE, wait_for, work

if TYPE_CHECKING:
    from gristmill.tiers.queue import Queue

    Ask = Callable[..., str]

#: The settings `queue` and `database`.
PAIRS = [("table", "sqlite"), ("table", "mariadb"), ("sqs", "sqlite"), ("sqs", "mariadb")]


@pytest.fixture(params=PAIRS, ids="-".join)
def pair(request: pytest.FixtureRequest, state: Path) -> tuple[str, str]:
    """The two back ends, set up."""
    queue, database = request.param
    if database == "mariadb":
        request.getfixturevalue("on_mariadb")
    if queue == "sqs":
        request.getfixturevalue("on_sqs")
    return queue, database


@pytest.fixture
def queue(pair: tuple[str, str]) -> Queue:
    return configured_queue()


@pytest.fixture
def moment(pair: tuple[str, str]) -> float:
    """Seconds for which a message can be hidden and no longer: SQS has whole ones."""
    return 1 if pair[0] == "sqs" else 0.05


def test_messages_of_a_group_come_in_the_order_that_they_were_sent(queue: Queue):
    """The next of a group comes once the one before is acknowledged."""
    for name in ("one", "two", "three"):
        queue.send(name, "ann")
    received = []
    while message := queue.receive(60):
        assert queue.receive(60) is None
        assert message.group == "ann"
        received.append(message.request_id)
        queue.ack(message)
        queue.ack(message)
    assert received == ["one", "two", "three"]


def test_a_group_does_not_wait_for_another(queue: Queue):
    """A message that nobody can handle holds up its owner's alone; names differ by their case too."""
    for name, group in (("a1", "ann"), ("a2", "ann"), ("b1", "Ann")):
        queue.send(name, group)
    assert {message and message.request_id for message in (queue.receive(60), queue.receive(60))} == {"a1", "b1"}
    assert queue.receive(60) is None


def test_a_group_may_have_any_name(queue: Queue):
    """Of what SQS forbids too."""
    names = ("Jürgen Groß", "ann " * 30 + "!", "x" * 129)
    for number, name in enumerate(names):
        queue.send(f"r{number}", name)
    received = {message.request_id for message in [queue.receive(60) for _ in names] if message}
    assert received == {"r0", "r1", "r2"}


def test_a_message_that_was_sent_twice_comes_once(queue: Queue):
    """Its id is the deduplication id."""
    queue.send("one", "ann")
    queue.send("one", "ann")
    message = queue.receive(60)
    assert message
    queue.ack(message)
    assert queue.receive(60) is None


def test_a_message_of_a_transaction_that_fails_is_never_sent(queue: Queue):
    """Nor received before the transaction is whole."""
    with transaction.atomic():
        queue.send("one", "ann")
        transaction.set_rollback(True)
    assert queue.receive(60) is None
    with transaction.atomic():
        queue.send("two", "ann")
    assert queue.receive(60)


def test_a_message_that_is_not_acknowledged_in_time_comes_again(queue: Queue, moment: float):
    """What was received before is then worth nothing, and the order stays."""
    queue.send("one", "ann")
    queue.send("two", "ann")
    first = queue.receive(moment)
    assert first
    time.sleep(2 * moment)
    again = queue.receive(60)
    assert again
    assert (again.request_id, again.receipt != first.receipt) == ("one", True)
    queue.ack(first)
    queue.extend(first, 0)
    assert queue.receive(60) is None
    queue.ack(again)
    second = queue.receive(60)
    assert second
    assert second.request_id == "two"


def test_a_message_that_is_extended_stays_hidden(queue: Queue, moment: float):
    """For as long as was said, from then on."""
    queue.send("one", "ann")
    message = queue.receive(moment)
    assert message
    queue.extend(message, 60)
    time.sleep(2 * moment)
    assert queue.receive(60) is None
    queue.extend(message, 0)
    assert queue.receive(60, wait=1)


def test_a_message_that_another_takes_first_is_not_received_twice(queue: Queue, monkeypatch: pytest.MonkeyPatch):
    """Where a database lets two read the same row, the one that writes second gets the next."""
    table = TableQueue()
    table.send("one", "ann")
    table.send("two", "ben")
    first = QuerySet.first
    taken = []

    def read_and_be_late(rows: QuerySet) -> object:
        found = first(rows)
        monkeypatch.setattr(QuerySet, "first", first)
        taken.append(TableQueue().receive(60))
        return found

    monkeypatch.setattr(QuerySet, "first", read_and_be_late)
    second = table.receive(60)
    assert [message and message.request_id for message in (*taken, second)] == ["one", "two"]


def test_it_says_what_it_is(queue: Queue, pair: tuple[str, str]):
    """And nothing of the trial stays."""
    said = {"table": "a table of the database, 0 messages", "sqs": "about 0 messages, dead letters after 1000 receives"}
    assert queue.check().endswith(said[pair[0]])


def test_times_are_those_of_utc(pair: tuple[str, str]):
    """Wherever the database stands, to parts of a second; the clock is the database's."""
    queue = TableQueue()
    queue.send("one", "ann")
    before, message = time.time(), queue.receive(60)
    assert message
    assert abs(QueuedMessage.objects.get().visible_at.timestamp() - before - 60) < 10
    queue.extend(message, 0.25)
    assert QueuedMessage.objects.get().visible_at.microsecond
    assert connection.vendor == {"sqlite": "sqlite", "mariadb": "mysql"}[pair[1]]


def test_a_request_is_done_once(pair: tuple[str, str], state: Path, ask: Ask, runs: Path):
    """From the upload to the mail."""
    request = ask()
    work()
    found = Request.objects.get()
    assert (found.state, found.why, runs.read_text()) == (State.DONE, "", "run\n")
    assert (state / "mail" / f"{request}.eml").exists()


def do_nothing(state: Path, count: int) -> None:
    """Have 4 consumers work on so many requests of 10 owners, whose runs do nothing; each is done once, in order."""
    conf = state.with_name("mrjob.conf")
    # a machine that is busy may stop a process for longer than the tests' lease
    conf.write_text(conf.read_text().replace(f"lease_seconds: {LEASE}", "lease_seconds: 60"))
    ids: dict[str, list[str]] = {}
    queue = configured_queue()
    for number in range(count):
        owner = f"owner{number % 10}"
        ids.setdefault(owner, []).append(f"r{number:04}")
        life.create(Request(id=f"r{number:04}", owner=owner, job="stream", mail="a@example.org"), [], queue)
    done = state / "done.txt"
    command = [sys.executable, str(Path(__file__).with_name("idle_runs.py")), str(done), "consume", "--once"]
    consumers = [subprocess.Popen([*command, "--workers", "8"], stderr=subprocess.PIPE) for _ in range(4)]
    for consumer in consumers:
        said = consumer.communicate(timeout=280)[1].decode()
        assert consumer.returncode == 0, said
    every = [name for names in ids.values() for name in names]
    assert Counter(done.read_text().split()) == dict.fromkeys(every, 1)
    assert set(Request.objects.values_list("pk", "state", "why")) == {(name, State.DONE, "") for name in every}
    assert Event.objects.filter(state=State.DONE).count() == count
    assert {path.stem for path in (state / "mail").glob("*.eml")} == set(every)
    for owner, names in ids.items():
        taken = Event.objects.filter(request__owner=owner, text__startswith="taken by").order_by("pk")
        assert [event.request_id for event in taken] == names
    assert not QueuedMessage.objects.exists()


@pytest.mark.parametrize(("pair", "count"), [(PAIRS[0], 100), (PAIRS[3], 40)], indirect=["pair"])
def test_four_consumers_do_requests_once_each(pair: tuple[str, str], state: Path, count: int):
    """They share a database and a queue; the requests of an owner are begun in order."""
    do_nothing(state, count)


@pytest.mark.long
def test_four_consumers_do_a_thousand_requests_once_each(pair: tuple[str, str], state: Path):
    """On each pair."""
    do_nothing(state, 1000)


def test_a_database_that_is_killed_and_comes_back_loses_nothing(on_mariadb, state: Path, ask: Ask, runs: Path):
    """A consumer tells of it, and goes on."""
    request = ask(mapper="sleep 1; cat")
    command = [sys.executable, "-m", "gristmill", "consume", "--trust-programs"]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as consumer:
        try:
            wait_for(lambda: Request.objects.get().state == State.RUNNING)
            connection.close()
            on_mariadb.kill()
            assert consumer.stderr
            wait_for(lambda: b"trying again" in consumer.stderr.readline())
            on_mariadb.start()
            wait_for(lambda: Request.objects.get().state == State.DONE)
        finally:
            consumer.terminate()
    assert runs.read_text() == "run\n"
    assert (state / "mail" / f"{request}.eml").exists()
