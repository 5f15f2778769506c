"""What a task that died has left: the signal that killed it, and the end of what it said."""

from __future__ import annotations

import signal
from collections import deque
from pathlib import Path

#: The most lines of a failed task's stderr that are shown.
STDERR_LINES = 100


def signal_name(number: int) -> str:
    """A signal as an error names it: ``9 (SIGKILL)``."""
    return f"{number} ({signal.Signals(number).name})" if number in set(signal.Signals) else str(number)


def stderr_tail(stderr: str) -> str:
    """The last lines of a task's file of stderr, without the counters and states that it reported; "" for no file."""
    if not Path(stderr).is_file():
        return ""
    with Path(stderr).open(errors="replace") as lines:
        return "".join(deque((line for line in lines if not line.startswith("reporter:")), STDERR_LINES))
