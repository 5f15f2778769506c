"""What goes to S3, and runs in this process."""

from __future__ import annotations

import importlib.util
import logging
from typing import TYPE_CHECKING, Any

import pytest

import gristmill.job.mrjob_compat  # noqa: F401 (before any mrjob module)
from gristmill.errors import InputError, OutputError, RunError
from gristmill.input.find import find_inputs
from gristmill.runners.emr import clients, layout
from gristmill.runners.emr.s3_files import S3Files
from tests.runners.emr.driver import load

if TYPE_CHECKING:
    from pathlib import Path

    from gristmill.runners.emr.clients import Clients
    from tests.runners.emr.service import Services

WHERE = ["--no-conf", "-r", "emr", "--cloud-tmp-dir", "s3://b/tmp", "--cluster-id", "j-1"]


#: A job that fetches its files itself.
RAW = """\
from gristmill import Job
from mrjob.step import MRStep


class Made(Job):
    def steps(self):
        return [MRStep(mapper_raw=self.read)]

    def read(self, path, uri):
        yield uri, path
"""


@pytest.fixture
def raw(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Its class."""
    (tmp_path / "job").mkdir()
    return load(monkeypatch, tmp_path / "job" / "raw_job.py", RAW)


def test_an_input_that_grows_while_it_is_sent_ends_the_run(aws: Clients, tmp_path: Path) -> None:
    """S3 has what was there when it was sent, which may end in the middle of a line."""
    (tmp_path / "a.txt").write_text("mill\n")
    found = find_inputs([str(tmp_path / "a.txt")], layout.on_s3)
    (tmp_path / "a.txt").write_text("mill\nrye\n")
    (tmp_path / "here").mkdir()
    with pytest.raises(InputError, match=r"a\.txt grew while it was sent; run again when nothing writes to it$"):
        layout.send(found, tmp_path / "here", "s3://b/tmp", S3Files(aws.s3))


def test_input_on_s3_is_a_file_a_folder_or_a_glob(services: Services, aws: Clients) -> None:
    """Each that names something; the output is to be a name that is free, whatever signs it has."""
    services.s3["b", "in/a.txt"] = b""
    files = S3Files(aws.s3)
    layout.check_remote(["s3://b/in", "s3://b/in/a.txt", "s3://b/{in,no}/[!b].txt", "s3://b/i*", "here"], "", files)
    layout.check_remote([], "s3://b/i*", files)
    with pytest.raises(InputError, match=r"^input s3://b/x\* does not exist; give a file, a folder or a glob that S3"):
        layout.check_remote(["s3://b/x*"], "", files)
    with pytest.raises(OutputError, match=r"^output directory s3://b/in already exists"):
        layout.check_remote([], "s3://b/in", files)


def test_a_job_that_fetches_its_files_gets_a_list_of_them(services: Services, raw: Any, tmp_path: Path) -> None:
    """Those of this machine, and those on S3, which a dry run cannot list."""
    (tmp_path / "a.txt").write_text("mill\n")
    services.emr.add_cluster()
    services.s3["b", "in/c.txt"] = b"rye\n"
    services.emr.states = ["FAILED"]
    where = [*WHERE, "--emr-endpoint", services.url, "--s3-endpoint", services.url, "--cleanup-on-failure", "NONE"]
    job = raw([*where, "--request-id", "ID", str(tmp_path / "a.txt"), "s3://b/in"])
    with job.make_runner() as runner:
        runner._clock = runner._clock.__class__(runner._clock.now, lambda _: None)
        runner._submit = lambda submission: layout.send(runner._found, runner._here, runner._there, runner._files)
        runner._follow = lambda submission: None
        runner.run()
    assert services.s3["b", "tmp/gristmill.ID/manifest"].splitlines() == [
        b"s3://b/tmp/gristmill.ID/input/0000000/a.txt",
        b"s3://b/in/c.txt",
    ]
    with raw([*where, "--dry-run", "s3://b/in"]).make_runner() as runner, pytest.raises(RunError) as error:
        runner.run()
    assert str(error.value).startswith("--dry-run asks S3 nothing, and this job's input there must be listed")


def test_without_boto3_a_run_says_what_to_install(raw: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it looks at anything else."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(RunError, match=r"^-r emr needs boto3, which is not installed: pip install 'gristmill\[aws\]'$"):
        raw(WHERE).make_runner()


def test_a_service_that_does_not_answer_leaves_the_run_to_be_taken_over(
    services: Services, raw: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The step may run on: the line says how."""
    monkeypatch.setattr(clients, "READ_ATTEMPTS", 1)
    services.emr.add_cluster()
    services.emr.faults["DescribeStep"] = ["500"] * 10
    where = ["--emr-endpoint", services.url, "--s3-endpoint", services.url, "--local-tmp-dir", str(tmp_path)]
    (tmp_path / "a.txt").write_text("mill\n")
    with raw([*WHERE, *where, "--request-id", "ID", str(tmp_path / "a.txt")]).make_runner() as runner:
        runner._clock = runner._clock.__class__(runner._clock.now, lambda _: None)
        with pytest.raises(ValueError, match="Run the job before"):
            runner.cat_output()
        with pytest.raises(RunError) as error, caplog.at_level(logging.INFO):
            runner.run()
    assert str(error.value).endswith("; try again later, with --request-id ID, which takes over what runs")
    assert "tmp/gristmill.ID/input/0000000/a.txt" in services.keys("b")
    assert len(list(tmp_path.glob("gristmill-emr-*/left.json"))) == 1
