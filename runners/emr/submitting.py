"""RunJobFlow and AddJobFlowSteps, which have no token by which EMR would know a repeated call: each is sent once.

answered               done
refused                an error; where EMR says that it is asked too much, sent again after a while
never connected        sent again after a while
anything else          lost: what the call makes is looked for by its name, until longer has passed than a request
                       can live. Found: adopted. Not found by any look: sent again. Cannot be told: UnknownOutcome.
asked by a run that    the same, before anything is sent
was killed
"""

from __future__ import annotations

import logging
import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, TypeVar

from gristmill.errors import RunError, UnknownOutcome

from .clients import CONNECT_SECONDS, THROTTLED, error_code, may_pass, one_line

if TYPE_CHECKING:
    from .clients import Clients

log = logging.getLogger("mrjob.gristmill")

T = TypeVar("T")

#: How often a call is sent at most, and of those with the answer lost.
SENDS, LOST = 8, 3
#: Seconds before a call is sent again; doubled each time, up to the second.
PAUSES = (1.0, 20.0)
#: Seconds that EMR may still work at a request whose connection has ended.
LINGERS = 30
#: Seconds between two looks for what a lost call made; doubled each time, up to the second.
LOOKS = (0.5, 10.0)


@dataclass(frozen=True)
class Clock:
    """Time, for tests to replace."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


def lifetime(clients: Clients) -> float:
    """The longest that a request can live, in seconds: the connection's limits, and what it may linger behind it."""
    return CONNECT_SECONDS + clients.answer_seconds + min(LINGERS, clients.answer_seconds)


class Sender:
    """Sends writes of one run so that none is done twice."""

    def __init__(
        self, clients: Clients, request: str, clock: Clock | None = None, before: Callable[[], None] = lambda: None
    ) -> None:
        self._clients = clients
        self._request = request
        self.clock = clock or Clock()
        #: Called before each call.
        self._before = before
        #: Until when, by the clock, a call of an earlier run may still be done.
        self._doubted = self.clock.now()

    def doubt(self, seconds: float) -> None:
        """Look before anything is sent: a run with the same ID, killed since, sent a call so many seconds ago."""
        self._doubted = max(self._doubted, self.clock.now() + lifetime(self._clients) - max(seconds, 0))

    def send(self, call: Callable[[], T], look: Callable[[], T | None]) -> T:
        """The result of `call`, sent once, or of a `look` for what it has made; None of that is nothing found.

        RunError where EMR refuses it, UnknownOutcome where nobody can tell whether it was done.
        """
        from botocore.exceptions import BotoCoreError, ClientError
        from botocore.parsers import ResponseParserError

        lost, number, (first, most) = 0, 0, PAUSES
        if self.clock.now() < self._doubted:
            log.info(
                "A run with this request ID was killed a moment ago; looking whether EMR does what it asked for..."
            )
            found = self._found(look, self._doubted)
            if found is not None:
                return found
        while True:
            try:
                self._before()
                return call()
            except (BotoCoreError, ClientError, ResponseParserError) as error:
                fate = _fate(error)
                if fate == "refused" or (number == SENDS - 1 and fate == "not done"):
                    with one_line():
                        raise
                log.info("EMR: %s", " ".join(str(error).split()))
            if fate == "lost":
                lost += 1
                log.info("The answer is lost; looking whether EMR has done it...")
                found = self._found(look, self.clock.now() + lifetime(self._clients))
                if found is not None:
                    return found
                if lost == LOST:
                    raise self._unknown()
            self.clock.sleep(min(first * 2**number, most) * random.uniform(0.5, 1))  # noqa: S311 (no secret)
            number += 1

    def _found(self, look: Callable[[], T | None], last: float) -> T | None:
        """What is found until the time `last`, when a request has ended; None where several looks find nothing."""
        pause = LOOKS[0]
        while True:
            is_late = self.clock.now() > last
            try:
                found = look()
            except RunError as error:
                log.info("%s", error)
                raise self._unknown() from None
            if found is not None or is_late:
                return found
            self.clock.sleep(pause)
            pause = min(2 * pause, LOOKS[1])

    def _unknown(self) -> UnknownOutcome:
        return UnknownOutcome(f"unknown: run again with --request-id {self._request}")


def _fate(error: Any) -> str:
    """What an error says of the call: ``refused`` for good, ``not done`` this time, or ``lost``, which says nothing."""
    from botocore.exceptions import ConnectTimeoutError, EndpointConnectionError

    if isinstance(error, (ConnectTimeoutError, EndpointConnectionError)) or error_code(error) in THROTTLED:
        return "not done"
    return "lost" if may_pass(error) else "refused"
