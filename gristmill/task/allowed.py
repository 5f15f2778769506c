"""Failures that a job allows, which end their tasks well: a counter and a line in a task's stderr for each.

reporter:counter:input,task that failed,1
reporter:allowed:REASON
"""

from __future__ import annotations

from pathlib import Path

from gristmill import plain

#: The group and the name of the counter.
COUNTER = ("input", "task that failed")
#: With `reporter:` it is left out where what a task said is shown.
_REASON = "reporter:allowed:"


def report(why: str) -> str:
    """What a task writes to its stderr, where a line may not have ended."""
    return f"\nreporter:counter:{','.join(COUNTER)},1\n{_REASON}{plain.line(why)}\n"


def first_reason(stderr: Path) -> str:
    """The reason of the first failure in a task's file of stderr; "" for none."""
    with stderr.open(encoding="utf-8", errors="replace") as lines:
        found = (line for line in lines if line.startswith(_REASON))
        return next(found, "").removeprefix(_REASON).rstrip("\n")
