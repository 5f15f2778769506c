"""The life of a request: its states, and the only writer of them.

    QUEUED -> SUBMITTING -> RUNNING -> NOTIFYING -> DONE | FAILED | CANCELLED
    QUEUED -> NOTIFYING      cancelled before it was taken

A consumer that takes a request gets a lease, and the next fencing token. Each change is one UPDATE that names the
state, the token and a lease that has not run out, by the database's clock; its event is written in its transaction.
So a consumer that was stopped for longer than its lease changes nothing: it gets LeaseLost.
"""

from __future__ import annotations

import os
import platform
from datetime import timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from gristmill.errors import RunError
from gristmill.tiers.models import TAKEN, UNFINISHED, Event, Request, State, Upload

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gristmill.tiers.queue import Queue

_MAX_PAUSE = 600
#: A request that has waited for so long is queued again: no service keeps a message for ever.
AGAIN_SECONDS = 86400
#: How many at once.
_MOST_AGAIN = 10
_HELD, _FREE = Q(lease_until__gt=Now()), Q(lease_until__lte=Now())


class LeaseLost(Exception):
    """Another consumer has the request, or may have it: let it go."""


class Lease(NamedTuple):
    """What a consumer holds of a request."""

    request_id: str
    token: int


def create(request: Request, uploads: Iterable[Upload], queue: Queue) -> None:
    """Store a new request with its files, and queue it."""
    with transaction.atomic():
        request.save(force_insert=True)
        Upload.objects.bulk_create(uploads)
        Event.objects.create(request=request, state=State.QUEUED, token=0, text="queued")
        queue.send(request.id, request.owner)


def queue_again(queue: Queue) -> None:
    """Send the message again of requests that have waited for long; two messages of one do no harm."""
    long_ago = Q(changed__lte=Now() - timedelta(seconds=AGAIN_SECONDS))
    for found in Request.objects.filter(long_ago, state=State.QUEUED).order_by("created")[:_MOST_AGAIN]:
        with transaction.atomic():
            if _write(found, long_ago, "queued again"):
                queue.send(found.pk, found.owner)


def claim(request_id: str) -> Lease | None:
    """Take a request that waits, to submit it; None where it does not wait."""
    found = Request.objects.filter(pk=request_id, state=State.QUEUED).first()
    # nobody has had it, so that there is no lease that could run out
    return _taken(found, Q(), State.SUBMITTING, "taken") if found else None


def take_over(most: int) -> list[Lease]:
    """Take requests that nobody has, at most so many: their consumers died, stopped for too long, or put them off."""
    left = Request.objects.filter(_FREE, state__in=TAKEN).order_by("lease_until")[:most]
    leases = [_taken(found, _FREE, State(found.state), "taken over") for found in left]
    return [lease for lease in leases if lease]


def begin(lease: Lease, state: State, text: str) -> None:
    """Note the intent to do the work of a state, which counts as a try, under a new lease; LeaseLost."""
    _held(lease, state, text, tries=F("tries") + 1, lease_until=_lease_end())


def renew(lease: Lease) -> None:
    """Have the lease last its whole time from now on; LeaseLost."""
    held = Request.objects.filter(_HELD, pk=lease.request_id, token=lease.token)
    if not held.update(lease_until=_lease_end()):
        raise LeaseLost


def move(lease: Lease, before: State, after: State, text: str, **values: Any) -> None:
    """Change the state, and other columns with it; LeaseLost."""
    _held(lease, before, text, state=after, tries=0, lease_until=_lease_end(), **values)


def put_off(lease: Lease, state: State, seconds: float, text: str, **values: Any) -> None:
    """Let go of a request; it may be taken over after so many seconds; LeaseLost."""
    _held(lease, state, text, holder="", lease_until=Now() + timedelta(seconds=seconds), **values)


def cancel(request_id: str) -> State:
    """Have a request end as CANCELLED; the state that it had. RunError where its work has ended already."""
    while True:
        found = get(request_id)
        state = State(found.state)
        if state not in UNFINISHED:
            raise RunError(f"request {request_id} has ended as {found.ending}; there is nothing to cancel")
        values: dict[str, Any] = {"cancel_asked": True}
        if state == State.QUEUED:
            values.update(state=State.NOTIFYING, ending=State.CANCELLED, lease_until=Now())
        if _write(found, Q(), "cancel asked for", **values):
            return state


def settle_failed(request_id: str, why: str, now: str) -> bool:
    """Have a request that failed for a reason have another from now on; whether it was so."""
    with transaction.atomic():
        failed = Request.objects.filter(pk=request_id, state=State.FAILED, why=why)
        if not failed.update(why=now, changed=Now()):
            return False
        Event.objects.create(request=get(request_id), state=State.FAILED, token=get(request_id).token, text=now)
    return True


def pause(tries: int) -> int:
    """Seconds until what was tried so often is tried again: more each time."""
    return int(min(2**tries, _MAX_PAUSE))


def has_rested(request: Request) -> bool:
    """Whether that long has passed since the last change of a request."""
    before = Now() - timedelta(seconds=pause(request.tries))
    return bool(Request.objects.filter(pk=request.pk, changed__lte=before).exists())


def get(request_id: str) -> Request:
    """A request; RunError where there is none."""
    found: Request | None = Request.objects.filter(pk=request_id).first()
    if found is None:
        raise RunError(f"there is no request {request_id!r}; gristmill status --all lists them")
    return found


def _taken(found: Request, condition: Q, after: State, text: str) -> Lease | None:
    """Take a request as it was found; None where another consumer has taken it since."""
    token = found.token + 1
    values = {"state": after, "token": token, "holder": _holder(), "lease_until": _lease_end()}
    return Lease(found.pk, token) if _write(found, condition, f"{text} by {_holder()}", **values) else None


def _held(lease: Lease, before: State, text: str, **values: Any) -> None:
    if not _write(Request(pk=lease.request_id, state=before, token=lease.token), _HELD, text, **values):
        raise LeaseLost


def _write(found: Request, condition: Q, text: str, **values: Any) -> bool:
    """The one UPDATE: False where the request is no longer in the state, with the token, as it was found."""
    with transaction.atomic():
        same = Request.objects.filter(condition, pk=found.pk, state=found.state, token=found.token)
        if not same.update(changed=Now(), **values):
            return False
        state, token = values.get("state", found.state), values.get("token", found.token)
        Event.objects.create(request_id=found.pk, state=state, token=token, text=text)
    return True


def _lease_end() -> Any:
    return Now() + timedelta(seconds=settings.LEASE_SECONDS)


def _holder() -> str:
    return f"{platform.node()}, process {os.getpid()}"
