"""A job's steps on EMR: adopted or submitted, followed to their end, stopped where the run is.

a cluster of the run's own        all steps in RunJobFlow; it ends with them
another's, of one step at a time  all steps in one AddJobFlowSteps
another's, of several             one after the other, since EMR would run them side by side
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from gristmill.errors import RunError, UnknownOutcome

from .api import ENDED, POLL
from .ledger import Entries
from .requests import add_steps

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from .api import EmrApi, StepEnd
    from .plan import Plan
    from .submitting import Clock

log = logging.getLogger("mrjob.gristmill")

#: Seconds that a step which is cancelled is waited for.
CANCELLING = 30
#: Seconds between two looks for the steps of a new cluster, doubled each time, up to which they are looked for.
LISTED = 60
#: What clocks may differ by.
SKEW = timedelta(minutes=10)


class Submission:
    """The steps of one run."""

    def __init__(self, plan: Plan, api: EmrApi, clock: Clock) -> None:
        self._plan, self._api, self._clock = plan, api, clock
        self.cluster = plan.cluster
        #: The ids of the steps that are there.
        self.steps: list[str] = []
        #: Where the cluster's logs go.
        self.log_uri = str(plan.job_flow.get("LogUri") or "")
        #: Whether a step of it may be running.
        self.is_open = False
        #: Why a step that was sent has not completed, "" where that is not known; None where none was, or all have.
        self.failure: str | None = None
        #: The names of steps that were asked for, while no answer has come.
        self._unanswered: list[str] = []
        self._one_by_one = False
        self._begun = clock.now()

    def entries(self, endpoint: str, folder: str, output: str) -> Entries:
        """What a later run removes where this one is killed: the run's folder, and an output that is not whole."""
        plan = self._plan
        name = str(plan.job_flow.get("Name") or "")
        return Entries(endpoint, plan.request, plan.cluster, name, tuple(plan.names), folder, output)

    def adopt(self) -> bool:
        """Take the steps over that an earlier run with the same request ID has made; False where there are none."""
        plan, api = self._plan, self._api
        if not self.cluster:
            self.cluster = api.find_cluster(plan.job_flow["Name"], plan.request) or ""
        if not self.cluster:
            return False
        found = {step["Name"]: step["Id"] for step in api.steps(self.cluster) if step["Name"] in plan.names}
        self.steps = [found[name] for name in plan.names if name in found]
        self.is_open = bool(self.steps)
        if self.is_open:
            self.failure = ""
            log.info("Adopting %s of an earlier run...", ", ".join(self.steps))
            self.log_uri = str(api.cluster(self.cluster).get("LogUri") or "")
            self._one_by_one = True
        return self.is_open

    def look_at_cluster(self) -> None:
        """Ask a cluster that is not the run's own whether it takes steps, and how many it runs at once."""
        about = self._api.usable_cluster(self.cluster)
        self.log_uri = str(about.get("LogUri") or "")
        self._one_by_one = int(about.get("StepConcurrencyLevel") or 1) > 1

    def submit(self, *, wait: bool) -> None:
        """Submit the steps: all, or the first alone where they would run side by side."""
        plan = self._plan
        if self._one_by_one and len(plan.steps) > 1 and not wait:
            raise RunError(
                f"--no-wait: {self.cluster} runs several steps at once, and those of this job follow each other; "
                "leave --no-wait out, or take another cluster"
            )
        self.is_open, self.failure = True, ""
        try:
            if plan.cluster:
                self._add(plan.steps[:1] if self._one_by_one else plan.steps)
            else:
                since = datetime.now(timezone.utc) - SKEW
                self._unanswered = plan.names
                self.cluster = self._api.run_job_flow(plan.job_flow, plan.request, since)
                self._unanswered = []
                log.info("Cluster %s", self.cluster)
        except UnknownOutcome:
            raise
        except RunError:
            self.is_open, self.failure = False, None
            raise
        if wait:
            # it has not begun before
            self._clock.sleep(POLL)

    def _add(self, steps: Sequence[Mapping[str, Any]]) -> None:
        self._unanswered = [step["Name"] for step in steps]
        self.steps += self._api.add_steps(add_steps(self.cluster, steps, self._plan.role))
        self._unanswered = []

    def step_ids(self) -> list[str]:
        """The ids of all steps that are submitted: RunJobFlow does not give them."""
        pause = POLL
        while not self._plan.cluster and len(self.steps) < len(self._plan.steps):
            found = self._api.find_steps(self.cluster, self._plan.names)
            if found is None and pause > LISTED:
                raise RunError(
                    f"{self.cluster} does not list its steps yet; run again with --request-id {self._plan.request}"
                )
            self.steps = found or []
            if not found:
                self._clock.sleep(pause)
                pause *= 2
        return self.steps

    def ends(self) -> Iterator[StepEnd]:
        """The end of each step, in order, to the first that has not completed; RunError where --max-hours are over."""
        for number in range(len(self._plan.steps)):
            if number >= len(self.step_ids()):
                self._add(self._plan.steps[number : number + 1])
            log.info("Step %d of %d: %s/%s", number + 1, len(self._plan.steps), self.cluster, self.steps[number])
            end = self._follow(self.steps[number])
            if number == len(self._plan.steps) - 1 or end.state != "COMPLETED":
                self.is_open = False
            if end.state != "COMPLETED":
                self._cancel_rest(number + 1)
                yield end
                return
            yield end

    def _cancel_rest(self, number: int) -> None:
        """Cancel the steps from this one on, whose input will not come; they would fail for want of it."""
        if self.steps[number:] and self._plan.cluster:
            try:
                self._api.cancel(self.cluster, self.steps[number:])
            except RunError as error:
                log.warning("%s", error)

    def _follow(self, step: str) -> StepEnd:
        hours = self._plan.max_hours
        left = None if hours is None else hours * 3600 - (self._clock.now() - self._begun)
        for seen in self._api.follow(self.cluster, step, left):
            log.info("%s is %s", step, seen.state)
            if seen.state in ENDED:
                return self._with_reason(seen)
        self.stop()
        what = "is cancelled" if self._plan.cluster else "its cluster is ended"
        raise RunError(f"--max-hours {hours}: the step {step} has not ended, and {what}; give it more hours")

    def _with_reason(self, end: StepEnd) -> StepEnd:
        """The end of a step; of one that goes with a cluster of the run's own, why that ended."""
        if end.state != "CANCELLED" or self._plan.cluster:
            return end
        change = self._api.cluster(self.cluster)["Status"].get("StateChangeReason", {})
        return replace(end, reason=str(change.get("Message") or end.reason))

    def stop(self) -> None:
        """End the run's own cluster, or cancel its steps on another's; what cannot be asked for is told.

        UnknownOutcome where something was asked for, and EMR does not show it yet.
        """
        if not self.is_open:
            return
        try:
            if not self._plan.cluster:
                self.cluster = self.cluster or self._found_cluster()
                log.info("Ending the cluster %s...", self.cluster)
                self._api.terminate(self.cluster)
                self.is_open = False
            else:
                self._cancel()
        except UnknownOutcome:
            raise
        except RunError as error:
            log.error("error: %s; end the steps of %s by hand", error, self._plan.request)

    def _found_cluster(self) -> str:
        """A cluster that was asked for when the run was stopped."""
        since = datetime.now(timezone.utc) - SKEW
        found = self._api.find_cluster(self._plan.job_flow["Name"], self._plan.request, since)
        if not found:
            raise self._unknown()
        return found

    def _unknown(self) -> UnknownOutcome:
        request = self._plan.request
        return UnknownOutcome(f"unknown: EMR may be making what was asked for; run again with --request-id {request}")

    def _cancel(self) -> None:
        # those too that were asked for when the run was stopped
        steps = [step for step in self._api.steps(self.cluster) if step["Name"] in self._plan.names]
        alive = [step["Id"] for step in steps if step["Status"]["State"] not in ENDED]
        if alive:
            log.info("Cancelling %s...", ", ".join(alive))
            self._api.cancel(self.cluster, alive)
        for step in alive:
            states = [seen.state for seen in self._api.follow(self.cluster, step, CANCELLING)]
            if states[-1] not in ENDED:
                log.warning("%s is %s; what it uses on S3 goes with the next run", step, states[-1])
                return
        if {*self._unanswered} - {step["Name"] for step in steps}:
            raise self._unknown()
        self.is_open = False
