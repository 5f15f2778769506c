"""What a job says of the lines that it cannot use: where they are, how many, and whether any could be used."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Callable, NoReturn

import gristmill.job.mrjob_compat  # noqa: F401 (before any mrjob module)
from gristmill import plain
from gristmill.errors import BadInput
from gristmill.job import task_input
from gristmill.job.usable_lines import PLACES, check_lines
from mrjob.job import MRJob

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gristmill.job.usable_lines import LineRule
    from gristmill.task.counters import Counters


class LineFaults(MRJob):
    """The part of a job that names and counts lines; see `gristmill.job.base.Job`."""

    #: The most bytes of a line that a mapper takes (see `gristmill.job.options.add_max_line`).
    max_line: float = inf
    #: The number of the record being mapped, from 1 on, in this task's input.
    record = 0
    #: By what a run that could use no line of its input fails; None for a job that takes any.
    LINE_RULE: LineRule | None = None

    _faults = 0

    def check_counters(self, counters: Sequence[Counters], places: Callable[[], Sequence[str]]) -> None:
        """Raise RunError where the counters of all steps say that the run is of no use: then there is no output.

        `places` gives up to three lines that could not be used, as far as the runner knows them.
        """
        if self.LINE_RULE:
            check_lines(counters, self.LINE_RULE, places)

    def pass_over_line(self) -> None:
        """Count a line that is longer than `max_line`, of which nothing is kept."""
        self.record += 1
        why = f"{task_input.LONGER_LINE} ({self.max_line} bytes); mend it, give --max-line more"
        self.count_fault(task_input.LONGER_LINE, why)

    def count_fault(self, name: str, why: str) -> None:
        """Count a record that cannot be used in the group ``input``; with --strict raise BadInput, which says `why`.

        A task reports the place of its first three, as its status.
        """
        if getattr(self.options, "strict", False):
            self.refuse(f"{why}, or leave out --strict to have such lines counted")
        self.increment_counter("input", name)
        self._faults += 1
        if self._faults <= PLACES:
            place = plain.line(f"{self.where()}: {name}")
            # a path may be no UTF-8
            self.set_status(place.encode(errors="backslashreplace").decode())

    def refuse(self, why: str) -> NoReturn:
        """Raise BadInput for the record being mapped; the error names its file and line."""
        raise BadInput(f"{self.where()}: {why}")

    def _place_of_record(self) -> str:
        return self.where() if self.record else ""

    def where(self) -> str:
        """The file and line of the record being mapped; on a cluster, the line within its split."""
        return task_input.where(self.record, in_first_step=not self.options.step_num)
