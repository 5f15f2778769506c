"""A whole run on a stand-in for Hadoop: what goes to the cluster and what comes back, without a cluster."""

from __future__ import annotations

import logging
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

from gristmill.errors import OutputError, RunError
from gristmill.job.base import Job
from jobs.streaming import Streaming
from tests.runners.hadoop import stand_in
from tests.runners.helpers import room_for
from mrjob.step import MRStep, StepFailedException

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunJob

RAW = """\
from pathlib import Path
from gristmill.job.base import Job


class Sizes(Job):
    def mapper_raw(self, path, uri):
        yield uri.rpartition("/")[2], len(Path(path).read_bytes())


if __name__ == "__main__":
    Sizes.run()
"""


class Twice(Job):
    """A job of two steps, of programs alone."""

    def steps(self) -> list[MRStep]:
        return [MRStep(reducer_cmd="cat"), MRStep(reducer_cmd="cat")]


class Described(Job):
    """A job of two steps, of programs alone, which describes its output."""

    def steps(self) -> list[MRStep]:
        return [MRStep(mapper_cmd="cat", reducer_cmd="cat"), MRStep(mapper_cmd="cat", reducer_cmd="cat")]

    def output_manifest(self, counters: list[dict[str, dict[str, int]]]) -> dict[str, Any]:
        return {"job": "described", "maps": [groups["Job Counters"]["Launched map tasks"] for groups in counters]}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that is hdfs:///."""
    folder = tmp_path / "hadoop"
    monkeypatch.setenv("HADOOP_HOME", str(folder))
    return stand_in.install(folder)


def made(job_tmp: Path, *args: str | Path, stdin: bytes = b"", of: type[Job] = Streaming) -> Any:
    """A runner of a job of programs, as a driver program makes it."""
    job: Any = of(["-r", "hadoop", "--no-conf", "--local-tmp-dir", str(job_tmp), *map(str, args)])
    job.sandbox(stdin=BytesIO(stdin))
    return job.make_runner()


def left(root: Path) -> list[Path]:
    """What there is on the cluster."""
    return list((root / stand_in.HOME[1:]).iterdir())


def test_a_driver_program_reads_output_twice_and_counters(root: Path, job_tmp: Path, grain: Path) -> None:
    """The output is fetched once; nothing is left on either side."""
    with made(job_tmp, "--mapper", "tr r R", grain) as runner:
        runner.run()
        assert b"".join(runner.cat_output()) == b"Rye Rye\noat Rye\n"
        (output,) = root.rglob("part-00000")
        output.unlink()
        assert b"".join(runner.cat_output()) == b"Rye Rye\noat Rye\n"
        (counters,) = runner.counters()
    assert counters["Map-Reduce Framework"]["Shuffled Maps"] == 2
    assert left(root) == []
    assert list(job_tmp.iterdir()) == []


def test_a_variable_of_the_environment_has_its_whole_value(root: Path, job_tmp: Path, grain: Path) -> None:
    """Blanks too, which Hadoop's -cmdenv takes for its end, and a name that no shell hands on."""
    value = """it's a "b" $HOME ${user.name}, c"""
    mapper = """awk '{print ENVIRON["A"], ENVIRON["B.C"]}'"""
    args = ("--cmdenv", f"A={value}", "--cmdenv", "B.C=d  e", "--mapper", mapper, grain)
    with made(job_tmp, *args) as runner:
        runner.run()
        assert b"".join(runner.cat_output()) == f"{value} d  e\n".encode() * 2
    assert "-cmdenv" not in (root.parent / "calls").read_text()


def test_standard_input_may_be_named_twice(root: Path, job_tmp: Path) -> None:
    """It is read once, and is input as often as it is named."""
    with made(job_tmp, "-", "-", stdin=b"mill\nbarn\n") as runner:
        runner.run()
        assert b"".join(runner.cat_output()) == b"barn\nbarn\nmill\nmill\n"


