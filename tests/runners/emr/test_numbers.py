"""Options that are numbers."""

from __future__ import annotations

from typing import Any

import pytest

import gristmill.job.mrjob_compat  # noqa: F401 (before any mrjob module)
from gristmill.errors import RunError
from gristmill.runners.emr import options
from gristmill.runners.emr.numbers import number


def test_a_number_may_be_written_as_text() -> None:
    """mrjob.conf may have it in quotes; none is None."""
    opts = {"max_hours": "1.5", "num_core_instances": "2", "max_mins_idle": 0}
    assert [number(opts, name) for name in opts] == [1.5, 2, 0]
    assert type(number(opts, "num_core_instances")) is int
    assert number({}, "max_hours") is None


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("answer_seconds", "fast", "answer_seconds: 'fast' cannot be; give a number above 0, or leave it out"),
        ("num_core_instances", "two", "--num-core-instances: 'two' cannot be; give a whole number, 0 or more, or"),
        ("num_core_instances", 1.5, "--num-core-instances: 1.5 cannot be; give a whole number, 0 or more"),
        ("num_task_instances", -1, "--num-task-instances: -1 cannot be; give a whole number, 0 or more"),
        ("max_mins_idle", "long", "--max-mins-idle: 'long' cannot be; give a number, 0 or more"),
        ("max_concurrent_steps", [2], "--max-concurrent-steps: [2] cannot be; give a whole number above 0"),
        ("max_concurrent_steps", 0, "--max-concurrent-steps: 0 cannot be; give a whole number above 0"),
        ("max_hours", "two", "--max-hours: 'two' cannot be; give a number above 0"),
        ("max_hours", float("nan"), "--max-hours: nan cannot be; give a number above 0"),
        ("max_hours", float("inf"), "--max-hours: inf cannot be; give a number above 0"),
        ("max_hours", 0, "--max-hours: 0 cannot be; give a number above 0"),
        ("max_hours", True, "--max-hours: True cannot be; give a number above 0"),
        ("cloud_part_size_mb", "large", "--cloud-part-size-mb: 'large' cannot be; give a number, 0 or more"),
        ("ebs_root_volume_gb", "x", "--ebs-root-volume-gb: 'x' cannot be; give a whole number above 0"),
    ],
)
def test_what_is_no_number_is_one_line(name: str, value: Any, line: str) -> None:
    """With the option and its value, before anything is made."""
    with pytest.raises(RunError) as error:
        options.check({name: value})
    assert str(error.value).startswith(line)
