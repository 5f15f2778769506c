"""A step on Hadoop: its client runs to the end, and what it makes on the cluster stands in the ledger meanwhile."""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from .client_report import ClientReport
from .command import NoAnswer, run_command

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..progress import Percent
    from .ledger import CleanupLedger
    from .yarn import Yarn

log = logging.getLogger("mrjob.gristmill")


def run_step(
    command: Sequence[str], tag: str, ledger: CleanupLedger, yarn: Yarn, bar: Percent
) -> tuple[int, ClientReport]:
    """Run ``hadoop jar …``; exit status and report. If this process is stopped meanwhile, the job is killed.

    `tag` is the one that the command gives its job. NoAnswer where the cluster cannot be reached.
    """
    report = ClientReport()
    try:
        status = run_command(command, report, _Follower(report, ledger, bar).look)
    except NoAnswer:
        raise
    except BaseException:
        _kill(report, tag, ledger, yarn)
        raise
    finally:
        bar.close()
    ledger.strike(report.job, report.staging)
    return status, report


class _Follower:
    """Shows a job's progress, and once it is known its page; enters it in the ledger."""

    def __init__(self, report: ClientReport, ledger: CleanupLedger, bar: Percent) -> None:
        self._report, self._ledger, self._bar = report, ledger, bar
        self._is_entered = False

    def look(self, _: str) -> None:
        """Called behind each line of the client's log."""
        report = self._report
        if report.address and not self._is_entered:
            self._is_entered = True
            self._ledger.enter(report.staging, report.job)
            log.info("%s: %s", report.job, report.address)
        self._bar.show(report.map, report.reduce)


def _kill(report: ClientReport, tag: str, ledger: CleanupLedger, yarn: Yarn) -> None:
    """Kill the job of a client that was stopped; one that was just submitted is found by its tag."""
    with suppress(OSError):  # a full disk here keeps no job alive there
        ledger.enter(report.staging)
    for job in [report.job] if report.job else yarn.find(tag):
        log.info("Killing %s...", job)
        yarn.kill(job)
        ledger.strike(job)
