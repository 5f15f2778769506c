"""The local runner: how data flows from input to part files."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jobs.base import Job
from jobs.errors import RunError
from runners.local import LocalRunner
from mrjob.protocol import BytesProtocol, TextValueProtocol
from mrjob.step import MRStep

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from tests.runners.conftest import RunHere

    Pairs = Iterator[tuple[Any, Any]]


class Words(Job):
    """How often each word occurs; a counter for each task that runs."""

    def mapper_init(self) -> None:
        self.increment_counter("tasks", "map")

    def mapper(self, _: object, line: str) -> Pairs:
        for word in line.split():
            yield word, 1

    def reducer_init(self) -> None:
        self.increment_counter("tasks", "reduce")

    def reducer(self, word: str, counts: Iterator[int]) -> Pairs:
        yield word, sum(counts)


class Combined(Words):
    """The same with a combiner."""

    def combiner_init(self) -> None:
        self.increment_counter("tasks", "combine")

    def combiner(self, word: str, counts: Iterator[int]) -> Pairs:
        yield word, sum(counts)


#: Fourteen lines of the same length.
TEXT = b"the mill\nby river\n" * 6 + b"river by\nthe\t\tby\n"
COUNTED = b'"by"\t8\n"mill"\t6\n"river"\t7\n"the"\t7\n'


@pytest.mark.parametrize("reduces", [1, 2, 5])
@pytest.mark.parametrize("maps", [1, 2, 7])
@pytest.mark.parametrize("job", [Words, Combined])
def test_the_output_does_not_depend_on_the_numbers_of_tasks(
    run_here: RunHere, job: type[Job], maps: int, reduces: int
) -> None:
    """Jobconf sets them, and they are what runs; the output is in order of keys."""
    ran = run_here(job, "-D", f"mapreduce.job.maps={maps}", "-D", f"mapreduce.job.reduces={reduces}", stdin=TEXT)
    assert ran.output == COUNTED
    assert ran.counters[0]["tasks"]["map"] == maps
    assert ran.counters[0]["tasks"]["reduce"] == reduces


def test_old_names_of_settings_are_known(run_here: RunHere) -> None:
    """As Hadoop 1 called them."""
    ran = run_here(Words, "-D", "mapred.map.tasks=2", "-D", "mapred.reduce.tasks=3", stdin=TEXT)
    assert ran.counters == [{"tasks": {"map": 2, "reduce": 3}}]


def test_without_settings_there_is_a_task_for_each_core(run_here: RunHere, monkeypatch: pytest.MonkeyPatch) -> None:
    """As many cores as --num-cores says, or as this process may use, or as there are."""
    ran = run_here(Words, "--num-cores", "3", stdin=TEXT)
    assert ran.counters == [{"tasks": {"map": 3, "reduce": 3}}]
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 5, 7, 9}, raising=False)
    assert run_here(Words, stdin=TEXT).counters == [{"tasks": {"map": 4, "reduce": 4}}]
    monkeypatch.delattr("os.sched_getaffinity")
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    assert run_here(Words, stdin=TEXT).counters == [{"tasks": {"map": 2, "reduce": 2}}]
    monkeypatch.setattr("os.cpu_count", lambda: None)
    assert run_here(Words, stdin=TEXT).counters == [{"tasks": {"map": 1, "reduce": 1}}]


@pytest.mark.parametrize("value", ["many", "-1", "1.5", ""])
@pytest.mark.parametrize("name", ["mapreduce.job.maps", "mapreduce.job.reduces", "mapreduce.task.io.sort.mb"])
def test_a_setting_that_is_no_whole_number_is_an_error(run_here: RunHere, name: str, value: str) -> None:
    """In one line, before anything runs."""
    with pytest.raises(RunError) as error:
        run_here(Words, "-D", f"{name}={value}", stdin=TEXT)
    assert str(error.value) == f"{name} is {value!r}; give it a whole number, 0 or more"


def test_a_split_is_at_least_as_large_as_the_setting_says(run_here: RunHere) -> None:
    """Hadoop's split.minsize."""
    minimum = "mapreduce.input.fileinputformat.split.minsize=60"
    ran = run_here(Words, "-D", "mapreduce.job.maps=9", "-D", minimum, stdin=TEXT)
    assert (ran.output, ran.counters[0]["tasks"]["map"]) == (COUNTED, 3)


