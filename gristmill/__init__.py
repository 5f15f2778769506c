"""Gristmill: MapReduce jobs in Python, as mrjob has them, that run unchanged on one machine, on Hadoop and on Spark.

from gristmill import Job
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gristmill.job.base import Job

__all__ = ["Job", "__version__"]

__version__ = "0.2.0"


def __getattr__(name: str) -> Any:
    # only a job needs mrjob: what scores a text or builds this package does not
    if name == "Job":
        before = sys.excepthook
        import gristmill.interrupts  # noqa: F401 (before anything else)
        from gristmill.job.base import Job

        # a program that is not ours may want to see what was interrupted later
        sys.excepthook = before
        return Job
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
