"""What YARN is asked for besides running a job, and what comes back where it cannot answer."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from gristmill.errors import RunError
from gristmill.runners.hadoop import command, yarn
from gristmill.runners.hadoop.client_report import ClientReport
from gristmill.runners.hadoop.hdfs import HdfsCommand
from gristmill.runners.hadoop.yarn import Yarn

if TYPE_CHECKING:
    from pathlib import Path

#: As `yarn application -list` shows them.
LISTED = """\
Total number of applications (application-types: [], states: [NEW, RUNNING] and tags: [mill]):2
                Application-Id      Application-Name        Application-Type          User      State
application_1795619329472_0009              mill               MAPREDUCE          analyst   RUNNING
application_1795619329472_123456              mill               MAPREDUCE          analyst   NEW
"""
#: As `mapred job -history` shows a job.
HISTORY = """\
Hadoop job: job_1_2
Kind	Total	Successful	Failed	Killed	StartTime	FinishTime

FAILED MAP task list for job_1_2
TaskId		StartTime	FinishTime	Error	InputSplits
====================================================
task_1_2_m_000000	25-Nov-2026 16:33:19	25-Nov-2026 16:33:48 (29sec)	, AttemptID:attempt_1_2_m_000000_0 \
task timeout set: 4s, taskTimedOut: true	127.0.0.1
"""
ENDED = "INFO: Processing split: hdfs://here/b.txt:10+5\nWARN: Exception running child : java.io.IOException\n"
FAILED = "boom\ngristmill-failed\t1\t5\tattempt_1_2_m_000000_0\tnode-7\t\t\t\n"


def program(folder: Path, name: str, *lines: str) -> list[str]:
    """A command of Hadoop's that does this; the `hadoop` beside it."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    path.chmod(0o755)
    return [str(folder / "hadoop")]


def test_jobs_are_found_by_their_tag(tmp_path: Path) -> None:
    """Ids have any length."""
    (tmp_path / "listed").write_text(LISTED)
    hadoop = program(tmp_path / "bin", "yarn", f"echo \"$@\" > '{tmp_path}/called'", f"cat '{tmp_path}/listed'")
    assert Yarn(hadoop).find("mill") == ["job_1795619329472_0009", "job_1795619329472_123456"]
    assert (tmp_path / "called").read_text() == (
        "application -list -appTags mill -appStates NEW,NEW_SAVING,SUBMITTED,ACCEPTED,RUNNING\n"
    )


def test_a_jobs_history_tells_why_its_first_task_failed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of a job in one container, and of a task that Hadoop ended itself; it is waited for."""
    monkeypatch.setattr(yarn, "PAUSE", 0.01)
    (tmp_path / "history").write_text(HISTORY)
    there = f"test -e '{tmp_path}/asked' && exec cat '{tmp_path}/history'"
    hadoop = program(tmp_path / "bin", "mapred", there, f"touch '{tmp_path}/asked'", "exit 1")
    assert Yarn(hadoop).error("job_1_2") == (
        "task_1_2_m_000000: AttemptID:attempt_1_2_m_000000_0 task timeout set: 4s, taskTimedOut: true"
    )
    hadoop = program(tmp_path / "bin", "mapred", "exit 1")
    assert Yarn(hadoop).error("job_1_2", 0) == ""


def test_logs_are_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A node hands them in some seconds after the job has ended."""
    monkeypatch.setattr(yarn, "PAUSE", 0.01)
    (tmp_path / "logs").write_text(FAILED)
    there = f"test -e '{tmp_path}/asked' && exec cat '{tmp_path}/logs'"
    hadoop = program(tmp_path / "bin", "yarn", there, f"touch '{tmp_path}/asked'", "exit 1")
    found = Yarn(hadoop).failure("application_1_2", 60)
    assert found
    assert (found.task, found.host, found.reason) == ("map task 0", "node-7", "boom")


