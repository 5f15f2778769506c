"""Which of mrjob's options a runner obeys."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from gristmill.job import options, runner_options
from gristmill.job.added_options import EMR
from gristmill.job.base import Job
from tests.conftest import RunJob

DOCS = Path(__file__).parents[3] / "docs"


class Words(Job):
    """A job of one mapper."""

    def mapper(self, _: Any, line: str) -> Any:
        """The line."""
        yield line, 1


def left_out(*args: str) -> list[str]:
    with Words(["--no-conf", *args]).make_runner() as runner:
        return runner_options.left_out(runner)


def test_every_option_of_mrjobs_is_in_the_docs():
    """In the table of those that a runner obeys, or in the list of those that none does, and not in both."""
    text = (DOCS / "options.md").read_text()
    obeyed = set(re.findall(r"^\| .*", text.partition("## Every job")[2], re.MULTILINE))
    obeyed = {flag for row in obeyed for flag in re.findall(r"`(--?[\w-]+)", row.split(" | ")[0])}
    others = (DOCS / "moving-from-mrjob.md").read_text().partition("## Options of mrjob's")[2].partition("\n## ")[0]
    # two of EMR's are for settings alone: docs/emr.md has them
    for name in [name for name in runner_options.ALL if name not in EMR or EMR[name]["switches"]]:
        flag = runner_options.typed(name)
        is_obeyed = any(runner_options.obeys(runner, name) for runner in options.RUNNERS)
        assert (flag in obeyed, f"`{flag}`" in others) == (is_obeyed, not is_obeyed), flag


@pytest.mark.parametrize(
    ("runner", "args", "named"),
    [
        ("local", [], []),
        ("inline", [], []),
        ("hadoop", [], []),
        ("spark", [], []),
        ("local", ["--sort-bin", "sort -u"], ["--sort-bin"]),
        ("local", ["--spark-args=x", "--num-cores", "2", "--label", "x", "--cmdenv", "A=1"], ["--spark-args"]),
        ("local", ["--no-bootstrap-mrjob", "--no-read-logs"], ["--bootstrap-mrjob", "--read-logs"]),
        ("inline", ["--num-cores", "2", "--no-read-logs"], ["--num-cores", "--read-logs"]),
        ("hadoop", ["--no-check-input-paths", "--hadoop-log-dirs", "/x"], ["--check-input-paths", "--hadoop-log-dirs"]),
        ("hadoop", ["--spark-master", "local", "--hadoop-tmp-dir", "/x", "-D", "a=b"], ["--spark-master"]),
        ("spark", ["--skip-internal-protocol", "--spark-master", "local[1]"], ["--skip-internal-protocol"]),
        ("spark", ["--emulate-map-input-file", "--s3-region", "x"], ["--emulate-map-input-file", "--s3-region"]),
    ],
)
def test_an_option_that_a_runner_does_not_obey_is_named(runner: str, args: list[str], named: list[str]):
    """As it is typed."""
    assert left_out("-r", runner, *args) == named


def test_a_step_of_sparks_own_has_options_of_sparks():
    """On the local runner too, which starts spark-submit for it."""

    class Sparks(Job):
        def spark(self, source: str, target: str) -> None:
            """Nothing."""

    with Sparks(["--no-conf", "--spark-args=x", "--sort-bin", "x"]).make_runner() as runner:
        assert runner_options.left_out(runner) == ["--sort-bin"]


def test_a_run_says_it_in_one_line_for_each(run_job: RunJob, tmp_path: Path):
    """Of settings as of the command line; what mrjob says itself is not said twice."""
    (tmp_path / "mrjob.conf").write_text("runners: {local: {sort_bin: [sort], libjars: [x.jar]}}\n")
    ran = run_job("-m", "jobs.streaming", "-c", "mrjob.conf", "--instance-type", "x", cwd=tmp_path, stdin=b"a\n")
    assert (ran.returncode, ran.stdout) == (0, b"a\n")
    said = ran.stderr.decode().splitlines()
    assert said.count("-r local does not obey --sort-bin; it is left out") == 1
    assert [line for line in said if "libjars" in line] == ["ignoring libjars option (requires real Hadoop): ['x.jar']"]
    assert [line for line in said if "instance" in line] == ["Unexpected option instance_type (from the command line)"]
