"""What a job may be made of runs on a real cluster as it does on one machine."""

from __future__ import annotations

import gzip
import shutil
import subprocess
import tarfile
from typing import TYPE_CHECKING

import pytest

from tests.runners.hadoop.client import Client
from tests.runners.helpers import DESCRIBED

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.cluster import Cluster

pytestmark = pytest.mark.cluster

#: Two steps, a combiner, counters, an argument, and tasks that need what --setup and --archives bring.
STEPS = """\
import os
from gristmill.job.base import Job
from mrjob.step import MRStep


class Steps(Job):
    def configure_args(self):
        super().configure_args()
        self.add_passthru_arg("--mark")

    def steps(self):
        return [
            MRStep(mapper=self.words, combiner=self.add, reducer=self.add),
            MRStep(mapper=self.swap, reducer=self.join),
        ]

    def words(self, _, line):
        self.increment_counter("the = words", self.options.mark)
        with open("lexicon/words.txt") as lexicon:
            known = lexicon.read().split()
        for word in line.split():
            yield word + self.options.mark + os.environ["MADE"] * (word in known), 1

    def add(self, word, counts):
        yield word, sum(counts)

    def swap(self, word, count):
        yield count, word

    def join(self, count, words):
        yield count, sorted(words)


if __name__ == "__main__":
    Steps.run()
"""
#: A program that puts each word on a line of its own.
WORDS = """\
#include <stdio.h>
int main(void) { int c; while ((c = getchar()) != EOF) putchar(c == ' ' ? '\\n' : c); return 0; }
"""


@pytest.fixture
def client(cluster: Cluster, tmp_path: Path) -> Client:
    return Client(cluster, tmp_path)


