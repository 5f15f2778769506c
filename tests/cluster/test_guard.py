"""No process of a cluster is left, however it ends."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cluster import guard, parts, plugin

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.cluster

ROOT = Path(__file__).parents[2]
#: Longer than any of these tests takes.
SLEEP = ["sleep", "600"]
SECONDS = 120


@pytest.fixture(autouse=True)
def have_parts() -> None:
    try:
        parts.find()
    except parts.MissingError as error:
        plugin.do_without(error)


@pytest.fixture
def starter(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """`python -m tests.cluster`, begun, with its folder in `tmp_path`."""
    command = [sys.executable, "-m", "tests.cluster"]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def until_ended(folder: Path) -> None:
    """Until the cluster in `folder` has no process, and no data, which goes last."""
    last = time.monotonic() + SECONDS
    while (left := list(guard.members(folder))) or (folder / "data").exists():
        assert time.monotonic() < last, left
        time.sleep(0.1)


def until_started(tmp_path: Path) -> Path:
    """The folder of the cluster that is starting, once some of its daemons run."""
    last = time.monotonic() + SECONDS
    while time.monotonic() < last:
        for folder in tmp_path.glob("gristmill-cluster-*"):
            if len(list(guard.members(folder))) > 1:
                return folder
        time.sleep(0.05)
    pytest.fail("no daemon was started")


def test_whatever_belongs_to_a_cluster_is_ended_and_nothing_else(tmp_path: Path) -> None:
    """What has the cluster's mark or works in its data ends, and its data goes; others live, another cluster's too."""
    container = tmp_path / "one" / "data" / "container"
    other = tmp_path / "one-more"
    container.mkdir(parents=True)
    (other / "data").mkdir(parents=True)
    task = subprocess.Popen(SLEEP, cwd=container, env={})
    client = subprocess.Popen(SLEEP, cwd=other, env={"GRISTMILL_CLUSTER": str(tmp_path / "one")})
    bystander = subprocess.Popen(SLEEP, cwd=other / "data", env={"GRISTMILL_CLUSTER": str(other)})
    try:
        guard.end(tmp_path / "one")
        assert (task.wait(), client.wait(), bystander.poll()) == (-signal.SIGKILL, -signal.SIGKILL, None)
        assert not (tmp_path / "one" / "data").exists()
        assert (other / "data").exists()
    finally:
        for process in (task, client, bystander):
            process.kill()
            process.wait()


def test_a_starter_that_is_killed_leaves_no_process(starter: subprocess.Popen[str], tmp_path: Path) -> None:
    """Kill -9 of the starter, in the middle of the start, ends every daemon and removes what they wrote."""
    folder = until_started(tmp_path)
    starter.kill()
    until_ended(folder)


@pytest.mark.long
def test_ctrl_c_removes_the_cluster_that_a_person_started(starter: subprocess.Popen[str], tmp_path: Path) -> None:
    """What `python -m tests.cluster` says to do works, and Ctrl-C leaves no process and no file; it is a plain end."""
    assert starter.stdout
    printed = ""
    for line in starter.stdout:
        printed += line
        if line.startswith("Ctrl-C"):
            break
    home = re.search(r"^  export HADOOP_HOME=(.*)$", printed, re.MULTILINE)
    assert home
    folder = Path(home[1]).parent
    assert len(list(guard.members(folder))) == 7
    commands = printed.partition("folder:\n\n")[2].partition("\n\n")[0]
    done = subprocess.run(["bash", "-ec", commands], cwd=ROOT, capture_output=True)
    assert b"\nmill\tmill-02\ttool-01\n" in done.stdout, done.stderr.decode()
    assert re.search(r" http://127\.0\.0\.1:\d+/cluster$", printed, re.MULTILINE)
    starter.send_signal(signal.SIGINT)
    assert starter.wait(SECONDS) == 0
    assert list(guard.members(folder)) == []
    assert list(tmp_path.iterdir()) == []
