"""The help of a job, line by line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from gristmill.job.base import Job
from gristmill.job.options import RUNNERS
from gristmill.runners.registry import OURS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import RunJob


class Long(Job):
    """Words of at least some length."""

    def configure_args(self) -> None:
        super().configure_args()
        self.add_passthru_arg("--least", type=int, default=1, metavar="N", help="letters that a word must have")
        self.add_file_arg("--words", metavar="FILE", help="words that count")

    def mapper(self, _: Any, line: str) -> Iterator[tuple[str, int]]:
        yield line, 1


def help_of(job: type[Job], *args: str, capsys: pytest.CaptureFixture[str]) -> dict[str, list[str]]:
    """The first spelling of each option that the help shows, by the title of its group."""
    with pytest.raises(SystemExit) as raised:
        job(["--help", *args])
    assert raised.value.code == 0
    return groups(capsys.readouterr().out)


def groups(text: str) -> dict[str, list[str]]:
    titled = re.split(r"^(options of .*):$", text, flags=re.MULTILINE)[1:]
    return {title: re.findall(r"^  (--?[\w-]+)", body, re.MULTILINE) for title, body in zip(titled[::2], titled[1::2])}


#: What every job has, whatever runs it.
EVERY_JOB = ["-r", "-o", "--cat-output", "--no-cat-output", "--step-output-dir", "-q", "-v", "-c", "--no-conf", "-h"]


def test_a_jobs_own_options_come_first_with_d_among_them(capsys: pytest.CaptureFixture[str]) -> None:
    """mrjob's come after, and none of a runner's."""
    assert help_of(Long, capsys=capsys) == {
        "options of this job": ["--least", "--words", "-D"],
        "options of every job": EVERY_JOB,
    }


def test_the_options_of_a_runner_are_shown_where_one_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """Those that it obeys, and no others of mrjob's."""
    shown = help_of(Long, "-r", "inline", capsys=capsys)
    assert list(shown) == ["options of this job", "options of every job", "options of -r inline"]
    assert shown["options of -r inline"] == [
        *["--files", "--archives", "--dirs", "--cmdenv", "--hadoop-version", "--local-tmp-dir"],
        *["--cleanup", "--cleanup-on-failure", "--label", "--owner"],
    ]
    assert "--spark-master" in help_of(Long, "-r", "spark", capsys=capsys)["options of -r spark"]
    assert "--hadoop-bin" in help_of(Long, "-r", "hadoop", capsys=capsys)["options of -r hadoop"]


def test_the_options_of_one_task_are_shown_with_v(capsys: pytest.CaptureFixture[str]) -> None:
    """They make a job a program of Hadoop Streaming."""
    shown = help_of(Long, "-v", capsys=capsys)
    assert shown["options of one task"] == ["--mapper", "--combiner", "--reducer", "--step-num"]


def test_an_option_that_takes_the_name_of_mrjobs_is_the_jobs_own(run_job: RunJob) -> None:
    """--mapper takes a program in jobs.streaming, so no task of that job is offered."""
    shown = groups(run_job("-m", "jobs.streaming", "--help", "-v").stdout.decode())
    assert shown["options of this job"] == ["-mapper", "-combiner", "-reducer", "-file", "-input", "-output", "-D"]
    assert list(shown) == ["options of this job", "options of every job"]


@pytest.mark.parametrize("runner", RUNNERS)
def test_no_line_of_the_help_is_mrjobs_own(run_job: RunJob, runner: str) -> None:
    """mrjob speaks of runners that there are none of here, and of folders that must be empty."""
    text = run_job("-m", "jobs.inverted_index", "--help", "-v", "-r", runner).stdout.decode()
    words = " ".join(text.split())
    for wrong in ("dataproc", "must be empty)", "Don't print anything", "ignored", "deprecated"):
        assert wrong not in words.lower()
    assert "must not exist yet" in words
    assert "write nothing to stderr but errors, and a warning where most lines could not be used" in words


def test_only_runners_that_exist_can_be_chosen(run_job: RunJob) -> None:
    """Another is a mistake on the command line, of one line."""
    assert sorted(RUNNERS) == sorted(OURS)
    ran = run_job("-m", "jobs.inverted_index", "-r", "dataproc", stdin=b"a\tmill\n")
    assert (ran.returncode, ran.stdout) == (2, b"")
    said = ran.stderr.decode()
    assert said.startswith("error: argument -r/--runner: invalid choice: 'dataproc' (choose from ")
    assert said.count("\n") == 1


def test_an_option_of_mrjobs_that_help_leaves_out_is_accepted() -> None:
    """A script that starts a moved job need not change."""
    options: Any = Long(
        ["--no-check-input-paths", "--no-output", "--instance-type", "m5.large", "--least", "3"]
    ).options
    assert (options.cat_output, options.least) == (False, 3)
