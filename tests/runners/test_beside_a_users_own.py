"""A user's own `jobs` and `runners`: a job beside them runs on every runner, and its tasks import the user's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.conftest import SECONDS

if TYPE_CHECKING:
    from subprocess import CompletedProcess

    from tests.conftest import RunJob

pytestmark = [pytest.mark.timeout(20 * SECONDS), pytest.mark.usefixtures("workers_that_end")]

RAISES = "raise RuntimeError('imported')\n"

JOB = """\
from gristmill import Job


class Counts(Job):
    def mapper(self, _, line):
        yield line, 1

    def reducer(self, line, counts):
        yield line, sum(counts)


if __name__ == "__main__":
    Counts.run()
"""

#: A job whose tasks import modules that lie beside it.
IMPORTS = """\
from gristmill import Job


class Imports(Job):
    FILES = ["runners.py", "jobs.py"]

    def mapper(self, _, line):
        import jobs
        import runners

        yield f"{line} {jobs.NAME} {runners.NAME}", 1

    def combiner(self, line, counts):
        import runners

        yield f"{line} {runners.NAME}", sum(counts)

    def reducer(self, line, counts):
        import jobs

        yield f"{line} {jobs.NAME}", sum(counts)


if __name__ == "__main__":
    Imports.run()
"""

RUNNERS = [
    pytest.param(("local",), id="local"),
    pytest.param(("local", "--setup", "true"), id="local, started"),
    pytest.param(("inline",), id="inline"),
    pytest.param(("spark",), id="spark"),
]


def counted(run_job: RunJob, folder: Path, runner: tuple[str, ...]) -> CompletedProcess[bytes]:
    """Run the job in its folder, which Python has in front of all others."""
    (folder / "in.txt").write_bytes(b"rye\noat\nrye\n")
    return run_job("job.py", "in.txt", "--no-conf", "-r", *runner, cwd=folder, seconds=10 * SECONDS)


@pytest.mark.parametrize("runner", RUNNERS)
@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"jobs/__init__.py": "", "runners.py": RAISES}, id="package jobs"),
        pytest.param({"jobs.py": RAISES, "runners/__init__.py": RAISES}, id="module jobs"),
    ],
)
def test_a_job_runs_beside_a_users_jobs_and_runners(
    run_job: RunJob, tmp_path: Path, runner: tuple[str, ...], files: dict[str, str]
) -> None:
    """They are never imported in place of ours."""
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    (tmp_path / "job.py").write_text(JOB)
    done = counted(run_job, tmp_path, runner)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout == b'"oat"\t1\n"rye"\t2\n'


@pytest.mark.parametrize("runner", RUNNERS)
def test_a_task_that_imports_jobs_and_runners_gets_the_users(
    run_job: RunJob, tmp_path: Path, runner: tuple[str, ...]
) -> None:
    """Which are sent along by FILES, for where a task does not run in their folder."""
    (tmp_path / "runners.py").write_text("NAME = 'runs'\n")
    (tmp_path / "jobs.py").write_text("NAME = 'works'\n")
    (tmp_path / "job.py").write_text(IMPORTS)
    done = counted(run_job, tmp_path, runner)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout == b'"oat works runs runs works"\t1\n"rye works runs runs works"\t2\n'
