"""Part files on a cluster become the job's output: named when it is complete, or printed in one order."""

from __future__ import annotations

import bz2
import gzip
import zlib
from typing import TYPE_CHECKING, Any, cast

import pytest

from gristmill.errors import OutputError
from gristmill.runners.hadoop.ledger import CleanupLedger
from gristmill.runners.hadoop.output import output_lines, publish, reserve

if TYPE_CHECKING:
    from pathlib import Path

    from gristmill.runners.hadoop.output import InputOrder


def output(tmp_path: Path, parts: dict[str, bytes], order: InputOrder | None = None, *, merged: bool = False) -> bytes:
    """What is printed of a folder that holds these files."""
    for name, data in parts.items():
        path = tmp_path / "output" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return b"".join(output_lines(tmp_path / "output", tmp_path, order, merged=merged))


def test_parts_are_printed_in_order_of_their_numbers(tmp_path: Path) -> None:
    """As their reducer wrote them; beyond 99,999 a number has another digit."""
    parts = {"part-100000": b"z\na\n", "part-00001.gz": gzip.compress(b"3\n1\n"), "part-00002": b"2\n"}
    assert output(tmp_path, parts) == b"3\n1\n2\nz\na\n"


def test_parts_of_a_job_whose_output_is_sorted_are_merged_by_key(tmp_path: Path) -> None:
    """What is hidden is no part."""
    parts = {"part-00000": b"a\t1\nc\t1\n", "part-00001": b"b\nd\t2\n", "_SUCCESS": b"", ".part-00002.crc": b"x"}
    parts["_logs/part-00003"] = b"e\n"
    assert output(tmp_path, parts, merged=True) == b"a\t1\nb\nc\t1\nd\t2\n"


def test_compressed_parts_are_read_by_their_names(tmp_path: Path) -> None:
    """Those of Hadoop's default codec, gzip's and bzip2's, of several members too."""
    parts = {
        "part-00000.gz": gzip.compress(b"a\n") + gzip.compress(b"c\n"),
        "part-00001.deflate": zlib.compress(b"b\n"),
        "part-00002.bz2": bz2.compress(b"d\n"),
        "part-00003": b"",
    }
    assert output(tmp_path, parts) == b"a\nc\nb\nd\n"


def test_a_compression_that_is_not_read_here_is_refused(tmp_path: Path) -> None:
    """Never printed as it is."""
    with pytest.raises(OutputError, match=r"^part-00000\.snappy: .* take gzip's, or name an --output-dir$"):
        output(tmp_path, {"part-00000.snappy": b"x"})


def test_files_of_an_output_format_of_the_jobs_own_are_all_printed(tmp_path: Path) -> None:
    """In folders too; there two files may have one name."""
    parts = {"a/words.gz": gzip.compress(b"at\n"), "b/words.gz": gzip.compress(b"by\n"), "b/x": b"bx\n"}
    assert output(tmp_path, parts) == b"at\nby\nbx\n"


def test_parts_of_maps_are_put_in_the_order_of_their_splits(tmp_path: Path) -> None:
    """Hadoop numbers the largest first; the line that names the split of a part file is not printed."""
    parts = {
        "part-00000": b"gristmill-split\thdfs://n/in/1\t0\nb\na\n",
        "part-00001": b"gristmill-split\thdfs://n/in/0\t64\nd\n",
        "part-00002": b"gristmill-split\thdfs://n/in/0\t0\nz\n",
        "part-00003.gz": gzip.compress(b"gristmill-split\thdfs://n/in/2\t0\n"),
    }
    assert output(tmp_path, parts, lambda uri, start: (uri, start)) == b"z\nd\nb\na\n"


def test_a_job_without_output_prints_nothing(tmp_path: Path) -> None:
    """No part, or empty ones."""
    assert output(tmp_path, {"part-00000": b"", "_SUCCESS": b""}) == b""


class Cluster:
    """Has the paths that it is given, and keeps what it was asked for."""

    def __init__(self, *paths: str) -> None:
        self.paths = paths
        self.asked: list[tuple[object, ...]] = []

    def exists(self, path: str) -> bool:
        return path in self.paths

    def write(self, path: str, data: bytes) -> None:
        self.asked.append(("write", path, data))

    def move(self, source: str, target: str) -> None:
        self.asked.append(("move", source, target))


@pytest.mark.parametrize(
    ("target", "hidden"),
    [
        ("out", ".out.gristmill.key"),
        ("/out", "/.out.gristmill.key"),
        ("mill/out", "mill/.out.gristmill.key"),
        ("hdfs:///out", "hdfs:///.out.gristmill.key"),
        ("hdfs://node:8020/mill/out", "hdfs://node:8020/mill/.out.gristmill.key"),
    ],
)
def test_output_is_written_beside_its_name_to_a_hidden_folder(target: str, hidden: str) -> None:
    """It is in the ledger before there is any; the name must be free."""
    ledger = CleanupLedger()
    assert reserve(target, "key", cast("Any", Cluster()), ledger) == hidden
    assert ledger.folders == [hidden]
    with pytest.raises(OutputError, match=r"^output directory .*out already exists; name another, or remove it first$"):
        reserve(target, "again", cast("Any", Cluster(target)), ledger)
    assert ledger.folders == [hidden]


def test_output_gets_its_name_when_its_manifest_is_in_it() -> None:
    """Where there is one; then the ledger has it no more."""
    ledger, cluster = CleanupLedger(), Cluster()
    ledger.enter("/.out")
    publish("/.out", "/out", None, cast("Any", cluster), ledger)
    assert (cluster.asked, ledger.folders) == ([("move", "/.out", "/out")], [])
    publish("/.out", "/out", {"terms": 3}, cast("Any", cluster), ledger)
    assert cluster.asked[1:] == [
        ("write", "/.out/_gristmill.json", b'{\n  "terms": 3\n}\n'),
        ("move", "/.out", "/out"),
    ]
