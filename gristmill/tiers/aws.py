"""What `-r emr` has of AWS, for the tiers: they import no runner, since the library imports none."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from gristmill.errors import RunError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

#: How an address on S3 begins.
S3 = "s3://"


def split_address(address: str) -> tuple[str, str]:
    """The bucket and the key, or the prefix, of an address on S3; the latter is "" for a whole bucket."""
    bucket, _, key = address[len(S3) :].partition("/")
    return bucket, key


def check_installed(what: str) -> None:
    """Raise RunError, which says what to install, where there is no boto3."""
    if find_spec("boto3") is None:
        raise RunError(f"{what} needs boto3, which is not installed: pip install 'gristmill[aws]'")


def s3_client() -> Any:
    """boto3's client of S3, by boto3's own chain of credentials and settings; RunError where there is none."""
    return import_module("gristmill.runners.emr.clients").s3_client({})


def s3_files() -> Any:
    """RemoteFiles of S3."""
    return import_module("gristmill.runners.emr.s3_files").S3Files(s3_client())


def emr_answers(opts: Mapping[str, Any]) -> str:
    """Where EMR answers us, by options of `-r emr`; RunError where it does not, or its `cluster_id` takes no steps."""
    made = import_module("gristmill.runners.emr.clients").clients(opts)
    if cluster := opts.get("cluster_id"):
        import_module("gristmill.runners.emr.api").EmrApi(made, "").usable_cluster(cluster)
        return f"{made.endpoint}, cluster {cluster}"
    with one_line():
        made.reads.list_clusters(ClusterStates=["RUNNING"])
    return str(made.endpoint)


def one_line() -> AbstractContextManager[None]:
    """What boto3 raises within is a RunError of one line."""
    made: AbstractContextManager[None] = import_module("gristmill.runners.emr.clients").one_line()
    return made


def may_pass(error: Exception) -> bool:
    """Whether an error says that AWS could not be asked just now."""
    return isinstance(error, import_module("gristmill.runners.emr.clients").NoAnswer)
