"""mrjob's options of EMR: each is obeyed, needless or refused, and docs/emr.md says which."""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Any

import pytest

import gristmill.job.mrjob_compat  # noqa: F401 (before any mrjob module)
from gristmill.errors import RunError
from gristmill.job.added_options import EMR
from gristmill.job.runner_options import typed
from gristmill.runners.emr import options
from tests.conftest import RunJob
from mrjob.emr import EMRJobRunner
from mrjob.runner import MRJobRunner

DOCS = (Path(__file__).parents[3] / "docs" / "emr.md").read_text(encoding="utf-8")
THEIRS = EMRJobRunner.OPT_NAMES - MRJobRunner.OPT_NAMES


def rows() -> dict[str, list[str]]:
    """The rows of the docs' table by the option they are about."""
    cells = [row.strip("|").split(" | ") for row in re.findall(r"^\| `.*", DOCS, re.MULTILINE)]
    return {flag: row for row in cells for flag in re.findall(r"`([\w-]+)", row[0])}


def test_every_option_of_mrjobs_runner_for_emr_is_known() -> None:
    """All 72 that it takes besides those of its base."""
    assert len(THEIRS) == 72
    assert options.OBEYED | {*options.NEEDLESS, *options.REFUSED} == THEIRS
    assert not options.OBEYED & {*options.NEEDLESS, *options.REFUSED}


@pytest.mark.parametrize("name", sorted({*THEIRS, *EMR}))
def test_the_docs_say_what_becomes_of_each_option(name: str) -> None:
    """Obeyed, with what it sets; needless or refused, with what to write instead, in the words of the run."""
    row = rows()[typed(name)]
    verdict = "needless" if name in options.NEEDLESS else "refused" if name in options.REFUSED else "obeyed"
    assert row[1].strip() == verdict
    if verdict != "obeyed":
        words = {**options.NEEDLESS, **options.REFUSED}[name]
        assert row[2].strip(" |").replace("`", "") == words.replace("`", "")
    else:
        assert options.is_obeyed(name) or name in EMR


@pytest.mark.parametrize("name", sorted(options.REFUSED))
def test_an_option_that_cannot_be_had_says_what_to_write_instead(name: str) -> None:
    """Before anything is made."""
    with pytest.raises(RunError) as error:
        options.check({name: "x"})
    assert str(error.value) == f"{typed(name)}: -r emr does not have it; {options.REFUSED[name]}"


def test_hours_have_an_end_only_where_a_run_waits() -> None:
    """No driver is there to end it after so long."""
    with pytest.raises(RunError, match=r"^--no-wait and --max-hours: nobody is there to end it after so long; leave"):
        options.check({"no_wait": True, "max_hours": 2.0})


def test_a_needless_option_is_told_of(caplog: pytest.LogCaptureFixture) -> None:
    """And one that says no to what there is none of is not."""
    with caplog.at_level(logging.WARNING):
        options.check({"ssh_tunnel": True, "pool_clusters": False, "region": "x"})
    assert caplog.messages == [f"--ssh-tunnel does nothing with -r emr: {options.NEEDLESS['ssh_tunnel']}"]


@pytest.mark.parametrize(
    ("runner", "args", "flag"),
    [("local", ["--dry-run"], "--dry-run"), ("hadoop", ["--max-hours", "2"], "--max-hours")],
)
def test_an_option_of_emr_alone_ends_a_run_elsewhere(run_job: RunJob, runner: str, args: list[str], flag: str) -> None:
    """A job that was to be tried is not run in earnest."""
    ran: Any = run_job("-m", "jobs.inverted_index", "--no-conf", "-r", runner, *args, stdin=b"a\tb\n")
    assert (ran.returncode, ran.stdout) == (1, b"")
    assert ran.stderr.decode() == f"error: {flag}: -r emr alone has it; use -r emr, or leave it out\n"
