"""The Spark runner: the words that it starts Spark with, and where steps write."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable

import pytest

from gristmill.job.base import Job
from gristmill.runners.spark.java import java_home
from mrjob.step import INPUT, OUTPUT, MRStep, SparkScriptStep

if TYPE_CHECKING:
    from tests.conftest import RunJob


SETTLE = """
import sys
from gristmill.runners.spark.harness import settle

source, target, told = sys.argv[1:]
settle([], [f"file://{source}", f"file://{target}"], "", told)
"""


class Mixed(Job):
    """A step of lines, and a program of Spark's own."""

    def mapper(self, key: object, line: str) -> Any:
        yield key, line

    def steps(self) -> list[Any]:
        return [MRStep(mapper=self.mapper), SparkScriptStep(script="count.py", args=[INPUT, OUTPUT])]


def test_another_machines_spark_is_started_as_it_is_set_up_there(tmp_path: Path) -> None:
    """What is for this machine's own (its addresses, its folders) is told to a local master alone."""
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


@pytest.fixture
def give_name(tmp_path: Path, run_job: RunJob) -> Callable[[], str]:
    """Has the folder `staged` called `out`, as the last thing that a run does; what is told of it."""
    (tmp_path / "staged").mkdir()

    def settled() -> str:
        paths = [tmp_path / name for name in ("staged", "out", "told")]
        done = run_job("-c", SETTLE, *paths, env=java_home(tmp_path / "java"))
        assert done.returncode == 0, done.stderr.decode()
        return paths[-1].read_text()

    return settled


def test_a_folder_gets_its_name_when_it_is_whole(tmp_path: Path, give_name: Callable[[], str]) -> None:
    """Nothing failed, and nothing else is moved or removed."""
    assert json.loads(give_name()) == {"failed": None}
    assert (tmp_path / "out").is_dir()
    assert not (tmp_path / "staged").exists()


def test_a_folder_whose_name_is_taken_meanwhile_stays_where_it_is(tmp_path: Path, give_name: Callable[[], str]) -> None:
    """The error is told, and nothing removed."""
    (tmp_path / "out").mkdir()
    expected = f"output directory file://{tmp_path}/out already exists; name another, or remove it first"
    assert expected in give_name()
    assert (tmp_path / "staged").is_dir()
