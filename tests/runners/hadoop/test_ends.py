"""However a run ends, its job ends with it, and nothing of it stays on the cluster."""

from __future__ import annotations

import os
import re
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.runners.hadoop.client import SECONDS, Client

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from tests.cluster.cluster import Cluster
    from tests.conftest import RunJob

pytestmark = pytest.mark.cluster

#: Its tasks sleep, as long as there is a file by that name.
SLEEPY = """\
import os
import time
from gristmill.job.base import Job


class Sleepy(Job):
    FILES = ["flag"]

    def mapper(self, _, line):
        with open("flag") as flag:
            if os.path.exists(flag.read().strip()):
                time.sleep(600)
        yield line, 1


if __name__ == "__main__":
    Sleepy.run()
"""


@pytest.fixture
def client(cluster: Cluster, tmp_path: Path) -> Client:
    return Client(cluster, tmp_path)


@pytest.fixture
def sleepy(tmp_path: Path) -> list[str | Path]:
    """The job whose tasks sleep as long as the file `sleep` exists."""
    (tmp_path / "sleepy.py").write_text(SLEEPY)
    (tmp_path / "flag").write_text(str(tmp_path / "sleep"))
    (tmp_path / "sleep").touch()
    (tmp_path / "lines.txt").write_text("mill\n")
    return [tmp_path / "sleepy.py", "-r", "hadoop", "--no-conf", tmp_path / "lines.txt"]


def until(condition: Callable[[], object], what: str) -> None:
    last = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < last, what
        time.sleep(0.2)


def follow(run: subprocess.Popen[bytes]) -> str:
    """The id of the job that `run` has started, as soon as it is logged."""
    assert run.stderr
    for line in run.stderr:
        if found := re.match(r"job_(\w+): ", line.decode()):
            return f"application_{found[1]}"
    raise AssertionError("it logged no id")


@pytest.mark.parametrize(
    ("number", "status"), [(signal.SIGINT, 130), pytest.param(signal.SIGTERM, 143, marks=pytest.mark.long)]
)
def test_a_run_that_is_stopped_kills_its_job(
    client: Client, cluster: Cluster, sleepy: list[str | Path], number: int, status: int
) -> None:
    """Ctrl-C when its task runs, SIGTERM as soon as it is submitted: YARN says KILLED, and HDFS is as before."""
    with client.start(*sleepy) as run:
        application = follow(run)
        if number == signal.SIGINT:
            until(lambda: cluster.application(application)["state"] == "RUNNING", "it does not run")
        run.send_signal(number)
        _, talk = run.communicate(timeout=SECONDS)
    assert run.returncode == status, talk.decode()
    assert cluster.application(application)["finalStatus"] == "KILLED"
    assert client.left() == []
    assert list(client.tmp.iterdir()) == []


def test_the_next_run_ends_what_a_killed_one_left(
    client: Client, cluster: Cluster, sleepy: list[str | Path], tmp_path: Path
) -> None:
    """kill -9 of the driver leaves nothing in the way: its job is killed, its files go, its directory is written."""
    command = [*sleepy, "--output-dir", "/test/again"]
    with client.start(*command) as run:
        application = follow(run)
        run.kill()
        run.communicate(timeout=SECONDS)
    assert len(list(client.tmp.glob("gristmill-hadoop-*"))) == 1
    (tmp_path / "sleep").unlink()
    done = client.run(*command)
    assert done.returncode == 0, done.stderr.decode()
    assert cluster.application(application)["finalStatus"] == "KILLED"
    assert "/test/again/_SUCCESS" in client.fs("-ls", "-C", "/test/again").splitlines()
    assert client.left() == []
    assert list(client.tmp.iterdir()) == []


