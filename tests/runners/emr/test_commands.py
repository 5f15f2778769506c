"""`gristmill emr`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from gristmill.errors import RunError
from gristmill.runners.emr import commands
from tests.runners.emr.clock import Time
from tests.runners.emr.service import ENVIRONMENT
from tests.runners.emr.test_submitting import request

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.conftest import RunJob
    from tests.runners.emr.service import Services

    Ask = Callable[..., None]


@pytest.fixture
def ask(services: Services, monkeypatch: pytest.MonkeyPatch) -> Ask:
    """Runs a command; each step of the one cluster takes the states that the service has."""
    services.emr.add_job_flow_steps(request(services.emr.add_cluster(LogUri="s3n://logs/emr/"), "words ID 1/1"))

    def ask(*args: str) -> None:
        where = ["--emr-endpoint", services.url, "--s3-endpoint", services.url]
        monkeypatch.setattr(sys, "argv", ["gristmill emr", *args, *where])
        commands.main(Time().clock)

    return ask


def test_the_steps_of_a_cluster_are_listed(services: Services, ask: Ask, capsys: pytest.CaptureFixture[str]) -> None:
    """Newest first; what others named them is no command to a terminal."""
    services.emr.add_job_flow_steps(request("j-1", "red \x1b[31m"))
    ask("list", "j-1")
    assert capsys.readouterr().out == "s-2  PENDING         red \\x1b[31m\ns-1  PENDING         words ID 1/1\n"


def test_a_step_is_followed_to_its_end(services: Services, ask: Ask, caplog: pytest.LogCaptureFixture) -> None:
    """One that has not completed is an error with what it left to read."""
    ask("attach", "j-1/s-1")
    assert caplog.messages == ["s-1 is RUNNING", "s-1 is COMPLETED"]
    services.emr.steps["j-1"][0]["left"] = ["CANCELLED"]
    with pytest.raises(RunError, match=r"^s-1 is CANCELLED; see s3n://logs/emr/j-1/steps/s-1/$"):
        ask("attach", "j-1/s-1")
    services.emr.steps["j-1"][0]["left"] = ["FAILED"]
    services.s3["logs", "emr/j-1/steps/s-1/syslog"] = b"Error launching job : Input path does not exist: s3://b/none\n"
    with pytest.raises(RunError, match=r"^input s3://b/none does not exist"):
        ask("attach", "j-1/s-1")


def test_a_step_is_cancelled(services: Services, ask: Ask) -> None:
    """By its name."""
    ask("cancel", "j-1/s-1")
    assert services.emr.steps["j-1"][0]["left"] == ["CANCELLED"]


def test_the_logs_of_a_step_are_printed(
    services: Services, ask: Ask, capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """All that S3 has; where they will be, where it has none."""
    ask("logs", "j-1/s-1")
    assert caplog.messages == ["there are none yet in s3n://logs/emr/j-1/steps/s-1/"]
    services.s3["logs", "emr/j-1/steps/s-1/controller"] = b"it began\n"
    ask("logs", "j-1/s-1")
    assert capsys.readouterr().out == "==> s3://logs/emr/j-1/steps/s-1/controller <==\nit began\n"


def test_a_step_has_a_cluster(ask: Ask) -> None:
    """EMR knows none without."""
    with pytest.raises(RunError, match=r"^'s-1' is no step; give CLUSTER/STEP, as j-1ABCD/s-2EFGH: --no-wait prints"):
        ask("cancel", "s-1")


@pytest.mark.parametrize(
    ("args", "status", "line"),
    [
        (["cancel", "s-1"], 1, "error: 's-1' is no step; "),
        (["frob"], 2, "error: argument COMMAND: invalid choice: 'frob'"),
        ([], 2, "error: the following arguments are required: COMMAND"),
    ],
)
def test_a_mistake_is_one_line(run_job: RunJob, args: list[str], status: int, line: str) -> None:
    """As everywhere."""
    ran: Any = run_job("-m", "gristmill", "emr", *args, env=ENVIRONMENT)
    assert (ran.returncode, ran.stdout) == (status, b"")
    assert ran.stderr.decode().startswith(line)
    assert ran.stderr.count(b"\n") == 1
