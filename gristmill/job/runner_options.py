"""Which of mrjob's options a runner obeys: those that help lists for it. Any other that is given is told of."""

from __future__ import annotations

from typing import Any

import gristmill.job.added_options  # noqa: F401 (before mrjob's options are read)
from gristmill.job.help import JOBCONF, OF_RUNNERS
from mrjob import options
from mrjob.runner import MRJobRunner

#: What mrjob knows of each option, by its name.
ALL: dict[str, Any] = options._RUNNER_OPTS
#: Of those that only some runners of mrjob's have, our runner for EMR tells itself.
_OF_ALL = MRJobRunner.OPT_NAMES
#: Of these mrjob's own runner on one machine says so itself.
_TOLD = {"inline": ("libjars", "py_files", "setup"), "local": ("libjars",)}


def typed(name: str) -> str:
    """An option as it is typed: ``--sort-bin`` for ``sort_bin``; of one for settings alone its name."""
    switches = ALL[name].get("switches") or [([name], {})]
    flag: str = switches[0][0][0]
    return flag


def obeys(runner: str, name: str) -> bool:
    """Whether -r RUNNER does what the option of this name says."""
    listed = {option.flag for option in (*OF_RUNNERS, JOBCONF) if runner in option.runners.split()}
    return any(flag in listed for flags, _ in ALL[name].get("switches") or () for flag in flags)


def left_out(runner: Any) -> list[str]:
    """The options that a user or a job gave and the runner does not obey, as they are typed.

    Of options that mrjob has for other runners alone it says so itself.
    """
    defaults = runner._default_opts()
    # steps of Spark's own run by spark-submit, on any runner that takes them
    has_spark = any(step["type"].startswith("spark") for step in runner._get_steps())
    told = _TOLD.get(runner.alias, ())
    return [
        typed(name)
        for name in sorted(runner.OPT_NAMES)
        if _is_given(runner._opts.get(name), defaults.get(name))
        and not obeys(runner.alias, name)
        and name not in told
        and not (runner.alias == "emr" and name not in _OF_ALL)
        and not (has_spark and name.startswith("spark_"))
    ]


def _is_given(value: Any, default: Any) -> bool:
    """Whether an option has a value that its runner does not start with; False is one, an empty list is none."""
    return value is not None and value != default and not (value in ([], {}) and default is None)
