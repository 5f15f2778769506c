"""What a run asks EMR for, before anything is sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from gristmill.errors import RunError

from .numbers import number
from .requests import add_steps, cluster_name, run_job_flow, step_config, step_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..streaming_step import StreamingStep


@dataclass(frozen=True)
class Plan:
    """What a run asks EMR for."""

    request: str
    #: The steps, as requests have them.
    steps: Sequence[Mapping[str, Any]]
    #: The cluster that they are added to, or the request that makes one.
    cluster: str = ""
    job_flow: Mapping[str, Any] = field(default_factory=dict)
    role: str | None = None
    max_hours: float | None = None

    @property
    def names(self) -> list[str]:
        """The names of the steps."""
        return [step["Name"] for step in self.steps]

    def requests(self) -> list[tuple[str, Mapping[str, Any]]]:
        """The calls that make it, on a cluster of one step at a time: operation and request."""
        if self.cluster:
            return [("AddJobFlowSteps", add_steps(self.cluster, self.steps, self.role))]
        return [("RunJobFlow", self.job_flow)]


def make_plan(opts: Mapping[str, Any], label: str, request: str, steps: Sequence[StreamingStep], tmp_dir: str) -> Plan:
    """The plan of a job's steps, by options; a new cluster's logs go below `tmp_dir` where no place is named."""
    cluster, logs = opts["cluster_id"] or "", opts["cloud_log_dir"]
    action = opts["emr_action_on_failure"] or (
        "CONTINUE" if cluster else "TERMINATE_CLUSTER" if opts["max_mins_idle"] is None else "CANCEL_AND_WAIT"
    )
    names = [step_name(label, request, number, len(steps)) for number in range(len(steps))]
    # a new cluster has one place for all logs
    configs = [step_config(name, each, action, logs if cluster else None) for name, each in zip(names, steps)]
    limits = (opts["execution_role"], number(opts, "max_hours"))
    if cluster:
        return Plan(request, configs, cluster, {}, *limits)
    if len(steps) > 1 and (number(opts, "max_concurrent_steps") or 1) > 1:
        raise RunError("--max-concurrent-steps: the steps of this job follow each other; leave it out, or give 1")
    about = (cluster_name(label, request), request)
    return Plan(request, configs, "", run_job_flow(opts, about, configs, logs or f"{tmp_dir}/logs/"), *limits)
