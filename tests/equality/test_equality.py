"""Every job gives the same bytes and counts the same lines, on every runner, in any number of splits and reduces.

What is compared with is the inline runner's output of one split and one reduce, or the local runner's of a job that is
programs. `make test` runs pairs of the matrix; `make faults` runs all of it.
"""

from __future__ import annotations

import os
import re
from functools import cache
from typing import TYPE_CHECKING, Callable

import pytest

from tests.equality import cases
from tests.equality.cases import Run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from tests.cluster.emr.emr import Emr
    from tests.conftest import RunJob

#: Counters by group and name.
Counters = dict[str, dict[str, int]]
Ran = Callable[[Run], "tuple[bytes, Counters]"]

#: A run that takes so long hangs; a long line on a cluster takes minutes.
SECONDS = 900

# the simplest run of a job is part of the test that comes first
pytestmark = pytest.mark.timeout(2 * SECONDS)

MATRIX = cases.runs()
PAIRS = set(cases.pairs(MATRIX))


def marked(run: Run, *marks: pytest.MarkDecorator) -> object:
    """The run as a test's parameter; what needs a cluster says so."""
    needs = [pytest.mark.cluster] if run.runner in ("hadoop", "emr") else []
    return pytest.param(run, marks=[*needs, *marks], id=str(run))


@pytest.fixture
def env(request: pytest.FixtureRequest) -> Mapping[str, str]:
    """What a runner's job finds in its environment; no settings of the site's."""
    ours = {"MRJOB_CONF": os.devnull}
    run = request.node.callspec.params["run"]
    return {**ours, **request.getfixturevalue("cluster").env} if run.runner == "hadoop" else ours


@pytest.fixture(scope="session")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The folder that holds a job's input."""

    @cache
    def folder(job: str) -> Path:
        path = tmp_path_factory.mktemp("equality") / "in put"
        cases.write_input(job, path)
        return path

    return folder


@pytest.fixture(scope="session")
def long_lines(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The file that holds a job's long line."""

    @cache
    def file(job: str) -> Path:
        path = tmp_path_factory.mktemp("equality") / "long.txt"
        cases.write_long_line(job, path)
        return path

    return file


def counters(log: str) -> Counters:
    """The counters that a run has printed, added up over its steps."""
    totals: Counters = {}
    names: dict[str, int] = {}
    for line in log.splitlines():
        if group := re.fullmatch(r"\t(\S.*)", line):
            names = totals.setdefault(group[1], {})
        elif count := re.fullmatch(r"\t\t(.+)=(\d+)", line):
            names[count[1]] = names.get(count[1], 0) + int(count[2])
    return totals


def comparable(totals: Counters, like: Counters) -> Counters:
    """The counters of the groups of `like`, which the job counts; "at least" marks what may depend on the splits."""
    return {
        group: {name: count for name, count in totals.get(group, {}).items() if "at least" not in name}
        for group in like
    }


_expected: dict[tuple[str, tuple[str, ...], Path], tuple[bytes, Counters]] = {}


def expected(run_job: RunJob, run: Run, path: Path) -> tuple[bytes, Counters]:
    """Output and counters of the run on the simplest runner, one split and one reduce."""
    key = (run.job, run.arguments, path)
    if key not in _expected:
        simple = "local" if run.job in cases.REFUSED else "inline"
        done = run_job(
            *Run(run.job, run.arguments, simple, 1, 1).command(path), env={"MRJOB_CONF": os.devnull}, seconds=SECONDS
        )
        assert done.returncode == 0, done.stderr.decode()
        assert done.stdout != b""
        _expected[key] = done.stdout, counters(done.stderr.decode())
    return _expected[key]


def check(run_job: RunJob, run: Run, path: Path, env: Mapping[str, str], options: Sequence[str] = ()) -> None:
    """The run, with further options, gives what the simplest one gives."""
    done = run_job(*run.command(path), *options, env=env, seconds=SECONDS)
    log = done.stderr.decode()
    if run.refused:
        assert (done.returncode, done.stdout) == (1, b"")
        assert log.splitlines()[-1].startswith(f"error: -r {run.runner} cannot run this job: ")
        return
    output, counts = expected(run_job, run, path)
    assert done.returncode == 0, log
    if run.is_sorted:
        assert done.stdout == output
    else:  # parts one after the other
        assert sorted(done.stdout.splitlines()) == sorted(output.splitlines())
    assert comparable(counters(log), counts) == comparable(counts, counts)


@pytest.mark.parametrize("run", [marked(run) for run in MATRIX if run in PAIRS])
def test_two_of_any_choices_give_the_same_bytes(
    run_job: RunJob, inputs: Callable[[str], Path], env: Mapping[str, str], run: Run
) -> None:
    """Pairs of the matrix."""
    check(run_job, run, inputs(run.job), env)


@pytest.mark.parametrize("run", [marked(run, pytest.mark.long) for run in MATRIX if run not in PAIRS])
def test_all_choices_give_the_same_bytes(
    run_job: RunJob, inputs: Callable[[str], Path], env: Mapping[str, str], run: Run
) -> None:
    """The rest of it."""
    check(run_job, run, inputs(run.job), env)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The rows on EMR: the option is known where it is given."""
    if metafunc.function is test_emr_gives_the_same_bytes:
        is_whole = metafunc.config.getoption("emr_matrix", default=False)
        metafunc.parametrize("run", [marked(run) for run in (cases.runs(["emr"]) if is_whole else cases.emr_runs())])


@pytest.fixture(scope="module")
def bucket(emr: Emr) -> str:
    """A bucket for the runs on EMR."""
    assert emr.s3
    emr.s3.client().create_bucket(Bucket="equality")
    return "equality"


def test_emr_gives_the_same_bytes(
    run_job: RunJob, inputs: Callable[[str], Path], emr: Emr, bucket: str, tmp_path: Path, run: Run
) -> None:
    """On a cluster of the run's own; its counters are those that EMR has at the step's end."""
    conf = tmp_path / "mrjob.conf"
    conf.write_text(
        f"runners: {{emr: {{cloud_tmp_dir: s3://{bucket}/tmp, iam_service_role: EMR_DefaultRole, "
        "iam_instance_profile: EMR_EC2_DefaultRole}}"
    )
    done = run_job(*run.command(inputs(run.job)), env={**emr.env, "MRJOB_CONF": str(conf)}, seconds=SECONDS)
    assert done.returncode == 0, done.stderr.decode()
    output, _ = expected(run_job, run, inputs(run.job))
    assert sorted(done.stdout.splitlines()) == sorted(output.splitlines())
    assert done.stdout == output or not run.is_sorted


#: What a line of 100 MB takes besides, by runner.
LONG_LINE = {"hadoop": ["-D", "mapreduce.map.java.opts=-Xmx1600m"]}
LONG_RUNS = [
    Run(job, tuple(cases.ARGUMENTS.get(job, [[]])[0]), runner, 2, 2)
    for job in cases.names()
    for runner in cases.RUNNERS
]


@pytest.mark.parametrize("run", [marked(run, pytest.mark.long) for run in LONG_RUNS if not run.refused])
def test_a_line_of_100_mb_gives_the_same_bytes(
    run_job: RunJob, long_lines: Callable[[str], Path], env: Mapping[str, str], run: Run
) -> None:
    """On every runner, with the memory that our mrjob.conf gives; Hadoop's Java gets what docs/runners.md says."""
    long = long_lines(run.job)
    check(run_job, run, long, {**env, "MRJOB_CONF": str(cases.ROOT / "mrjob.conf")}, LONG_LINE.get(run.runner, []))
