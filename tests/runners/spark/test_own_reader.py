"""What Spark's own reader makes of compressed files: it reads those that are sent to where the executors are."""

from __future__ import annotations

import gzip
import re
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gristmill.errors import InputError
from gristmill.input import find
from gristmill.runners.spark.files import JvmFiles
from gristmill.runners.spark.own_reader import MOST_LOOKED_AT, OWN_ZSTD, check_zstd, find_inputs, readable_files
from gristmill.runners.spark.plan import Input, Source
from tests.conftest import SECONDS
from tests.runners.helpers import zstd

if TYPE_CHECKING:
    from tests.conftest import RunJob

pytestmark = [pytest.mark.timeout(20 * SECONDS), pytest.mark.usefixtures("workers_that_end")]

pyspark = pytest.importorskip("pyspark", reason="-r spark needs pyspark")
READS_ZSTD = tuple(map(int, pyspark.__version__.split(".")[:2])) >= OWN_ZSTD


@pytest.fixture
def run_job(run_job: RunJob) -> RunJob:
    """Run a job that may take long where the machine has much else to do."""
    return partial(run_job, seconds=10 * SECONDS)


def index(folder: Path, *inputs: str) -> list[str]:
    """An index of files that Spark's own reader reads."""
    far = ["--spark-tmp-dir", f"file://{folder}/far"]
    return ["-m", "jobs.inverted_index", "--no-conf", "-r", "spark", *far, *inputs]


def test_files_of_all_kinds_give_the_bytes_of_the_local_runner(run_job: RunJob, tmp_path: Path, job_tmp: Path) -> None:
    """A suffix in capitals, frames of Zstandard where this Spark reads them, a file of no bytes, and one of no text."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "A.TSV.GZ").write_bytes(gzip.compress(b"a\tmill\n") * 2)
    (tmp_path / "in" / "e.gz").touch()
    (tmp_path / "in" / "n.pdf").write_bytes(b"%PDF-1.7")
    if READS_ZSTD:
        frames = zstd.compress(b"b\tmill\n") + b"\x53\x2a\x4d\x18\3\0\0\0abc" + zstd.compress(b"c\trye\n")
        (tmp_path / "in" / "b.zst").write_bytes(frames)
    spark = run_job(*index(tmp_path, "--skip-unreadable", "in"), cwd=tmp_path)
    assert spark.returncode == 0, spark.stderr.decode()
    assert spark.stdout == (b"mill\ta\tb\nrye\tc\n" if READS_ZSTD else b"mill\ta\n")
    assert "\t\tunreadable file=1\n" in spark.stderr.decode()
    assert list(job_tmp.iterdir()) == []


def test_a_damaged_file_among_others_is_named(run_job: RunJob, tmp_path: Path) -> None:
    """One line."""
    (tmp_path / "a.tsv").write_bytes(b"a\tmill\n" * 1000)
    (tmp_path / "b c.gz").write_bytes(gzip.compress(b"".join(b"%d\tmill\n" % n for n in range(9999)))[:-900])
    done = run_job(*index(tmp_path, "a.tsv", "b c.gz"), cwd=tmp_path)
    last = done.stderr.decode().splitlines()[-1]
    assert last.startswith("error: b c.gz: damaged, cut short, or not what its name says (EOFException")
    assert (done.returncode, done.stdout) == (1, b"")


def test_an_input_of_which_java_knows_nothing_is_named(run_job: RunJob, tmp_path: Path) -> None:
    """With what Java says."""
    done = run_job(*index(tmp_path, "nosuch://here/docs"), cwd=tmp_path)
    last = done.stderr.decode().splitlines()[-1]
    assert re.match(r'error: input nosuch://here/docs: org\..*: No FileSystem for scheme "nosuch"', last)
    assert (done.returncode, done.stdout) == (1, b"")


GROWS = """\
from gristmill import Job


class Grows(Job):
    def check_inputs(self, files):
        with open("grows.txt", "a") as file:
            file.write("behind\\n" * 100)

    def mapper(self, _, line):
        yield line, 1


if __name__ == "__main__":
    Grows.run()
