"""Where requests run, ``runner`` of the section `tiers`: what their jobs' command lines say of it.

    local           on the consumer's machine
    hadoop, spark   on a cluster; what the job prints is kept on the consumer's machine
    emr             as a step of Amazon EMR, named by the request's id, whose output stays on S3

How a cluster is reached stands in the section of that runner, as for any job.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.storage import default_storage

import gristmill.job.mrjob_compat  # noqa: F401 (before any mrjob module)
from gristmill.errors import RunError
from gristmill.job.settings import settings as settings_files
from gristmill.tiers.aws import S3, check_installed, emr_answers
from gristmill.typed import nearest
from mrjob.conf import load_opts_from_mrjob_confs

if TYPE_CHECKING:
    from collections.abc import Iterable

LOCAL, EMR = "local", "emr"
RUNNERS = (LOCAL, "hadoop", "spark", EMR)
#: Names that are the same on S3, on Hadoop and in a command line.
_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def checked_runner(name: str) -> str:
    """A value of ``runner``; RunError for one that is none."""
    if name not in RUNNERS:
        raise RunError(f"there is no runner {name!r}{nearest(str(name), RUNNERS)}; there are {', '.join(RUNNERS)}")
    if name == EMR:
        check_installed("runner emr")
    return name


def conf_files() -> list[str]:
    """The settings files that a run has, by paths that hold anywhere on this machine; none where there are none."""
    return [str(Path(path).expanduser().absolute()) for path in settings_files(None)[:1]]


def words(request_id: str) -> tuple[list[str], str]:
    """Words for a job's command line, and where its output will be: an address on S3, or "" for the run's folder."""
    files, runner = conf_files(), settings.RUNNER
    conf = ["-c", *files] if files else ["--no-conf"]
    if runner == LOCAL:
        return [*conf, "-r", runner, "--output-dir", "../output"], ""
    if runner != EMR:
        return [*conf, "-r", runner], ""
    result = f"{_base()}/results/{request_id}"
    return [*conf, "-r", runner, "--request-id", request_id, "--output-dir", result], result


def read_on_s3(request_id: str, names: Iterable[str]) -> str:
    """The folder on S3 below which a job on EMR finds files of these names; "" where they are brought here first.

    Of a name that means something else to Hadoop the runner makes another.
    """
    location = str(default_storage.location)
    if settings.RUNNER == EMR and location.startswith(S3) and all(map(_PLAIN.fullmatch, names)):
        return f"{location}/runs/{request_id}"
    return ""


def keeps_apart() -> bool:
    """Whether what one person's programs may do is kept from others: a cluster of its own for each request."""
    return settings.RUNNER == EMR and not emr_option("cluster_id")


def emr_option(name: str) -> Any:
    """An option of `-r emr` in the settings files; None where none of them has it."""
    return _emr_options().get(name)


def trial() -> str:
    """What there is to say of the place where jobs run, once it answers; RunError where it does not."""
    if settings.RUNNER != EMR:
        return f"-r {settings.RUNNER}"
    return f"-r {EMR}, by {emr_answers(_emr_options())}; results go to {_base()}/results"


def _emr_options() -> dict[str, Any]:
    found = [opts for _, opts in load_opts_from_mrjob_confs(EMR, conf_files())]
    # of an option that is set and unset again the value counts, as it is the safe side where people are kept apart
    return {name: value for opts in found for name, value in opts.items() if value}


def _base() -> str:
    """The address on S3 below which results lie."""
    location = str(default_storage.location)
    if location.startswith(S3):
        return location
    if tmp_dir := emr_option("cloud_tmp_dir"):
        return str(tmp_dir).rstrip("/")
    raise RunError("runner emr needs a place on S3: set storage of the section tiers, or cloud_tmp_dir of runners: emr")
