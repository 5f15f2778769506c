"""A runner is found by its name."""

from __future__ import annotations

from runners import runner_class
from runners.hadoop import HadoopRunner
from runners.inline import InlineRunner
from runners.local import LocalRunner
from runners.spark import SparkRunner


def test_a_name_finds_our_runner_where_there_is_one() -> None:
    """Not mrjob's of that name."""
    assert runner_class("local") is LocalRunner
    assert runner_class("inline") is InlineRunner
    assert runner_class("spark") is SparkRunner
    assert runner_class("hadoop") is HadoopRunner


def test_another_name_finds_mrjobs() -> None:
    """As -r takes it."""
    assert runner_class("emr").__module__ == "mrjob.emr"
