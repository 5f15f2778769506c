"""EMR's operations: each takes the members of a request, which the model has checked, and gives those of its answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.cluster.emr import describe, instances, limits
from tests.cluster.emr.clusters import ACTIVE, OPEN, USER_REQUEST, Cluster
from tests.cluster.emr.errors import InvalidRequestError, ValidationError
from tests.cluster.emr.pages import page

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cluster.emr.clusters import Account
    from tests.cluster.emr.life import Life

    Members = dict[str, Any]


class Operations:
    """The operations on `account`, by their names."""

    def __init__(self, account: Account, life: Life) -> None:
        self._account = account
        self._life = life
        self._named: dict[str, Callable[[Members], Members]] = {
            "RunJobFlow": self.run_job_flow,
            "AddJobFlowSteps": self.add_job_flow_steps,
            "TerminateJobFlows": self.terminate_job_flows,
            "CancelSteps": self.cancel_steps,
            "ListSteps": self.list_steps,
            "DescribeStep": self.describe_step,
            "DescribeCluster": self.describe_cluster,
            "ListClusters": self.list_clusters,
            "AddTags": self.add_tags,
            "RemoveTags": self.remove_tags,
            "PutAutoTerminationPolicy": self.put_auto_termination_policy,
            "GetAutoTerminationPolicy": self.get_auto_termination_policy,
            "RemoveAutoTerminationPolicy": self.remove_auto_termination_policy,
            "ModifyCluster": self.modify_cluster,
            "SetTerminationProtection": self.set_termination_protection,
            "SetKeepJobFlowAliveWhenNoSteps": self.set_keep_alive,
            "SetVisibleToAllUsers": self.set_visible_to_all_users,
            "ListBootstrapActions": self.list_bootstrap_actions,
            "ListInstanceFleets": self.list_instance_fleets,
            "ListInstanceGroups": self.list_instance_groups,
            "ListInstances": self.list_instances,
        }

    def __contains__(self, name: str) -> bool:
        return name in self._named

    def __call__(self, name: str, members: Members) -> Members:
        """Do what the operation `name` does; EmrError."""
        with self._account.changed:
            return self._named[name](members)

    def run_job_flow(self, request: Members) -> Members:
        limits.check_cluster(request)
        given = request["Instances"]
        cluster = Cluster(
            self._account.new_id("j"),
            request,
            self._account.now(),
            tags={tag["Key"]: tag.get("Value", "") for tag in request.get("Tags", [])},
            policy=limits.policy(request["AutoTerminationPolicy"]) if "AutoTerminationPolicy" in request else {},
            keep_alive=given.get("KeepJobFlowAliveWhenNoSteps", False),
            protected=given.get("TerminationProtected", False),
            concurrency=request.get("StepConcurrencyLevel", 1),
        )
        self._account.clusters[cluster.id] = cluster
        self._account.add_steps(cluster, request.get("Steps", []), request.get("StepExecutionRoleArn"))
        self._life.start(cluster)
        return {"JobFlowId": cluster.id, "ClusterArn": cluster.arn}

    def add_job_flow_steps(self, request: Members) -> Members:
        cluster = self._account.job_flow(request["JobFlowId"])
        if not cluster.open:
            raise ValidationError("A job flow that is shutting down, terminated, or finished may not be modified.")
        limits.check_steps(request["Steps"])
        limits.check_added(cluster, request["Steps"])
        return {"StepIds": self._account.add_steps(cluster, request["Steps"], request.get("ExecutionRoleArn"))}

    def terminate_job_flows(self, request: Members) -> Members:
        if len(request["JobFlowIds"]) > limits.TERMINATED_AT_ONCE:
            raise ValidationError(f"The maximum number of clusters allowed is {limits.TERMINATED_AT_ONCE}.")
        clusters = [self._account.job_flow(name) for name in request["JobFlowIds"]]
        if any(cluster.protected and cluster.open for cluster in clusters):
            raise ValidationError("Could not shut down one or more job flows since they are termination protected.")
        for cluster in clusters:
            if cluster.open:
                cluster.closing = USER_REQUEST
                cluster.enter("TERMINATING", *USER_REQUEST)
        self._account.changed.notify_all()
        return {}

    def cancel_steps(self, request: Members) -> Members:
        cluster = self._account.cluster(request["ClusterId"])
        if not cluster.open:
            raise InvalidRequestError(f"Cluster {cluster.id} is not in a state that can cancel steps.")
        if len(request["StepIds"]) > limits.CANCELLED_AT_ONCE:
            raise InvalidRequestError(f"A maximum of {limits.CANCELLED_AT_ONCE} steps are allowed in each request.")
        answers = []
        for step in [self._account.step(cluster, name) for name in request["StepIds"]]:
            if step.state not in ACTIVE:
                reason = f"Step {step.id} cannot be cancelled: it is {step.state}."
                answers.append({"StepId": step.id, "Status": "FAILED", "Reason": reason})
                continue
            if step.state == "PENDING":
                step.state, step.message, step.ended = (
                    "CANCELLED",
                    "Step was cancelled by the user",
                    self._account.now(),
                )
            elif step.state == "RUNNING":
                self._life.cancel(step, request.get("StepCancellationOption", "SEND_INTERRUPT"))
            answers.append({"StepId": step.id, "Status": "SUBMITTED"})
        self._account.changed.notify_all()
        return {"CancelStepsInfoList": answers}

    def list_steps(self, request: Members) -> Members:
        cluster = self._account.cluster(request["ClusterId"])
        ids, states = request.get("StepIds", []), request.get("StepStates", [])
        if len(ids) > limits.STEP_IDS:
            raise InvalidRequestError(f"A maximum of {limits.STEP_IDS} step ids is allowed.")
        steps = [self._account.step(cluster, name) for name in ids] if ids else list(cluster.steps.values())[::-1]
        if ids or states:
            # the order is newest first only without these two
            steps = sorted((step for step in steps if not states or step.state in states), key=lambda step: step.id)
        shown, marker = page(steps, request.get("Marker"), lambda step: step.id)
        return {"Steps": [describe.step(step) for step in shown], **marker}

    def describe_step(self, request: Members) -> Members:
        cluster = self._account.cluster(request["ClusterId"])
        return {"Step": describe.step(self._account.step(cluster, request["StepId"]), "Step")}

    def describe_cluster(self, request: Members) -> Members:
        return {"Cluster": describe.cluster(self._account.cluster(request["ClusterId"]))}

    def list_clusters(self, request: Members) -> Members:
        states = request.get("ClusterStates", [])
        after, before = request.get("CreatedAfter"), request.get("CreatedBefore")
        clusters = [
            cluster
            for cluster in self._account.clusters.values()
            if (not states or cluster.state in states)
            and (after is None or cluster.created >= after)
            and (before is None or cluster.created <= before)
        ]
        # in no order that means anything
        shown, marker = page(
            sorted(clusters, key=lambda cluster: cluster.id), request.get("Marker"), lambda one: one.id
        )
        return {"Clusters": [describe.cluster_summary(cluster) for cluster in shown], **marker}

    def add_tags(self, request: Members) -> Members:
        cluster = self._account.cluster(request["ResourceId"])
        tags = {**cluster.tags, **{tag["Key"]: tag.get("Value", "") for tag in request["Tags"]}}
        limits.check_tags(tags)
        cluster.tags = tags
        return {}

    def remove_tags(self, request: Members) -> Members:
        cluster = self._account.cluster(request["ResourceId"])
        cluster.tags = {key: value for key, value in cluster.tags.items() if key not in request["TagKeys"]}
        return {}

    def put_auto_termination_policy(self, request: Members) -> Members:
        cluster = self._account.cluster(request["ClusterId"])
        cluster.policy = limits.policy(request.get("AutoTerminationPolicy", {}))
        return {}

    def get_auto_termination_policy(self, request: Members) -> Members:
        policy = self._account.cluster(request["ClusterId"]).policy
        return {"AutoTerminationPolicy": policy} if policy else {}

    def remove_auto_termination_policy(self, request: Members) -> Members:
        self._account.cluster(request["ClusterId"]).policy = {}
        return {}

    def modify_cluster(self, request: Members) -> Members:
        cluster = self._account.cluster(request["ClusterId"])
        level = request.get("StepConcurrencyLevel", cluster.concurrency)
        limits.check_concurrency(level, InvalidRequestError)
        if cluster.state not in OPEN:
            raise InvalidRequestError(f"Cluster {cluster.id} is {cluster.state} and cannot be modified.")
        cluster.concurrency = level
        self._account.changed.notify_all()
        return {"StepConcurrencyLevel": level}

    def set_termination_protection(self, request: Members) -> Members:
        for cluster in [self._account.job_flow(name) for name in request["JobFlowIds"]]:
            cluster.protected = request["TerminationProtected"]
        return {}

    def set_keep_alive(self, request: Members) -> Members:
        for cluster in [self._account.job_flow(name) for name in request["JobFlowIds"]]:
            cluster.keep_alive = request["KeepJobFlowAliveWhenNoSteps"]
        self._account.changed.notify_all()
        return {}

    def set_visible_to_all_users(self, request: Members) -> Members:
        """Nothing: the service takes it, and it has no effect any more."""
        for name in request["JobFlowIds"]:
            self._account.job_flow(name)
        return {}

    def list_bootstrap_actions(self, request: Members) -> Members:
        actions = self._account.cluster(request["ClusterId"]).request.get("BootstrapActions", [])
        shown, marker = page(actions, request.get("Marker"), lambda action: str(actions.index(action)))
        scripts = [(action["Name"], action["ScriptBootstrapAction"]) for action in shown]
        commands = [
            {"Name": name, "ScriptPath": script["Path"], "Args": script.get("Args", [])} for name, script in scripts
        ]
        return {"BootstrapActions": commands, **marker}

    def list_instance_groups(self, request: Members) -> Members:
        cluster = self._account.cluster(request["ClusterId"])
        if "InstanceFleets" in cluster.request["Instances"]:
            raise InvalidRequestError("Instance fleets and instance groups are mutually exclusive.")
        return {"InstanceGroups": instances.groups(cluster)}

    def list_instance_fleets(self, request: Members) -> Members:
        cluster = self._account.cluster(request["ClusterId"])
        if "InstanceFleets" not in cluster.request["Instances"]:
            raise InvalidRequestError("Instance fleets and instance groups are mutually exclusive.")
        return {"InstanceFleets": instances.fleets(cluster)}

    def list_instances(self, request: Members) -> Members:
        found = instances.machines(self._account.cluster(request["ClusterId"]), request)
        shown, marker = page(found, request.get("Marker"), lambda one: str(one["Id"]))
        return {"Instances": list(shown), **marker}
