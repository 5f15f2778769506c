"""Options of `-r emr` that are numbers: mrjob.conf may have anything in their place."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from gristmill.errors import RunError
from gristmill.job.runner_options import typed

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Options that are numbers -> what they are, for a person.
NUMBERS = {
    "answer_seconds": "a number above 0",
    "cloud_part_size_mb": "a number, 0 or more",
    "ebs_root_volume_gb": "a whole number above 0",
    "max_concurrent_steps": "a whole number above 0",
    "max_hours": "a number above 0",
    "max_mins_idle": "a number, 0 or more",
    "num_core_instances": "a whole number, 0 or more",
    "num_task_instances": "a whole number, 0 or more",
}


def number(opts: Mapping[str, Any], name: str) -> Any:
    """The number that an option has, an int where it is a whole one; None where it has none.

    RunError for anything else, with the option and its value.
    """
    value, rule = opts.get(name), NUMBERS[name]
    if value is None:
        return None
    try:
        # true and false are numbers to Python alone
        found = math.nan if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        found = math.nan
    is_too_small = found <= 0 if rule.endswith("above 0") else found < 0
    if not math.isfinite(found) or is_too_small or ("whole" in rule and found != int(found)):
        raise RunError(f"{typed(name)}: {value!r} cannot be; give {rule}, or leave it out")
    return int(found) if "whole" in rule else found


def check(opts: Mapping[str, Any]) -> None:
    """RunError for the first option that is to be a number, and is none."""
    for name in NUMBERS:
        number(opts, name)