"""


@pytest.mark.parametrize("how", ["as it lies", "sent"])
def test_a_file_that_grows_is_read_as_far_as_it_was_noted(run_job: RunJob, tmp_path: Path, how: str) -> None:
    """As on one machine, with one warning."""
    (tmp_path / "grows.py").write_text(GROWS)
    (tmp_path / "grows.txt").write_text("the mill\nthe weir\n")
    sent = ["--spark-tmp-dir", f"file://{tmp_path}/tmp"] if how == "sent" else []
    done = run_job("grows.py", "-r", "spark", "--no-conf", "grows.txt", *sent, cwd=tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout == b'"the mill"\t1\n"the weir"\t1\n'
    told = [line for line in done.stderr.decode().splitlines() if "grew" in line]
    assert told == [f"input {tmp_path}/grows.txt grew while it was read: its first 18 bytes were read, as they were"]


class Copies(JvmFiles):
    """Files of a cluster, which keep what is put beside them."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def full(self, path: str) -> str:
        return path

    def put(self, local: str, path: str) -> None:
        self.kept[path] = Path(local).read_bytes()

    def find_inputs(self, path: str, several: bool) -> list[tuple[str, str]]:
        return [(path, path)]


def test_a_file_that_grew_is_copied_beside_files_elsewhere(tmp_path: Path) -> None:
    """As far as it was noted; one that is as it was is read where it lies."""
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("the mill\n")
    found = find.find_inputs([f"{tmp_path}/a.txt", f"{tmp_path}/b.txt"]).files
    with (tmp_path / "b.txt").open("a") as file:
        file.write("behind\n")
    inputs = [Input("hdfs:///far"), *(Input(file.path, file.name, file.version) for file in found)]
    files = Copies()
    source = Source(inputs, maps=None, least=1, upload="", several=True, copies="file:///copies")
    assert find_inputs(source, files) == [
        ("hdfs:///far", "hdfs:///far"),
        (f"file://{tmp_path}/a.txt", f"{tmp_path}/a.txt"),
        ("file:///copies/0000002/b.txt", f"{tmp_path}/b.txt"),
    ]
    assert files.kept == {"file:///copies/0000002/b.txt": b"the mill\n"}


def test_an_input_of_which_all_is_skipped_is_no_lines(run_job: RunJob, tmp_path: Path) -> None:
    """And counted."""
    (tmp_path / "n.pdf").write_bytes(b"%PDF-1.7")
    done = run_job(*index(tmp_path, "--skip-unreadable", "n.pdf"), cwd=tmp_path)
    assert b"\t\tunreadable file=1\n" in done.stderr, done.stderr.decode()
    assert done.stdout == b""


class Far(JvmFiles):
    """Files of a cluster of which those that end in .pdf are none for Spark."""

    def __init__(self) -> None:
        self.looked: list[bool] = []

    def size(self, path: str, *, is_text: bool, looks: bool = True) -> int:
        self.looked.append(is_text and looks)
        if path.endswith(".pdf"):
            raise InputError(f"{path}: no text but a PDF document")
        return len(path)


def test_files_of_the_clusters_that_spark_cannot_read_are_refused_or_skipped() -> None:
    """Those of thousands are not looked into, since each look is a question to a file system far away."""
    found = [("hdfs://n/a", "a"), ("hdfs://n/b.pdf", "b.pdf"), ("hdfs://n/c.gz", "c.gz")]
    assert readable_files(found, True, Far()) == ([found[0], found[2]], [10, 13], 1)
    with pytest.raises(InputError, match=r"^hdfs://n/b\.pdf: no text"):
        readable_files(found, False, Far())
    far = Far()
    readable_files([found[0]] * (MOST_LOOKED_AT + 1), False, far)
    assert not any(far.looked)


class Codec:
    """Hadoop's codec of .zst where there is no native library."""

    def isNativeCodeLoaded(self) -> bool:
        return False


def test_a_spark_before_4_1_needs_hadoops_library_for_zstandard() -> None:
    """It is named with the file."""
    check_zstd(["hdfs://n/a.zst"], "4.1.0", Codec())
    check_zstd(["hdfs://n/a.gz"], "4.0.5", Codec())
    with pytest.raises(InputError) as error:
        check_zstd(["hdfs://n/a", "hdfs://n/b.zst"], "4.0.5-SNAPSHOT", Codec())
    assert str(error.value) == (
        "hdfs://n/b.zst: Spark 4.0.5-SNAPSHOT does not read .zst without Hadoop's native library; take Spark 4.1"
    )


@pytest.mark.skipif(READS_ZSTD, reason="this Spark has a library for it")
def test_a_spark_that_has_no_library_for_zstandard_says_so(run_job: RunJob, tmp_path: Path) -> None:
    """One line."""
    (tmp_path / "b.zst").write_bytes(zstd.compress(b"b\tmill\n"))
    done = run_job(*index(tmp_path, "b.zst"), cwd=tmp_path)
    last = done.stderr.decode().splitlines()[-1]
    assert last.endswith("does not read .zst without Hadoop's native library; take Spark 4.1")
    assert (done.returncode, done.stdout) == (1, b"")
