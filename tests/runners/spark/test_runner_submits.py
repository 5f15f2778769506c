"""The Spark runner: the words that it starts Spark with, and where steps write."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest

from gristmill.errors import RunError
from gristmill.job.base import Job
from tests.runners.helpers import room_for
from mrjob.step import INPUT, OUTPUT, MRStep, SparkScriptStep


class Mixed(Job):
    """A step of lines, and a program of Spark's own."""

    def mapper(self, key: object, line: str) -> Any:
        yield key, line

    def steps(self) -> list[Any]:
        return [MRStep(mapper=self.mapper), SparkScriptStep(script="count.py", args=[INPUT, OUTPUT])]


class Lines(Job):
    """One step of lines."""

    def mapper(self, key: object, line: str) -> Any:
        yield key, line


def test_another_machines_spark_is_started_as_it_is_set_up_there(tmp_path: Path) -> None:
    """What is for this machine's own (its addresses, its folders) goes to a local master alone."""
    names = {}
    for master in ("local[1]", "spark://elsewhere:7077"):
        args = ["-r", "spark", "--no-conf", "--local-tmp-dir", str(tmp_path), "--spark-master", master]
        if master[:5] == "spark":
            args += ["--spark-tmp-dir", "hdfs:///tmp/mill"]
        with Mixed(args).make_runner() as runner:
            words = runner._spark_submit_args(0)
            names[master] = {word.partition("=")[0] for word in words if word.startswith("spark.")}
    assert "spark.driver.bindAddress" in names["local[1]"]
    assert names["spark://elsewhere:7077"].isdisjoint({"spark.driver.bindAddress", "spark.local.dir"})


def test_a_program_of_sparks_own_is_run_as_it_lies_there(tmp_path: Path) -> None:
    """And the step before it writes where that program looks."""
    with Mixed(["-r", "spark", "--no-conf", "--local-tmp-dir", str(tmp_path)]).make_runner() as runner:
        assert Path(runner._spark_script_path(1)).name == "count.py"
        between = runner._step_output_uri(0)
        assert between == runner._step_input_uris(1)[0]
        assert between.endswith("0000")


def test_what_removes_a_runs_folder_counts_no_step(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may come before a step has run, or after: skipped files are counted once."""
    monkeypatch.setattr("gristmill.runners.spark.runner.submit", lambda *_: (0, []))
    with Mixed(["-r", "spark", "--no-conf", "--local-tmp-dir", str(tmp_path)]).make_runner() as runner:
        runner._skipped = {"input": {"unreadable file": 1}}
        runner._settle_far()
        assert runner.counters() == []
        runner._count(0, 0, [])
        runner._settle_far()
        assert runner.counters() == [{"input": {"unreadable file": 1}}]


def test_a_disk_too_full_for_standard_input_ends_the_run_in_one_line(tmp_path: Path) -> None:
    """Before Spark starts."""
    job: Any = Lines(["-r", "spark", "--no-conf", "--local-tmp-dir", str(tmp_path), "-"])
    job.sandbox(stdin=BytesIO(b"0123456789ABCDE\n" * 3132))
    with job.make_runner() as runner, room_for(50_000), pytest.raises(RunError, match=r"^File too large"):
        runner.run()
