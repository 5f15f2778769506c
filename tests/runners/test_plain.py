"""What a run says, on each runner: no secrets, and no control characters of names."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from tests.runners.hadoop import stand_in

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunJob

JOB = """\
from gristmill.job.base import Job
from mrjob.step import MRStep


class Keeps(Job):
    JOBCONF = {"my.api.key": "hunter2-of-job"}

    def steps(self):
        return [MRStep(mapper=self.mapper, jobconf={"my.credential": "hunter2-of-step"})]

    def mapper(self, _, line):
        if line == "fail":
            raise ValueError("refused: hunter2-of-cmdenv")
        yield line, 1


if __name__ == "__main__":
    Keeps.run()
"""
GIVEN = ["--cmdenv", "MY_TOKEN=hunter2-of-cmdenv", "-D", "fs.s3a.secret.key=hunter2 of\tjobconf"]


@pytest.mark.parametrize("runner", ["local", "inline", "hadoop", "spark"])
def test_a_run_does_not_say_its_secrets(run_job: RunJob, tmp_path: Path, runner: str) -> None:
    """With -v it says all else; a task may have them in its error, which inline raises as it is."""
    (tmp_path / "keeps.py").write_text(JOB)
    settings = {"runners": {runner: {"cmdenv": {"MY_PASSWORD": "hunter2-of-conf"}}}}
    # YAML reads JSON
    (tmp_path / "my.conf").write_text(json.dumps(settings))
    stand_in.install(tmp_path / "hadoop")
    env = {"HADOOP_HOME": str(tmp_path / "hadoop")}
    job = ["keeps.py", "-r", runner, "-v", "-c", "my.conf", *GIVEN]
    for line, status in [("mill", 0), ("fail", 1)][: 1 if runner == "inline" else 2]:
        done = run_job(*job, cwd=tmp_path, stdin=line.encode(), env=env)
        said = done.stderr.decode()
        assert done.returncode == status, said
        assert "hunter2" not in said
        for name in ("MY_TOKEN", "fs.s3a.secret.key", "MY_PASSWORD", "my.api.key", "my.credential"):
            assert name in said
        assert status == 0 or "ValueError: refused: ***" in said


def test_a_usage_error_does_not_say_a_secret(run_job: RunJob) -> None:
    """Though it has what was typed."""
    for typed in ("MY_TOKEN hunter2", "MY_TOKEN:hunter2"):
        done = run_job("-m", "jobs.streaming", "--cmdenv", typed)
        assert done.stderr == b"error: --cmdenv wants KEY=VALUE; --help lists the options\n"
    done = run_job("-m", "jobs.streaming", "--cmdenv", "plain")
    assert b"--cmdenv argument 'plain' is not of the form KEY=VALUE" in done.stderr
    done = run_job("-m", "jobs.inverted_index", "--nope=MY_TOKEN=hunter2")
    assert b"hunter2" not in done.stderr


@pytest.mark.parametrize("runner", ["local", "inline", "hadoop"])
def test_a_name_has_no_control_characters_in_what_a_run_says(run_job: RunJob, tmp_path: Path, runner: str) -> None:
    """Of an input, of an output, of what is sent along; in the log, in an error, in a usage error."""
    stand_in.install(tmp_path / "hadoop")
    name = "a\x1b[31m\x9b\u202eb"
    (tmp_path / name).write_text("mill\n")
    job = ["-m", "jobs.streaming", "--no-conf", "-r", runner, "-v", "--mapper", "cat", "--file", name]
    if runner == "inline":
        job = ["-m", "jobs.inverted_index", "--no-conf", "-r", runner, "-v"]
    output = f"{tmp_path}/out{name}\nerror: forged" if runner != "hadoop" else "out"
    env = {"HADOOP_HOME": str(tmp_path / "hadoop")}
    for args in ([name, "--output-dir", output], [name + "\n"], ["--nope=" + name]):
        done = run_job(*job, *args, cwd=tmp_path, env=env)
        said = done.stderr.decode()
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", said), said
        assert "\nerror: forged" not in said
        assert "\\x1b[31m\\x9b\\u202eb" in said