def test_a_disk_too_full_for_standard_input_ends_the_run(root: Path, job_tmp: Path) -> None:
    """In one line, and before the cluster has anything."""
    full = pytest.raises(RunError, match=r"^File too large")
    with made(job_tmp, "-", stdin=b"0123456789ABCDE\n" * 3132) as runner, room_for(50_000), full:
        runner.run()
    assert left(root) == []


def test_a_folder_without_files_is_input_of_no_lines(root: Path, job_tmp: Path, tmp_path: Path) -> None:
    """As on one machine; the job runs, and its output is empty."""
    (tmp_path / "empty").mkdir()
    with made(job_tmp, tmp_path / "empty") as runner:
        runner.run()
        assert b"".join(runner.cat_output()) == b""
        assert len(runner.counters()) == 1


def test_whole_files_are_fetched_by_the_tasks_themselves(root: Path, run_job: RunJob, tmp_path: Path) -> None:
    """Those of this machine and those of the cluster, by a list of their paths there."""
    (root / "logs").mkdir()
    (root / "logs" / "far.bin").write_bytes(b"\0\r\n" * 100)
    (tmp_path / "near.bin").write_bytes(b"mill")
    (tmp_path / "raw.py").write_text(RAW)
    job = [tmp_path / "raw.py", "-r", "hadoop", "--no-conf", "hdfs:///logs", tmp_path / "near.bin"]
    done = run_job(*job)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout == b'"near.bin"\t4\n"far.bin"\t300\n'
    assert left(root) == []


def test_a_reduce_task_that_fails_names_no_input(root: Path, job_tmp: Path, grain: Path) -> None:
    """It reads what the maps wrote."""
    with (
        made(job_tmp, "--reducer", "sh -c 'echo no oat today >&2; exit 1'", grain) as runner,
        pytest.raises(StepFailedException, match=r"^Step 1 of 1 failed: reduce task 0 on node-7: no oat today$"),
    ):
        runner.run()
    assert left(root) == []


def test_a_job_that_hadoop_does_not_take_is_told_in_its_words(root: Path, job_tmp: Path, grain: Path) -> None:
    """As where the output of a step is there already."""
    (root / "steps" / "0000").mkdir(parents=True)
    with (
        made(job_tmp, "--step-output-dir", "hdfs:///steps", grain, of=Twice) as runner,
        pytest.raises(RunError, match=r"^Hadoop does not take the job: Output directory hdfs:.* already exists; mend"),
    ):
        runner.run()
    assert left(root) == []


def test_a_command_that_fails_before_it_submits_a_job_has_its_last_line_told(
    root: Path, job_tmp: Path, grain: Path
) -> None:
    """No log is looked for."""
    with (
        made(job_tmp, "--hadoop-streaming-jar", "no.jar", grain) as runner,
        pytest.raises(
            StepFailedException,
            match=r"^Step 1 of 1 failed: hadoop ended with exit status 255: JAR does not exist .*: /.*no\.jar$",
        ),
    ):
        runner.run()
    assert left(root) == []


