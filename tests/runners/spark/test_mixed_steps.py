"""A step of Spark's own between steps of the job's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.conftest import SECONDS

if TYPE_CHECKING:
    from pathlib import Path

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


@pytest.mark.parametrize("between", ["here", "elsewhere"])
def test_a_step_reads_what_a_step_of_sparks_own_wrote(run_job: RunJob, tmp_path: Path, between: str) -> None:
    """And that reads what the step before it wrote; a word that it leaves out is not counted."""
    (tmp_path / "mixed.py").write_text(JOB)
    far = ["--spark-tmp-dir", f"file://{tmp_path}/far"] if between == "elsewhere" else []
    args = ["mixed.py", "--no-conf", "-r", "spark", "-q", "-D", "mapreduce.job.reduces=1", *far]
    done = run_job(*args, cwd=tmp_path, stdin=b"the mill by the mill\n", seconds=10 * SECONDS)
    assert sorted(done.stdout.splitlines()) == [b'"by"\t1', b'"mill"\t2'], done.stderr.decode()
