"""The job class: its protocols, its records, its counters."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

from gristmill.index.rows import RowProtocol
from gristmill.job.base import Job
from mrjob.protocol import BytesProtocol, BytesValueProtocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tests.conftest import RunJob
    from tests.jobs.conftest import RunHere, RunTask


class Length(Job):
    """The lengths of records."""

    def mapper(self, _: Any, line: str) -> Iterator[tuple[str, int]]:
        yield line, len(line)


class Raw(Job):
    """Records as they come, each with its number."""

    INPUT_PROTOCOL: Any = BytesValueProtocol
    OUTPUT_PROTOCOL = BytesProtocol

    def mapper(self, _: Any, line: bytes) -> Iterator[tuple[bytes, bytes]]:
        yield b"%d" % self.record, line


class Passed(Job):
    """Passes what its reducer gets."""

    INTERNAL_PROTOCOL = BytesProtocol
    OUTPUT_PROTOCOL = BytesProtocol

    def reducer(self, key: bytes, values: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
        for value in values:
            yield key, value


class Rows(Job):
    """Writes rows in pieces."""

    OUTPUT_PROTOCOL = RowProtocol

    def mapper(self, _: Any, line: str) -> Iterator[tuple[bytes, Iterable[bytes]]]:
        yield line.encode(), (piece for piece in (b"a", b"b\tc"))


class Counts(Job):
    """Counts at every place where a job may."""

    def mapper_init(self) -> None:
        self.increment_counter("group", "init", 5)

    def mapper(self, _: Any, line: str) -> Iterator[tuple[str, int]]:
        self.increment_counter("group", "lines")
        self.increment_counter("group", "letters", len(line))
        if line == "bad":
            raise ValueError(line)
        yield line, 1

    def mapper_final(self) -> None:
        self.increment_counter("a, b", "lines", -1)

    def combiner(self, key: str, values: Iterable[int]) -> Iterator[tuple[str, int]]:
        self.increment_counter("group", "combined")
        yield key, sum(values)

    def reducer(self, key: str, values: Iterable[int]) -> Iterator[tuple[str, int]]:
        self.increment_counter("group", "reduced")
        yield key, sum(values)


# protocols and records


def test_json_is_pythons_own_and_the_same_bytes_everywhere(run_task: RunTask) -> None:
    """mrjob's own choice is whichever JSON library a machine has."""
    out = run_task(Length, "--mapper", stdin="a\té\n".encode())
    assert out == b'"a\\t\\u00e9"\t3\n'
    assert Job.INTERNAL_PROTOCOL is Job.OUTPUT_PROTOCOL
    assert Job.INTERNAL_PROTOCOL.__name__ == "JSONProtocol"


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"", []),
        (b"\n", [b""]),
        (b"a\nb\r\nc\rd", [b"a", b"b", b"c", b"d"]),
        (b"a\r\r\n\rb\r", [b"a", b"", b"", b"b"]),
        (b"a\x0bb\x0cc\x85d\xe2\x80\xa8e\x1cf\n", [b"a\x0bb\x0cc\x85d\xe2\x80\xa8e\x1cf"]),
        (b" a \t\n", [b" a \t"]),
    ],
)
def test_a_record_ends_at_lf_cr_lf_or_a_lone_cr(run_task: RunTask, data: bytes, lines: list[bytes]) -> None:
    """As on Hadoop, and at nothing else; records are numbered from 1."""
    out = run_task(Raw, "--mapper", stdin=data)
    assert out == b"".join(b"%d\t%b\n" % numbered for numbered in enumerate(lines, 1))


def test_a_pipe_may_begin_with_a_byte_order_mark(run_job: RunJob) -> None:
    """As a file may, on every runner; what a runner feeds a task has lost its file's."""
    mark = b"\xef\xbb\xbf"
    args = ["-m", "jobs.inverted_index", "--mapper"]
    assert run_job(*args, stdin=mark + b"d1\tmill\n" + mark + b"d2\tmill\n").stdout == b"mill\td1\t" + mark + b"d2\n"
    assert run_job(*args, stdin=mark + b"d1\tmill\n", env={"mapreduce_map_input_file": "x"}).stdout != b"mill\td1\n"
    assert run_job(*args, stdin=mark).stdout == b""


