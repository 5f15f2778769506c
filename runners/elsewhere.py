"""Settings by which Hadoop reads, sorts, spreads or writes records in another way, and which other runners do not obey.

They are told, one line for each, since the output is another than on Hadoop.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from .record_settings import unknown

if TYPE_CHECKING:
    from collections.abc import Iterable

log = logging.getLogger("mrjob.gristmill")


def warn_of_settings(given: Iterable[tuple[str, Any]], runner: str | None) -> None:
    """A line for each setting that only Hadoop obeys, of names and values that are given."""
    for name in sorted(set(unknown(given))):
        log.warning(
            "%s changes records on Hadoop; -r %s does not obey it; use -r hadoop, or leave it out", name, runner
        )
