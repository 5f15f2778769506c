"""Counters by group and name, and their totals."""

from __future__ import annotations

from gristmill.task.counters import Counters, add_counters


def test_amounts_of_the_same_group_and_name_are_added_up() -> None:
    """A group or a name that is new is taken as it is; what is added stays as it was."""
    totals: Counters = {"input": {"no TAB": 2, "empty docid": 1}}
    counters = {"input": {"no TAB": 3, "docid is not UTF-8": 4}, "words": {"rye": -1}}
    add_counters(totals, counters)
    add_counters(totals, {})
    assert totals == {"input": {"no TAB": 5, "empty docid": 1, "docid is not UTF-8": 4}, "words": {"rye": -1}}
    totals["words"]["rye"] = 9
    assert counters == {"input": {"no TAB": 3, "docid is not UTF-8": 4}, "words": {"rye": -1}}
