"""A runner is found by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gristmill.errors import RunError
from gristmill.runners.emr.runner import EmrRunner
from gristmill.runners.hadoop.runner import HadoopRunner
from gristmill.runners.local.inline import InlineRunner
from gristmill.runners.local.runner import LocalRunner
from gristmill.runners.registry import NAMES, runner_class
from gristmill.runners.spark.runner import SparkRunner

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunJob


def test_a_name_finds_our_runner_where_there_is_one() -> None:
    """Not mrjob's of that name."""
    assert runner_class("local") is LocalRunner
    assert runner_class("inline") is InlineRunner
    assert runner_class("spark") is SparkRunner
    assert runner_class("hadoop") is HadoopRunner
    assert runner_class("emr") is EmrRunner


def test_the_names_come_in_the_order_of_help_and_errors() -> None:
    """This machine first."""
    assert NAMES == ("local", "inline", "hadoop", "spark", "emr")


def test_a_runner_of_mrjobs_that_is_not_ours_is_an_error() -> None:
    """It names those that there are."""
    with pytest.raises(RunError) as error:
        runner_class("dataproc")
    assert str(error.value) == "-r dataproc: there is no such runner yet; there are local, inline, hadoop, spark, emr"


def test_a_job_that_runs_elsewhere_does_not_import_pyspark(run_job: RunJob, tmp_path: Path) -> None:
    """It takes a quarter of a second, and mrjob does so only to know where it lies."""
    (tmp_path / "pyspark").mkdir()
    (tmp_path / "pyspark" / "__init__.py").write_text("raise RuntimeError('imported')")
    code = "import sys\nfrom gristmill.runners.registry import runner_class\nrunner_class('local')\n"
    where = "import mrjob.bin\nprint(mrjob.bin.pyspark.__file__, 'pyspark' in sys.modules)"
    ran = run_job("-c", code + where, cwd=tmp_path)
    assert ran.stdout.decode() == f"{tmp_path / 'pyspark' / '__init__.py'} False\n", ran.stderr


def test_a_pyspark_that_is_imported_stays(run_job: RunJob, tmp_path: Path) -> None:
    """A program that runs a job may use it."""
    (tmp_path / "pyspark.py").write_text("its_own = 1\n")
    code = (
        "import pyspark\nfrom gristmill.runners.registry import runner_class\nrunner_class('local')\nimport mrjob.bin\n"
    )
    ran = run_job("-c", code + "import pyspark\nprint(pyspark.its_own, mrjob.bin.pyspark.its_own)", cwd=tmp_path)
    assert ran.stdout == b"1 1\n", ran.stderr
