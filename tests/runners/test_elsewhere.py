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
    "name",
    [
        "stream.num.map.output.key.fields",
        "stream.map.output.field.separator",
        "stream.non.zero.exit.is.failure",
        "mapreduce.job.output.key.comparator.class",
        "mapreduce.partition.keycomparator.options",
        "mapreduce.partition.keypartitioner.options",
        "mapreduce.output.textoutputformat.separator",
        "textinputformat.record.delimiter",
        "mapreduce.output.fileoutputformat.compress",
    ],
)
def test_a_setting_that_changes_records_on_hadoop_alone_is_one_line(
    run_here: RunHere, caplog: pytest.LogCaptureFixture, runner: str, name: str
) -> None:
    """It names the setting and the runner; the job runs."""
    with caplog.at_level(logging.WARNING, "mrjob.gristmill"):
        assert run_here(Words, "-r", runner, "-D", f"{name}=2", stdin=b"rye\n").output == b'"rye"\t1\n'
    told = [record.getMessage() for record in caplog.records if record.name == "mrjob.gristmill"]
    assert told == [f"{name} changes records on Hadoop; -r {runner} does not obey it; use -r hadoop, or leave it out"]


def test_settings_that_change_no_byte_are_not_told(run_here: RunHere, caplog: pytest.LogCaptureFixture) -> None:
    """A folder, a limit of names of variables, numbers of tasks."""
    for name in ("stream.tmpdir", "stream.jobconf.truncate.limit", "mapreduce.job.maps"):
        run_here(Words, "-D", f"{name}=2", stdin=b"rye\n")
    assert [record for record in caplog.records if record.name == "mrjob.gristmill"] == []
