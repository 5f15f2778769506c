"""Runners: where a job runs. One file each, each a small subclass of mrjob's runner of that name."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import jobs.compat  # noqa: F401 (before any mrjob module)

#: The runners that are ours, by the name that -r takes: module and class. The others are mrjob's own.
OURS = {
    "hadoop": ("runners.hadoop", "HadoopRunner"),
    "inline": ("runners.inline", "InlineRunner"),
    "local": ("runners.local", "LocalRunner"),
    "spark": ("runners.spark", "SparkRunner"),
}


def runner_class(alias: str) -> Any:
    """The runner class that ``-r alias`` names."""
    if alias in OURS:
        module, name = OURS[alias]
        return getattr(import_module(module), name)
    from mrjob.runner import _runner_class

    return _runner_class(alias)
