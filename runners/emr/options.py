"""mrjob's options of EMR: each is obeyed (see gristmill.job.emr_help), has nothing left to do here, or is refused.

docs/emr.md has the same table, which a test compares.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from gristmill.errors import RunError
from gristmill.job.runner_options import obeys, typed

from . import numbers

if TYPE_CHECKING:
    from collections.abc import Mapping

log = logging.getLogger("mrjob.gristmill")

_NO_SSH = "logs are read from S3, and no tunnel is made; `aws emr ssh` makes one"
_NO_POOL = "clusters are not pooled; keep one by --max-mins-idle, and name it by --cluster-id"
_NO_SPARK = "-r emr runs no Spark; use -r spark with --spark-master yarn on the cluster"
_CHAIN = "credentials come from boto3's chain: set AWS_PROFILE, or have a role"
_DOCKER = "name the image to YARN: -D mapreduce.map.env=YARN_CONTAINER_RUNTIME_TYPE=docker,… and mapreduce.reduce.env"

#: Options that change nothing here, and why: they are left out with a line in the log.
NEEDLESS = {
    "add_steps_in_batch": "all steps go in one call where the cluster runs one at a time",
    "bootstrap_python": "nodes have Python 3.9, and tasks need no packages",
    "bootstrap_spark": _NO_SPARK,
    "check_cluster_every": "a step is looked at every 2 s for ten minutes, then up to every 20 s",
    "cloud_fs_sync_secs": "S3 has shown each write at once since 2020",
    "ec2_endpoint": "EC2 is not asked",
    "ec2_key_pair_file": _NO_SSH,
    "enable_emr_debugging": "EMR has it no more; logs are under --cloud-log-dir",
    "iam_endpoint": "IAM is not asked: roles are named, and none is made",
    "ssh_add_bin": _NO_SSH,
    "ssh_bin": _NO_SSH,
    "ssh_bind_ports": _NO_SSH,
    "ssh_tunnel": _NO_SSH,
    "ssh_tunnel_is_open": _NO_SSH,
    "spark_args": _NO_SPARK,
    "spark_submit_bin": _NO_SPARK,
}
#: Options that cannot be had, and what to write in their place: a run with one ends before anything is made.
REFUSED = {
    "aws_access_key_id": _CHAIN,
    "aws_secret_access_key": _CHAIN,
    "aws_session_token": _CHAIN,
    "bootstrap": "put the commands in a script on S3, and name that by --bootstrap-action s3://BUCKET/script.sh",
    "docker_client_config": _DOCKER,
    "docker_image": _DOCKER,
    "docker_mounts": _DOCKER,
    "hadoop_streaming_jar": "the release has its own; choose one by --release-label",
    "image_version": "AMIs 2 and 3 are gone; name a release by --release-label",
    "max_clusters_in_pool": _NO_POOL,
    "min_available_mb": _NO_POOL,
    "min_available_virtual_cores": _NO_POOL,
    "pool_clusters": _NO_POOL,
    "pool_jitter_seconds": _NO_POOL,
    "pool_name": _NO_POOL,
    "pool_timeout_minutes": _NO_POOL,
    "pool_wait_minutes": _NO_POOL,
}
#: Those that mrjob's EMR runner has and its base runner has not, by which ours does as it is told.
OBEYED = frozenset(
    {
        "additional_emr_info",
        "applications",
        "bootstrap_actions",
        "cloud_log_dir",
        "cloud_part_size_mb",
        "cloud_tmp_dir",
        "cluster_id",
        "core_instance_bid_price",
        "core_instance_type",
        "ebs_root_volume_gb",
        "ec2_key_pair",
        "emr_action_on_failure",
        "emr_configurations",
        "emr_endpoint",
        "extra_cluster_params",
        "hadoop_extra_args",
        "iam_instance_profile",
        "iam_service_role",
        "image_id",
        "instance_fleets",
        "instance_groups",
        "instance_type",
        "master_instance_bid_price",
        "master_instance_type",
        "max_concurrent_steps",
        "max_mins_idle",
        "num_core_instances",
        "num_task_instances",
        "python_bin",
        "region",
        "release_label",
        "s3_endpoint",
        "sh_bin",
        "subnet",
        "tags",
        "task_instance_bid_price",
        "task_instance_type",
        "task_python_bin",
        "zone",
    }
)


def check(opts: Mapping[str, Any]) -> None:
    """RunError for an option or a value that cannot be had; a line in the log for each that does nothing."""
    for name, instead in REFUSED.items():
        if opts.get(name):
            raise RunError(f"{typed(name)}: -r emr does not have it; {instead}")
    numbers.check(opts)
    if opts.get("no_wait") and opts.get("max_hours") is not None:
        raise RunError("--no-wait and --max-hours: nobody is there to end it after so long; leave one of them out")
    for name, why in NEEDLESS.items():
        if opts.get(name):
            log.warning("%s does nothing with -r emr: %s", typed(name), why)


def is_obeyed(name: str) -> bool:
    """Whether `-r emr` does what an option says, which help lists or settings alone have."""
    return name in OBEYED or obeys("emr", name)
