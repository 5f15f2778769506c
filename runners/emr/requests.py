"""Options and steps -> what RunJobFlow and AddJobFlowSteps are called with; no call is made here.

A request ID names all that one run makes, so that the same command run again finds it:

    cluster    gristmill LABEL ID        and the tag gristmill-request = ID
    step       LABEL ID 1/2
    files      CLOUD_TMP_DIR/gristmill.ID/
"""

from __future__ import annotations

import re
import shlex
import time
from secrets import token_hex
from typing import TYPE_CHECKING, Any

from gristmill.errors import RunError

from .instances import instances
from .limits import NAME_LETTERS, knows
from .numbers import number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ..streaming_step import StreamingStep

#: The release of a new cluster where none is named: Hadoop 3.4, Python 3.9, in support until 2028-04.
RELEASE = "emr-7.13.0"
#: The tag that has the ID of the run that made a cluster.
REQUEST_TAG = "gristmill-request"
#: By this tag AWS's managed policies (v2) know what EMR may make and end.
MANAGED_TAG = "for-use-with-amazon-emr-managed-policies"
#: Runs commands of a release on the master node, among them hadoop-streaming.
JAR = "command-runner.jar"
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def request_id(given: str | None) -> str:
    """The ID of a run: the one that is given, or a new one; RunError for one that names nothing everywhere."""
    if given is None:
        return f"{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}-{token_hex(4)}"
    if not _ID.fullmatch(given):
        raise RunError(f"--request-id {given!r}: give at most 64 letters, digits, dots, _ and -, a letter first")
    return given


def cluster_name(label: str, request: str) -> str:
    """The name of a run's own cluster."""
    return _name(f"gristmill {label}", request)


def step_name(label: str, request: str, number: int, of: int) -> str:
    """The name of a run's step, from 0 on."""
    return _name(label, f"{request} {number + 1}/{of}")


def _name(label: str, unique: str) -> str:
    """A name whose end is whole, however long the label is, of letters that EMR takes."""
    plain = re.sub(r"[^ -~]", "_", label)
    return f"{plain[: NAME_LETTERS - 1 - len(unique)]} {unique}"


def step_config(name: str, step: StreamingStep, action: str, log_uri: str | None = None) -> dict[str, Any]:
    """A step for EMR, with its logs under `log_uri` where that is given and the installed boto3 has it."""
    config = {
        "Name": name,
        "ActionOnFailure": action,
        "HadoopJarStep": {"Jar": JAR, "Args": ["hadoop-streaming", *step.command_line()]},
    }
    if log_uri and knows("StepConfig", "StepMonitoringConfiguration"):
        config["StepMonitoringConfiguration"] = {"S3MonitoringConfiguration": {"LogUri": log_uri}}
    return config


def add_steps(cluster: str, steps: Sequence[Mapping[str, Any]], role: str | None = None) -> dict[str, Any]:
    """The request that adds steps to a cluster, run as the IAM role `role` where one is named."""
    return {"JobFlowId": cluster, "Steps": list(steps), **({"ExecutionRoleArn": role} if role else {})}


def run_job_flow(
    opts: Mapping[str, Any], names: tuple[str, str], steps: Sequence[Mapping[str, Any]], log_uri: str
) -> dict[str, Any]:
    """The request that makes a cluster which runs `steps` and ends; `names` are the cluster's and the run's ID.

    With --max-mins-idle it stays that long for more. RunError where an option is missing or cannot be obeyed.
    """
    idle, tags = number(opts, "max_mins_idle"), {MANAGED_TAG: "true", **(opts.get("tags") or {})}
    request: dict[str, Any] = {
        "Name": names[0],
        "LogUri": log_uri,
        "ReleaseLabel": opts.get("release_label") or RELEASE,
        "Instances": instances(opts),
        "Steps": list(steps),
        "Applications": [{"Name": each} for each in dict.fromkeys(["Hadoop", *(opts.get("applications") or ())])],
        "JobFlowRole": _role(opts, "iam_instance_profile"),
        "ServiceRole": _role(opts, "iam_service_role"),
        "VisibleToAllUsers": True,
        "Tags": [{"Key": key, "Value": str(value)} for key, value in tags.items()],
        "BootstrapActions": [_action(text) for text in opts.get("bootstrap_actions") or ()],
        "Configurations": list(opts.get("emr_configurations") or ()),
        "AutoTerminationPolicy": None if idle is None else {"IdleTimeout": int(idle * 60)},
        "AdditionalInfo": opts.get("additional_emr_info"),
        "CustomAmiId": opts.get("image_id"),
        "EbsRootVolumeSize": number(opts, "ebs_root_volume_gb"),
        "StepConcurrencyLevel": number(opts, "max_concurrent_steps"),
        "StepExecutionRoleArn": opts.get("execution_role"),
    }
    request = {name: value for name, value in request.items() if value not in (None, "", [])}
    for option in ("extra_cluster_params", "emr_api_params"):
        request = merged(request, opts.get(option) or {})
    # by this one the cluster is found again, whatever else the tags are set to
    others = [tag for tag in request.get("Tags", ()) if tag.get("Key") != REQUEST_TAG]
    return {**request, "Tags": [*others, {"Key": REQUEST_TAG, "Value": names[1]}]}


def _role(opts: Mapping[str, Any], option: str) -> str:
    """The IAM role that an option names; RunError where it names none."""
    if not opts.get(option):
        raise RunError(
            f"-r emr makes no IAM roles: name yours by --{option.replace('_', '-')}, or {option} in mrjob.conf "
            "(`aws emr create-default-roles` makes EMR_EC2_DefaultRole and EMR_DefaultRole); or add the job to a "
            "cluster by --cluster-id"
        )
    return str(opts[option])


def _action(text: str) -> dict[str, Any]:
    """A bootstrap action: the URI of a script, and its arguments as a shell splits them."""
    try:
        path, *args = shlex.split(text) or [""]
    except ValueError as error:
        raise RunError(f"--bootstrap-action {text!r}: {error}; write it as a shell takes it") from None
    if not path.startswith(("s3://", "file:///")):
        raise RunError(
            f"--bootstrap-action {text!r}: nodes fetch it, so put the script on S3 and name it, s3://BUCKET/script.sh"
        )
    return {"Name": path.rpartition("/")[2] or path, "ScriptBootstrapAction": {"Path": path, "Args": args}}


def merged(request: Mapping[str, Any], params: Mapping[str, Any]) -> dict[str, Any]:
    """The request with `params` in it: mappings are merged, anything else is replaced, and None removes it.

    A name may be one within another: ``Instances.TerminationProtected``.
    """
    result = dict(request)
    for name, value in params.items():
        outer, _, inner = name.partition(".")
        below = result.get(outer)
        if inner:
            result[outer] = merged(below if isinstance(below, dict) else {}, {inner: value})
        elif value is None:
            result.pop(name, None)
        elif isinstance(value, dict) and isinstance(below, dict):
            result[name] = merged(below, value)
        else:
            result[name] = value
    return result
