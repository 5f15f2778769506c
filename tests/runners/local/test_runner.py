"""The local runner: tasks as the settings say, and the same output."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gristmill.errors import RunError
from gristmill.job.base import Job
from tests.runners.helpers import COUNTED, TEXT, Combined, Words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.runners.conftest import RunHere

    Pairs = Iterator[tuple[Any, Any]]


@pytest.mark.parametrize("reduces", [1, 2, 5])
@pytest.mark.parametrize("maps", [1, 2, 7])
@pytest.mark.parametrize("job", [Words, Combined])
def test_the_output_does_not_depend_on_the_numbers_of_tasks(
    run_here: RunHere, job: type[Job], maps: int, reduces: int
) -> None:
    """Jobconf sets them, and they are what runs; the output is in order of keys."""
    ran = run_here(job, "-D", f"mapreduce.job.maps={maps}", "-D", f"mapreduce.job.reduces={reduces}", stdin=TEXT)
    assert ran.output == COUNTED
    assert ran.counters[0]["tasks"]["map"] == maps
    assert ran.counters[0]["tasks"]["reduce"] == reduces


def test_old_names_of_settings_are_known(run_here: RunHere) -> None:
    """As Hadoop 1 called them."""
    ran = run_here(Words, "-D", "mapred.map.tasks=2", "-D", "mapred.reduce.tasks=3", stdin=TEXT)
    assert ran.counters == [{"tasks": {"map": 2, "reduce": 3}}]


def test_a_job_may_bring_settings_of_its_own(run_here: RunHere) -> None:
    """JOBCONF; the command line has the last word."""

    class Set(Words):
        JOBCONF: Any = {"mapreduce.job.maps": 3, "mapreduce.job.reduces": 2}  # noqa: RUF012 (mrjob's own way)

    assert run_here(Set, stdin=TEXT).counters == [{"tasks": {"map": 3, "reduce": 2}}]
    ran = run_here(Set, "-D", "mapreduce.job.reduces=1", stdin=TEXT)
    assert ran.counters == [{"tasks": {"map": 3, "reduce": 1}}]


def test_without_settings_there_is_a_task_for_each_core(run_here: RunHere, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many cores as --num-cores says, or as this process may use, or as there are."""
    ran = run_here(Words, "--num-cores", "3", stdin=TEXT)
    assert ran.counters == [{"tasks": {"map": 3, "reduce": 3}}]
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 5, 7, 9}, raising=False)
    assert run_here(Words, stdin=TEXT).counters == [{"tasks": {"map": 4, "reduce": 4}}]
    monkeypatch.delattr("os.sched_getaffinity")
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    assert run_here(Words, stdin=TEXT).counters == [{"tasks": {"map": 2, "reduce": 2}}]
    monkeypatch.setattr("os.cpu_count", lambda: None)
    assert run_here(Words, stdin=TEXT).counters == [{"tasks": {"map": 1, "reduce": 1}}]


@pytest.mark.parametrize("cores", ["0", "-1"])
def test_a_number_of_cores_below_one_is_an_error(run_here: RunHere, cores: str) -> None:
    """No task would ever start."""
    with pytest.raises(RunError) as error:
        run_here(Words, "--num-cores", cores, stdin=TEXT)
    assert str(error.value) == f"--num-cores is {cores}; give it 1 or more, or leave it out for all cores"


@pytest.mark.parametrize("value", ["many", "-1", "1.5", ""])
@pytest.mark.parametrize("name", ["mapreduce.job.maps", "mapreduce.job.reduces", "mapreduce.task.io.sort.mb"])
def test_a_setting_that_is_no_whole_number_is_an_error(run_here: RunHere, name: str, value: str) -> None:
    """In one line, before anything runs."""
    with pytest.raises(RunError) as error:
        run_here(Words, "-D", f"{name}={value}", stdin=TEXT)
    assert str(error.value) == f"{name} is {value!r}; give it a whole number, 0 or more"


def test_a_split_is_at_least_as_large_as_the_setting_says(run_here: RunHere) -> None:
    """Hadoop's split.minsize."""
    minimum = "mapreduce.input.fileinputformat.split.minsize=60"
    ran = run_here(Words, "-D", "mapreduce.job.maps=9", "-D", minimum, stdin=TEXT)
    assert (ran.output, ran.counters[0]["tasks"]["map"]) == (COUNTED, 3)


def test_a_key_goes_to_the_part_that_hadoop_sends_it_to(run_here: RunHere, tmp_path: Path) -> None:
    """By the hash of its bytes, here with the quotes of JSON; a part that gets none is empty."""
    ran = run_here(Words, "-D", "mapreduce.job.reduces=5", "--output-dir", tmp_path / "out", stdin=TEXT)
    parts = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert parts == {
        "_SUCCESS": b"",
        "part-00000": b'"the"\t7\n',
        "part-00001": b"",
        "part-00002": b'"river"\t7\n',
        "part-00003": b'"by"\t8\n',
        "part-00004": b'"mill"\t6\n',
    }
    assert ran.output == COUNTED


def test_a_combiner_runs_for_each_spill(run_here: RunHere, tmp_path: Path) -> None:
    """A sort buffer of 1 MB is too small for the 3 MB of each map; the default takes them all."""
    (tmp_path / "words.txt").write_bytes(b"".join(b"%0100d\n" % (number % 500) for number in range(60_000)))
    small = ["-D", "mapreduce.task.io.sort.mb=1", "-D", "mapreduce.job.maps=2"]
    ran = run_here(Combined, *small, tmp_path / "words.txt")
    assert ran.lines[:2] == [b'"%0100d"\t120\n' % 0, b'"%0100d"\t120\n' % 1]
    assert len(ran.lines) == 500
    assert ran.counters[0]["tasks"]["combine"] == 8
    ran = run_here(Combined, "-D", "mapreduce.job.maps=2", tmp_path / "words.txt")
    assert len(ran.lines) == 500
    assert ran.counters[0]["tasks"]["combine"] == 2
