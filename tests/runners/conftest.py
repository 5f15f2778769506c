"""Jobs run by a runner in the test's own process; only their tasks are forked."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@dataclass(frozen=True)
class Ran:
    """What a run gave: its output, as printed, and the counters of each step."""

    output: bytes
    counters: list[dict[str, dict[str, int]]]

    @property
    def lines(self) -> list[bytes]:
        """The output's lines, as they were printed."""
        return self.output.splitlines(keepends=True)


class RunHere(Protocol):
    """Runs a job class with these arguments, on the local runner unless they say otherwise; `stdin` is its input."""

    def __call__(self, job_class: Any, *args: str | Path, stdin: bytes = b"") -> Ran: ...


@pytest.fixture
def run_here(job_tmp: Path) -> RunHere:
    """Run a job by make_runner(), as a driver program does, with its temporary files in `job_tmp`."""

    def run(job_class: Any, *args: str | Path, stdin: bytes = b"") -> Ran:
        job = job_class(["--no-conf", "--local-tmp-dir", str(job_tmp), *map(str, args)])
        job.sandbox(stdin=BytesIO(stdin))
        with job.make_runner() as runner:
            runner.run()
            return Ran(b"".join(runner.cat_output()), runner.counters())

    return run


@pytest.fixture
def grain(tmp_path: Path) -> Path:
    """Two lines of the same length, which two maps read."""
    path = tmp_path / "grain.txt"
    path.write_bytes(b"rye rye\noat rye\n")
    return path


@pytest.fixture
def nothing_is_left(job_tmp: Path) -> Iterator[None]:
    """The job's temporary files are gone when the test ends."""
    yield
    assert list(job_tmp.iterdir()) == []


@pytest.fixture
def workers_that_end(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spark kills a worker that it keeps for further tasks, and coverage with it."""
    folder = tmp_path_factory.mktemp("spark-conf")
    (folder / "spark-defaults.conf").write_text("spark.python.worker.reuse false\n")
    monkeypatch.setenv("SPARK_CONF_DIR", str(folder))
