"""The queue: which request is next. First in, first out for each group, as a FIFO queue of SQS has it.

A message that is received is hidden for some seconds, and the later ones of its group with it, until it is
acknowledged; then it is gone. One that is not acknowledged in time comes again.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol


class Message(NamedTuple):
    """A message that was received."""

    request_id: str
    #: What this receive is known by: a later one of the same message makes it worthless.
    receipt: str


class Queue(Protocol):
    """What a back end does."""

    def send(self, request_id: str, group: str) -> None:
        """Put a request at the end; one that was sent before is not sent again."""

    def receive(self, seconds: float) -> Message | None:
        """The first message that may be received, hidden for so many seconds; None where there is none."""

    def extend(self, message: Message, seconds: float) -> bool:
        """Hide a message for so many seconds from now; False where another receive has it, or it is gone."""

    def ack(self, message: Message) -> bool:
        """Remove a message; False where another receive has it, or it is gone."""
