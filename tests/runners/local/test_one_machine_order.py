"""The runners on this machine: the order of what is printed, the numbers of reduces, the ends of records."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from gristmill.job.base import Job
from tests.runners.helpers import Lines, Text
from mrjob.protocol import BytesValueProtocol
from mrjob.step import MRStep

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.runners.conftest import RunHere

    Pairs = Iterator[tuple[Any, Any]]


pytestmark = pytest.mark.parametrize("runner", ["local", "inline"])


class Highest(Text):
    """The numbers of a part, the highest first."""

    def mapper(self, _: object, line: str) -> Pairs:
        yield int(line), None

    def reducer_init(self) -> None:
        self.numbers: list[int] = []

    def reducer(self, number: int, _: object) -> None:
        self.numbers.append(number)

    def reducer_final(self) -> Pairs:
        for number in sorted(self.numbers, reverse=True):
            yield None, str(number)


def test_what_a_reducer_writes_in_an_order_of_its_own_is_printed_so(
    run_here: RunHere, tmp_path: Path, runner: str
) -> None:
    """One part after the other, each reduce with its own last rows; as `cat` of the parts has it."""
    asked = ["-r", runner, "-D", "mapreduce.job.reduces=2", "-D", "mapreduce.job.maps=3", "--output-dir"]
    ran = run_here(Highest, *asked, tmp_path / "out", stdin=b"1\n5\n3\n1\n2\n4\n")
    parts = [(tmp_path / "out" / f"part-0000{part}").read_bytes() for part in range(2)]
    assert parts == [b"5\n3\n1\n", b"4\n2\n"]
    assert ran.output == b"5\n3\n1\n4\n2\n"


def test_a_long_part_in_no_order_keeps_it(run_here: RunHere, tmp_path: Path, runner: str) -> None:
    """Merged by key it would come in blocks."""

    class Backwards(Highest):
        def mapper(self, _: object, line: str) -> Pairs:
            yield from ((number, None) for number in range(100_000))

    asked = ["-r", runner, "-D", "mapreduce.job.reduces=2", "--output-dir", tmp_path / "out"]
    ran = run_here(Backwards, *asked, stdin=b"rye\n")
    parts = [(tmp_path / "out" / f"part-0000{part}").read_bytes() for part in range(2)]
    numbers = [list(map(int, part.split())) for part in parts]
    assert numbers == [sorted(part, reverse=True) for part in numbers]
    assert ran.output == parts[0] + parts[1]


@pytest.mark.parametrize("asked", ["mapreduce.job.reduces=3", "mapred.reduce.tasks=3"])
def test_as_many_reduces_run_as_are_asked_for(run_here: RunHere, tmp_path: Path, runner: str, asked: str) -> None:
    """Each has its own reducer_final; keys go where Hadoop's hash sends them."""

    class Sizes(Highest):
        def reducer_final(self) -> Pairs:
            yield None, str(sorted(self.numbers))

    run_here(Sizes, "-r", runner, "-D", asked, "--output-dir", tmp_path / "out", stdin=b"1\n2\n3\n4\n5\n6\n7\n")
    parts = [path.read_bytes() for path in sorted((tmp_path / "out").glob("part-*"))]
    assert parts == [b"[2, 5]\n", b"[3, 6]\n", b"[1, 4, 7]\n"]


def test_reduces_are_asked_for_by_the_job_and_by_a_step(run_here: RunHere, runner: str) -> None:
    """JOBCONF and the jobconf of a step, which wins."""

    class Steps(Highest):
        JOBCONF: Any = {"mapreduce.job.reduces": 2}  # noqa: RUF012 (as mrjob has it)

        def steps(self) -> list[MRStep]:
            count = {"reducer_init": self.reducer_init, "reducer": self.reducer, "reducer_final": self.count}
            first = MRStep(mapper=self.mapper, **count, jobconf={"mapreduce.job.reduces": 4})
            return [first, MRStep(mapper=self.again, **count)]

        def again(self, _: object, line: str) -> Pairs:
            yield line, None

        def count(self) -> Pairs:
            self.increment_counter("reduces", "ended")
            yield None, "1"

    ran = run_here(Steps, "-r", runner, stdin=b"1\n2\n")
    assert ran.counters == [{"reduces": {"ended": 4}}, {"reduces": {"ended": 2}}]


def test_no_reduces_are_a_step_of_maps_alone(run_here: RunHere, tmp_path: Path, runner: str) -> None:
    """Then no combiner runs either, as on Hadoop."""

    class Fails(Lines):
        def combiner(self, _: object, __: object) -> None:
            raise AssertionError

        reducer = combiner

    ran = run_here(Fails, "-r", runner, "-D", "mapreduce.job.reduces=0", stdin=b"b\na\n")
    assert ran.output == b'null\t"b"\nnull\t"a"\n'


class Raw(Job):
    """Records that hold a CR, from the mapper and from the reducer."""

    INTERNAL_PROTOCOL: Any = BytesValueProtocol
    OUTPUT_PROTOCOL: Any = BytesValueProtocol

    def mapper(self, _: object, line: str) -> Pairs:
        yield None, b"a\rb\tx\r"
        yield None, b"c\r"

    def reducer(self, _: object, lines: Iterator[bytes]) -> Pairs:
        for line in lines:
            yield None, b"<%b\r>" % line


@pytest.mark.parametrize("reduces", [0, 2])
def test_a_cr_within_a_record_that_is_written_ends_it(run_here: RunHere, runner: str, reduces: int) -> None:
    """By a mapper and by a reducer, as on Hadoop; before the record's LF it is part of its end."""
    ran = run_here(Raw, "-r", runner, "-D", f"mapreduce.job.reduces={reduces}", stdin=b"rye\n")
    written = [b"a\n", b"b\tx\n", b"c\n"] if reduces == 0 else [b"<a\n", b"<b\tx\n", b"<c\n", b">\n", b">\n", b">\n"]
    assert sorted(ran.lines) == sorted(written)


def test_a_step_reads_the_parts_of_the_one_before_in_order_of_their_numbers(tmp_path: Path, runner: str) -> None:
    """Which may have more than five digits."""

    class Twice(Highest):
        def steps(self) -> list[MRStep]:
            return super().steps() * 2

    job = Twice(["-r", runner, "--no-conf", "--local-tmp-dir", str(tmp_path)])
    with job.make_runner() as made:
        folder = tmp_path / made._output_dir_for_step(0)
        folder.mkdir(parents=True)
        for name in ("part-99999", "part-100000"):
            (folder / name).touch()
        assert [file.path for file in made._files_for_step(1)] == [f"{folder}/part-99999", f"{folder}/part-100000"]
