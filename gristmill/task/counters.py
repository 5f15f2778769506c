"""Counters of a task, a step or a run: {group: {name: amount}}."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

Counters = dict[str, dict[str, int]]


def add_counters(totals: Counters, counters: Mapping[str, Mapping[str, int]]) -> None:
    """Add the amounts of `counters` to those of `totals`, which gains the groups and names that it lacks."""
    for group, amounts in counters.items():
        names = totals.setdefault(group, {})
        for name, amount in amounts.items():
            names[name] = names.get(name, 0) + amount


def as_counters(amounts: Mapping[tuple[str, str], int]) -> Counters:
    """Amounts by group and name as counters."""
    totals: Counters = {}
    for (group, name), amount in amounts.items():
        totals.setdefault(group, {})[name] = amount
    return totals
