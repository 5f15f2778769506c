"""The local runner: steps of any shape."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gristmill.errors import RunError
from gristmill.job.base import Job
from gristmill.runners.local.runner import LocalRunner
from tests.runners.helpers import COUNTED, TEXT, Combined, Words
from mrjob.protocol import BytesProtocol, TextValueProtocol
from mrjob.step import MRStep

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.runners.conftest import RunHere

    Pairs = Iterator[tuple[Any, Any]]


class Raw(Job):
    """Lines as they are."""

    INPUT_PROTOCOL: Any = BytesProtocol
    INTERNAL_PROTOCOL = BytesProtocol
    OUTPUT_PROTOCOL = BytesProtocol


class Joined(Raw):
    """A key's values in the order in which they come, with no mapper."""

    SORTED_OUTPUT = True

    def reducer(self, key: bytes, values: Iterator[bytes]) -> Pairs:
        yield key, b"".join(b"[%s]" % value for value in values)


class JoinedInOrder(Joined):
    """The same, sorted."""

    SORT_VALUES: Any = True


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


def test_a_partitioner_of_the_users_own_is_passed_over_with_a_warning(
    run_here: RunHere, caplog: pytest.LogCaptureFixture
) -> None:
    """The output is the same."""

    class Partitioned(Words):
        PARTITIONER: Any = "org.example.Partitioner"

    with caplog.at_level(logging.WARNING):
        assert run_here(Partitioned, stdin=TEXT).output == COUNTED
    assert [record.getMessage() for record in caplog.records if "artitioner" in record.getMessage()] == [
        "-partitioner=org.example.Partitioner changes records on Hadoop; -r local does not obey it; use -r hadoop, or "
        "leave it out"
    ]


def test_a_system_without_fork_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """It names what runs there."""
    monkeypatch.delattr("os.fork")
    with pytest.raises(RunError) as error:
        LocalRunner(conf_paths=[])
    assert str(error.value) == ("-r local needs fork(), which this system lacks; use -r inline, or WSL on Windows")
