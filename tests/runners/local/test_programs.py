"""The local runner: programs and whole files as steps."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gristmill.errors import InputError
from gristmill.job.base import Job
from tests.runners.helpers import Text, left
from mrjob.step import MRStep, StepFailedException

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.runners.conftest import RunHere

    Pairs = Iterator[tuple[Any, Any]]


def test_steps_may_be_programs(run_here: RunHere) -> None:
    """A mapper, a combiner over the sorted lines of each map, a reducer."""

    class Words(Text):
        def steps(self) -> list[MRStep]:
            return [MRStep(mapper_cmd="tr -s ' ' '\\n'", combiner_cmd="uniq", reducer_cmd="uniq -c")]

    ran = run_here(Words, "-D", "mapreduce.job.maps=2", stdin=b"by the mill\nby by river\nby the mill\nby the mill\n")
    counts = sorted(tuple(line.split()) for line in ran.lines)
    assert counts == [(b"1", b"river"), (b"2", b"by"), (b"2", b"mill"), (b"2", b"the")]


def test_a_program_may_run_in_a_shell(run_here: RunHere) -> None:
    """Where it says so itself."""

    class Shell(Text):
        def mapper_cmd(self) -> str:
            return "sh -c 'grep mill | tr a-z A-Z'"

    assert run_here(Shell, "-D", "mapreduce.job.maps=1", stdin=b"mill\nriver\nmills\n").output == b"MILL\nMILLS\n"


def test_a_program_gets_lines_that_end_in_lf(run_here: RunHere) -> None:
    """Whatever ended them, as on Hadoop; what it writes last needs no end."""

    class Shown(Text):
        def mapper_cmd(self) -> str:
            return "sh -c 'od -An -c | tr -d \" \\n\"'"

    assert run_here(Shown, "-D", "mapreduce.job.maps=1", stdin=b"a\r\nb\rc").output == b"a\\nb\\nc\\n\n"


def test_a_program_gets_records_with_the_ends_of_lines_that_they_hold(run_here: RunHere) -> None:
    """Where they end at a delimiter; each is ended by LF."""

    class Shown(Text):
        def mapper_cmd(self) -> str:
            return "sh -c 'od -An -c | tr -d \" \\n\"'"

    conf = ("-D", "mapreduce.job.maps=1", "-D", "textinputformat.record.delimiter=;")
    assert run_here(Shown, *conf, stdin=b"a\r\nb\r;;c").output == b"a\\r\\nb\\r\\n\\nc\\n\n"


def test_a_program_may_end_with_another_status_than_0_where_the_job_says_so(run_here: RunHere) -> None:
    """What it has written counts; one that is killed is a failure of the same kind."""

    class Ending(Text):
        def steps(self) -> list[MRStep]:
            return [MRStep(mapper_cmd="sh -c 'cat; exit 3'", reducer_cmd="sh -c 'head -n 1; kill -9 $$'")]

    conf = ("-D", "mapreduce.job.reduces=1")
    assert run_here(Ending, *conf, "-D", "stream.non.zero.exit.is.failure=false", stdin=b"b\na\n").output == b"a\n"
    with pytest.raises(StepFailedException, match="exit status 3"):
        run_here(Ending, *conf, stdin=b"b\na\n")


def test_a_program_that_may_fail_is_counted_and_told(run_here: RunHere, caplog: pytest.LogCaptureFixture) -> None:
    """In one line for a step, by the first."""

    class Ending(Text):
        def steps(self) -> list[MRStep]:
            return [MRStep(mapper_cmd="sh -c 'cat; printf x >&2; exit 3'", reducer_cmd="sh -c 'kill -9 $$'")]

    conf = (
        "-D",
        "mapreduce.job.maps=1",
        "-D",
        "mapreduce.job.reduces=1",
        "-D",
        "stream.non.zero.exit.is.failure=false",
    )
    ran = run_here(Ending, *conf, stdin=b"b\na\n")
    assert ran.counters == [{"input": {"task that failed": 2}}]
    (warning,) = [text for text in caplog.messages if text.startswith("warning: ")]
    assert warning == (
        "warning: step 1 of 1: failed tasks: 2, and what they left unread is lost "
        "(stream.non.zero.exit.is.failure=false); the first: mapper task 0: "
        "sh -c 'cat; printf x >&2; exit 3': exit status 3"
    )


@pytest.mark.parametrize("runner", ["local", "inline"])
def test_a_job_that_may_fail_is_counted_and_told(
    run_here: RunHere, caplog: pytest.LogCaptureFixture, runner: str
) -> None:
    """A mapper that raises at its first line leaves no other sign, and a reducer that exits."""

    class Raising(Text):
        def mapper(self, _: object, line: str) -> Pairs:
            raise ValueError("no\x1b rye")
            yield line

    class Exiting(Text):
        def reducer(self, _: object, lines: Iterator[str]) -> Pairs:
            sys.exit(3)
            yield lines

    conf = ("-r", runner, "-D", "mapreduce.job.maps=1", "-D", "mapreduce.job.reduces=1")
    for job, why in (
        (Raising, "mapper task 0: ValueError: no\\x1b rye"),
        (Exiting, "reducer task 0: the job exited: 3"),
    ):
        caplog.clear()
        ran = run_here(job, *conf, "-D", "stream.non.zero.exit.is.failure=false", stdin=b"b\na\n")
        assert (ran.output, ran.counters) == (b"", [{"input": {"task that failed": 1}}])
        (warning,) = [text for text in caplog.messages if text.startswith("warning: ")]
        assert warning.startswith(
            "warning: step 1 of 1: failed tasks: 1, and what they left unread is lost (stream.non."
        )
        assert why in warning


def test_a_job_may_fail_but_not_for_its_input_or_a_full_disk(run_here: RunHere, tmp_path: Path) -> None:
    """Those are no failures of a program's."""

    class Full(Text):
        def mapper(self, _: object, line: str) -> Pairs:
            yield None, line
            raise {"full": OSError(28, "No space left on device"), "input": InputError("no rye")}[line]

    for line in ("full", "input"):
        with pytest.raises((StepFailedException, InputError)):
            run_here(Full, "-D", "stream.non.zero.exit.is.failure=false", stdin=line.encode())