def test_a_key_goes_to_the_part_that_hadoop_sends_it_to(run_here: RunHere, tmp_path: Path) -> None:
    """By the hash of its bytes, here with the quotes of JSON; a part that gets none is empty."""
    ran = run_here(Words, "-D", "mapreduce.job.reduces=5", "--output-dir", tmp_path / "out", stdin=TEXT)
    parts = {path.name: path.read_bytes() for path in (tmp_path / "out").iterdir()}
    assert parts == {
        "_SUCCESS": b"",
        "part-00000": b'"the"\t7\n',
        "part-00001": b"",
        "part-00002": b'"river"\t7\n',
        "part-00003": b'"by"\t8\n',
        "part-00004": b'"mill"\t6\n',
    }
    assert ran.output == COUNTED


def test_a_combiner_runs_for_each_spill(run_here: RunHere, tmp_path: Path) -> None:
    """A sort buffer of 1 MB is too small for the 3 MB of each map; the default takes them all."""
    (tmp_path / "words.txt").write_bytes(b"".join(b"%0100d\n" % (number % 500) for number in range(60_000)))
    small = ["-D", "mapreduce.task.io.sort.mb=1", "-D", "mapreduce.job.maps=2"]
    ran = run_here(Combined, *small, tmp_path / "words.txt")
    assert ran.lines[:2] == [b'"%0100d"\t120\n' % 0, b'"%0100d"\t120\n' % 1]
    assert len(ran.lines) == 500
    assert ran.counters[0]["tasks"]["combine"] == 4
    ran = run_here(Combined, "-D", "mapreduce.job.maps=2", tmp_path / "words.txt")
    assert len(ran.lines) == 500
    assert ran.counters[0]["tasks"]["combine"] == 2


class Raw(Job):
    """Lines as they are."""

    INPUT_PROTOCOL = BytesProtocol
    INTERNAL_PROTOCOL = BytesProtocol
    OUTPUT_PROTOCOL = BytesProtocol


class Joined(Raw):
    """A key's values in the order in which they come, with no mapper."""

    def reducer(self, key: bytes, values: Iterator[bytes]) -> Pairs:
        yield key, b"".join(b"[%s]" % value for value in values)


class JoinedInOrder(Joined):
    """The same, sorted."""

    SORT_VALUES = True


@pytest.mark.parametrize("maps", [1, 4])
def test_values_come_in_the_order_of_the_input(run_here: RunHere, maps: int) -> None:
    """A step without mapper passes its lines on, each ended once: by LF, CR LF or a lone CR."""
    ran = run_here(Joined, "-D", f"mapreduce.job.maps={maps}", stdin=b"b\t2\r\na\t2\nb\t10\ra\t1\nb\t1")
    assert ran.output == b"a\t[2][1]\nb\t[2][10][1]\n"


def test_sorted_values_come_in_the_order_of_their_bytes(run_here: RunHere) -> None:
    """SORT_VALUES, of one key after the other."""
    ran = run_here(JoinedInOrder, "-D", "mapreduce.job.maps=3", stdin=b"b\t2\na\t2\nb\t10\na\t1\nb\t1")
    assert ran.output == b"a\t[1][2]\nb\t[1][10][2]\n"


class Upper(Job):
    """A map alone."""

    OUTPUT_PROTOCOL = TextValueProtocol

    def mapper(self, _: object, line: str) -> Pairs:
        yield None, line.upper()


def test_a_job_without_reducer_writes_a_part_for_each_map(run_here: RunHere, tmp_path: Path) -> None:
    """Printed, they come in the order of the input."""
    lines = b"".join(b"line %d\n" % number for number in (3, 1, 2, 0))
    ran = run_here(Upper, "-D", "mapreduce.job.maps=2", "--output-dir", tmp_path / "out", stdin=lines)
    assert ran.output == b"LINE 3\nLINE 1\nLINE 2\nLINE 0\n"
    assert (tmp_path / "out" / "part-00000").read_bytes() == b"LINE 3\nLINE 1\n"
    assert (tmp_path / "out" / "part-00001").read_bytes() == b"LINE 2\nLINE 0\n"


