"""What several folders of tests use: jobs run as a user runs them, by a Python process of their own."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from tests.cluster.emr.plugin import aws_bin, emr, emr_rules, s3
from tests.cluster.plugin import cluster, pytest_terminal_summary
from tests.thirds import pytest_addoption, pytest_collection_modifyitems, pytest_report_collectionfinish

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from subprocess import CompletedProcess

__all__ = [
    "aws_bin",
    "cluster",
    "emr",
    "emr_rules",
    "pytest_addoption",
    "pytest_collection_modifyitems",
    "pytest_report_collectionfinish",
    "pytest_terminal_summary",
    "s3",
]

# what a shell puts in the background has Ctrl-C ignored, and so has all that it starts; here tests press it
signal.signal(signal.SIGINT, signal.default_int_handler)

#: A job of a test takes a second or two; one that takes so long hangs.
SECONDS = 120


class RunJob(Protocol):
    """Runs ``python ARGS`` to its end; `env` is added to this process's environment; stdin is empty unless given."""

    def __call__(
        self,
        *args: str | Path,
        cwd: Path | None = None,
        stdin: bytes | None = None,
        env: Mapping[str, str] | None = None,
        seconds: int = SECONDS,
    ) -> CompletedProcess[bytes]: ...


@pytest.fixture(autouse=True)
def mrjobs_logger_as_it_was() -> Iterator[None]:
    """A job that a test runs in this process sets mrjob's logging up; the next test must not see that."""
    log = logging.getLogger("mrjob")
    before = log.level, log.handlers[:], log.propagate
    yield
    level, log.handlers[:], log.propagate = before
    log.setLevel(level)


@pytest.fixture
def job_tmp(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder for temporary files of the jobs that `run_job` runs: what a job leaves behind is seen here."""
    return tmp_path_factory.mktemp("job-tmp")


@pytest.fixture
def run_job(job_tmp: Path) -> RunJob:
    """Run a job in a process of its own, its temporary files in `job_tmp`."""

    def run(
        *args: str | Path,
        cwd: Path | None = None,
        stdin: bytes | None = None,
        env: Mapping[str, str] | None = None,
        seconds: int = SECONDS,
    ) -> CompletedProcess[bytes]:
        environment = {**os.environ, "TMPDIR": str(job_tmp), **(env or {})}
        command = [sys.executable, *map(str, args)]
        return subprocess.run(
            command, cwd=cwd, input=stdin or b"", env=environment, capture_output=True, timeout=seconds, check=False
        )

    return run