def test_a_program_may_count(run_here: RunHere) -> None:
    """As Hadoop Streaming lets it, by lines on stderr."""

    class Counts(Text):
        def mapper_cmd(self) -> str:
            return "sh -c 'cat; echo reporter:counter:lines,seen,2 >&2'"

    ran = run_here(Counts, "-D", "mapreduce.job.maps=2", stdin=b"a\nb\n")
    assert (ran.output, ran.counters) == (b"a\nb\n", [{"lines": {"seen": 4}}])


def test_a_program_that_stops_reading_early_has_not_failed(run_here: RunHere, tmp_path: Path) -> None:
    """Its exit status says whether it has."""

    class First(Text):
        def mapper_cmd(self) -> str:
            return "head -n 1"

    (tmp_path / "in.txt").write_bytes(b"the mill by the river\n" * 200_000)
    assert run_here(First, "-D", "mapreduce.job.maps=1", tmp_path / "in.txt").output == b"the mill by the river\n"


class Filtered(Text):
    """Lines that a filter has passed, before the mapper and before the reducer."""

    def steps(self) -> list[MRStep]:
        return [
            MRStep(
                mapper=self.words,
                mapper_pre_filter="grep mill",
                combiner=self.add,
                combiner_pre_filter="grep -v dust",
                reducer=self.add,
                reducer_pre_filter="grep -v by",
            )
        ]

    def words(self, _: object, line: str) -> Pairs:
        self.increment_counter("lines", "mapped")
        for word in line.split():
            yield word, 1

    def add(self, word: str, counts: Iterator[int]) -> Pairs:
        yield word, f"{word} {sum(counts)}" if self.options.run_reducer else sum(counts)


def test_filters_stand_before_the_job_in_its_own_process(run_here: RunHere, job_tmp: Path) -> None:
    """A shell runs them, and the job from the archive that is sent to a node."""
    one = ["-D", "mapreduce.job.maps=1", "-D", "mapreduce.job.reduces=1"]
    ran = run_here(Filtered, *one, stdin=b"the mill by the dust\nriver\nmill\n")
    assert ran.output == b"mill 2\nthe 2\n"
    assert ran.counters == [{"lines": {"mapped": 2}}]
    assert left(job_tmp) == []


class Sizes(Job):
    """The names and the sizes of whole files."""

    def mapper_raw(self, path: str, uri: str) -> Pairs:
        yield Path(uri).name, len(Path(path).read_bytes())

    def reducer(self, name: str, sizes: Iterator[int]) -> Pairs:
        yield name, sum(sizes)


def test_a_mapper_may_take_whole_files(run_here: RunHere, job_tmp: Path, tmp_path: Path) -> None:
    """Each is one map, and comes decompressed."""
    (tmp_path / "a.bin").write_bytes(b"\0\r\n" * 100)
    (tmp_path / "b.txt").write_bytes(b"mill")
    ran = run_here(Sizes, "-D", "mapreduce.job.reduces=1", tmp_path / "b.txt", tmp_path / "a.bin")
    assert ran.output == b'"a.bin"\t300\n"b.txt"\t4\n'
    assert left(job_tmp) == []


class FailsRaw(Text):
    """A whole file is too much."""

    def mapper_raw(self, path: str, uri: str) -> Pairs:
        raise ValueError(path)


def test_a_whole_file_that_fails_is_named(run_here: RunHere, tmp_path: Path) -> None:
    """And not the list that it stands in."""
    (tmp_path / "a.bin").write_bytes(b"mill")
    with pytest.raises(StepFailedException, match=rf"map task 0, reading {tmp_path}/a.bin: .*exit status 1$"):
        run_here(FailsRaw, tmp_path / "a.bin")
