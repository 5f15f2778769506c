"""Hadoop Streaming's own options: every one that it documents is taken, or refused by its name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from jobs.streaming import Streaming

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunJob

HADOOP = ["-r", "hadoop"]


def given(*args: str) -> dict[str, object]:
    return vars(Streaming(list(args)).options)


@pytest.mark.parametrize(
    ("args", "name", "value"),
    [
        (["-cmdenv", "A=1", "-cmdenv", "B=x=y"], "cmdenv", {"A": "1", "B": "x=y"}),
        (["-jobconf", "a.b=1", "-Dc.d=2", "-D", "e=3"], "jobconf", {"a.b": "1", "c.d": "2", "e": "3"}),
        (["-jobconf=a.b=1"], "jobconf", {"a.b": "1"}),
        (["-numReduceTasks", "3", "-D", "a=1"], "jobconf", {"a": "1", "mapreduce.job.reduces": "3"}),
        (["-files", "a,b#c"], "upload_files", ["a", "b#c"]),
        (["-cacheFile", "hdfs://n/a#b"], "upload_files", ["hdfs://n/a#b"]),
        (["-archives", "a.zip,b.zip"], "upload_archives", ["a.zip", "b.zip"]),
        (["-archive", "a.zip"], "upload_archives", ["a.zip"]),
        (["-cacheArchive", "hdfs://n/a.zip#b"], "upload_archives", ["hdfs://n/a.zip#b"]),
        (["-libjars", "a.jar,b.jar"], "libjars", ["a.jar", "b.jar"]),
        (["-verbose"], "verbose", True),
        (["-debug"], "verbose", True),
        (["-io", "text"], "conf_paths", None),
        (["-output", "out", "-input", "in"], "output_dir", "out"),
        ([*HADOOP, "-lazyOutput"], "hadoop_extra_args", ["-lazyOutput"]),
        (
            [*HADOOP, "--hadoop-args=-fs x", "-inputreader", "X,begin=a", "-mapdebug", "m", "-reducedebug", "r"],
            "hadoop_extra_args",
            ["-fs", "x", "-inputreader", "X,begin=a", "-mapdebug", "m", "-reducedebug", "r"],
        ),
        (["--", "-cmdenv"], "args", ["-cmdenv"]),
    ],
)
def test_an_option_of_hadoops_is_that_of_ours(args: list[str], name: str, value: object) -> None:
    """In the spelling of its documentation."""
    assert given(*args)[name] == value


@pytest.mark.parametrize("name", ["-inputformat", "-outputformat", "-partitioner"])
def test_a_class_is_handed_to_hadoop(name: str) -> None:
    """But for the one that is the rule, by its short name too."""
    rule = {
        "-inputformat": "org.apache.hadoop.mapred.TextInputFormat",
        "-outputformat": "org.apache.hadoop.mapred.TextOutputFormat",
        "-partitioner": "org.apache.hadoop.mapred.lib.HashPartitioner",
    }[name]

    def classes(*args: str) -> list[str | None]:
        job = Streaming(list(args))
        return [job.hadoop_input_format(), job.hadoop_output_format(), job.partitioner()]

    assert classes(name, rule) == classes(name, rule.rpartition(".")[2]) == classes() == [None, None, None]
    assert [each for each in classes(*HADOOP, name, "a.B") if each] == ["a.B"]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["-inputformat", "a.B"], "-inputformat a.B: Hadoop alone runs Java classes; use -r hadoop, or leave it out"),
        (["-outputformat", "X"], "-outputformat X: Hadoop alone runs Java classes; use -r hadoop, or leave it out"),
        (["-lazyOutput"], "-lazyOutput: Hadoop alone has it; use -r hadoop, or leave it out"),
        (["-mapdebug", "x"], "-mapdebug: Hadoop alone has it; use -r hadoop, or leave it out"),
        (["-io", "rawbytes"], "-io rawbytes: programs get lines of text; leave it out"),
        (["-background"], "-background: this program waits for its job; end the command with & in your shell"),
        (
            ["-conf", "x.xml"],
            "-conf: Hadoop's settings in XML are not read; name them by -D NAME=VALUE",
        ),
        ([*HADOOP, "-fs", "hdfs://n"], "-fs: the file system is that of the cluster's core-site.xml; "),
        ([*HADOOP, "-jt", "local"], "-jt: the cluster is that of the command hadoop; "),
        (["-dfs", "x"], "-dfs: Hadoop has it no more; "),
        (["-additionalconfspec", "x"], "-additionalconfspec: Hadoop has it no more; "),
        (["-tokenCacheFile", "x"], "-tokenCacheFile: name the file in $HADOOP_TOKEN_FILE_LOCATION"),
        (["-outputfromat", "X"], "-outputfromat (did you mean -outputformat?): there is no such option"),
        (["-numreducetasks=1"], "-numreducetasks (did you mean -numReduceTasks?): there is no such option"),
        (["-cmdnev", "A=1"], "-cmdnev (did you mean -cmdenv?): there is no such option"),
        (["-rlocal"], "-rlocal: there is no such option"),
        (["--mapp", "cat"], "unrecognized arguments: --mapp"),
    ],
)
def test_an_option_that_cannot_be_had_is_refused_by_its_name(args: list[str], message: str) -> None:
    """Nothing is read as another option, or as input; no option may be shortened."""
    with pytest.raises(ValueError, match=f"^{re.escape(message)}"):
        given(*args)


def test_a_job_by_hadoops_spelling_runs_here(run_job: RunJob, tmp_path: Path) -> None:
    """As its documentation has it."""
    (tmp_path / "in.txt").write_text("a\nb\n")
    (tmp_path / "list.txt").write_text("b\n")
    program = ["-mapper", "sh -c 'grep -f list.txt; echo $A'", "-reducer", "NONE", "-files", "list.txt"]
    args = ["-jobconf", "mapreduce.job.maps=1", *program, "-cmdenv", "A=1", "-input", "in.txt", "-output", "out"]
    ran = run_job("-m", "jobs.streaming", *args, "-io", "text", "-inputformat", "TextInputFormat", cwd=tmp_path)
    assert (ran.returncode, ran.stdout) == (0, b""), ran.stderr
    assert (tmp_path / "out" / "part-00000").read_bytes() == b"b\n1\n"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.txt", "list.txt", "out"]


@pytest.mark.parametrize("word", ["-help", "-info"])
def test_hadoops_word_for_help_is_taken(run_job: RunJob, word: str) -> None:
    """It lists our spelling."""
    ran = run_job("-m", "jobs.streaming", word)
    assert ran.returncode == 0
    assert b"--reducer PROGRAM" in ran.stdout
