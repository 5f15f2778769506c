"""The queue: which request is next. First in, first out for each group, as a FIFO queue of SQS has it.

A message that is received is hidden for some seconds, and the later ones of its group with it, until it is
acknowledged; then it is gone. One that is not acknowledged in time comes again. The setting `queue` is TABLE, or the
URL of a queue of SQS.
"""

from __future__ import annotations

from importlib import import_module
from typing import NamedTuple, Protocol

from gristmill.errors import RunError

#: The default: a table of the database.
TABLE = "table"


class Message(NamedTuple):
    """A message that was received."""

    request_id: str
    #: What this receive is known by: a later one of the same message makes it worthless.
    receipt: str
    group: str


class Queue(Protocol):
    """What a back end does."""

    def send(self, request_id: str, group: str) -> None:
        """Put a request at the end, if the caller's transaction succeeds; one that is there is not sent again."""

    def receive(self, seconds: float, wait: float = 0) -> Message | None:
        """The first message that may be received, hidden for so many seconds; None where there is none.

        Where the back end can tell, it may wait that long for one to come.
        """

    def extend(self, message: Message, seconds: float) -> None:
        """Hide a message for so many seconds from now; nothing happens where another receive has it, or it is gone."""

    def ack(self, message: Message) -> None:
        """Remove a message; nothing happens where another receive has it, or it is gone."""

    def dead_letters(self) -> Queue | None:
        """Where the service itself puts what was received too often; None for nowhere."""

    def check(self) -> str:
        """What there is to say of it; raises an error that says what is wrong."""


def configured_queue() -> Queue:
    """The queue of the settings; RunError where it cannot be had."""
    from django.conf import settings

    queue: Queue
    if settings.QUEUE == TABLE:
        queue = import_module("gristmill.tiers.queue.table").TableQueue()
    elif str(settings.QUEUE).startswith(("https://", "http://")):
        queue = import_module("gristmill.tiers.queue.sqs").open_queue(settings.QUEUE)
    else:
        raise RunError(f"queue is {settings.QUEUE!r}; write {TABLE}, or the URL of a FIFO queue of SQS")
    return queue
