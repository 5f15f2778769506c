"""A step of Spark's own between steps of the job's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conftest import SECONDS
from tests.runners.spark.test_far import root

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.cluster import Cluster
    from tests.conftest import RunJob

pytestmark = pytest.mark.timeout(20 * SECONDS)

JOB = """\
from gristmill.job.base import Job
from mrjob.step import MRStep, SparkStep


class Mixed(Job):
    def steps(self):
        return [MRStep(mapper=self.split), SparkStep(self.spark), MRStep(mapper=self.again, reducer=self.add)]

    def split(self, _, line):
        for word in line.split():
            yield None, word

    def spark(self, input_path, output_path):
        from pyspark import SparkContext

        context = SparkContext()
        context.textFile(input_path).filter(lambda line: "the" not in line).saveAsTextFile(output_path)
        context.stop()

    def again(self, _, word):
        yield word, 1

    def add(self, word, counts):
        yield word, sum(counts)


if __name__ == "__main__":
    Mixed.run()
"""


def words(run_job: RunJob, folder: Path, *far: str) -> list[bytes]:
    """What the job prints, in order of its lines."""
    (folder / "mixed.py").write_text(JOB)
    args = ["mixed.py", "--no-conf", "-r", "spark", "-q", "-D", "mapreduce.job.reduces=1", *far]
    done = run_job(*args, cwd=folder, stdin=b"the mill by the mill\n", seconds=10 * SECONDS)
    assert done.returncode == 0, done.stderr.decode()
    return sorted(done.stdout.splitlines())


def test_a_step_reads_what_a_step_of_sparks_own_wrote(run_job: RunJob, tmp_path: Path) -> None:
    """And that reads what the step before it wrote; a word that it leaves out is not counted."""
    assert words(run_job, tmp_path) == [b'"by"\t1', b'"mill"\t2']


@pytest.mark.cluster
def test_a_step_reads_it_from_a_cluster(cluster: Cluster, run_job: RunJob, tmp_path: Path) -> None:
    """Where files between steps lie there."""
    assert words(run_job, tmp_path, "--spark-tmp-dir", f"{root(cluster)}/mixed") == [b'"by"\t1', b'"mill"\t2']
