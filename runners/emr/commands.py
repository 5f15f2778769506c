"""``gristmill emr``: what is asked of EMR besides running a job.

gristmill emr list j-CLUSTER                its steps, newest first: id, state, name
gristmill emr attach j-CLUSTER/s-STEP       follow a step to its end; exits with 1 where it does not complete
gristmill emr cancel j-CLUSTER/s-STEP
gristmill emr logs j-CLUSTER/s-STEP         print its logs, as far as S3 has them
"""

from __future__ import annotations

import argparse
import logging
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

from gristmill import plain
from gristmill.errors import RunError
from gristmill.job.driver import log_to
from gristmill.job.options import usage_error

from .api import EmrApi, StepEnd
from .clients import clients
from .failure import step_error
from .logs import StepLogs
from .s3_files import S3Files
from .submitting import Clock

if TYPE_CHECKING:
    from collections.abc import Iterable

log = logging.getLogger("mrjob.gristmill")

ABOUT = {
    "attach": "follow a step to its end, and say why it failed",
    "cancel": "cancel a step that waits or runs",
    "list": "list the steps of a cluster, newest first",
    "logs": "print the logs of a step",
}
_STEP = "CLUSTER/STEP, as j-1ABCD/s-2EFGH: --no-wait prints it"


def parser() -> argparse.ArgumentParser:
    """The command line of ``gristmill emr``."""
    parsed = argparse.ArgumentParser(prog="gristmill emr", description="Steps of Amazon EMR.", allow_abbrev=False)
    commands = parsed.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, about in ABOUT.items():
        command = commands.add_parser(name, help=about, description=about, allow_abbrev=False)
        if name == "list":
            command.add_argument("step", metavar="CLUSTER", help="the id of a cluster, as j-1ABCD")
        else:
            command.add_argument("step", metavar="STEP", help=_STEP)
        command.add_argument("--region", help="the region of AWS (default: boto3's)")
        command.add_argument("--emr-endpoint", metavar="URL", help="where EMR's API is (default: the region's)")
        command.add_argument("--s3-endpoint", metavar="URL", help="where S3 is (default: the region's)")
        command.error = partial(usage_error, command)  # type: ignore[method-assign]
    parsed.error = partial(usage_error, parsed)  # type: ignore[method-assign]
    return parsed


def main(clock: Clock | None = None) -> None:
    """Run the command that the command line names; SystemExit where it fails."""
    options = parser().parse_args()
    log_to(None, logging.INFO)
    cluster, _, step = options.step.partition("/")
    if options.command != "list" and not step:
        raise RunError(f"{options.step!r} is no step; give {_STEP}")
    clock = clock or Clock()
    made = clients(vars(options))
    api = EmrApi(made, "", clock)
    if options.command == "list":
        _print(f"{each['Id']}  {each['Status']['State']:14}  {each['Name']}" for each in api.steps(cluster))
    elif options.command == "cancel":
        api.cancel(cluster, [step])
    else:
        _with_logs(options.command, api, S3Files(made.s3), (cluster, step), clock)


def _with_logs(command: str, api: EmrApi, files: S3Files, which: tuple[str, str], clock: Clock) -> None:
    """Follow a step, or print its logs."""
    end = _followed(api, which) if command == "attach" else api.look(*which)
    places = (end.log_uri, str(api.cluster(end.cluster).get("LogUri") or ""))
    logs = StepLogs(files, places, end, clock)
    if command == "logs":
        uris = logs.step_files()
        if not uris:
            log.warning("there are none yet in %s", logs.where())
        _print(f"==> {uri} <==\n{logs.text(uri)}" for uri in uris)
    elif end.state != "COMPLETED":
        # what the input is called is known to the run alone
        table: dict[str, Any] = {"folder": "/", "files": [], "paths": [], "several": False}
        error = step_error(end, logs, table, [{}], 0)
        raise RunError(getattr(error, "reason", None) or str(error))


def _followed(api: EmrApi, which: tuple[str, str]) -> StepEnd:
    """The end of a step."""
    *_, end = map(_log_state, api.follow(*which))
    return end


def _log_state(seen: StepEnd) -> StepEnd:
    """The same, once its state is in the log."""
    log.info("%s is %s", seen.step, seen.state)
    return seen


def _print(texts: Iterable[str]) -> None:
    """Print texts that others wrote: a terminal obeys none of what they hold."""
    for text in texts:
        sys.stdout.write("".join(f"{plain.line(line)}\n" for line in text.splitlines()))
