"""Why a step failed, from what EMR says and keeps of it -> one line for a person."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from mrjob.step import StepFailedException

from ..hadoop import failure
from .logs import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gristmill.errors import RunError

    from .api import StepEnd
    from .logs import StepLogs

log = logging.getLogger("mrjob.gristmill")


def step_error(
    end: StepEnd, logs: StepLogs, table: dict[str, Any], steps: Sequence[dict[str, Any]], step_num: int
) -> RunError | StepFailedException:
    """The error of a step of a job that has not completed; what its task wrote goes to the log."""
    if end.state != "FAILED":
        reason = f"{end.step} is {end.state}{f': {end.reason}' if end.reason else ''}; see {logs.where()}"
        return StepFailedException(reason, step_num, len(steps))
    log.info("Looking for what made it fail, in %s, where EMR has it within minutes...", logs.where())
    report = logs.report(PATIENCE)
    if not report.number and end.applications:
        report.number = end.applications[0].partition("_")[2]
    if not report.reason and not report.application:
        reason = f"{end.reason or 'EMR does not say why'}; see {logs.where()}"
        return StepFailedException(reason, step_num, len(steps))
    return failure.step_error((1, report), logs, table, steps, step_num)
