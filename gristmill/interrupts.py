"""Imported first by programs: Ctrl-C while they import the rest ends them without a traceback.

Later `gristmill.job.process` sees to it. A hook that somebody has set before, and a person's session, stay as they are.
"""

from __future__ import annotations

import sys
from typing import Any


def show(kind: Any, error: BaseException, trace: Any) -> None:
    """Show an error that ends this process, unless it is KeyboardInterrupt."""
    if not issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)


if sys.excepthook is sys.__excepthook__ and not hasattr(sys, "ps1"):
    sys.excepthook = show
