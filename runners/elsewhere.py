"""Settings by which Hadoop reads, sorts, spreads or writes records in another way, and which other runners do not obey.

They are told, one line for each, since the output is another than on Hadoop.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from .record_settings import unknown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

log = logging.getLogger("mrjob.gristmill")


def warn_of_settings(jobconfs: Iterable[Mapping[str, Any]], partitioner: str | None, runner: str | None) -> None:
    """A line for each setting that only Hadoop obeys."""
    given = [pair for jobconf in jobconfs for pair in jobconf.items()]
    if partitioner:
        given.append(("-partitioner", partitioner))
    for name in sorted(set(unknown(given))):
        log.warning(
            "%s changes records on Hadoop; -r %s does not obey it; use -r hadoop, or leave it out", name, runner
        )
