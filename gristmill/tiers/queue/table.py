"""The queue as a table of the database: what is sent and acknowledged is so in the caller's transaction."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Now

from gristmill.tiers.models import QueuedMessage
from gristmill.tiers.queue import Message


class TableQueue:
    """See `gristmill.tiers.queue.Queue`; the clock is the database's."""

    def send(self, request_id: str, group: str) -> None:
        """Put a request at the end."""
        QueuedMessage.objects.get_or_create(request_id=request_id, defaults={"group": group})

    def receive(self, seconds: float, wait: float = 0) -> Message | None:
        """The first message of a group whose first is not hidden."""
        before = QueuedMessage.objects.filter(group=OuterRef("group"), pk__lt=OuterRef("pk"))
        # one that nobody has received is not hidden, whatever the clock was when it was sent
        is_visible = Q(receipt="") | Q(visible_at__lte=Now())
        visible = QueuedMessage.objects.filter(~Exists(before), is_visible).order_by("pk")
        while True:
            with transaction.atomic():
                first = visible.first()
                if first is None:
                    return None
                message = Message(first.request_id, uuid4().hex, first.group)
                # the receipt says that no other has received it since, where transactions see less of one another
                same = QueuedMessage.objects.filter(pk=first.pk, receipt=first.receipt)
                if same.update(receipt=message.receipt, visible_at=Now() + timedelta(seconds=seconds)):
                    return message

    def extend(self, message: Message, seconds: float) -> None:
        """Hide it from now on."""
        self._received(message).update(visible_at=Now() + timedelta(seconds=seconds))

    def ack(self, message: Message) -> None:
        """Remove it."""
        self._received(message).delete()

    def dead_letters(self) -> None:
        """None: its messages are received as often as it takes."""

    def check(self) -> str:
        """Send a message, and take it back."""
        with transaction.atomic():
            name = f"check-{uuid4().hex}"
            self.send(name, name)
            transaction.set_rollback(True)
        return f"a table of the database, {QueuedMessage.objects.count():,} messages"

    def _received(self, message: Message) -> Any:
        return QueuedMessage.objects.filter(request_id=message.request_id, receipt=message.receipt)
