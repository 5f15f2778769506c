"""What the tests of jobs share: jobs driven in this process, and golden files."""

from __future__ import annotations

import io
import os
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import pytest

from gristmill.task.counters import Counters, add_counters

if TYPE_CHECKING:
    from gristmill.job.base import Job

GOLDEN = Path(__file__).parents[1] / "golden"


class Ran(NamedTuple):
    """What a job left: its output, and its counters by group and name (all steps' together)."""

    output: bytes
    counters: Counters


class RunTask(Protocol):
    """Runs one task of a job over some bytes, as Hadoop Streaming does; gives what it wrote to stdout."""

    def __call__(self, job: type[Job], *args: str, stdin: bytes, stderr: io.BytesIO | None = None) -> bytes: ...


class RunHere(Protocol):
    """Runs a whole job by its runner."""

    def __call__(self, job: type[Job], *args: str | Path, stdin: bytes = b"") -> Ran: ...


def takes_any(*_: object) -> None:
    """In place of a job's `check_counters`: a test gives a job one bad line, of which a run would fail."""


@pytest.fixture(scope="session")
def run_task() -> RunTask:
    """For hypothesis too, which wants fixtures that live longer than a test."""

    def run(job: type[Job], *args: str, stdin: bytes, stderr: io.BytesIO | None = None) -> bytes:
        task: Any = job(list(args))
        out = io.BytesIO()
        task.sandbox(stdin=io.BytesIO(stdin), stdout=out, stderr=stderr or io.BytesIO())
        task.check_counters = takes_any
        task.execute()
        return out.getvalue()

    return run


@pytest.fixture(scope="session")
def run_here(tmp_path_factory: pytest.TempPathFactory) -> RunHere:
    """For hypothesis too, which wants fixtures that live longer than a test."""
    folder = tmp_path_factory.mktemp("job-tmp")

    def run(job: type[Job], *args: str | Path, stdin: bytes = b"") -> Ran:
        driver: Any = job(["--no-conf", "--local-tmp-dir", str(folder), *map(str, args)])
        driver.sandbox(stdin=io.BytesIO(stdin))
        counters: Counters = {}
        with driver.make_runner() as runner:
            runner.check_counters = takes_any
            runner.run()
            output = b"".join(runner.cat_output())
            for step in runner.counters():
                add_counters(counters, step)
        # what was used is for check_counters
        counters.pop("read", None)
        return Ran(output, counters)

    return run


@pytest.fixture
def nltk_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which nltk, of this process and of others, finds VADER's lexicon.

    From Python 3.12 on, sums in nltk go from left to right here, as they do up to 3.11.
    """
    import nltk.data
    from nltk.sentiment import vader as nltk_vader

    from gristmill.vader import rules, scorer

    folder = tmp_path / "nltk_data"
    (folder / "sentiment").mkdir(parents=True)
    lexicon = Path(scorer.__file__).with_name("vader_lexicon") / "vader_lexicon.txt"
    with zipfile.ZipFile(folder / "sentiment" / "vader_lexicon.zip", "w") as archive:
        archive.write(lexicon, "vader_lexicon/vader_lexicon.txt")
    monkeypatch.setenv("NLTK_DATA", str(folder))
    monkeypatch.setattr(nltk.data, "path", [str(folder)])
    if sys.version_info >= (3, 12):
        monkeypatch.setattr(nltk_vader, "sum", rules.summed, raising=False)
    return folder


class Golden(Protocol):
    """Holds bytes to those of the file of this name under tests/golden."""

    def __call__(self, name: str, found: bytes) -> None: ...


@pytest.fixture(scope="session")
def golden() -> Golden:
    """With GOLDEN=write in the environment the files are written anew: read the diff."""

    def check(name: str, found: bytes) -> None:
        path = GOLDEN / name
        if os.environ.get("GOLDEN") == "write":
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(found)
        assert found == path.read_bytes()

    return check