def test_what_cannot_be_removed_may_be_tried_again(
    root: Path, job_tmp: Path, grain: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """By the same program, as often as it likes; each try that fails is in the log."""
    caplog.set_level(logging.ERROR, "mrjob.gristmill")
    runner = made(job_tmp, grain)
    runner.run()
    monkeypatch.setenv("REFUSED", "-rm")
    for _ in range(2):
        caplog.clear()
        runner.cleanup()
        assert caplog.messages == [
            "error: hadoop fs -rm: Permission denied: user=analyst; mend that, or name other paths; "
            "the next run on this machine tries again"
        ]
        assert len(left(root)) == 1
    monkeypatch.delenv("REFUSED")
    runner.cleanup()
    assert left(root) == []


def test_what_cleanup_keeps_is_kept_by_later_runs_too(root: Path, job_tmp: Path, grain: Path) -> None:
    """Here and on the cluster; what a later run makes goes."""
    with made(job_tmp, "--cleanup", "NONE", grain) as runner:
        runner.run()
    kept = [*job_tmp.iterdir(), *left(root)]
    assert len(kept) == 2
    with made(job_tmp, grain) as runner:
        runner.run()
    assert [*job_tmp.iterdir(), *left(root)] == kept


def test_what_cannot_be_removed_for_a_killed_run_ends_no_later_one(
    root: Path, job_tmp: Path, grain: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The first of them names it."""
    runner = made(job_tmp, grain)
    runner.run()
    (stays,) = left(root)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("REFUSED", "-rm")
        runner.cleanup()
    del runner
    monkeypatch.setenv("REFUSED", stays.name)
    for warnings in (1, 0):
        caplog.clear()
        with made(job_tmp, grain) as runner:
            runner.run()
        assert [stays.name in message for message in caplog.messages if "stays there" in message] == [True] * warnings
    assert left(root) == [stays]
    assert list(job_tmp.iterdir()) == []


def calls(root: Path) -> list[str]:
    """The commands of Hadoop's that were called."""
    return root.with_name("calls").read_text().splitlines()


def test_an_output_directory_gets_its_name_when_all_is_in_it(root: Path, job_tmp: Path, grain: Path) -> None:
    """Hidden until then; a second run into it is refused, before anything is sent."""
    with made(job_tmp, "--output-dir", "hdfs:///out", grain) as runner:
        runner.run()
        assert sorted(path.name for path in (root / "out").iterdir()) == ["part-00000"]
        assert b"".join(runner.cat_output()) == b"oat rye\nrye rye\n"
    assert [path.name for path in root.iterdir() if path.name != "user"] == ["out"]
    before = calls(root)
    with (
        made(job_tmp, "--output-dir", "hdfs:///out/", grain) as runner,
        pytest.raises(
            OutputError, match=r"^output directory hdfs:///out already exists; name another, or remove it first$"
        ),
    ):
        runner.run()
    assert calls(root)[len(before) :] == ["hadoop fs -test"]
    assert left(root) == []


def test_a_manifest_lies_in_the_output_directory_when_it_gets_its_name(root: Path, job_tmp: Path, grain: Path) -> None:
    """By the counters of each step; where no name node answers HTTP, it is one more start of Java."""
    with made(job_tmp, "--output-dir", "hdfs:///out", grain, of=Described) as runner:
        runner.run()
    assert (root / "out" / "_gristmill.json").read_bytes() == (
        b'{\n  "job": "described",\n  "maps": [\n    2,\n    2\n  ]\n}\n'
    )
    assert calls(root) == [
        "hadoop fs -test",
        "hadoop fs -put",
        "hadoop jar",
        "hadoop jar",
        "hadoop fs -put",
        "hadoop fs -mv",
        "hadoop fs -rm",
    ]


def test_output_that_is_printed_has_no_manifest(root: Path, job_tmp: Path, grain: Path) -> None:
    """Nobody would read it."""
    with made(job_tmp, grain, of=Described) as runner:
        runner.run()
        assert list(root.rglob("_gristmill.json")) == []
        assert b"".join(runner.cat_output()) == b"oat rye\nrye rye\n"


def test_a_manifest_that_cannot_be_written_ends_the_run_without_output(
    root: Path, job_tmp: Path, grain: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was written is removed."""
    monkeypatch.setenv("REFUSED", "_gristmill.json")
    (root / "in").write_bytes(grain.read_bytes())
    with (
        made(job_tmp, "--output-dir", "hdfs:///out", "hdfs:///in", of=Described) as runner,
        pytest.raises(RunError, match=r"^hadoop fs -put: Permission denied"),
    ):
        runner.run()
    assert sorted(path.name for path in root.iterdir()) == ["in", "user"]
    assert left(root) == []