def test_no_reduces_leave_the_output_of_the_maps(run_here: RunHere) -> None:
    """As on Hadoop: it is not sorted, nor printed in another order."""
    ran = run_here(Combined, "-D", "mapreduce.job.reduces=0", "-D", "mapreduce.job.maps=2", stdin=b"b a\nc a\n")
    assert ran.output == b'"b"\t1\n"a"\t1\n"c"\t1\n"a"\t1\n'
    assert ran.counters == [{"tasks": {"map": 2}}]


def test_no_input_gives_no_output(run_here: RunHere, tmp_path: Path) -> None:
    """An empty file is a map, an empty folder is none; reduces run all the same."""
    ran = run_here(Combined, "-D", "mapreduce.job.reduces=2")
    assert (ran.output, ran.counters) == (b"", [{"tasks": {"map": 1, "reduce": 2}}])
    (tmp_path / "empty").mkdir()
    ran = run_here(Combined, "-D", "mapreduce.job.reduces=2", tmp_path / "empty")
    assert (ran.output, ran.counters) == (b"", [{"tasks": {"reduce": 2}}])


class Several(Job):
    """Words, then how many words occur how often, then that turned round; numbers of tasks of its own in each step."""

    OUTPUT_PROTOCOL = TextValueProtocol

    def steps(self) -> list[MRStep]:
        return [
            MRStep(
                mapper_init=self.begin,
                mapper=self.words,
                mapper_final=self.end,
                combiner=self.add,
                reducer=self.add,
                jobconf={"mapreduce.job.maps": 3, "mapreduce.job.reduces": 2},
            ),
            MRStep(mapper=self.turn, reducer_init=self.begin, reducer=self.count, reducer_final=self.end),
            MRStep(mapper=self.line),
        ]

    def begin(self) -> Pairs:
        self.seen = 0
        yield "<begin>", 1

    def end(self) -> Pairs:
        yield "<end>", self.seen

    def words(self, _: object, line: str) -> Pairs:
        self.seen += 1
        for word in line.split():
            yield word, 1

    def add(self, word: str, counts: Iterator[int]) -> Pairs:
        yield word, sum(counts)

    def turn(self, word: str, count: int) -> Pairs:
        self.increment_counter("words", "long" if len(word) > 3 else "short")
        yield count, word

    def count(self, count: int, words: Iterator[str]) -> Pairs:
        self.seen += 1
        yield count, sorted(words)

    def line(self, key: object, value: object) -> Pairs:
        yield None, f"{key} {value}"


def test_steps_follow_each_other(run_here: RunHere) -> None:
    """The output of one is the input of the next; each has its counters, and may have its numbers of tasks."""
    ran = run_here(Several, "-D", "mapreduce.job.reduces=1", stdin=TEXT)
    assert ran.output == (
        b"<begin> 1\n14 ['<end>']\n3 ['<begin>']\n6 ['mill']\n7 ['river', 'the']\n8 ['by']\n<end> 5\n"
    )
    assert ran.counters == [{}, {"words": {"long": 4, "short": 2}}, {}]


def test_a_partitioner_in_java_is_passed_over_with_a_warning(
    run_here: RunHere, caplog: pytest.LogCaptureFixture
) -> None:
    """The output is the same."""

    class Partitioned(Words):
        PARTITIONER = "org.apache.hadoop.mapred.lib.HashPartitioner"

    with caplog.at_level(logging.WARNING):
        assert run_here(Partitioned, stdin=TEXT).output == COUNTED
    assert "ignoring partitioner keyword arg (requires real Hadoop)" in caplog.text


def test_a_system_without_fork_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """It names what runs there."""
    monkeypatch.delattr("os.fork")
    with pytest.raises(RunError) as error:
        LocalRunner(conf_paths=[])
    assert str(error.value) == (
        "-r local needs fork(), which this system lacks; use -r inline, or WSL on Windows"
    )
