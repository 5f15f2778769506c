"""Part files on a real cluster are those of the other runners, one by one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.runners.hadoop.client import Client

if TYPE_CHECKING:
    from tests.cluster.cluster import Cluster
    from tests.conftest import RunJob

pytestmark = pytest.mark.cluster

ROOT = Path(__file__).parents[3]
#: Records of bytes, each as it was: what a mapper writes, a combiner passes on, and a reducer writes again.
RECORDS = """\
from gristmill.job.base import Job
from mrjob.protocol import BytesValueProtocol
from mrjob.step import MRStep


class Records(Job):
    INPUT_PROTOCOL = INTERNAL_PROTOCOL = OUTPUT_PROTOCOL = BytesValueProtocol

    def steps(self):
        return [MRStep(mapper=self.lines, reducer=self.again), MRStep(mapper=self.again, reducer=self.again)]

    def lines(self, _, line):
        yield None, eval(line)

    def again(self, _, lines):
        for line in lines if not isinstance(lines, bytes) else [lines]:
            yield None, line


class Combined(Records):
    def steps(self):
        return [MRStep(mapper=self.lines, combiner=self.again, reducer=self.again)]


class Sorted(Records):
    SORT_VALUES = True

    def steps(self):
        return [MRStep(mapper=self.lines, reducer=self.again)]


if __name__ == "__main__":
    {name}.run()
"""
KEYS = [
    b"",
    b"a",
    b"a\x01b",
    b"a\x00",
    b"a\x08\x08",
    b"a b",
    b"mill",
    b"\xc3\xa9",
    b"\xff",
    b"\xed\xa0\x80",
    b"\xf0\x9f\x8d",
]
KEYS += [b"\xe6\xb0", b"\xf4\x90\x80\x80", b"\xc0\xafx", "\U0001f35e".encode(), b"z" * 300]
#: A value of its own for each key: of equal ones no order is promised.
VALUES = [b"", b"\t", b"\t\x00", b"\t\x00\x00v", b"\tv\t", b"\t\tv", b"\t\x01"]
LINES = [key + VALUES[(number + number // 7) % 7] for number, key in enumerate(KEYS)]
#: Records that end at a CR.
LINES += [b"cr\tx\rcs\ry\t\rct\t\r", b"cu\r\rcv\t\x00"]


@pytest.fixture
def client(cluster: Cluster, tmp_path: Path) -> Client:
    return Client(cluster, tmp_path)


def parts(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("part-*"))}


@pytest.mark.parametrize(
    "name", ["Records", *(pytest.param(name, marks=pytest.mark.long) for name in ("Combined", "Sorted"))]
)
def test_records_of_any_bytes_are_in_the_same_part_files_on_every_runner(
    client: Client, run_job: RunJob, tmp_path: Path, name: str
) -> None:
    """Keys below TAB, bytes that are no UTF-8, no TAB, no value; in order of keys, and none has another byte."""
    (tmp_path / f"{name.lower()}.py").write_text(RECORDS.format(name=name))
    (tmp_path / "in.txt").write_bytes(b"".join(b"%a\n" % line for line in LINES))
    job = [f"{name.lower()}.py", "--no-conf", "-D", "mapreduce.job.reduces=3", "in.txt", "--output-dir"]
    found = {}
    for runner in ("local", "inline", "spark"):
        done = run_job(*job, runner, "-r", runner, cwd=tmp_path, seconds=280)
        assert done.returncode == 0, done.stderr.decode()
        found[runner] = parts(tmp_path / runner)
    assert found["inline"] == found["local"]
    assert found["spark"] == found["local"]
    client.fs("-mkdir", "-p", "/test/parts")
    done = client.run(*job, f"/test/parts/{name}", "-r", "hadoop", cwd=tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    client.fs("-get", f"/test/parts/{name}", str(tmp_path / "hadoop"))
    assert parts(tmp_path / "hadoop") == found["local"]
    assert len(found["local"]) == 3


@pytest.mark.long
@pytest.mark.parametrize(
    ("module", "sample"),
    [("inverted_index", "documents.tsv"), ("sentiment_agg", "posts.jsonl")],
    ids=["index", "sentiment"],
)
def test_the_jobs_part_files_are_those_of_the_local_runner(
    client: Client, run_job: RunJob, tmp_path: Path, module: str, sample: str
) -> None:
    """Of the sample data, with three reduces."""
    job = ["-m", f"jobs.{module}", "--no-conf", "-D", "mapreduce.job.reduces=3", ROOT / "data" / sample, "--output-dir"]
    done = run_job(*job, tmp_path / "local")
    assert done.returncode == 0, done.stderr.decode()
    client.fs("-mkdir", "-p", "/test/parts")
    done = client.run(*job, f"/test/parts/{module}", "-r", "hadoop")
    assert done.returncode == 0, done.stderr.decode()
    client.fs("-get", f"/test/parts/{module}", str(tmp_path / "hadoop"))
    found = parts(tmp_path / "local")
    assert parts(tmp_path / "hadoop") == found
    assert [name for name in found if found[name]] == ["part-00000", "part-00001", "part-00002"]
