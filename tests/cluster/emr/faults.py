"""Faults that a test asks for, and the rates at which the service throttles.

A fault is an order: the next `count` calls of the operation `call` ("*" is any) meet `fault`:

throttle      ThrottlingException, nothing done
error         `status` (500 unless told), nothing done
late          done at once, answered `seconds` later
slow          nothing done for `seconds`, then done and answered: the caller may be gone by then
lost          done, and the connection closed without an answer
half          done, and the connection closed in the middle of the answer
refused       the connection closed before anything is done
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, fields
from typing import Any

from tests.cluster.emr.errors import ThrottlingError, ValidationError

KINDS = ("throttle", "error", "late", "slow", "lost", "half", "refused")
#: Calls at once, and calls a second after that, by operation.
BUCKETS: dict[str, tuple[float, float]] = {}
OTHERS = (10.0, 5.0)


@dataclass
class Fault:
    """An order for `count` calls."""

    call: str
    fault: str
    count: int = 1
    seconds: float = 0.0
    status: int = 500

    def __post_init__(self) -> None:
        if self.fault not in KINDS:
            raise ValidationError(f"no fault {self.fault!r}; there are {', '.join(KINDS)}")


class Faults:
    """The orders that are open, in the order they came."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._orders: list[Fault] = []

    def order(self, orders: list[dict[str, Any]]) -> None:
        """Replace all open orders by these."""
        names = {member.name for member in fields(Fault)}
        for order in orders:
            if strange := order.keys() - names:
                raise ValidationError(f"a fault has no {strange}; it has {', '.join(sorted(names))}")
        with self._lock:
            self._orders = [Fault(**order) for order in orders]

    def take(self, call: str) -> Fault | None:
        """The fault that this call meets, if any; it counts."""
        with self._lock:
            for order in self._orders:
                if order.count > 0 and order.call in (call, "*"):
                    order.count -= 1
                    return order
        return None

    def left(self) -> int:
        """How many calls are still to meet one."""
        with self._lock:
            return sum(max(order.count, 0) for order in self._orders)


class Throttle:
    """A token bucket for each operation; off unless switched on."""

    def __init__(self) -> None:
        self.on = False
        self._lock = threading.Lock()
        self._held: dict[str, tuple[float, float]] = {}

    def take(self, call: str) -> None:
        """Let the call through, or raise ThrottlingError."""
        if not self.on:
            return
        size, rate = BUCKETS.get(call, OTHERS)
        with self._lock:
            now = time.monotonic()
            tokens, then = self._held.get(call, (size, now))
            tokens = min(size, tokens + (now - then) * rate)
            self._held[call] = (max(tokens - 1, 0), now) if tokens >= 1 else (tokens, now)
        if tokens < 1:
            raise ThrottlingError("Rate exceeded")
