"""The Spark runner on files of a cluster, which only Spark reaches: the bytes of the local runner."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gristmill.runners.spark.java import WRAPPER
from tests.conftest import SECONDS
from tests.equality import cases

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.cluster.cluster import Cluster
    from tests.conftest import RunJob

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(20 * SECONDS), pytest.mark.usefixtures("workers_that_end")]

UPPER = """\
from gristmill.job.base import Job
from mrjob.protocol import BytesValueProtocol


class Upper(Job):
    INPUT_PROTOCOL = OUTPUT_PROTOCOL = BytesValueProtocol

    def mapper(self, _, line):
        self.increment_counter("lines", "seen")
        yield None, line.upper()


if __name__ == "__main__":
    Upper.run()
"""


def hdfs(cluster: Cluster, *arguments: str) -> str:
    """What `hadoop fs ARGUMENTS` prints."""
    environment = {**os.environ, **cluster.env}
    command = [cluster.hadoop, "fs", *arguments]
    return subprocess.run(command, env=environment, capture_output=True, check=True, text=True).stdout


@pytest.fixture
def run_job(run_job: RunJob) -> RunJob:
    """Run a job that may take long where the machine has much else to do."""
    return partial(run_job, seconds=10 * SECONDS)


@pytest.fixture
def folder(cluster: Cluster, tmp_path: Path) -> Iterator[Path]:
    """Hard input, here in `in` and on HDFS in /spark/in, more of it in more.txt, and a job that maps."""
    cases.write_input("inverted_index", tmp_path / "in")
    (tmp_path / "more.txt").write_bytes(b"more\tthe mill \xff\r\rmore\tgrain" * 3)
    (tmp_path / "upper.py").write_text(UPPER)
    hdfs(cluster, "-mkdir", "/spark")
    hdfs(cluster, "-put", str(tmp_path / "in"), "/spark/in")
    yield tmp_path
    hdfs(cluster, "-rm", "-r", "/spark")


def root(cluster: Cluster) -> str:
    """The URI of the cluster's own files."""
    settings = Path(cluster.env["HADOOP_CONF_DIR"], "core-site.xml").read_text()
    found = re.search("hdfs://[^<]*", settings)
    assert found is not None
    return found[0]


def counters(talk: bytes) -> list[str]:
    """The counters that a run has told, line by line."""
    return [line for line in talk.decode().splitlines() if line.startswith("\t")]


def test_input_of_both_sides_gives_the_bytes_of_the_local_runner(
    cluster: Cluster, folder: Path, run_job: RunJob, job_tmp: Path
) -> None:
    """What is here is sent there; names are as typed, counters are the same; nothing is left there or here."""
    job = ["-m", "jobs.inverted_index", "--no-conf", "--docid-from", "file", "-D", "mapreduce.job.reduces=2"]
    local = run_job(*job, "in", "more.txt", cwd=folder)
    far = ["--spark-tmp-dir", f"{root(cluster)}/spark/tmp", f"{root(cluster)}/spark/in"]
    spark = run_job(*job, "-r", "spark", *far, "more.txt", "-o", "out", "--cat-output", cwd=folder)
    assert spark.returncode == 0, spark.stderr.decode()
    assert spark.stdout == local.stdout.replace(b"\tin/", f"\t{root(cluster)}/spark/in/".encode())
    held = sorted(path.name for path in (folder / "out").iterdir())
    assert held == ["_SUCCESS", "_gristmill.json", "part-00000", "part-00001"]
    assert counters(spark.stderr) == counters(local.stderr) != []
    assert list(job_tmp.iterdir()) == []
    assert hdfs(cluster, "-ls", "-C", "/spark/tmp") == ""


def test_names_there_are_hadoops(cluster: Cluster, folder: Path, run_job: RunJob) -> None:
    """Named outright is read, found by a folder or a glob is hidden; a set has its opposite; a comma parts inputs.

    A file that several patterns find is read once, a mark at its start is no text.
    """
    for name in ("_h.txt", "_d/a.txt", "_d/_b.txt", "set/a.txt", "set/b.txt", "set/_c.txt", "_here.txt"):
        path = folder / "more" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\xef\xbb\xbfmill\tmark")
    hdfs(cluster, "-put", str(folder / "more"), "/spark/more")
    far = f"{root(cluster)}/spark/more"
    job = ["-m", "jobs.inverted_index", "--no-conf", "-v", "--docid-from", "file", "-r", "spark", "--payload", "tf"]
    paths = [f"{far}/_h.txt,{far}/_d", f"{far}/set/[!b]*", f"{far}/set/{{a,c}}.txt", "more/_here.txt"]
    done = run_job(*job, *paths, cwd=folder)
    assert done.returncode == 0, done.stderr.decode()
    rows = [f"{far}/{name}:1" for name in ("_d/a.txt", "_h.txt", "set/a.txt")]
    assert done.stdout.decode() == "".join(
        "\t".join([word, *rows, "more/_here.txt:1"]) + "\n" for word in ("mark", "mill")
    )
    assert "2 hidden files and folders, whose names begin with _ or ., are not read" in done.stderr.decode()


