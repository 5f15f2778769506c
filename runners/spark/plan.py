"""A run of streaming steps: its plan and its source. The runner writes both as JSON for Spark's driver."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

from gristmill.input import changes


class Input(NamedTuple):
    """A file or path that the first step of a plan reads."""

    #: A path of this machine, or a URI.
    path: str
    #: The user's name of a file of this machine; None for what Spark reaches.
    name: str | None = None
    #: What a file of this machine was when it was found, if that is known.
    version: changes.Version | None = None


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
    #: The URI that the output gets once it is whole, which must be free; "" for a folder of this machine.
    final_output: str
    #: The task's working directory: name -> path on this machine. None where Spark has put the files there.
    links: dict[str, str] | None


@dataclass(frozen=True)
class Source:
    """What the first step of a plan reads, and how it is cut; as JSON beside the plan."""

    inputs: list[Input]
    #: The number of map tasks that is asked for; None where none is.
    maps: int | None
    #: Bytes that a split has at least.
    least: int
    #: The URI of the folder that files of this machine are first copied to; "" where Spark reads them as they lie.
    upload: str
    #: Whether the user named more than one input: then names of files begin with those of their inputs.
    several: bool
    #: The URI of the folder for copies of hidden files that are named outright, which Spark's own reader passes over.
    copies: str
    #: Whether to go on without files of others that Spark cannot read; None for a job that does not say it reads text.
    skip: bool | None = None
    #: That of files of this machine which are recoded as a whole; "" for none.
    encoding: str = ""


def parse_plan(values: dict[str, Any], cores: int) -> Plan:
    """The plan that JSON holds, where a number of a step is text, and `cores` for a null number of reduce tasks."""
    steps = {int(step): description for step, description in values["steps"].items()}
    reduces = {int(step): cores if count is None else count for step, count in values["reduces"].items()}
    return Plan(**{**values, "steps": steps, "reduces": reduces})


def parse_source(values: dict[str, Any]) -> Source:
    """The source that JSON holds, where an input is a list."""
    inputs = [Input(path, name, version and changes.Version(*version)) for path, name, version in values["inputs"]]
    return Source(**{**values, "inputs": inputs})
