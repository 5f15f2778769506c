"""EMR's calls, as a run makes them: what exists, what is added, what becomes of it.

A cluster and a step are known by names that hold the run's request ID (see requests), since EMR gives ids only in the
answers, which can be lost.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable

from gristmill.errors import RunError

from .clients import NoAnswer, one_line
from .requests import REQUEST_TAG
from .submitting import Sender, lifetime

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from .clients import Clients
    from .submitting import Clock

#: Seconds between two looks at a step: the first, for so long; then growing to the last, each 15 % longer.
POLL, STEADY, SLOWEST = 2.0, 600.0, 20.0
#: How many looks in a row may have no answer.
UNANSWERED = 10
#: The states of a step that has ended, and of a cluster that runs nothing more.
ENDED = ("COMPLETED", "CANCELLED", "FAILED", "INTERRUPTED")
GONE = ("TERMINATING", "TERMINATED", "TERMINATED_WITH_ERRORS")
#: Those of a step that has not ended, and of a cluster that may have such.
UNENDED = ("PENDING", "CANCEL_PENDING", "RUNNING")
ALIVE = ("STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING", "TERMINATING")


@dataclass(frozen=True)
class StepEnd:
    """What became of a step."""

    cluster: str
    step: str
    state: str
    #: EMR's words; "" where it has none.
    reason: str = ""
    #: YARN's ids of what it ran, as far as EMR says.
    applications: tuple[str, ...] = ()
    #: Where its own logs go, if that is not where the cluster's go.
    log_uri: str = ""


class EmrApi:
    """The calls of one run; `before` is called before each that makes something.

    Whatever EMR refuses is a RunError of one line.
    """

    def __init__(
        self, clients: Clients, request: str, clock: Clock | None = None, before: Callable[[], None] = lambda: None
    ) -> None:
        self._reads, self._writes = clients.reads, clients.writes
        self._sender = Sender(clients, request, clock, before)
        self._clock = self._sender.clock
        #: The longest that a call can be on its way, in seconds.
        self.lifetime = lifetime(clients)

    def doubt(self, seconds: float) -> None:
        """Look before anything is made: a run with the same ID, killed since, asked for it so many seconds ago."""
        self._sender.doubt(seconds)

    def cluster(self, cluster: str) -> dict[str, Any]:
        """A cluster, as DescribeCluster has it."""
        with one_line():
            return dict(self._reads.describe_cluster(ClusterId=cluster)["Cluster"])

    def steps(self, cluster: str) -> Iterator[dict[str, Any]]:
        """All steps of a cluster, newest first: ListSteps has that order only where nothing is filtered."""
        with one_line():
            for page in self._reads.get_paginator("list_steps").paginate(ClusterId=cluster):
                yield from page["Steps"]

    def unended_steps(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Each step that has not ended, of any cluster of the account in this region, behind the cluster's id."""
        with one_line():
            pages = self._reads.get_paginator("list_clusters").paginate(ClusterStates=list(ALIVE))
            clusters = [each["Id"] for page in pages for each in page["Clusters"]]
            for cluster in clusters:
                steps = self._reads.get_paginator("list_steps").paginate(ClusterId=cluster, StepStates=list(UNENDED))
                yield from ((cluster, step) for page in steps for step in page["Steps"])

    def find_steps(self, cluster: str, names: Sequence[str]) -> list[str] | None:
        """The ids of the steps with these names, in this order; None where not all are there."""
        found: dict[str, str] = {}
        for step in self.steps(cluster):
            if step["Name"] in names:
                found[step["Name"]] = step["Id"]
                if len(found) == len(names):
                    return [found[name] for name in names]
        return None

    def find_cluster(self, name: str, request: str, since: datetime | None = None) -> str | None:
        """The id of the cluster with this name and the tag of this request; None where there is none.

        ListClusters is in no order, so all pages are read; `since` leaves out what was made before.
        """
        limits = {} if since is None else {"CreatedAfter": since}
        with one_line():
            pages = self._reads.get_paginator("list_clusters").paginate(**limits)
            ids = [each["Id"] for page in pages for each in page["Clusters"] if each["Name"] == name]
        tag = {"Key": REQUEST_TAG, "Value": request}
        return next((each for each in ids if tag in self.cluster(each).get("Tags", ())), None)

    def add_steps(self, request: Mapping[str, Any]) -> list[str]:
        """Add steps to a cluster, none twice; their ids."""
        names = [step["Name"] for step in request["Steps"]]

        def call() -> list[str]:
            return list(self._writes.add_job_flow_steps(**request)["StepIds"])

        return self._sender.send(call, lambda: self.find_steps(request["JobFlowId"], names))

    def run_job_flow(self, request: Mapping[str, Any], request_id: str, since: datetime) -> str:
        """Make a cluster, not twice; its id. `since` is a time before this."""

        def call() -> str:
            return str(self._writes.run_job_flow(**request)["JobFlowId"])

        return self._sender.send(call, lambda: self.find_cluster(request["Name"], request_id, since))

    def look(self, cluster: str, step: str) -> StepEnd:
        """What has become of a step so far."""
        with one_line():
            about = self._reads.describe_step(ClusterId=cluster, StepId=step)["Step"]
        status = about["Status"]
        ids = about.get("AdditionalInfo", {}).get("ResourceManagerApplicationIds", ())
        return StepEnd(cluster, step, status["State"], why(status), tuple(ids), about.get("LogUri", ""))

    def follow(self, cluster: str, step: str, seconds: float | None = None) -> Iterator[StepEnd]:
        """A step each time that its state has changed, to its end; at most `seconds`, where that is given."""
        begun, state, pause, unanswered = self._clock.now(), "", POLL, 0
        while True:
            try:
                seen = self.look(cluster, step)
                unanswered = 0
            except NoAnswer:
                unanswered += 1
                if unanswered == UNANSWERED:
                    raise
            else:
                if seen.state != state:
                    state = seen.state
                    yield seen
                if state in ENDED:
                    return
            passed = self._clock.now() - begun
            if seconds is not None and passed > seconds:
                return
            # from here on a poll more or less is nothing to a person, and drivers that began together drift apart
            if passed > STEADY or unanswered:
                pause = min(pause * 1.15, SLOWEST)
            self._clock.sleep(pause if passed <= STEADY else pause * random.uniform(0.8, 1.2))  # noqa: S311 (no secret)

    def cancel(self, cluster: str, steps: Sequence[str]) -> None:
        """Cancel steps that wait or run; those that have ended are no error. Asking twice does no harm."""
        with one_line():
            self._reads.cancel_steps(ClusterId=cluster, StepIds=list(steps), StepCancellationOption="TERMINATE_PROCESS")

    def terminate(self, cluster: str) -> None:
        """End a cluster. Asking twice does no harm."""
        with one_line():
            self._reads.terminate_job_flows(JobFlowIds=[cluster])

    def usable_cluster(self, cluster: str) -> dict[str, Any]:
        """A cluster that takes steps; RunError for one that has ended."""
        about = self.cluster(cluster)
        state = about["Status"]["State"]
        if state in GONE:
            raise RunError(f"--cluster-id {cluster}: it is {state} and takes no steps; name another, or leave it out")
        return about


def why(status: Mapping[str, Any]) -> str:
    """EMR's words on why a step has its status; "" where it has none."""
    details, change = status.get("FailureDetails", {}), status.get("StateChangeReason", {})
    words = [details.get("Reason"), details.get("Message") or change.get("Message")]
    return ": ".join(word for word in words if word)
