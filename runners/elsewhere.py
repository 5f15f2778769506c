"""Settings by which Hadoop reads, sorts, spreads or writes records in another way, and which other runners do not obey.

They are told, one line for each, since the output is another than on Hadoop.
"""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

log = logging.getLogger("mrjob.gristmill")

#: Names of settings that change records on Hadoop; of those of Hadoop Streaming, all but what changes no byte.
_CHANGES = re.compile(
    r"^stream\.(?!tmpdir$|shipped\.|joindelay\.|jobconf\.truncate\.|stderr\.reporter\.|addenvironment$)"
    r"|comparator|partitioner|textoutputformat|^textinputformat\.|^mapreduce\.output\.fileoutputformat\.compress"
)


def warn_of_settings(names: Iterable[str], runner: str | None) -> None:
    """A line for each setting that only Hadoop obeys."""
    for name in sorted(set(names)):
        if _CHANGES.search(name):
            log.warning(
                "%s changes records on Hadoop; -r %s does not obey it; use -r hadoop, or leave it out", name, runner
            )
