"""How clusters live: a thread for each takes it from its start to its end, and one for each step that runs."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

from tests.cluster.emr.clusters import (
    COMPLETED,
    COMPLETED_WITH_ERRORS,
    IDLE,
    STEP_FAILURE,
)

if TYPE_CHECKING:
    from tests.cluster.emr.clusters import Account, Cluster, Step
    from tests.cluster.emr.steps import Runner

#: Seconds between two looks at a clock that a test may have put forward.
LOOK = 0.5
TERMINATING_ACTIONS = ("TERMINATE_CLUSTER", "TERMINATE_JOB_FLOW")


class Life:
    """Runs the clusters of `account`; each takes `seconds` for starting and again for its bootstrap actions."""

    def __init__(self, account: Account, runner: Runner, seconds: float) -> None:
        self._account = account
        self._runner = runner
        self._changed = account.changed
        self.seconds = seconds
        self._writing: dict[str, int] = {}
        self._stopped = False

    def stop(self) -> None:
        """Let every cluster be, in the state it has."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()

    def start(self, cluster: Cluster) -> None:
        threading.Thread(target=self._live, args=[cluster], daemon=True, name=cluster.id).start()

    def _live(self, cluster: Cluster) -> None:
        with self._changed:
            for state, message in (("BOOTSTRAPPING", "Running bootstrap actions"), ("RUNNING", "Running step")):
                self._changed.wait_for(lambda: cluster.closing or self._stopped, self.seconds)
                if cluster.closing:
                    break
                cluster.enter(state, message=message)
                if state == "RUNNING":
                    cluster.ready = self._account.now()
            while not (cluster.closing or self._stopped):
                self._start_steps(cluster)
                self._settle(cluster)
                if not cluster.closing:
                    self._changed.wait(LOOK)
            if cluster.closing:
                self._end(cluster, cluster.closing)

    def _start_steps(self, cluster: Cluster) -> None:
        running = sum(step.state != "PENDING" for step in cluster.active)
        pending = [step for step in cluster.active if step.state == "PENDING"]
        for step in pending[: max(cluster.concurrency - running, 0)]:
            step.state, step.started = "RUNNING", self._account.now()
            self._writing[cluster.id] = self._writing.get(cluster.id, 0) + 1
            threading.Thread(target=self._run, args=[cluster, step], daemon=True, name=step.id).start()

    def _settle(self, cluster: Cluster) -> None:
        """Find the state of a cluster that has started what it can."""
        if cluster.active:
            cluster.idle_since = None
            cluster.enter("RUNNING", message="Running step")
        elif not cluster.keep_alive:
            failed = any(step.state == "FAILED" for step in cluster.steps.values())
            cluster.closing = COMPLETED_WITH_ERRORS if failed else COMPLETED
        else:
            now = self._account.now()
            cluster.idle_since = cluster.idle_since or now
            ready = "Cluster ready after last step " if cluster.steps else "Cluster ready to run steps."
            last = list(cluster.steps.values())[-1].state.lower() + "." if cluster.steps else ""
            cluster.enter("WAITING", message=ready + last)
            timeout = cluster.policy.get("IdleTimeout")
            if timeout and not cluster.protected and now - cluster.idle_since >= timedelta(seconds=timeout):
                cluster.closing = IDLE

    def _end(self, cluster: Cluster, reason: tuple[str, str]) -> None:
        """End the steps, wait until their logs are where they belong, and be gone."""
        cluster.enter("TERMINATING", *reason)
        self._account.drop_pending(cluster, "Job flow was terminated")
        for step in cluster.active:
            self.cancel(step, "TERMINATE_PROCESS")
        self._changed.wait_for(lambda: self._stopped or not self._writing.get(cluster.id))
        cluster.enter("TERMINATED_WITH_ERRORS" if reason == STEP_FAILURE else "TERMINATED", *reason)
        cluster.ended = self._account.now()
        self._changed.notify_all()

    def cancel(self, step: Step, option: str) -> None:
        """Cancel a step that runs; it ends when its process has ended."""
        step.state, step.cancel = "CANCEL_PENDING", option
        self._runner.cancel(step, option)
        self._changed.notify_all()

    def _run(self, cluster: Cluster, step: Step) -> None:
        failure = self._runner.run(cluster, step)
        with self._changed:
            step.ended = self._account.now()
            # what was done before it could be cancelled is done
            if failure is None:
                step.state = "COMPLETED"
            elif step.cancel:
                step.state, step.message = "CANCELLED", "Step was cancelled by the user"
            else:
                step.state, step.failure = "FAILED", failure
                self._act_on_failure(cluster, step)
            self._changed.notify_all()
        try:
            self._runner.write_logs(cluster, step)
        finally:
            with self._changed:
                self._writing[cluster.id] -= 1
                self._changed.notify_all()

    def _act_on_failure(self, cluster: Cluster, step: Step) -> None:
        # with several steps at once these two do nothing: the cluster does not know whose failure it would be
        if step.action == "CONTINUE" or cluster.concurrency > 1:
            return
        self._account.drop_pending(cluster, "Previous step failed")
        if step.action in TERMINATING_ACTIONS and not cluster.protected and not cluster.closing:
            cluster.closing = STEP_FAILURE
