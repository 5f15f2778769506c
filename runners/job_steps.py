"""What a job and its user say of its steps, as far as it decides on records: keys, order, reduce tasks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from mrjob.compat import jobconf_from_dict

from . import record_settings as settings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: The programs that a step may have, in the order its records pass them.
SUBSTEPS = ("mapper", "combiner", "reducer")
REDUCES = "mapreduce.job.reduces"


class RecordFilters(NamedTuple):
    """What a substep's input and output pass, by the names that hadoop/task_records.py has; "" for nothing."""

    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class JobSteps:
    """What a job and its user say of its steps, as far as it decides on records; a step is named by its number."""

    #: As mrjob describes them: {"type": "streaming", "mapper": {…}, "jobconf": {…}, …}.
    steps: Sequence[Mapping[str, Any]]
    #: The settings of all steps.
    jobconf: Mapping[str, Any]
    partitioner: str | None = None
    sorts_values: bool = False
    #: Whether no key holds a byte below TAB, so that whole lines sort by key.
    plain_keys: bool = False
    #: Classes of the formats that the first step reads and the last one writes; None for lines of text.
    input_format: str | None = None
    output_format: str | None = None

    def given_jobconf(self, step_num: int) -> dict[str, Any]:
        """The settings of a step that the user and the job gave."""
        return {**self.jobconf, **(self.steps[step_num].get("jobconf") or {})}

    def is_formatted(self, step_num: int) -> bool:
        """Whether Hadoop writes what a step puts out in a format of the job's."""
        return bool(self.output_format) and step_num == len(self.steps) - 1

    def is_map_only(self, step_num: int) -> bool:
        """Whether a step has no reduces: it has no reducer, or a setting asks for none."""
        reduces = jobconf_from_dict(self.given_jobconf(step_num), REDUCES)
        return "reducer" not in self.steps[step_num] or str(reduces) == "0"

    def has_own_records(self) -> bool:
        """Whether the job handles records, keys or partitions itself, by the settings of any of its steps.

        One step decides for all, since a step reads what the one before wrote.
        """
        names = (name for step in range(len(self.steps)) for name in self.given_jobconf(step))
        return any(map(settings.is_own_records, names))

    def has_rules(self, step_num: int) -> bool:
        """Whether a step's records are other than lines whose key is what comes before the first TAB."""
        return self.has_own_records() or bool(
            self.sorts_values and self.named_partitioner(step_num) and not self.is_map_only(step_num)
        )

    def named_partitioner(self, step_num: int) -> str | None:
        """The class that the job or its user names to spread keys, None for none."""
        return self.partitioner or settings.value(self.given_jobconf(step_num), settings.PARTITIONER) or None

    def partitioner_class(self, step_num: int) -> str | None:
        """The class that spreads keys, as Hadoop Streaming takes it; None for Hadoop's own hash."""
        named = self.named_partitioner(step_num)
        return settings.partitioner_class(named) if named else settings.BY_FIELDS if self.sorts_values else None

    def record_filters(self, step_num: int) -> dict[str, RecordFilters]:
        """The filters of each substep by which a record stays the line that it is; none where Hadoop keeps it so."""
        if self.has_own_records() or self.is_map_only(step_num) or self.sorts_values:
            return {}
        combines = "combiner" in self.steps[step_num]
        filters = {"mapper": RecordFilters(after="encode"), "reducer": RecordFilters(before="decode")}
        if combines and not self.is_formatted(step_num):
            filters["reducer"] = RecordFilters("decode", "value")
        return {**filters, "combiner": RecordFilters("decode", "encode")} if combines else filters
