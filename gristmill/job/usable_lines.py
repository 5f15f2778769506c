"""Whether a run could use the lines of its input, by what its map tasks counted: a run that could use none fails."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Callable

from gristmill.errors import InputError
from gristmill.task.counters import Counters, add_counters

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping, Sequence

#: The logger of a warning that --quiet does not silence.
LOG = "mrjob.gristmill.lines"
#: Lines that cannot be used, of which a task names the place.
PLACES = 3


@dataclass(frozen=True)
class LineRule:
    """What a job takes for a line that it can use."""

    #: Counters of what its lines gave, by group and name.
    used: tuple[tuple[str, str], ...]
    #: The counters, in the group ``input``, of lines that it cannot use.
    faults: Container[str]
    #: What it looks for in a line, and what to try where there is none; ends a sentence.
    wanted: str
    #: What to try instead, by the fault that most lines have.
    hints: Mapping[str, str] = field(default_factory=dict)
    #: The counters, in the group ``input``, of used lines that give less than they hold, and what to try.
    doubts: Mapping[str, str] = field(default_factory=dict)
    #: Raises InputError where a run's counters say that it is of no use for another reason.
    check: Callable[[Counters], None] | None = None


def check_lines(counters: Iterable[Counters], rule: LineRule, places: Callable[[], Sequence[str]]) -> None:
    """Raise InputError where there were lines and none could be used; warn of more than half of them.

    `counters` are those of each step; `places` gives the first lines that could not be used, as far as they are known.
    """
    totals: Counters = {}
    for step in counters:
        add_counters(totals, step)
    lines = totals.get("input", {})
    used = sum(totals.get(group, {}).get(name, 0) for group, name in rule.used)
    faults = {name: count for name, count in lines.items() if count and name in rule.faults}
    bad = sum(faults.values())
    if rule.check:
        rule.check(totals)
    if used:
        _warn_of_doubts(lines, used, rule.doubts)
    if bad <= used:
        return
    most_first = sorted(faults.items(), key=lambda fault: -fault[1])
    reasons = ", ".join(f"{name}: {count:,}" for name, count in most_first)
    first = "; ".join(places())
    why = f"({reasons}{f'; the first: {first}' if first else ''}); {rule.hints.get(most_first[0][0], rule.wanted)}"
    if not used:
        raise InputError(f"none of {bad:,} line{'s' * (bad > 1)} could be used {why}")
    logging.getLogger(LOG).warning("warning: %s of %s lines could not be used %s", f"{bad:,}", f"{bad + used:,}", why)


def _warn_of_doubts(lines: Mapping[str, int], used: int, doubts: Mapping[str, str]) -> None:
    """Warn of what holds of more than half of the lines that were used."""
    for name, hint in doubts.items():
        count = lines.get(name, 0)
        if count * 2 > used:
            logging.getLogger(LOG).warning("warning: %s (%s of %s); %s", name, f"{count:,}", f"{used:,}", hint)
