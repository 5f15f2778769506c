"""Runners: where a job runs. One file each, each a small subclass of mrjob's runner of that name."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any

import gristmill.job.mrjob_compat  # noqa: F401 (before any mrjob module)

if TYPE_CHECKING:
    from collections.abc import Iterator

#: The runners that are ours, by the name that -r takes: module and class. The others are mrjob's own.
OURS = {
    "hadoop": ("gristmill.runners.hadoop.runner", "HadoopRunner"),
    "inline": ("gristmill.runners.local.inline", "InlineRunner"),
    "local": ("gristmill.runners.local.runner", "LocalRunner"),
    "spark": ("gristmill.runners.spark.runner", "SparkRunner"),
}


def runner_class(alias: str) -> Any:
    """The runner class that ``-r alias`` names."""
    with _pyspark_unread():
        if alias in OURS:
            module, name = OURS[alias]
            return getattr(import_module(module), name)
        from mrjob.runner import _runner_class

        return _runner_class(alias)


@contextmanager
def _pyspark_unread() -> Iterator[None]:
    """A stand-in for pyspark, which mrjob imports only to know where it lies: that takes a quarter of a second."""
    found = "pyspark" not in sys.modules and find_spec("pyspark")
    if not found:
        yield
        return
    stand_in: Any = ModuleType("pyspark")
    stand_in.__file__ = found.origin
    sys.modules["pyspark"] = stand_in
    try:
        yield
    finally:
        del sys.modules["pyspark"]
