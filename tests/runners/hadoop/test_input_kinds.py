"""What a real cluster makes of compressed files: the lines of the local runner, or one line that names the file."""

from __future__ import annotations

import bz2
import gzip
from typing import TYPE_CHECKING

import pytest

from tests.runners.hadoop.client import Client
from tests.runners.helpers import zstd

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.cluster import Cluster

pytestmark = pytest.mark.cluster

INDEX = ["-m", "jobs.inverted_index", "--no-conf", "-r", "hadoop"]


@pytest.fixture
def client(cluster: Cluster, tmp_path: Path) -> Client:
    return Client(cluster, tmp_path)


def last(client: Client, *arguments: str, cwd: Path) -> str:
    """What a run that fails says last."""
    done = client.run(*INDEX, *arguments, cwd=cwd)
    assert (done.returncode, done.stdout) == (1, b"")
    return done.stderr.decode().splitlines()[-1]


@pytest.mark.long
def test_files_of_several_streams_in_capitals_and_of_no_bytes_are_read(client: Client, tmp_path: Path) -> None:
    """And what is no text is skipped, where that is asked for."""
    (tmp_path / "in").mkdir()
    for name, data in {
        "A.TSV.GZ": gzip.compress(b"a\tmill\n") + gzip.compress(b"b\tmill\n"),
        "c.bz2": bz2.compress(b"c\tmill\n") + bz2.compress(b"") + bz2.compress(b"d\trye\n"),
        "e.gz": b"",
        "f.bz2": b"",
        "g.pdf": b"%PDF-1.7",
    }.items():
        (tmp_path / "in" / name).write_bytes(data)
    done = client.run(*INDEX, "--skip-unreadable", "in", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, b"mill\ta\tb\tc\nrye\td\n"), done.stderr.decode()
    assert "\t\tunreadable file=1\n" in done.stderr.decode()


@pytest.mark.long
def test_a_damaged_file_among_others_of_the_clusters_is_named(client: Client, tmp_path: Path) -> None:
    """With why: cut short, no library for it, a name that Hadoop takes for text."""
    data = gzip.compress(b"".join(b"%d\tmill\n" % number for number in range(9999)))
    for folder, name, content in (
        ("cut", "b c.gz", data[:-900]),
        ("zst", "b.zst", zstd.compress(b"b\tmill\n")),
        ("capitals", "B.TSV.GZ", data),
    ):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.tsv").write_bytes(b"a\tmill\n")
        (tmp_path / folder / name).write_bytes(content)
        client.fs("-mkdir", "-p", "/test/kinds")
        client.fs("-put", "-f", str(tmp_path / folder), "/test/kinds/")
    assert last(client, "hdfs:///test/kinds/cut", cwd=tmp_path) == (
        "error: Step 1 of 1 failed: b c.gz: damaged, cut short, padded, or not what its name says "
        "(EOFException: Unexpected end of input stream); fetch or make it again"
    )
    said = last(client, "hdfs:///test/kinds/zst", cwd=tmp_path)
    assert said.startswith(
        "error: Step 1 of 1 failed: b.zst: Hadoop cannot read it (RuntimeException: native zStandard"
    )
    said = last(client, "hdfs:///test/kinds/capitals", cwd=tmp_path)
    assert said.endswith(
        "B.TSV.GZ: by this name Hadoop takes it for text; decompress it, or rename it in small letters"
    )


def test_files_of_the_clusters_are_read_once_and_empty_ones_are_none(client: Client, tmp_path: Path) -> None:
    """However many patterns find them; the driver leaves out what Hadoop fails at."""
    (tmp_path / "overlap" / "deep").mkdir(parents=True)
    for name, data in {
        "a.txt": b"a\n",
        "b.txt": b"b\n",
        "none.gz": b"",
        "deep/c.txt.gz": gzip.compress(b"c\n"),
        "deep/none.bz2": b"",
        "deep/_h.txt": b"hidden\n",
    }.items():
        (tmp_path / "overlap" / name).write_bytes(data)
    client.fs("-mkdir", "-p", "/test/kinds")
    client.fs("-put", "-f", str(tmp_path / "overlap"), "/test/kinds/")
    far = "hdfs:///test/kinds/overlap"
    job = ["-m", "jobs.streaming", "--no-conf", "-r", "hadoop", "--mapper", "cat", "--reducer", "cat"]
    paths = [f"{far}/*", f"{far}/[!a]*", f"{far}/a.txt", f"{far}/{{a,b}}.txt", f"{far}/a.txt"]
    client.calls()
    done = client.run(*job, *paths, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, b"a\na\nb\nc\n"), done.stderr.decode()
    assert client.calls() == ["hadoop jar", "hadoop fs -get"]
    by_java = str(client.conf("hdfs-site.xml", "dfs.webhdfs.enabled", "false"))
    done = client.run(*job, *paths, cwd=tmp_path, HADOOP_CONF_DIR=by_java)
    assert (done.returncode, done.stdout) == (0, b"a\na\nb\nc\n"), done.stderr.decode()
    assert client.calls().count("hadoop fs -ls") == 1


@pytest.mark.long
def test_text_in_another_encoding_gives_the_index_of_its_utf8(client: Client, tmp_path: Path) -> None:
    """A superset of ASCII goes through a cluster as it is; UTF-16 that lies there is refused before anything starts."""
    (tmp_path / "ansi.tsv").write_bytes("d1\tœuvre 5 €\r\nd–2\tœuvre\r\n".encode("cp1252"))
    client.fs("-mkdir", "-p", "/test/kinds")
    client.fs("-put", "-f", str(tmp_path / "ansi.tsv"), "/test/kinds/")
    there = "hdfs:///test/kinds/ansi.tsv"
    done = client.run(*INDEX, "--encoding", "cp1252", there, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "5\td1\nœuvre\td1\td–2\n".encode()), done.stderr.decode()
    said = f"{there}: --encoding utf-16 is of files of this machine, since a cluster cuts lines"
    assert said in last(client, "--encoding", "utf-16", there, cwd=tmp_path)