def test_a_reducers_line_ends_at_lf_alone(run_task: RunTask) -> None:
    """A value may hold a CR, whatever wrote it."""
    assert run_task(Passed, "--reducer", stdin=b"k\ta\rb\r\nk\tc") == b"k\ta\rb\r\nk\tc\n"


@pytest.mark.parametrize("runner", ["inline", "local"])
def test_a_protocol_may_write_a_line_in_pieces(run_here: RunHere, runner: str) -> None:
    """The bytes are those of its write()."""
    assert run_here(Rows, "-r", runner, stdin=b"x\ny\n").output == b"x\ta\tb\tc\ny\ta\tb\tc\n"
    assert RowProtocol().write(b"x", iter([b"a", b"b\tc"])) == b"x\ta\tb\tc"


# counters


def test_a_counter_is_reported_once_a_task_with_its_sum(run_task: RunTask) -> None:
    """Commas are Hadoop's separators, so mrjob writes semicolons."""
    stderr = io.BytesIO()
    run_task(Counts, "--mapper", stdin=b"a\nbb\nccc\n", stderr=stderr)
    assert stderr.getvalue().splitlines() == [
        b"reporter:counter:group,init,5",
        b"reporter:counter:group,lines,3",
        b"reporter:counter:group,letters,6",
        b"reporter:counter:a; b,lines,-1",
    ]


@pytest.mark.parametrize(("part", "name"), [("combiner", b"combined"), ("reducer", b"reduced")])
def test_a_combiner_and_a_reducer_report_theirs(run_task: RunTask, part: str, name: bytes) -> None:
    """Each is a task of its own."""
    stderr = io.BytesIO()
    assert run_task(Counts, f"--{part}", stdin=b'"a"\t1\n"a"\t2\n"b"\t1\n', stderr=stderr) == b'"a"\t3\n"b"\t1\n'
    assert stderr.getvalue() == b"reporter:counter:group,%b,2\n" % name


def test_a_task_that_fails_reports_what_it_counted(run_task: RunTask) -> None:
    """The counters say how far it came."""
    stderr = io.BytesIO()
    with pytest.raises(ValueError, match="bad"):
        run_task(Counts, "--mapper", stdin=b"a\nbad\n", stderr=stderr)
    assert b"reporter:counter:group,lines,2\n" in stderr.getvalue()


@pytest.mark.parametrize("runner", ["inline", "local"])
def test_a_runner_adds_the_counters_of_its_tasks_up(run_here: RunHere, runner: str) -> None:
    """Whatever the splits; a combiner's depend on them."""
    ran = run_here(Counts, "-r", runner, "-D", "mapreduce.job.maps=3", stdin=b"aaaa\nbbbb\naaaa\n")
    assert ran.output == b'"aaaa"\t2\n"bbbb"\t1\n'
    assert (ran.counters["group"]["lines"], ran.counters["group"]["letters"]) == (3, 12)
    assert ran.counters["group"]["reduced"] == 2


@pytest.mark.parametrize("amount", [1.0, "1", None])
def test_an_amount_that_is_no_integer_is_a_type_error(amount: Any) -> None:
    """In a task and outside one, as mrjob has it."""
    job: Any = Counts(["--mapper"])
    job.sandbox()
    with pytest.raises(TypeError, match="amount must be an integer"):
        job.increment_counter("group", "name", amount)
    with job._running("mapper", 0, str), pytest.raises(TypeError, match="amount must be an integer"):
        job.increment_counter("group", "name", amount)


def test_a_counter_outside_a_task_is_reported_at_once() -> None:
    """A job's method may be called by itself."""
    job: Any = Counts(["--mapper"])
    job.sandbox()
    job.increment_counter("group", "name", True)
    assert job.stderr.getvalue() == b"reporter:counter:group,name,1\n"


def test_a_job_has_no_manifest_unless_it_defines_one() -> None:
    """Then its output directory gets none."""
    assert Length(["--mapper"]).output_manifest([{}]) is None
