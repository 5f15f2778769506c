"""Runs of two users of one machine: neither can have the other remove, wait or believe anything."""

from __future__ import annotations

import json
import os
import re
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gristmill.runners.hadoop.cluster import cluster_name
from gristmill.runners.hadoop.ledger import CleanupLedger, adopt
from gristmill.runners.owned_folder import OwnedFolder, sweep
from tests.runners.hadoop import stand_in
from tests.two_users import OTHER, as_other, needs_root, shared

if TYPE_CHECKING:
    from tests.conftest import RunJob

__all__ = ["shared"]

pytestmark = needs_root

RUN = "words.analyst.20261127.101500.123456"
STREAM = ["-m", "jobs.streaming", "--no-conf", "--mapper", "cat"]


def lure(folder: Path, cluster: str, victim: str) -> None:
    """Make what looks like the folder of a killed run of root's: its lock is free, and its ledger names a folder."""
    folder.mkdir(mode=0o700)
    (folder / ".lock").touch()
    (folder / "left.json").write_text(json.dumps({"cluster": cluster, "folders": [victim], "jobs": ["job_1_2"]}))


def test_nothing_is_removed_from_a_cluster_because_another_user_says_so(
    shared: Path, tmp_path: Path, run_job: RunJob, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor is a job killed. Their folder is named in one line, and stays."""
    root = stand_in.install(tmp_path / "hadoop")
    monkeypatch.setenv("HADOOP_HOME", str(tmp_path / "hadoop"))
    victim = root / stand_in.HOME[1:] / f"gristmill.{RUN}"
    victim.mkdir()
    folder = shared / f"gristmill-hadoop-0.{RUN}"
    cluster = cluster_name([str(tmp_path / "hadoop" / "bin" / "hadoop")])
    as_other(lambda: lure(folder, cluster, victim.name))
    done = run_job(*STREAM, "-r", "hadoop", stdin=b"mill\n", env={"TMPDIR": str(shared)})
    assert (done.returncode, done.stdout) == (0, b"mill\n"), done.stderr.decode()
    assert victim.is_dir()
    assert "mapred" not in root.with_name("calls").read_text()
    assert done.stderr.decode().count(str(folder)) == 1
    assert f"{folder}: not this user's alone, so left as it is\n" in done.stderr.decode()
    assert list(shared.iterdir()) == [folder]
    # the same in a folder of our own is believed
    for path in (folder, *folder.iterdir()):
        os.chown(path, 0, 0)
    ledger = CleanupLedger()
    adopt(ledger, shared, [str(tmp_path / "hadoop" / "bin" / "hadoop")])
    assert (ledger.folders, ledger.jobs) == ([victim.name], ["job_1_2"])
    assert list(shared.iterdir()) == []


@pytest.mark.parametrize("runner", ["local", "inline"])
def test_no_run_waits_for_another_users_fifo(shared: Path, run_job: RunJob, runner: str) -> None:
    """In place of a lock, beside its temporary files or beside its output."""
    folders = [shared / "gristmill-0.a", shared / ".newgristmill-0.b", shared / ".out.gristmill.c", shared / "fifo"]

    def make() -> None:
        for folder in folders[:3]:
            folder.mkdir(mode=0o700)
            os.mkfifo(folder / ".lock")
        os.mkfifo(folders[3])
        (shared / "gristmill-0.d").symlink_to("fifo")

    as_other(make)
    job = ["-m", "jobs.inverted_index", "--no-conf", "-r", runner, "--output-dir", str(shared / "out")]
    done = run_job(*job, stdin=b"d1\tmill\n", env={"TMPDIR": str(shared)}, seconds=60)
    assert done.returncode == 0, done.stderr.decode()
    assert sorted(shared.iterdir()) == sorted([*folders, shared / "gristmill-0.d", shared / "out"])


def test_each_user_sweeps_what_their_own_killed_runs_left(shared: Path) -> None:
    """Of one name in one folder."""
    names = re.compile(r"\.out\..+")

    def leave(name: str) -> None:
        OwnedFolder(shared, ".out.", name)
        os.kill(os.getpid(), signal.SIGKILL)

    def killed(name: str, user: int) -> None:
        if child := os.fork():
            os.waitpid(child, 0)
            return
        os.setuid(user)
        leave(name)

    killed("theirs", OTHER)
    killed("ours", 0)
    assert sweep(shared, names) == [shared / ".out.theirs"]
    killed("ours", 0)
    as_other(lambda: sweep(shared, names))
    assert [path.name for path in shared.iterdir()] == [".out.ours"]
    sweep(shared, names)
    assert list(shared.iterdir()) == []


def test_another_users_link_is_left(shared: Path, tmp_path: Path) -> None:
    """And what it leads to."""
    OwnedFolder(tmp_path, ".out.", "a").release()
    as_other(lambda: (shared / ".out.b").symlink_to(tmp_path / ".out.a"))
    assert sweep(shared, re.compile(r"\.out\..+")) == [shared / ".out.b"]
    assert (tmp_path / ".out.a").is_dir()
    assert (shared / ".out.b").is_symlink()