def test_what_a_task_was_reading_that_hadoop_ended_is_in_its_log(tmp_path: Path) -> None:
    """The split that it had processed last."""
    (tmp_path / "logs").write_text(ENDED)
    hadoop = program(tmp_path / "bin", "yarn", f"test \"$5\" = syslog && exec cat '{tmp_path}/logs'")
    assert Yarn(hadoop).reading("application_1_2", 0) == ("hdfs://here/b.txt", 10, 5)


def test_logs_that_do_not_come_are_given_up(tmp_path: Path) -> None:
    """After one look, where there is no time."""
    hadoop = program(tmp_path / "bin", "yarn", f"echo >> '{tmp_path}/asked'")
    assert Yarn(hadoop).failure("application_1_2", 0) is None
    assert (tmp_path / "asked").read_text() == "\n"


def test_commands_are_on_the_path_where_they_are_not_beside_hadoop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As distributions lay them out."""
    program(tmp_path / "bin", "mapred", f"echo \"$@\" > '{tmp_path}/called'")
    monkeypatch.setenv("PATH", f"{tmp_path}/bin:/usr/bin:/bin")
    Yarn([str(tmp_path / "hadoop")]).kill("job_1_2")
    assert (tmp_path / "called").read_text() == "job -kill job_1_2\n"


def test_a_command_that_is_nowhere_ends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks has something worse to tell."""
    monkeypatch.setenv("PATH", str(tmp_path))
    assert Yarn([str(tmp_path / "hadoop")]).find("mill") == []


@pytest.mark.parametrize(
    ("locale", "expected"),
    [
        ({}, "C.UTF-8"),
        ({"LANG": "C"}, "C.UTF-8"),
        ({"LANG": "de_DE.UTF-8"}, None),
        ({"LC_ALL": "en_US.utf8"}, "en_US.utf8"),
    ],
)
def test_java_takes_names_to_be_utf_8(
    monkeypatch: pytest.MonkeyPatch, locale: dict[str, str], expected: str | None
) -> None:
    """Whatever the locale of this process, as of a cron job."""
    for name in ("LC_ALL", "LC_CTYPE", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in locale.items():
        monkeypatch.setenv(name, value)
    assert command.environment().get("LC_ALL") == expected


def test_a_command_that_is_left_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In good order, or in any."""
    monkeypatch.setattr(command, "GRACE", 0.5)

    def leave(_: str) -> None:
        raise KeyboardInterrupt

    for trap in ("echo asked > '{}/end'; exit", ""):
        program(
            tmp_path / "bin", "hadoop", f'trap "{trap.format(tmp_path)}" TERM', "echo up", "sleep 60 & wait", "wait"
        )
        begun = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            command.run_command([str(tmp_path / "bin" / "hadoop")], ClientReport(), leave)
        assert time.monotonic() - begun < 30
    assert (tmp_path / "end").read_text() == "asked\n"


def test_a_folder_that_is_missing_is_made(tmp_path: Path) -> None:
    """When a file is put into it, and not before."""
    fails = f"test -e '{tmp_path}/made' || {{ echo 'put: `deep/x: No such file or directory: `x' >&2; exit 1; }}"
    put = f'case $2 in -mkdir) touch "{tmp_path}/made" ;; -put) {fails} ;; esac'
    program(tmp_path / "bin", "hadoop", f"echo \"$@\" >> '{tmp_path}/called'", put)
    HdfsCommand([str(tmp_path / "bin" / "hadoop")]).put("here", "deep/x")
    assert (tmp_path / "called").read_text().splitlines() == [
        "fs -put here deep/x",
        "fs -mkdir -p deep",
        "fs -put here deep/x",
    ]


def test_what_the_file_system_refuses_is_one_line(tmp_path: Path) -> None:
    """With its own reason, whatever the command."""
    program(tmp_path / "bin", "hadoop", 'echo "${2#-}: Permission denied: user=me" >&2; exit 1')
    files = HdfsCommand([str(tmp_path / "bin" / "hadoop")])
    for action in (
        lambda: files.put("a", "b"),
        lambda: files.exists("a"),
        lambda: files.list_files("a"),
        lambda: files.remove("a"),
    ):
        with pytest.raises(RunError, match=r"^hadoop fs -\w+: Permission denied: user=me; mend that"):
            action()