@pytest.fixture
def words(tmp_path: Path) -> str:
    """A program that its user's machine has compiled; in awk, where there is no compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if not compiler:
        (tmp_path / "words.awk").write_text('{ gsub(" ", "\\n"); print }\n')
        return "awk -f words.awk"
    (tmp_path / "words.c").write_text(WORDS)
    subprocess.run([compiler, "-o", "words", "words.c"], cwd=tmp_path, check=True)
    return "./words"


def test_steps_combiners_setup_archives_and_inputs_of_every_kind(client: Client, tmp_path: Path) -> None:
    """Input of the cluster, of this machine, compressed and not; compressed output of two reducers; odd arguments."""
    (tmp_path / "steps.py").write_text(STEPS)
    (tmp_path / "a.txt").write_text('the mill by the river\n\nthe $HOME "q" it\'s\r\n')
    (tmp_path / "_b c.gz").write_bytes(gzip.compress(b"the mill\rby the sea\n"))
    (tmp_path / "words.txt").write_text("mill sea")
    with tarfile.open(tmp_path / "lexicon.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "words.txt", "words.txt")
    client.fs("-mkdir", "-p", "/test/steps")
    client.fs("-put", "-f", str(tmp_path / "a.txt"), "/test/steps/d.txt")
    command = ["steps.py", "--no-conf", "--mark", 'ü é\'q "z" $x', "--archives", "lexicon.tar.gz#lexicon"]
    command += ["--setup", "echo + > made.txt", "--setup", "export MADE=$(cat made.txt)"]
    split = ["-D", "mapreduce.job.reduces=2", "-D", "mapreduce.output.fileoutputformat.compress=true"]
    done = client.run(
        *command, *split, "-r", "hadoop", "hdfs:///test/steps/*.txt", "a.txt", "_b c.gz", cwd=tmp_path, LC_ALL="C"
    )
    assert done.returncode == 0, done.stderr.decode()
    expected = client.run(*command, *split[:2], "-q", "a.txt", "a.txt", "_b c.gz", cwd=tmp_path)
    assert expected.stdout.count(b"+") == 2
    assert done.stdout == expected.stdout
    assert "the = words" in done.stderr.decode()
    assert client.calls() == ["hadoop fs -put", "hadoop jar", "hadoop jar", "hadoop fs -get"]
    assert client.left() == []
    assert list(client.tmp.iterdir()) == []


def test_programs_of_any_language_write_to_the_cluster_in_one_start_of_java(
    client: Client, tmp_path: Path, words: str
) -> None:
    """One in C, one in awk; input and output of the cluster; nothing is added to a line that has no TAB."""
    (tmp_path / "count.awk").write_text(
        "$0 != last { if (NR > 1) print n, last; n = 0; last = $0 }\n{ n++ }\nEND { print n, last }\n"
    )
    (tmp_path / "a.txt").write_text("the mill by the river\nthe mill\t\n")
    client.fs("-mkdir", "-p", "/test/programs")
    client.fs("-put", "-f", str(tmp_path / "a.txt"), "/test/programs/a.txt")
    job = ["-m", "jobs.streaming", "--no-conf", "--mapper", words, "--reducer", "awk -f count.awk"]
    done = client.run(
        *job, "-r", "hadoop", "--output-dir", "/test/programs/out", "hdfs:///test/programs/a.txt", cwd=tmp_path
    )
    assert (done.returncode, done.stdout) == (0, b""), done.stderr.decode()
    assert client.calls() == ["hadoop jar"]
    assert client.fs("-ls", "-C", "/test/programs/out").splitlines() == [
        "/test/programs/out/_SUCCESS",
        "/test/programs/out/part-00000",
    ]
    assert client.fs("-cat", "/test/programs/out/part-00000") == "1 by\n1 mill\n1 mill\t\n1 river\n3 the\n"
    again = client.run(*job, "-r", "hadoop", "--output-dir", "/test/programs/out/", "a.txt", cwd=tmp_path)
    assert again.returncode == 1
    assert again.stderr.decode().splitlines()[-1] == (
        "error: output directory /test/programs/out already exists; name another, or remove it first"
    )
    assert client.calls() == []
    assert client.left() == []


@pytest.mark.long
def test_the_options_of_hadoop_streaming_reach_it(client: Client, tmp_path: Path) -> None:
    """In its own spelling: classes, settings, variables, files, and reduces, of which one writes no part file."""
    (tmp_path / "in.txt").write_text("a\t1\nb\t2\nc\t3\n")
    (tmp_path / "list.txt").write_text("a\nb\n")
    job = ["-m", "jobs.streaming", "--no-conf", "-q", "-r", "hadoop", "-mapper", "sh -c 'grep -f list.txt; echo $A'"]
    job += ["-files", "list.txt", "-cmdenv", "A=c d", "-numReduceTasks", "4", "-lazyOutput", "-input", "in.txt"]
    job += ["-jobconf", "mapreduce.job.maps=1", "-inputformat", "KeyValueTextInputFormat", "-output", "/test/spelt"]
    done = client.run(*job, "-partitioner", "org.apache.hadoop.mapred.lib.KeyFieldBasedPartitioner", cwd=tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    assert client.fs("-ls", "-C", "/test/spelt").splitlines() == [
        "/test/spelt/_SUCCESS",
        "/test/spelt/part-00001",
        "/test/spelt/part-00002",
        "/test/spelt/part-00003",
    ]
    assert sorted(client.fs("-cat", "/test/spelt/part-*").splitlines()) == ["a\t1", "b\t2", "c d"]


@pytest.mark.long
def test_a_job_of_maps_alone_is_printed_in_the_order_of_its_input(client: Client, tmp_path: Path) -> None:
    """Hadoop numbers the largest part first; a program may leave its input unread."""
    for name, lines in (("z", 1), ("a", 300), ("m", 20)):
        (tmp_path / name).write_text("".join(f"{name} {line}\n" for line in range(lines)))
    job = ["-m", "jobs.streaming", "--no-conf", "--mapper", "head -2", "--reducer", "NONE", "-r", "hadoop"]
    job += ["-D", "mapreduce.input.fileinputformat.split.minsize=100000"]
    done = client.run(*job, "z", "-", "a", "m", cwd=tmp_path, stdin=b"stdin\n")
    assert done.stdout == b"z 0\nstdin\na 0\na 1\nm 0\nm 1\n", done.stderr.decode()


def test_a_document_is_named_as_its_user_named_it(client: Client, tmp_path: Path) -> None:
    """In a folder by that and its path within, whatever its letters, of this machine or of the cluster.

    What is named outright is read though it is hidden, what a folder or a glob has that is hidden is not; a set has
    its opposite; a comma parts inputs; a mark at a file's start is no text.
    """
    names = ["a%20'b \"q.txt", "deep/12:30 grüße.txt", "z.txt.gz"]
    for name in names:
        path = tmp_path / "documents" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(gzip.compress(b"mill") if name.endswith(".gz") else b"mill\r\rsea " + b"x" * len(name))
    client.fs("-mkdir", "-p", "/test/named/deep")
    client.fs("-put", "-f", str(tmp_path / "documents" / "z.txt.gz"), "/test/named/deep/ü b.txt.gz")
    for name in ("_h.txt", "_d/a.txt", "_d/_b.txt", "set/a.txt", "set/b.txt", "set/_c.txt"):
        path = tmp_path / "more" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\xef\xbb\xbfmill\tmark")
    client.fs("-rm", "-r", "-f", "/test/more")
    client.fs("-put", str(tmp_path / "more"), "/test/more")
    index = ["-m", "jobs.inverted_index", "--no-conf", "-v", "--docid-from", "file", "-r", "hadoop"]
    more = ["hdfs:///test/more/_h.txt,hdfs:///test/more/_d", "hdfs:///test/more/set/[!b]*"]
    done = client.run(*index, "documents", "hdfs:///test/named/", *more, cwd=tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    mark, mill = done.stdout.decode().splitlines()[:2]
    others = ["_d/a.txt", "_h.txt", "set/a.txt"]
    assert mark == "\t".join(["mark", *(f"hdfs:///test/more/{name}" for name in others)])
    here = [f"documents/{name}" for name in names]
    there = [*(f"hdfs:///test/more/{name}" for name in others), "hdfs:///test/named/deep/ü b.txt.gz"]
    assert mill == "\t".join(["mill", *here, *there])
    assert "2 hidden files and folders, whose names begin with _ or ., are not read" in done.stderr.decode()


@pytest.mark.long
def test_a_manifest_lies_beside_success_without_a_further_start_of_java(client: Client, tmp_path: Path) -> None:
    """It is hidden from a job that reads the folder."""
    (tmp_path / "described.py").write_text(DESCRIBED)
    (tmp_path / "a.txt").write_text("the mill\nby the river\n")
    job = ["described.py", "--no-conf", "-r", "hadoop", "--output-dir"]
    client.fs("-mkdir", "-p", "/test/described")
    client.fs("-put", str(tmp_path / "a.txt"), "/test/described/a.txt")
    done = client.run(*job, "hdfs:///test/described/out", "hdfs:///test/described/a.txt", cwd=tmp_path)
    assert done.returncode == 0, done.stderr.decode()
    assert client.calls() == ["hadoop jar"]
    assert client.fs("-cat", "/test/described/out/_gristmill.json") == '{\n  "lines": 2\n}\n'
    assert client.fs("-ls", "-C", "/test/described/out").splitlines()[:2] == [
        "/test/described/out/_SUCCESS",
        "/test/described/out/_gristmill.json",
    ]
    again = client.run("-m", "jobs.streaming", "--no-conf", "-q", "-r", "hadoop", "hdfs:///test/described/out")
    assert again.stdout == b'"by the river"\t1\n"the mill"\t1\n'
    assert client.left() == []
