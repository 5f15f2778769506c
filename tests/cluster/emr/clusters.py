"""What the service remembers: clusters and their steps, and how each is described in an answer.

cluster  STARTING -> BOOTSTRAPPING -> RUNNING <-> WAITING -> TERMINATING -> TERMINATED or TERMINATED_WITH_ERRORS
step     PENDING -> RUNNING (-> CANCEL_PENDING) -> COMPLETED, FAILED, CANCELLED or INTERRUPTED
"""

from __future__ import annotations

import random
import string
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from tests.cluster.emr.errors import InvalidRequestError, ValidationError

REGION = "us-east-1"
#: No account has this number.
ACCOUNT = "000000000000"
#: States of a cluster that takes steps.
OPEN = ("STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING")
#: States of a step that count against the 256.
ACTIVE = ("PENDING", "RUNNING", "CANCEL_PENDING")
#: Of a step that does not say.
DEFAULT_ACTION = "TERMINATE_CLUSTER"
_LETTERS = string.ascii_uppercase + string.digits
#: https://docs.aws.amazon.com/emr/latest/APIReference/API_ClusterStateChangeReason.html
USER_REQUEST = ("USER_REQUEST", "Terminated by user request")
STEP_FAILURE = ("STEP_FAILURE", "Shut down as step failed")
COMPLETED = ("ALL_STEPS_COMPLETED", "Steps completed")
COMPLETED_WITH_ERRORS = ("ALL_STEPS_COMPLETED", "Steps completed with errors")
IDLE = ("USER_REQUEST", "Terminated by the auto-termination policy: the cluster was idle")


@dataclass
class Step:
    """A step; `config` is the StepConfig of the request, `folder` holds what its process wrote."""

    id: str
    config: dict[str, Any]
    created: datetime
    role: str | None = None
    state: str = "PENDING"
    message: str = ""
    started: datetime | None = None
    ended: datetime | None = None
    failure: dict[str, str] = field(default_factory=dict)
    applications: list[str] = field(default_factory=list)
    cancel: str = ""

    @property
    def action(self) -> str:
        """What happens to the cluster when the step fails."""
        return str(self.config.get("ActionOnFailure", DEFAULT_ACTION))

    @property
    def monitoring(self) -> dict[str, str]:
        """Where this step alone has its logs: LogUri and EncryptionKeyArn, or nothing."""
        return dict(self.config.get("StepMonitoringConfiguration", {}).get("S3MonitoringConfiguration", {}))


@dataclass
class Cluster:
    """A cluster; `request` is the RunJobFlow that made it. Steps stand in the order they were added."""

    id: str
    request: dict[str, Any]
    created: datetime
    tags: dict[str, str]
    policy: dict[str, int]
    keep_alive: bool
    protected: bool
    concurrency: int
    state: str = "STARTING"
    reason: tuple[str, str] = ("", "Provisioning Amazon EC2 capacity")
    ready: datetime | None = None
    ended: datetime | None = None
    idle_since: datetime | None = None
    closing: tuple[str, str] | None = None
    steps: dict[str, Step] = field(default_factory=dict)

    @property
    def arn(self) -> str:
        return f"arn:aws:elasticmapreduce:{REGION}:{ACCOUNT}:cluster/{self.id}"

    @property
    def active(self) -> list[Step]:
        return [step for step in self.steps.values() if step.state in ACTIVE]

    @property
    def open(self) -> bool:
        """Whether it takes steps."""
        return self.state in OPEN and self.closing is None

    @property
    def log_uri(self) -> str | None:
        """Where its logs go, with the slash that the service puts behind it."""
        uri = self.request.get("LogUri")
        return f"{uri.rstrip('/')}/" if uri else None

    def enter(self, state: str, code: str = "", message: str = "") -> None:
        self.state, self.reason = state, (code, message)


class Account:
    """All clusters, behind one lock: who changes anything holds `changed` and notifies it."""

    def __init__(self, seed: int | None = None) -> None:
        self.changed = threading.Condition(threading.RLock())
        self.clusters: dict[str, Cluster] = {}
        self._ahead = timedelta()
        self._random = random.Random(seed)

    def now(self) -> datetime:
        """The service's clock, in the milliseconds that it tells; tests put it forward."""
        now = datetime.now(timezone.utc) + self._ahead
        return now.replace(microsecond=now.microsecond // 1000 * 1000)

    def advance(self, seconds: float) -> None:
        """Put the clock forward, so that a policy of minutes is tried in no time."""
        with self.changed:
            self._ahead += timedelta(seconds=seconds)
            self.changed.notify_all()

    def new_id(self, prefix: str) -> str:
        """An id as the service gives them: "j-" or "s-" and 13 capitals and digits, or longer ones for steps."""
        count = 13 if prefix == "j" else 20
        return f"{prefix}-{''.join(self._random.choices(_LETTERS, k=count))}"

    def cluster(self, cluster_id: str) -> Cluster:
        """The cluster of that id, for the operations that say cluster."""
        if cluster_id not in self.clusters:
            raise InvalidRequestError(f"Cluster id '{cluster_id}' is not valid.")
        return self.clusters[cluster_id]

    def job_flow(self, job_flow_id: str) -> Cluster:
        """The same, for the operations that say job flow."""
        if job_flow_id not in self.clusters:
            raise ValidationError("Specified job flow ID does not exist.")
        return self.clusters[job_flow_id]

    def step(self, cluster: Cluster, step_id: str) -> Step:
        if step_id not in cluster.steps:
            raise InvalidRequestError(f"Step id '{step_id}' is not valid.")
        return cluster.steps[step_id]

    def add_steps(self, cluster: Cluster, configs: list[dict[str, Any]], role: str | None) -> list[str]:
        added = [Step(self.new_id("s"), config, self.now(), role) for config in configs]
        cluster.steps.update((step.id, step) for step in added)
        self.changed.notify_all()
        return [step.id for step in added]

    def drop_pending(self, cluster: Cluster, message: str) -> None:
        """Cancel the steps that have not started."""
        for step in cluster.steps.values():
            if step.state == "PENDING":
                step.state, step.message, step.ended = "CANCELLED", message, self.now()
