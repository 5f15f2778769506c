"""Faults that a test asks for, and the rates at which the service throttles.

A fault is an order: behind `after` of them that pass, the next `count` calls of the operation `call` ("*" is any) meet
`fault`:

throttle      ThrottlingException, nothing done
error         `status` (500 unless told), nothing done
late          done at once, answered `seconds` later
slow          nothing done for `seconds`, then done and answered: the caller may be gone by then
lost          done, and the connection closed without an answer
half          done, and the connection closed in the middle of the answer: botocore takes that for an answer without
              members, and raises nothing
refused       the connection closed before anything is done
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, fields
from typing import Any

from tests.cluster.emr.errors import ThrottlingError, ValidationError

KINDS = ("throttle", "error", "late", "slow", "lost", "half", "refused")
#: Calls at once, and calls a second after that, by operation: AWS's default quotas for an account and region,
#: https://docs.aws.amazon.com/general/latest/gr/emr.html
BUCKETS = {
    "AddJobFlowSteps": (10.0, 0.5),
    "AddTags": (5.0, 0.5),
    "CancelSteps": (10.0, 0.5),
    "DescribeCluster": (10.0, 1.0),
    "DescribeStep": (10.0, 0.5),
    "ListBootstrapActions": (10.0, 1.0),
    "ListClusters": (20.0, 0.5),
    "ListInstanceFleets": (5.0, 0.5),
    "ListInstanceGroups": (10.0, 1.0),
    "ListInstances": (10.0, 0.5),
    "ListSteps": (10.0, 0.5),
    "ModifyCluster": (10.0, 0.5),
    "RemoveTags": (5.0, 0.5),
    "RunJobFlow": (10.0, 0.5),
    "SetTerminationProtection": (5.0, 0.2),
    "SetVisibleToAllUsers": (5.0, 0.2),
    "TerminateJobFlows": (10.0, 0.5),
}
#: The quota of all operations together, and what one has that the list does not name.
ALL = (25.0, 5.0)


@dataclass
class Fault:
    """An order for `count` calls."""

    call: str
    fault: str
    count: int = 1
    seconds: float = 0.0
    status: int = 500
    after: int = 0

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
                    if order.after > 0:
                        order.after -= 1
                        continue
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
        with self._lock:
            now = time.monotonic()
            rates = {call: BUCKETS.get(call, ALL), "": ALL}
            tokens = {name: self._tokens(name, *rate, now) for name, rate in rates.items()}
            through = min(tokens.values()) >= 1
            # a call that is refused costs nothing
            self._held.update((name, (count - through, now)) for name, count in tokens.items())
        if not through:
            raise ThrottlingError("Rate exceeded")

    def _tokens(self, name: str, size: float, rate: float, now: float) -> float:
        count, then = self._held.get(name, (size, now))
        return min(size, count + (now - then) * rate)