def test_what_cannot_be_removed_is_said_and_left_to_the_next_run(client: Client) -> None:
    """A cluster may fail in mid-run."""
    count = ["-m", "jobs.streaming", "--no-conf", "-r", "hadoop", "--mapper", "cat"]
    by_java = client.conf("hdfs-site.xml", "dfs.webhdfs.enabled", "false")
    done = client.run(*count, "hdfs:///no/such.txt", "-", stdin=b"mill\n", REFUSED="-rm", HADOOP_CONF_DIR=str(by_java))
    talk = done.stderr.decode().splitlines()
    assert talk[-2:] == [
        "error: hadoop fs -rm: Permission denied; mend that, or name other paths; "
        "the next run on this machine tries again",
        "error: input hdfs:///no/such.txt does not exist; give a file, a folder or a glob that the cluster has",
    ]
    assert len(list(client.tmp.iterdir())) == 1
    client.run(*count, "hdfs:///no/such.txt")
    assert client.left() == []
    assert list(client.tmp.iterdir()) == []


@pytest.mark.long
def test_a_task_that_hadoop_ends_is_told_in_its_words(client: Client, sleepy: list[str | Path]) -> None:
    """It leaves no traceback that could be waited for."""
    once = ["-D", "mapreduce.task.timeout=4000", "-D", "mapreduce.map.maxattempts=1"]
    done = client.run(*sleepy, *once, "-D", "mapreduce.job.ubertask.enable=false")
    assert done.returncode == 1
    assert re.fullmatch(
        r"error: Step 1 of 1 failed: (attempt|task)_\d+_\d+_m_00000\d\S*: .*[Tt]imed ?[Oo]ut.*; "
        r"see yarn logs -applicationId application_\d+_\d+",
        done.stderr.decode().splitlines()[-1],
    )
    assert client.left() == []


def test_input_that_is_not_there_is_one_line(client: Client) -> None:
    """Whether a path or a glob, of the cluster or of this machine; before any task."""
    count = ["-m", "jobs.streaming", "--no-conf", "-r", "hadoop"]
    done = client.run(*count, "hdfs:///no/such.txt")
    assert done.returncode == 1
    assert done.stderr.decode().splitlines()[-1] == (
        "error: input hdfs:///no/such.txt does not exist; give a file, a folder or a glob that the cluster has"
    )
    assert client.calls() == ["hadoop jar"]
    done = client.run(*count, "no-such.txt")
    assert done.stderr.decode().splitlines()[-1].startswith("error: input no-such.txt does not exist; ")
    assert client.calls() == []


@pytest.mark.parametrize(
    ("daemon", "setting", "command"),
    [
        ("name node", ("core-site.xml", "fs.defaultFS", "hdfs://127.0.0.1:9"), "hadoop fs -put"),
        pytest.param(
            "resource manager",
            ("yarn-site.xml", "yarn.resourcemanager.address", "127.0.0.1:9"),
            "hadoop jar",
            marks=pytest.mark.long,
        ),
    ],
)
def test_a_cluster_that_does_not_answer_is_one_line_in_seconds(
    client: Client, tmp_path: Path, daemon: str, setting: tuple[str, str, str], command: str
) -> None:
    """Not after the quarter of an hour that Hadoop's clients try."""
    (tmp_path / "lines.txt").write_text("mill\n")
    begun = time.monotonic()
    streaming = ["-m", "jobs.streaming", "--no-conf", "-r", "hadoop", tmp_path / "lines.txt"]
    done = client.run(*streaming, HADOOP_CONF_DIR=str(client.conf(*setting)))
    assert time.monotonic() - begun < 90
    last = done.stderr.decode().splitlines()[-1]
    assert done.returncode == 1, daemon
    assert last.startswith("error: the cluster does not answer: ")
    assert ":9; start it" in last
    assert client.calls()[-1] == command
    assert client.left() == []
    assert list(client.tmp.iterdir()) == []


def test_without_hadoop_there_is_one_line(run_job: RunJob, tmp_path: Path) -> None:
    """It has what to set."""
    env = {"PATH": os.defpath, "HADOOP_HOME": str(tmp_path)}
    done = run_job("-m", "jobs.streaming", "--no-conf", "-r", "hadoop", stdin=b"mill\n", env=env)
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.decode().splitlines()[-1] == (
        "error: there is no command 'hadoop'; install Hadoop's, and set HADOOP_HOME or --hadoop-bin to it"
    )
