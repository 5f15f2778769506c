"""Dead requests: those that were given up since they could not be begun, and messages that SQS itself has put aside.

    given up     FAILED, with submit.GIVEN_UP as the reason. Its id is its run's and its mail's, which are of the past:
                 redriven, its files become a new request, with a new id.
    put aside    a message in the dead-letter queue of SQS. Its request waits: redriven, it is sent once more.

What is discarded stays as it is, and is not listed any more; a request that waits is cancelled.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.core.files.storage import default_storage
from django.db import transaction

from gristmill import plain
from gristmill.errors import RunError
from gristmill.tiers import request as life
from gristmill.tiers.models import Request, State, Upload
from gristmill.tiers.submit import GIVEN_UP
from gristmill.tiers.upload import new_id, removed_on_failure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Callable

    from gristmill.tiers.queue import Message, Queue

#: Seconds that a dead letter is hidden while it is looked at.
_LOOK_SECONDS = 60


def given_up() -> list[Request]:
    """The requests that were given up, the oldest first."""
    return list(Request.objects.filter(state=State.FAILED, why=GIVEN_UP).order_by("created", "pk"))


def line(request: Request) -> str:
    """A dead request as a line."""
    return plain.line(f"{request.pk}  {request.owner}  {request.job}  {request.why}")


def put_aside(queue: Queue) -> list[str]:
    """A line for each message that SQS has put aside, as far as it shows them."""
    with_requests = ((message, _waits(message.request_id)) for message in _messages(queue.dead_letters()))
    return [
        plain.line(f"{message.request_id}  {message.group}  its message was received too often; it {_how(waits=waits)}")
        for message, waits in with_requests
    ]


def redrive(queue: Queue, ids: Sequence[str] | None) -> Iterator[str]:
    """Ask for dead requests again, all or those; a line for each. RunError for one that is not dead."""
    return _each(queue, ids, lambda request: _again(request, queue), lambda message: _send_again(message, queue))


def discard(queue: Queue, ids: Sequence[str] | None) -> Iterator[str]:
    """List dead requests no more, all or those; a line for each. RunError for one that is not dead."""
    return _each(queue, ids, _settle_discarded, _cancel)


def _each(
    queue: Queue,
    ids: Sequence[str] | None,
    with_request: Callable[[Request], str],
    with_message: Callable[[Message], str],
) -> Iterator[str]:
    left = set(ids or ())
    for request in given_up():
        if ids is None or request.pk in left:
            yield f"{request.pk}: {with_request(request)}"
            left.discard(request.pk)
    letters = queue.dead_letters() if ids is None or left else None
    for message in _messages(letters):
        if letters and (ids is None or message.request_id in left):
            yield f"{message.request_id}: {with_message(message)}"
            letters.ack(message)
            left.discard(message.request_id)
    if left:
        raise RunError(f"{min(left)} is not dead; gristmill dead list lists those that are")


def _messages(letters: Queue | None) -> Iterator[Message]:
    """The messages of a dead-letter queue; those that are not acknowledged are shown again afterwards."""
    if letters is None:
        return
    seen = []
    while message := letters.receive(_LOOK_SECONDS):
        seen.append(message)
        yield message
    for message in seen:
        letters.extend(message, 0)


def _waits(request_id: str) -> bool:
    return bool(Request.objects.filter(pk=request_id, state=State.QUEUED).exists())


def _how(*, waits: bool) -> str:
    return "waits" if waits else "waits no more"


def _again(request: Request, queue: Queue) -> str:
    again = Request(
        id=new_id(), owner=request.owner, job=request.job, options=request.options, mail=request.mail, why=""
    )
    before = list(request.uploads.all())
    with removed_on_failure(again.pk, len(before)):
        uploads = [_copied(old, again, number) for number, old in enumerate(before)]
        # both or none: one that is listed no more must have the other in its place
        with transaction.atomic():
            if not life.settle_failed(request.pk, GIVEN_UP, f"given up; asked for again as {again.pk}"):
                raise RunError(f"request {request.pk} is dealt with by another; gristmill status {request.pk} says how")
            life.create(again, uploads, queue)
    return f"asked for again as {again.pk}"


def _copied(old: Upload, again: Request, number: int) -> Upload:
    """A file of a request that was given up, as that of another request; RunError where the storage has lost it."""
    try:
        with default_storage.open(old.key) as content:
            key = default_storage.save(f"{again.pk}/{number}", content)
    except OSError as error:
        raise RunError(f"request {old.request_id}: {old.name}: {error}; upload its files again") from None
    return Upload(request=again, role=old.role, name=old.name, key=key, size=old.size, sha256=old.sha256)


def _settle_discarded(request: Request) -> str:
    life.settle_failed(request.pk, GIVEN_UP, f"discarded; {GIVEN_UP}")
    return "discarded"


def _send_again(message: Message, queue: Queue) -> str:
    if not _waits(message.request_id):
        return "its message is removed; it waits no more"
    queue.send(message.request_id, message.group)
    return "its message is sent again"


def _cancel(message: Message) -> str:
    if not _waits(message.request_id):
        return "its message is removed; it waits no more"
    life.cancel(message.request_id)
    return "cancelled"
