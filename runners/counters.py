"""The counters of a step, as the log of a run shows them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from mrjob.logs.counters import _format_counters

if TYPE_CHECKING:
    from gristmill.task.counters import Counters

log = logging.getLogger("mrjob.gristmill")


def log_counters(counters: Counters) -> None:
    """Log the counters of a step, if it has any."""
    if counters:
        log.info("\n%s\n", _format_counters(counters))