def test_an_output_folder_there_is_hadoops(cluster: Cluster, folder: Path, run_job: RunJob, job_tmp: Path) -> None:
    """Of a map alone: its parts are in order of the input. A second run is refused, and leaves nothing."""
    far = root(cluster) + "/spark"
    job = ["upper.py", "--no-conf", "-D", "mapreduce.job.maps=5"]
    local = run_job(*job, "in", cwd=folder)
    command = [*job, "-r", "spark", f"{far}/in", "-o", f"{far}/out", "--cat-output", "--spark-tmp-dir", f"{far}/tmp"]
    spark = run_job(*command, cwd=folder)
    assert spark.returncode == 0, spark.stderr.decode()
    assert spark.stdout == local.stdout
    assert counters(spark.stderr) == counters(local.stderr) != []
    here = run_job(*job, "-r", "spark", f"{far}/in", "-o", "out", "--cat-output", cwd=folder)
    assert here.stdout == local.stdout, here.stderr.decode()
    parts = sorted(path.name for path in (folder / "out").glob("part-*"))
    assert parts == [f"part-{part:05d}" for part in range(len(parts))]
    listed = hdfs(cluster, "-ls", "-C", "/spark", "/spark/out").split()
    assert listed == ["/spark/in", "/spark/out", "/spark/out/_SUCCESS"] + [
        f"/spark/out/part-{part:05d}" for part in range(len(listed) - 3)
    ]
    again = run_job(*command, cwd=folder)
    assert again.returncode == 1
    last = again.stderr.decode().splitlines()[-1]
    assert last == f"error: output directory {far}/out already exists; name another, or remove it first"
    assert list(job_tmp.iterdir()) == []


def test_input_there_that_is_missing_is_one_line(cluster: Cluster, folder: Path, run_job: RunJob) -> None:
    """Nothing is printed, though there is other input, here and there."""
    path = f"{root(cluster)}/spark/missing"
    there = f"{root(cluster)}/spark/in/part-00000"
    done = run_job("upper.py", "--no-conf", "-r", "spark", "more.txt", there, path, cwd=folder)
    last = done.stderr.decode().splitlines()[-1]
    assert last == f"error: input {path} does not exist; give a file, a folder or a glob that Spark reaches"
    assert (done.returncode, done.stdout) == (1, b"")


def test_a_folder_that_cannot_be_removed_is_named(folder: Path, run_job: RunJob, job_tmp: Path) -> None:
    """The error that ended the run stays the last line."""
    far = ["--spark-tmp-dir", "nosuch://here/tmp"]
    done = run_job("upper.py", "--no-conf", "-r", "spark", *far, "more.txt", cwd=folder)
    talk = done.stderr.decode()
    assert re.search("^nosuch://here/tmp/.*: not removed, since ", talk, re.MULTILINE)
    assert re.match('error: Step 1 of 1 failed: .*No FileSystem for scheme "nosuch"', talk.splitlines()[-1])
    assert (done.returncode, done.stdout, list(job_tmp.iterdir())) == (1, b"", [])


@pytest.mark.long
@pytest.mark.parametrize("output", [[], ["-o", "out", "--cat-output"]], ids=["printed", "folder"])
def test_a_job_runs_on_yarn(cluster: Cluster, folder: Path, run_job: RunJob, job_tmp: Path, output: list[str]) -> None:
    """Executors of their own, files sent along; printed, or in a folder of this machine."""
    (folder / "stop.txt").write_text("mill\n")
    job = ["-m", "jobs.inverted_index", "--no-conf", "--payload", "tf", "--stop-words", "stop.txt"]
    local = run_job(*job, "in", cwd=folder)
    java = folder / "java-home"
    (java / "bin").mkdir(parents=True)
    (java / "bin" / "java").write_text(WRAPPER.format(java=f"{cluster.env['JAVA_HOME']}/bin/java"))
    (java / "bin" / "java").chmod(0o755)
    jars = Path(sys.prefix, "lib", f"python3.{sys.version_info[1]}", "site-packages", "pyspark", "jars")
    conf = {
        "spark.yarn.jars": f"local:{jars}/*",
        "spark.yarn.appMasterEnv.JAVA_HOME": java,
        "spark.executorEnv.JAVA_HOME": java,
        "spark.driver.host": "127.0.0.1",
        "spark.executor.instances": 1,
        "spark.executor.memory": "512m",
        "spark.yarn.am.memory": "512m",
    }
    words = [word for name, value in conf.items() for word in ("-D", f"{name}={value}")]
    master = ["-r", "spark", "--spark-master", "yarn", "--python-bin", sys.executable]
    env = {**cluster.env, "JAVA_HOME": str(java)}
    spark = run_job(*job, *master, *words, "in", *output, cwd=folder, env=env)
    assert spark.returncode == 0, spark.stderr.decode()
    assert spark.stdout == local.stdout
    assert list(job_tmp.iterdir()) == []
    assert "gristmill" not in hdfs(cluster, "-ls", "-C", "/user/*", "/user/*/tmp/mrjob")
