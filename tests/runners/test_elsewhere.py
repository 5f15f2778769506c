"""A setting that only Hadoop obeys is told where it is not."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import pytest

from tests.runners.helpers import Words

if TYPE_CHECKING:
    from tests.runners.conftest import RunHere


@pytest.mark.parametrize("runner", ["local", "inline"])
@pytest.mark.parametrize(
    "setting",
    [
        "stream.io.identifier.resolver.class",
        "stream.map.input.ignoreKey",
        "mapreduce.job.output.group.comparator.class",
        "mapreduce.totalorderpartitioner.path",
    ],
)
def test_a_setting_that_changes_records_on_hadoop_alone_is_one_line(
    run_here: RunHere, caplog: pytest.LogCaptureFixture, runner: str, setting: str
) -> None:
    """It names the setting and the runner; the job runs."""
    with caplog.at_level(logging.WARNING, "mrjob.gristmill"):
        assert run_here(Words, "-r", runner, "-D", f"{setting}=2", stdin=b"rye\n").output == b'"rye"\t1\n'
    told = [record.getMessage() for record in caplog.records if record.name == "mrjob.gristmill"]
    assert told == [
        f"{setting} changes records on Hadoop; -r {runner} does not obey it; use -r hadoop, or leave it out"
    ]


@pytest.mark.parametrize(
    "setting",
    [
        "mapreduce.job.output.key.comparator.class=org.example.Comparator",
        "mapreduce.job.partitioner.class=org.example.Partitioner",
        "stream.reduce.output=typedbytes",
    ],
)
def test_a_class_that_only_hadoop_has_is_one_line(
    run_here: RunHere, caplog: pytest.LogCaptureFixture, setting: str
) -> None:
    """It names setting and class."""
    with caplog.at_level(logging.WARNING, "mrjob.gristmill"):
        assert run_here(Words, "-D", setting, stdin=b"rye\n").output == b'"rye"\t1\n'
    told = [record.getMessage() for record in caplog.records if record.name == "mrjob.gristmill"]
    assert told == [f"{setting} changes records on Hadoop; -r local does not obey it; use -r hadoop, or leave it out"]


def test_settings_that_change_no_byte_are_not_told(run_here: RunHere, caplog: pytest.LogCaptureFixture) -> None:
    """A folder, a limit of names of variables, numbers of tasks."""
    for name in (
        "stream.tmpdir",
        "stream.jobconf.truncate.limit",
        "stream.non.zero.exit.is.failure",
        "mapreduce.job.maps",
    ):
        run_here(Words, "-D", f"{name}=2", stdin=b"rye\n")
    assert [record for record in caplog.records if record.name == "mrjob.gristmill"] == []
