"""The plan of a run of streaming steps: the runner writes it as JSON into the program of Spark's driver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Plan:
    """Streaming steps that one Spark application runs: the job, its settings, the output. Steps are numbered from 0."""

    module: str
    #: The job's class in the module, by its qualified name.
    name: str
    steps: dict[int, dict[str, Any]]
    #: Reduce tasks of each step; 0 where it has none.
    reduces: dict[int, int]
    args: list[str]
    jobconf: dict[str, str]
    sort_values: bool
    sort_mb: int
    job_key: str
    #: A folder of this machine, or a URI.
    output: str
    #: The task's working directory: name -> path on this machine. None where Spark has put the files there.
    links: dict[str, str] | None


def parse_plan(values: dict[str, Any], cores: int) -> Plan:
    """The plan that JSON holds, where a number of a step is text, and `cores` for a null number of reduce tasks."""
    steps = {int(step): description for step, description in values["steps"].items()}
    reduces = {int(step): cores if count is None else count for step, count in values["reduces"].items()}
    return Plan(**{**values, "steps": steps, "reduces": reduces})
