"""Files of every kind that is read give the same bytes on every runner.

Hadoop's row is in tests/runners/hadoop/test_input_kinds.py, beside what it cannot read.

What a runner cannot read it refuses in one line, which the tests of each say.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import os
from typing import TYPE_CHECKING

import pytest

from tests.conftest import SECONDS
from tests.runners.helpers import zstd

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunJob

pytestmark = [pytest.mark.timeout(20 * SECONDS), pytest.mark.parametrize("runner", ["local", "inline", "spark"])]

SKIPPED = b"\x53\x2a\x4d\x18\3\0\0\0abc"


def zstd_of_window(content: bytes, log: int) -> bytes:
    """Compressed with a window of two to that."""
    compressor = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: log})
    return compressor.compress(content) + compressor.flush()


def line(docid: str) -> bytes:
    """A document of two words."""
    return f"{docid}\tmill {docid}\n".encode()


#: Number: the files that the issue's row of that number is about, each with its documents.
KINDS = {
    "3": {
        "several.bz2": bz2.compress(line("a1")) + bz2.compress(b"") + bz2.compress(line("a2")),
        "several.gz": gzip.compress(line("b1")) + gzip.compress(line("b2")),
        "several.xz": lzma.compress(line("c1")) + bytes(4) + lzma.compress(line("c2")) + bytes(512),
        "padded.gz": gzip.compress(line("d1")) + bytes(512),
        "empty.gz": b"",
        "empty.bz2": b"",
        "empty.xz": b"",
        "empty.zst": b"",
        "empty.tsv": b"",
    },
    "4": {
        "several.zst": SKIPPED + zstd.compress(line("e1")) + SKIPPED + zstd.compress(line("e2")) + SKIPPED,
        "long.zst": zstd_of_window(line("f1"), 31),
        "longer.zst": zstd_of_window(line("f2"), 31),
    },
    "5": {
        "G.TSV.GZ": gzip.compress(line("g1")),
        "H.Bz2": bz2.compress(line("h1")),
        "I.XZ": lzma.compress(line("i1")),
        "J.ZST": zstd.compress(line("j1")),
    },
}
DOCUMENTS = ["a1", "a2", "b1", "b2", "c1", "c2", "d1", "e1", "e2", "f1", "f2", "g1", "h1", "i1", "j1"]
GZ = gzip.compress(line("a1"))


def test_compressed_files_of_every_kind_give_the_same_bytes(run_job: RunJob, tmp_path: Path, runner: str) -> None:
    """Of several streams, padded, of no bytes, of long windows, in capitals."""
    for number, files in KINDS.items():
        (tmp_path / "in" / number).mkdir(parents=True)
        for name, data in files.items():
            (tmp_path / "in" / number / name).write_bytes(data)
    (tmp_path / "in" / "no.pdf").write_bytes(b"%PDF-1.7")
    long = b"long\t" + b"x " * 9000 + b"\n"
    (tmp_path / "in" / "long.tsv").write_bytes(long + b"no tab\n")
    index = ["-m", "jobs.inverted_index", "-r", runner, "--max-line", "9KB", "--skip-unreadable", "in"]
    done = run_job(*index, cwd=tmp_path, env={"MRJOB_CONF": os.devnull}, seconds=10 * SECONDS)
    talk = done.stderr.decode()
    assert done.returncode == 0, talk
    rows = [*(f"{docid}\t{docid}" for docid in DOCUMENTS), "\t".join(["mill", *DOCUMENTS])]
    assert done.stdout.decode() == "".join(f"{row}\n" for row in rows)
    for counter in ("unreadable file=1", "line longer than --max-line=1", "no TAB=1"):
        assert f"\t\t{counter}\n" in talk
    assert "in/4/long.zst, and 1 more: takes 2048 MB of memory to decompress, so one such is read at a time" in talk


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        (
            "a.bz2",
            bz2.compress(line("a1")) + b"BZh91AY&SX" + bytes(50),
            "damaged, cut short, or not what its name says (",
        ),
        ("a.xz", lzma.compress(line("a1")) + lzma.compress(line("a2"))[:9], "damaged, cut short, or not"),
        ("a.gz", GZ + b"garbage", f"from byte {len(GZ)} on it is no gzip data"),
        ("A.ZIP", b"PK\3\4", "this compression is not read here"),
    ],
    ids=["bz2", "xz", "gz", "zip"],
)
def test_damage_is_one_line_that_names_the_file(
    run_job: RunJob, tmp_path: Path, runner: str, name: str, data: bytes, said: str
) -> None:
    """And never an end."""
    if runner == "spark" and name != "a.bz2":
        pytest.skip("Spark's tasks read such files by the same code, and starting it takes long")
    (tmp_path / name).write_bytes(data)
    index = ["-m", "jobs.inverted_index", "-r", runner, name]
    done = run_job(*index, cwd=tmp_path, env={"MRJOB_CONF": os.devnull}, seconds=10 * SECONDS)
    last = done.stderr.decode().splitlines()[-1]
    assert last.startswith("error: ")
    assert f"{name}: " in last
    assert said in last
    assert (done.returncode, done.stdout) == (1, b"")
