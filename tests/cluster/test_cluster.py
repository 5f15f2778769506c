"""The cluster itself: what the tests of jobs on Hadoop stand on."""

from __future__ import annotations

import os
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from tests.cluster import plugin
from tests.cluster.parts import MissingError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.cluster.cluster import Cluster

pytestmark = pytest.mark.cluster

#: What happens on a cluster happens within so many seconds, or does not.
SECONDS = 60
MAPPER = """\
import site, sys
from pathlib import Path
packages = sum(1 for folder in site.getsitepackages() for _ in Path(folder).glob("*/__init__.py"))
for line in sys.stdin:
    print(line.rstrip(), f"{sys.version_info >= (3, 9)} {packages}", sep="\\t")
"""


@pytest.fixture
def whole(cluster: Cluster) -> Iterator[Cluster]:
    """The cluster, mended after the test."""
    yield cluster
    cluster.mend()


def hadoop(cluster: Cluster, *arguments: str) -> bytes:
    """What `hadoop ARGUMENTS` prints; its stderr is shown where it fails."""
    environment = {**os.environ, **cluster.env}
    done = subprocess.run([cluster.hadoop, *arguments], env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def until(condition: Callable[[], bool]) -> None:
    last = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < last, "it did not come true"
        time.sleep(0.1)


def test_every_daemon_is_a_process_and_every_node_is_known(cluster: Cluster) -> None:
    """A cluster that is started has all its daemons, and its masters know their nodes."""
    assert sorted(cluster.pids) == [
        "datanode1",
        "datanode2",
        "historyserver",
        "namenode",
        "nodemanager1",
        "nodemanager2",
        "resourcemanager",
    ]
    assert (cluster.live_datanodes(), cluster.live_nodemanagers()) == (2, 2)


def test_a_streaming_job_in_hdfs_runs_on_a_python_without_packages(cluster: Cluster, tmp_path: Path) -> None:
    """A file put into HDFS goes through mappers that find a Python 3.9 or later with no packages, and comes back."""
    (tmp_path / "mapper.py").write_text(MAPPER, encoding="utf-8")
    (tmp_path / "in.txt").write_bytes("mill\nGrüße\nflour\n".encode())
    (jar,) = (cluster.folder / "hadoop").rglob("share/**/hadoop-streaming*.jar")
    hadoop(cluster, "fs", "-put", str(tmp_path / "in.txt"), "/test.txt")
    hadoop(
        cluster,
        "jar",
        str(jar),
        # tasks in containers of their own, on the nodes
        "-Dmapreduce.job.ubertask.enable=false",
        "-files",
        str(tmp_path / "mapper.py"),
        *("-input", "/test.txt", "-output", "/test-out", "-mapper", "python3 mapper.py", "-reducer", "cat"),
    )
    assert hadoop(cluster, "fs", "-cat", "/test-out/part-*").decode() == "Grüße\tTrue 0\nflour\tTrue 0\nmill\tTrue 0\n"


def test_nodes_that_are_killed_are_missed_within_seconds_and_come_back(whole: Cluster) -> None:
    """Masters count a killed node as gone within seconds, and count it again when it is started again."""
    whole.kill("nodemanager1")
    whole.kill("datanode2")
    until(lambda: (whole.live_nodemanagers(), whole.live_datanodes()) == (1, 1))
    whole.mend()
    assert (whole.live_nodemanagers(), whole.live_datanodes()) == (2, 2)


def test_a_master_that_is_killed_comes_back_at_its_address(whole: Cluster) -> None:
    """A resource manager that is started again has the address that it had, and its nodes find it."""
    whole.kill("resourcemanager")
    with pytest.raises(OSError, match="refused"):
        whole.live_nodemanagers()
    whole.mend()
    until(lambda: whole.live_nodemanagers() == 2)


def test_without_its_parts_the_tests_are_skipped_and_say_why(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where there can be no cluster its tests are skipped with the reason."""
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"^no cluster: there is no jar$"):
        plugin.do_without(MissingError("there is no jar"))


def test_without_its_parts_the_tests_fail_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    """In CI a cluster that cannot be had is a failure."""
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=r"^CI runs these tests, and cannot: there is no jar$"):
        plugin.do_without(MissingError("there is no jar"))
