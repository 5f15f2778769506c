"""The manifest of a job: a file beside _SUCCESS, in an output directory of this machine, on every runner."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from gristmill.errors import OutputError, RunError
from gristmill.runners.manifest import NAME, manifest_bytes
from gristmill.runners.owned_folder import OwnedFolder
from tests.conftest import SECONDS
from tests.runners.helpers import UPPER, Words, names
from mrjob.step import MRStep

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.conftest import RunJob
    from tests.runners.conftest import RunHere

    Pairs = Iterator[tuple[Any, Any]]


class Described(Words):
    """Two steps, whose counters its manifest holds."""

    def steps(self) -> list[MRStep]:
        return [MRStep(mapper=self.count_line), MRStep(reducer=self.add)]

    def count_line(self, _: object, line: str) -> Pairs:
        self.increment_counter("lines", "mapped")
        yield line, 1

    def add(self, line: str, counts: Iterator[int]) -> Pairs:
        self.increment_counter("lines", "distinct")
        yield line, sum(counts)

    def output_manifest(self, counters: list[dict[str, dict[str, int]]]) -> dict[str, Any] | None:
        return {"format": 1, "counters": counters}


COUNTERS = [{"lines": {"mapped": 3}}, {"lines": {"distinct": 2}}]


@pytest.mark.parametrize("runner", ["local", "inline"])
def test_a_job_with_a_manifest_leaves_it_beside_success(run_here: RunHere, tmp_path: Path, runner: str) -> None:
    """From the counters of each step."""
    run_here(Described, "-r", runner, "--output-dir", tmp_path / "out", stdin=b"rye\noat\nrye\n")
    held = names(tmp_path / "out")
    assert held[:3] == ["_SUCCESS", "_gristmill.json", "part-00000"]
    assert json.loads((tmp_path / "out" / NAME).read_bytes()) == {"format": 1, "counters": COUNTERS}


@pytest.mark.parametrize("runner", ["local", "inline"])
def test_a_job_that_reads_the_folder_does_not_see_the_manifest(run_here: RunHere, tmp_path: Path, runner: str) -> None:
    """Only the parts."""
    run_here(Described, "-r", runner, "--output-dir", tmp_path / "out", stdin=b"rye\noat\nrye\n")
    ran = run_here(Words, "-r", runner, tmp_path / "out")
    assert ran.output == b'"1"\t1\n"2"\t1\n"\\"oat\\""\t1\n"\\"rye\\""\t1\n'


@pytest.mark.parametrize("runner", ["local", "inline"])
def test_a_manifest_is_there_before_success(
    run_here: RunHere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, runner: str
) -> None:
    """While the folder is still hidden."""
    seen = []

    def become(self: OwnedFolder, path: Path) -> None:
        success, manifest = self.path / "_SUCCESS", self.path / NAME
        seen.append((self.path.name[:5], manifest.stat().st_mtime_ns <= success.stat().st_mtime_ns))
        whole(self, path)

    whole = OwnedFolder.become
    monkeypatch.setattr(OwnedFolder, "become", become)
    run_here(Described, "-r", runner, "--output-dir", tmp_path / "out", stdin=b"rye\n")
    assert seen == [(".out.", True)]


@pytest.mark.parametrize("runner", ["local", "inline"])
def test_printed_output_has_no_manifest(run_here: RunHere, monkeypatch: pytest.MonkeyPatch, runner: str) -> None:
    """Nobody asks for it."""
    monkeypatch.setattr(Described, "output_manifest", lambda self, counters: pytest.fail("asked"))
    assert run_here(Described, "-r", runner, stdin=b"rye\n").output == b'"rye"\t1\n'


def test_a_program_that_makes_the_runner_itself_gets_no_manifest(tmp_path: Path, job_tmp: Path) -> None:
    """The runner knows no job that has one."""
    from gristmill.runners.local.runner import LocalRunner

    (tmp_path / "job.py").write_text(UPPER)
    (tmp_path / "in.txt").write_bytes(b"mill\n")
    with LocalRunner(
        mr_job_script=str(tmp_path / "job.py"),
        steps=[{"type": "streaming", "mapper": {"type": "script"}}],
        input_paths=[str(tmp_path / "in.txt")],
        output_dir=str(tmp_path / "out"),
        conf_paths=[],
        local_tmp_dir=str(job_tmp),
    ) as runner:
        runner.run()
    assert names(tmp_path / "out") == ["_SUCCESS", "part-00000"]


def test_a_manifest_that_cannot_be_written_is_an_error(
    run_here: RunHere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The output directory is named, and not left half made."""

    def full(self: Path, data: bytes) -> None:
        raise OSError(28, "No space left on device", str(self))

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    with pytest.raises(OutputError) as error:
        run_here(Described, "--output-dir", tmp_path / "out", stdin=b"rye\n")
    assert str(error.value) == f"output directory {tmp_path}/out: No space left on device; name another"
    assert names(tmp_path) == []


def test_the_same_content_has_the_same_bytes() -> None:
    """In whatever order it was put together; a file of text."""
    first = manifest_bytes({"terms": 2, "format": {"version": 1}})
    assert first == b'{\n  "format": {\n    "version": 1\n  },\n  "terms": 2\n}\n'
    assert manifest_bytes({"format": {"version": 1}, "terms": 2}) == first


ON_SPARK = """\
from gristmill import Job


class Described(Job):
    def mapper(self, _, line):
        self.increment_counter("lines", "mapped")
        yield line, 1

    def reducer(self, line, counts):
        self.increment_counter("lines", "distinct")
        yield line, sum(counts)

    def output_manifest(self, counters):
        return {"format": 1, "counters": counters}


if __name__ == "__main__":
    Described.run()
"""


@pytest.mark.timeout(20 * SECONDS)
@pytest.mark.usefixtures("workers_that_end")
def test_spark_leaves_the_manifest_too(run_job: RunJob, tmp_path: Path) -> None:
    """With the same counters."""
    (tmp_path / "described.py").write_text(ON_SPARK)
    command = ["described.py", "--no-conf", "-r", "spark", "-D", "mapreduce.job.reduces=1", "-o", "out", "-"]
    done = run_job(*command, cwd=tmp_path, stdin=b"rye\noat\nrye\n", seconds=10 * SECONDS)
    assert done.returncode == 0, done.stderr.decode()
    assert names(tmp_path / "out") == ["_SUCCESS", "_gristmill.json", "part-00000"]
    assert json.loads((tmp_path / "out" / NAME).read_bytes()) == {
        "format": 1,
        "counters": [{"lines": {"mapped": 3, "distinct": 2}}],
    }


@pytest.mark.parametrize("value", [{1, 2}, float("nan"), b"rye"])
def test_what_json_cannot_hold_is_one_line(value: object) -> None:
    """The error names the method that gave it."""
    with pytest.raises(RunError, match=r"^the job's manifest cannot be written as JSON: .+; mend its method "):
        manifest_bytes({"value": value})
