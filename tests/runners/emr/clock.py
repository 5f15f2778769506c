"""Time of which tests have as much as they want."""

from __future__ import annotations

from gristmill.runners.emr.submitting import Clock


class Time:
    """A clock that passes when it is slept by."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.slept: list[float] = []
        self.clock = Clock(lambda: self.seconds, self.sleep)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds
