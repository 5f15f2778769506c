"""The inline runner: all in one process, and what a debugger wants of it."""

from __future__ import annotations

import bz2
import errno
import gzip
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gristmill.errors import RunError
from gristmill.job.base import Job
from mrjob.protocol import BytesProtocol, TextValueProtocol
from mrjob.step import StepFailedException

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.runners.conftest import RunHere

    Pairs = Iterator[tuple[Any, Any]]


class Told(Job):
    """Each line, with the process, and what the task is told of its input."""

    OUTPUT_PROTOCOL = TextValueProtocol

    def mapper(self, _: object, line: str) -> Pairs:
        names = ("mapreduce_map_input_file", "mapreduce_map_input_start", "gristmill_input_name")
        yield None, " ".join([line, str(os.getpid()), *(os.environ[name] for name in names)])


def test_all_runs_in_one_process(run_here: RunHere, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A task is told of the file itself, not of a copy; it is cut as on the local runner."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_bytes(b"rye\noat\n")
    (tmp_path / "in" / "b.txt.gz").write_bytes(gzip.compress(b"barley\n"))
    monkeypatch.chdir(tmp_path)
    ran = run_here(Told, "-r", "inline", "-D", "mapreduce.job.maps=9", "in")
    assert ran.output.decode() == (
        f"rye {os.getpid()} file://{tmp_path}/in/a.txt 0 a.txt\n"
        f"oat {os.getpid()} file://{tmp_path}/in/a.txt 4 a.txt\n"
        f"barley {os.getpid()} file://{tmp_path}/in/b.txt.gz 0 b.txt.gz\n"
    )


def test_compressed_input_is_read_as_on_the_local_runner(run_here: RunHere, tmp_path: Path) -> None:
    """Of several members too."""

    class Lines(Job):
        OUTPUT_PROTOCOL = TextValueProtocol

        def mapper(self, _: object, line: str) -> Pairs:
            yield None, line

    (tmp_path / "a.bz2").write_bytes(bz2.compress(b"rye\n") + bz2.compress(b"oat\n"))
    assert run_here(Lines, "-r", "inline", tmp_path / "a.bz2").output == b"rye\noat\n"


class Joined(Job):
    """A key's values in the order in which they come, with no mapper."""

    INPUT_PROTOCOL: Any = BytesProtocol
    INTERNAL_PROTOCOL = BytesProtocol
    OUTPUT_PROTOCOL = BytesProtocol

    def reducer(self, key: bytes, values: Iterator[bytes]) -> Pairs:
        yield key, b"".join(b"[%s]" % value for value in values)


@pytest.mark.parametrize("runner", ["inline", "local"])
def test_lines_that_no_mapper_reads_end_as_others_do(run_here: RunHere, tmp_path: Path, runner: str) -> None:
    """By LF, CR LF or a lone CR; the last line of a file does not run into the next file."""
    (tmp_path / "a.txt").write_bytes(b"b\t1\ra\t1\r\nb\t2")
    (tmp_path / "b.txt").write_bytes(b"a\t2")
    ran = run_here(Joined, "-r", runner, tmp_path / "a.txt", tmp_path / "b.txt")
    assert ran.output == b"a\t[1][2]\nb\t[1][2]\n"


class Fails(Job):
    """Asks for a file that is not there."""

    def mapper(self, _: object, line: str) -> Pairs:
        yield Path("/nowhere/words.txt").read_text(), line


def test_an_error_of_the_job_comes_out_as_it_is(run_here: RunHere, tmp_path: Path, job_tmp: Path) -> None:
    """Where there is an output directory, too: it is not taken for one of that."""
    for arguments in ([], ["--output-dir", str(tmp_path / "out")]):
        with pytest.raises(FileNotFoundError) as error:
            run_here(Fails, "-r", "inline", *arguments, stdin=b"rye\n")
        assert error.value.filename == "/nowhere/words.txt"
        assert list(tmp_path.iterdir()) == []
        assert list(job_tmp.iterdir()) == []


@pytest.mark.parametrize("runner", ["inline", "local"])
def test_what_a_job_prints_is_its_output(run_here: RunHere, runner: str) -> None:
    """As on Hadoop, whose tasks are programs."""

    class Prints(Job):
        OUTPUT_PROTOCOL = TextValueProtocol

        def mapper(self, _: object, line: str) -> Pairs:
            print("\N{EAR OF RICE}")  # noqa: T201 (as a job may)
            yield None, line

    assert run_here(Prints, "-r", runner, stdin=b"rye\n").output.decode() == "\N{EAR OF RICE}\nrye\n"


@pytest.mark.parametrize("code", [3, "no oat"])
def test_a_job_that_exits_has_failed(run_here: RunHere, job_tmp: Path, code: int | str) -> None:
    """With what it gave to sys.exit(), and not with a status that nobody explains."""

    class Exits(Job):
        def mapper(self, _: object, line: str) -> Pairs:
            sys.exit(code)

    with pytest.raises(StepFailedException) as error:
        run_here(Exits, "-r", "inline", stdin=b"rye\n")
    assert str(error.value) == f"Step 1 of 1 failed: mapper task 0: the job exited: {code}"
    assert list(job_tmp.iterdir()) == []


def test_a_job_that_exits_with_0_has_not_failed(run_here: RunHere, tmp_path: Path) -> None:
    """It wants no more of its input; the run goes on, and there is output."""

    class Exits(Joined):
        def mapper(self, key: bytes, value: bytes) -> Pairs:
            yield key, value
            sys.exit(0)

    ran = run_here(
        Exits, "-r", "inline", "-D", "mapreduce.job.maps=1", "--output-dir", tmp_path / "out", stdin=b"a\t1\nb\t1\n"
    )
    assert ran.output == b"a\t[1]\n"
    assert (tmp_path / "out" / "_SUCCESS").exists()


def test_a_full_disk_is_one_line(run_here: RunHere, job_tmp: Path) -> None:
    """It is no error of the job's."""

    class Full(Job):
        def mapper(self, _: object, line: str) -> Pairs:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with pytest.raises(RunError, match=r"^No space left on device; make room, "):
        run_here(Full, "-r", "inline", stdin=b"rye\n")
    assert list(job_tmp.iterdir()) == []


def test_what_a_failed_run_read_can_be_kept(run_here: RunHere, job_tmp: Path) -> None:
    """--cleanup-on-failure NONE, as our mrjob.conf sets it for this runner; the next run leaves it alone."""
    with pytest.raises(FileNotFoundError):
        run_here(Fails, "-r", "inline", "--cleanup-on-failure", "NONE", stdin=b"rye\n")
    (kept,) = job_tmp.iterdir()
    assert run_here(Joined, "-r", "inline", stdin=b"a\t1\n").output == b"a\t[1]\n"
    assert list(job_tmp.iterdir()) == [kept]
    assert (kept / "step" / "000" / "mapper" / "00000" / "input").read_bytes() == b"rye\n"


def test_a_mapper_may_take_whole_files(run_here: RunHere, tmp_path: Path) -> None:
    """By their paths."""

    class Sizes(Job):
        def mapper_raw(self, path: str, uri: str) -> Pairs:
            yield Path(uri).name, len(Path(path).read_bytes())

    (tmp_path / "a.bin").write_bytes(b"\0\r\n" * 100)
    (tmp_path / "b.txt").write_bytes(b"mill")
    ran = run_here(Sizes, "-r", "inline", tmp_path / "b.txt", tmp_path / "a.bin")
    assert ran.output == b'"b.txt"\t4\n"a.bin"\t300\n'


class Whole(Job):
    def mapper_raw(self, path: str, uri: str) -> Pairs:
        data = Path(path).read_bytes()
        yield Path(uri).name, [Path(path).suffix, data.decode(errors="replace")]


@pytest.mark.parametrize("runner", ["inline", "local"])
def test_a_mapper_of_whole_files_gets_those_that_gzip_and_bzip2_made_unpacked(
    run_here: RunHere, tmp_path: Path, runner: str
) -> None:
    """Under their names without the suffix; other files are given as they lie."""
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(b"mill\n") + gzip.compress(b"rye\n"))
    (tmp_path / "b.bz2").write_bytes(bz2.compress(b"oats\n"))
    (tmp_path / "c.GZ").write_bytes(b"\x1f no gzip")
    (tmp_path / "d.tar").write_bytes(b"tar")
    ran = run_here(Whole, "-r", runner, tmp_path)
    assert ran.lines == [
        b'"a.txt.gz"\t[".txt", "mill\\nrye\\n"]\n',
        b'"b.bz2"\t["", "oats\\n"]\n',
        b'"c.GZ"\t[".GZ", "\\u001f no gzip"]\n',
        b'"d.tar"\t[".tar", "tar"]\n',
    ]


def test_programs_are_refused(run_here: RunHere) -> None:
    """They are other processes."""

    class Program(Job):
        def mapper_cmd(self) -> str:
            return "cat"

    with pytest.raises(NotImplementedError, match="try -r local"):
        run_here(Program, "-r", "inline", stdin=b"rye\n")
