"""A consumer: takes requests from the queue, has them run on this machine, follows the runs, and has the mail sent.

It holds nothing but leases: what a consumer that died has left is in the database and in the runs' folders, and the
next one takes it over from there. What a request needs and cannot have now, such as room on the disk, puts it off.
"""

from __future__ import annotations

import logging
import time
from concurrent.futures import wait
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.db.models import Q
from django.db.models.functions import Now

from gristmill import plain
from gristmill.tiers import request as life
from gristmill.tiers.models import TAKEN, Request, State
from gristmill.tiers.notify import notify
from gristmill.tiers.request import LeaseLost
from gristmill.tiers.submit import follow, start

if TYPE_CHECKING:
    from concurrent.futures import Future

    from gristmill.tiers.queue import Message, Queue
    from gristmill.tiers.request import Lease

log = logging.getLogger("mrjob.gristmill")

#: Seconds between two looks at what there is to do.
POLL_SECONDS = 0.2
#: Seconds between two looks for requests that have waited for long.
_AGAIN_EVERY = 60
#: The database is locked, or it cannot be reached now.
_NO_DATABASE = (OperationalError, InterfaceError)


@dataclass
class Held:
    """What a consumer knows of a request that it has."""

    #: The message that it came with; None where it was taken over.
    message: Message | None = None
    #: When the lease is renewed, by this process's clock.
    renew_at: float = 0
    #: Its mail, once that is on its way.
    sending: Future[int] | None = None


class Consumer:
    """Works on up to `workers` requests at once, in one thread."""

    def __init__(self, queue: Queue, workers: int, *, trusts_programs: bool) -> None:
        self.queue = queue
        self.workers = workers
        self.trusts_programs = trusts_programs
        self.held: dict[Lease, Held] = {}
        #: When those that have waited for long are looked for, by this process's clock.
        self.again_at = 0.0

    def work(self, *, once: bool) -> None:
        """Work for ever, or `once`: until nothing is left to do. Lets go of all requests when it is ended."""
        try:
            while True:
                try:
                    self.turn(self._patience(once=once))
                    if once and not self.held and not _is_left():
                        return
                except _NO_DATABASE as error:
                    log.warning("database: %s; trying again", error)
                    connection.close()
                time.sleep(POLL_SECONDS)
        finally:
            for lease in list(self.held):
                self._let_go(lease)

    def turn(self, wait: float = 0) -> None:
        """Take what there is room for, and take each request a step further; may wait so long for a message."""
        if time.monotonic() >= self.again_at:
            life.queue_again(self.queue)
            self.again_at = time.monotonic() + _AGAIN_EVERY
        for lease in life.take_over(self.workers - len(self.held)):
            self.held[lease] = Held()
        while len(self.held) < self.workers and self._take(wait):
            wait = 0
        for lease in list(self.held):
            self._step(lease)

    def _step(self, lease: Lease) -> None:
        """Take a request a step further, or let go of it; _NO_DATABASE where the database does not answer."""
        try:
            self._advance(lease)
        except LeaseLost:
            log.warning("request %s: another consumer has it", lease.request_id)
            del self.held[lease]
        except _NO_DATABASE:
            raise
        except Exception as error:
            self._trouble(lease, error)

    def _let_go(self, lease: Lease) -> None:
        """Have the next consumer take a request; one whose mail is on its way ends here, or two would be sent."""
        if sending := self.held[lease].sending:
            wait([sending], settings.LEASE_SECONDS)
            self._step(lease)
        if lease in self.held:
            with suppress(LeaseLost):
                life.put_off(lease, State(life.get(lease.request_id).state), 0, "let go: its consumer ends")

    def _patience(self, *, once: bool) -> float:
        """Seconds that may be waited for a message: a small part of a lease, and little where a run is followed."""
        part = settings.LEASE_SECONDS / 6
        return 0 if once else min(1, part) if self.held else part

    def _take(self, wait: float) -> bool:
        """Receive a message, and take its request; whether there was one."""
        message = self.queue.receive(settings.LEASE_SECONDS, wait)
        if message is None:
            return False
        lease = life.claim(message.request_id)
        if lease:
            log.info("request %s: taken", message.request_id)
            self.held[lease] = Held(message)
            return True
        found = Request.objects.filter(pk=message.request_id).first()
        if found is None:
            log.warning("queue: a message of %r, which this database has no request of; it is left", message.request_id)
        elif found.state not in (State.QUEUED, State.SUBMITTING):
            # it was received before, and its consumer ended before it could say so
            self.queue.ack(message)
        return True

    def _advance(self, lease: Lease) -> None:
        """Do what a request's state asks for; LeaseLost, or whatever stands in the way."""
        request = Request.objects.get(pk=lease.request_id)
        if request.state == State.SUBMITTING:
            start(request, lease, trusts_programs=self.trusts_programs)
            life.move(lease, State.SUBMITTING, State.RUNNING, "runs")
            if message := self.held[lease].message:
                self.queue.ack(message)
                self.held[lease].message = None
        elif request.state == State.RUNNING:
            self._renew(lease)
            follow(request, lease, trusts_programs=self.trusts_programs)
        else:
            self._renew(lease)
            held = self.held[lease]
            held.sending = notify(request, lease, held.sending)
            if not held.sending:
                log.info("request %s: %s", request.pk, request.ending)
                del self.held[lease]

    def _renew(self, lease: Lease) -> None:
        """Renew the lease now and then; LeaseLost."""
        now = time.monotonic()
        if now >= self.held[lease].renew_at:
            life.renew(lease)
            self.held[lease].renew_at = now + settings.LEASE_SECONDS / 3

    def _trouble(self, lease: Lease, error: Exception) -> None:
        """Put off a request that something stands in the way of, longer each time."""
        found = life.get(lease.request_id)
        # those of the other states were counted when they were begun
        tries = found.tries + (found.state == State.RUNNING)
        seconds = life.pause(tries)
        text = plain.line(f"{type(error).__name__}: {error}")
        log.warning("request %s: %s; it is put off for %d s", found.pk, text, seconds)
        with suppress(LeaseLost):
            life.put_off(lease, State(found.state), seconds, f"put off: {text}", tries=tries)
        if message := self.held.pop(lease).message:
            # those behind it wait for as long; each receive would count
            self.queue.extend(message, seconds)


def _is_left() -> bool:
    """Whether a request has not ended, those aside that were put off."""
    put_off = Q(holder="", lease_until__gt=Now())
    waits, taken = Q(state=State.QUEUED), Q(state__in=TAKEN) & ~put_off
    return bool(Request.objects.filter(waits | taken).exists())
