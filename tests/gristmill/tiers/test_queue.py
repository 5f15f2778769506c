"""What a queue does, whichever its back end."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from django.db.models import QuerySet

from gristmill.tiers.queue.table import TableQueue

if TYPE_CHECKING:
    from gristmill.tiers.queue import Queue


@pytest.fixture
def queue(state: Path) -> Queue:
    return TableQueue()


def test_messages_of_a_group_come_in_the_order_that_they_were_sent(queue: Queue):
    """The next of a group comes once the one before is acknowledged."""
    for name in ("one", "two", "three"):
        queue.send(name, "ann")
    received = []
    while message := queue.receive(60):
        assert queue.receive(60) is None
        received.append(message.request_id)
        assert queue.ack(message)
    assert received == ["one", "two", "three"]


def test_a_group_does_not_wait_for_another(queue: Queue):
    """A message that nobody can handle holds up its owner's alone."""
    for name, group in (("a1", "ann"), ("a2", "ann"), ("b1", "ben")):
        queue.send(name, group)
    assert [message and message.request_id for message in (queue.receive(60), queue.receive(60))] == ["a1", "b1"]
    assert queue.receive(60) is None


def test_a_message_that_was_sent_twice_comes_once(queue: Queue):
    """Its id is the deduplication id."""
    queue.send("one", "ann")
    queue.send("one", "ann")
    message = queue.receive(60)
    assert message
    assert queue.ack(message)
    assert queue.receive(60) is None


def test_a_message_that_is_not_acknowledged_in_time_comes_again(queue: Queue):
    """What was received before is then worth nothing, and the order stays."""
    queue.send("one", "ann")
    queue.send("two", "ann")
    first = queue.receive(0.05)
    assert first
    time.sleep(0.1)
    again = queue.receive(60)
    assert again
    assert (again.request_id, again.receipt != first.receipt) == ("one", True)
    assert (queue.ack(first), queue.extend(first, 60)) == (False, False)
    assert queue.ack(again)
    assert not queue.ack(again)


def test_a_message_that_is_extended_stays_hidden(queue: Queue):
    """For as long as was said, from then on."""
    queue.send("one", "ann")
    message = queue.receive(0.05)
    assert message
    assert queue.extend(message, 60)
    time.sleep(0.1)
    assert queue.receive(60) is None
    assert queue.extend(message, 0)
    assert queue.receive(60)


def test_a_message_that_another_takes_first_is_not_received_twice(queue: Queue, monkeypatch: pytest.MonkeyPatch):
    """Where a database lets two read the same row, the one that writes second gets nothing."""
    queue.send("one", "ann")
    first = QuerySet.first

    def read_and_be_late(rows: QuerySet) -> object:
        found = first(rows)
        monkeypatch.setattr(QuerySet, "first", first)
        assert TableQueue().receive(60)
        return found

    monkeypatch.setattr(QuerySet, "first", read_and_be_late)
    assert queue.receive(60) is None
