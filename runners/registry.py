"""``-r alias`` -> runner class. A runner's module is imported when a driver asks for it, never in a task.

The modules are named from `gristmill.runners`, so no package or module `runners` of the user's is imported for ours.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import TYPE_CHECKING, Any

import gristmill.job.mrjob_compat  # noqa: F401 (before any mrjob module)
from gristmill.errors import RunError

if TYPE_CHECKING:
    from collections.abc import Iterator

#: The runners: alias -> module and class, in the order of help and errors.
OURS = {
    "local": ("gristmill.runners.local.runner", "LocalRunner"),
    "inline": ("gristmill.runners.local.inline", "InlineRunner"),
    "hadoop": ("gristmill.runners.hadoop.runner", "HadoopRunner"),
    "spark": ("gristmill.runners.spark.runner", "SparkRunner"),
    "emr": ("gristmill.runners.emr.runner", "EmrRunner"),
}
#: The aliases that -r takes.
NAMES = tuple(OURS)


def runner_class(alias: str) -> Any:
    """The runner class that ``-r alias`` names; RunError for one that is not ours, as mrjob's dataproc."""
    if alias not in OURS:
        raise RunError(f"-r {alias}: there is no such runner yet; there are {', '.join(NAMES)}")
    module, name = OURS[alias]
    with _without_pyspark():
        return getattr(import_module(module), name)


@contextmanager
def _without_pyspark() -> Iterator[None]:
    """A stand-in for pyspark, which mrjob imports only for its `__file__`: the import takes a quarter of a second."""
    spec = "pyspark" not in sys.modules and find_spec("pyspark")
    if not spec:
        yield
        return
    stand_in: Any = ModuleType("pyspark")
    stand_in.__file__ = spec.origin
    sys.modules["pyspark"] = stand_in
    try:
        yield
    finally:
        del sys.modules["pyspark"]
