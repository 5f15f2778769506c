"""Twenty jobs of mrjob's documentation and of questions about it, on a real cluster: the rows of mrjob's inline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.runners.hadoop.client import Client
from tests.runners.test_twenty import NAMES, lay_out, load, rows

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.cluster import Cluster

pytestmark = pytest.mark.cluster

#: Run by `make test`: two inputs told apart by their files' names, and whole files.
SHORT = {"JoinByFileName"}
CASES = [name if name in SHORT else pytest.param(name, marks=pytest.mark.long) for name in NAMES]
SPLITS = ["-D", "mapreduce.job.maps=3", "-D", "mapreduce.job.reduces=2"]


@pytest.fixture
def sides(cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[dict[str, Any], dict[str, Any]]:
    """mrjob's jobs and ours, in their folder, in the environment of a client of the cluster."""
    folder = tmp_path / "jobs"
    folder.mkdir()
    monkeypatch.chdir(lay_out(folder))
    monkeypatch.setenv("TWENTY_OF", "mrjob")
    theirs = load("twenty_theirs", folder)
    monkeypatch.delenv("TWENTY_OF")
    for name, value in Client(cluster, tmp_path).env.items():
        monkeypatch.setenv(name, value)
    return theirs, load("twenty", folder)


@pytest.mark.parametrize(
    "name", [name if name in SHORT else pytest.param(name, marks=pytest.mark.long) for name in NAMES]
)
def test_a_job_gives_the_rows_of_mrjobs_inline(sides: tuple[dict[str, Any], dict[str, Any]], name: str) -> None:
    """Of several maps and reduces, with the counters of its own, by make_runner and parse_output."""
    theirs, ours = sides
    wanted = rows(theirs[name], name, "-r", "inline")
    assert wanted[0]
    assert rows(ours[name], name, "-r", "hadoop", *SPLITS) == wanted
