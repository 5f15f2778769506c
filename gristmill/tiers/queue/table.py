"""The queue as a table of the database: what is sent and acknowledged is so in the caller's transaction."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import connection, transaction
from django.db.models import Q
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
        # one that nobody has received is not hidden, whatever the clock was when it was sent
        is_visible = Q(receipt="") | Q(visible_at__lte=Now())
        while True:
            with transaction.atomic():
                first = QueuedMessage.objects.filter(is_visible, pk__in=_firsts()).order_by("pk").first()
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


def _firsts() -> list[int]:
    """The first message of each group: the index is asked once a group, however many messages wait in it."""
    # a word of SQL's own
    table, group = "tiers_queuedmessage", connection.ops.quote_name("group")
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE found(name) AS (SELECT MIN({group}) FROM {table} UNION ALL "  # noqa: S608 (our own names)
            f"SELECT (SELECT MIN({group}) FROM {table} WHERE {group} > name) FROM found WHERE name IS NOT NULL) "
            f"SELECT (SELECT MIN(id) FROM {table} WHERE {group} = name) FROM found WHERE name IS NOT NULL"
        )
        return [row[0] for row in cursor.fetchall()]
