"""The index job's memory does not grow with a list, and not out of hand with a line."""

from __future__ import annotations

import gzip
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="a process's peak memory is read from Linux's /proc"
)

#: A task as the pipe runs it, which ends by telling its peak memory in kB.
TASK = """
import sys
from jobs.inverted_index import InvertedIndex

InvertedIndex(sys.argv[1:]).execute()
sys.stdout.flush()
with open("/proc/self/status") as status:
    sys.stderr.write(next(line.split()[1] for line in status if line.startswith("VmHWM:")))
"""
DOCUMENTS = 2_000_000
BLOCK = 512
VALUES = {"docids": [], "tf": [b"3"], "positions": [b"1,5,77"]}


def run(args: list[str], chunks: Iterable[bytes], output: Path) -> int:
    """Run a task over what comes in chunks, its output to a file; its peak memory, in MB."""
    # measured coverage would be measured memory
    env = {name: value for name, value in os.environ.items() if not name.startswith("COVERAGE_PROCESS")}
    command = [sys.executable, "-c", TASK, *args]
    with (
        output.open("wb") as sink,
        subprocess.Popen(command, stdin=subprocess.PIPE, stdout=sink, stderr=subprocess.PIPE, env=env) as task,
    ):
        assert task.stdin is not None
        assert task.stderr is not None
        for chunk in chunks:
            task.stdin.write(chunk)
        task.stdin.close()
        said = task.stderr.read()
        assert task.wait() == 0, said
    # counters come before it
    return int(said.split()[-1]) // 1000


def blocks(payload: str, runs: int) -> Iterator[bytes]:
    """The blocks of one term that all documents share, document n in run n modulo `runs`, as a merge gives them."""
    for start in range(0, DOCUMENTS, BLOCK * runs):
        for first in range(start, start + runs):
            docids = [b"doc%07d" % number for number in range(first, min(start + BLOCK * runs, DOCUMENTS), runs)]
            fields = [field for docid in docids for field in [docid, *VALUES[payload]]]
            yield b"\t".join([b"term", *fields, b""])[:-1] + b"\n" if docids else b""


def rows(payload: str, most: int) -> Iterator[bytes]:
    """The rows that the reducer is to write of them."""
    written = {"docids": b"doc%07d", "tf": b"doc%07d:3", "positions": b"doc%07d:3:1,5,77"}[payload]
    for start in range(0, DOCUMENTS, most):
        numbers = range(start, min(start + most, DOCUMENTS))
        yield b"\t".join([b"term", *(written % number for number in numbers)]) + b"\n"


@pytest.mark.parametrize("runs", [pytest.param(1, marks=pytest.mark.long), 32])
@pytest.mark.parametrize("payload", ["docids", "tf", "positions"])
def test_a_reducer_of_two_million_documents_of_one_term_stays_under_64_mb(
    tmp_path: Path, payload: str, runs: int
) -> None:
    """Whether the blocks come one after the other or 32 mappers' overlap."""
    output = tmp_path / "part-00000"
    assert run(["--reducer", "--payload", payload], blocks(payload, runs), output) < 64
    assert output.read_bytes() == b"".join(rows(payload, DOCUMENTS))


@pytest.mark.parametrize("most", [1000, 1_500_000])
def test_rows_of_any_length_stay_under_64_mb(tmp_path: Path, most: int) -> None:
    """With --max-postings no row is held."""
    output = tmp_path / "part-00000"
    assert run(["--reducer", "--max-postings", str(most)], blocks("docids", 32), output) < 64
    assert output.read_bytes() == b"".join(rows("docids", most))


@pytest.mark.parametrize(
    ("payload", "megabytes", "peak"),
    # what is let to a line of 1 GB is 10 GB
    [("docids", 200, 1200), ("tf", 60, 600), pytest.param("positions", 60, 600, marks=pytest.mark.long)],
)
def test_a_line_of_hundreds_of_megabytes_takes_less_than_ten_times_as_much(
    tmp_path: Path, payload: str, megabytes: int, peak: int
) -> None:
    """It goes through the mapper of the pipe, and nothing of it is lost."""
    times = megabytes * 1_000_000 // 21
    text = ["The mill, 水车磨; ".encode() * 1000] * (times // 1000) + ["The mill, 水车磨; ".encode() * (times % 1000)]
    output = tmp_path / "mapped"
    assert run(["--mapper", "--payload", payload], [b"long\t", *text, b"\nz\tmill\n"], output) < peak
    found = [line.split("\t") for line in output.read_text(encoding="utf-8").splitlines()]
    assert found.pop() == ["mill", "z", *{"docids": [], "tf": ["1"], "positions": ["0"]}[payload]]
    assert [row[:2] for row in found] == [["mill", "long"], ["the", "long"], ["水车", "long"], ["车磨", "long"]]
    if payload == "tf":
        assert [row[2:] for row in found] == [[str(times)]] * 4
    elif payload == "positions":
        assert [row[2:] for row in found] == [
            [",".join(map(str, range(first, 4 * times, 4)))] for first in (1, 0, 2, 3)
        ]


def test_a_decompression_bomb_takes_no_more_than_the_longest_line(tmp_path: Path) -> None:
    """A file of 300 KB that is 300 MB of zeros in one line; a task's files are read as those of a run."""
    path, output = tmp_path / "bomb.tsv.gz", tmp_path / "mapped"
    with gzip.open(path, "wb", 1) as bomb:
        for _ in range(300):
            bomb.write(bytes(1_000_000))
        bomb.write(b"\nz\tmill\n")
    assert run(["--mapper", "--max-line", "10MB", str(path)], [], output) < 64
    assert output.read_bytes() == b"mill\tz\n"
