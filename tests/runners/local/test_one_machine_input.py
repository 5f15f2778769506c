"""Input and temporary files of the runners on this machine."""

from __future__ import annotations

import gzip
import io
import logging
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gristmill.errors import InputError, RunError
from tests.runners.helpers import UPPER, Lines, Words, names
from mrjob.protocol import TextValueProtocol
from mrjob.step import MRStep

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import RunJob
    from tests.runners.conftest import RunHere

    Pairs = Iterator[tuple[Any, Any]]


class TwoMaps(Lines):
    """Passes lines on twice."""

    INTERNAL_PROTOCOL = TextValueProtocol

    def steps(self) -> list[MRStep]:
        return [MRStep(mapper=self.mapper), MRStep(mapper=self.mapper)]


pytestmark = pytest.mark.parametrize("runner", ["local", "inline"])


def test_standard_input_is_a_path(run_here: RunHere, tmp_path: Path, runner: str) -> None:
    """Called -, among others, as often as one likes."""
    (tmp_path / "a.txt").write_bytes(b"a\n")
    ran = run_here(Lines, "-r", runner, "-", tmp_path / "a.txt", "-", stdin=b"in\nput")
    assert ran.output == b"in\nput\na\nin\nput\n"


def test_a_list_of_lines_may_stand_for_standard_input(job_tmp: Path, runner: str) -> None:
    """As mrjob allows in tests: a line without end gets one."""
    job = Lines(["-r", runner, "--no-conf", "--local-tmp-dir", str(job_tmp)])
    job.sandbox(stdin=[b"a", b"b\n"])
    with job.make_runner() as made:
        made.run()
        assert b"".join(made.cat_output()) == b"a\nb\n"


def test_a_pipe_is_read_to_its_end(run_here: RunHere, tmp_path: Path, runner: str) -> None:
    """As a shell's <(zcat a.Z) is one."""
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_bytes, args=(b"rye\n" * 50_000,))
    writer.start()
    assert run_here(Words, "-r", runner, tmp_path / "pipe").output == b'"rye"\t50000\n'
    writer.join()


def test_a_folder_is_read_without_its_hidden_files(run_here: RunHere, tmp_path: Path, runner: str) -> None:
    """The output of another job is input as it is."""
    run_here(Words, "-r", runner, "--output-dir", tmp_path / "out", stdin=b"rye mill\n")
    (tmp_path / "out" / ".part-00000.crc").write_bytes(b"crc")
    assert run_here(Lines, "-r", runner, tmp_path / "out").lines == [b'"mill"\t1\n', b'"rye"\t1\n']


def test_input_that_is_not_there_is_an_error_before_anything_starts(
    run_here: RunHere, tmp_path: Path, job_tmp: Path, runner: str
) -> None:
    """No output directory is made, and the other files are not read."""
    (tmp_path / "a.txt").write_bytes(b"rye\n")
    arguments = ["-r", runner, "--output-dir", str(tmp_path / "out")]
    with pytest.raises(InputError, match=r"b\.txt does not exist"):
        run_here(Words, *arguments, tmp_path / "a.txt", tmp_path / "b.txt")
    assert names(tmp_path) == ["a.txt"]
    assert names(job_tmp) == []


@pytest.mark.parametrize("name", ["a.lz4", "a.gz", "a.tar.gz"])
def test_input_that_cannot_be_read_is_an_error_that_names_the_file(
    run_here: RunHere, tmp_path: Path, job_tmp: Path, runner: str, name: str
) -> None:
    """Of a kind that is not read, or damaged; none of it comes out as text."""
    (tmp_path / name).write_bytes(b"no such thing\n")
    with pytest.raises(InputError, match=f"^{tmp_path}/{name}: "):
        run_here(Words, "-r", runner, "--output-dir", tmp_path / "out", tmp_path / name)
    assert names(tmp_path) == [name]
    assert names(job_tmp) == []


class Meddling(Lines):
    """A job that changes its input while it reads it: WAY is appended, or with ! takes its place."""

    WAY = ""

    def mapper(self, _: Any, line: str) -> Pairs:
        path = Path(os.environ["mapreduce_map_input_file"].partition("file://")[2])
        if self.WAY.startswith("!"):
            path.with_name("_other").write_text(self.WAY)
            path.with_name("_other").replace(path)
        else:
            with path.open("a") as file:
                file.write(self.WAY)
        yield None, line


class Growing(Meddling):
    WAY = "more\n"


class Replacing(Meddling):
    WAY = "!\n"


def test_an_input_that_grows_is_read_as_it_was(
    run_here: RunHere, tmp_path: Path, caplog: pytest.LogCaptureFixture, runner: str
) -> None:
    """With one warning, as Hadoop reads it."""
    path = tmp_path / "a.txt"
    path.write_bytes(b"one\ntwo\n")
    assert run_here(Growing, "-r", runner, path).output == b"one\ntwo\n"
    told = [message for message in caplog.messages if "grew" in message]
    assert told == [f"input {path} grew while it was read: its first 8 bytes were read, as they were"]


def test_an_input_that_another_file_replaced_is_an_error(
    run_here: RunHere, tmp_path: Path, job_tmp: Path, runner: str
) -> None:
    """Though all tasks have ended well, there is no output."""
    path = tmp_path / "a.txt"
    path.write_bytes(b"one\n")
    with pytest.raises(InputError, match=r"a\.txt changed while it was read, another file took its place; run again"):
        run_here(Replacing, "-r", runner, "-o", tmp_path / "out", path)
    assert names(tmp_path) == ["_other", "a.txt"] or names(tmp_path) == ["a.txt"]
    assert names(job_tmp) == []


def test_a_file_of_no_size_is_read_as_a_stream(run_here: RunHere, runner: str) -> None:
    """As /proc has them."""
    if not Path("/proc/version").exists():
        pytest.skip("this system has no /proc")
    assert run_here(Lines, "-r", runner, "/proc/version").output == Path("/proc/version").read_bytes()


def test_a_step_after_the_first_drops_a_mark_too(run_here: RunHere, tmp_path: Path, runner: str) -> None:
    """As Hadoop does with any file of lines that it reads."""
    (tmp_path / "a.txt").write_bytes(b"\xef\xbb\xbf\xef\xbb\xbfa\n")
    assert run_here(TwoMaps, "-r", runner, tmp_path / "a.txt").output == b"a\n"


def test_temporary_files_that_are_kept_outlive_the_next_run(run_here: RunHere, job_tmp: Path, runner: str) -> None:
    """--cleanup NONE is for a person who wants to look at them."""
    run_here(Words, "-r", runner, "--cleanup", "NONE", stdin=b"rye\n")
    (kept,) = names(job_tmp)
    run_here(Words, "-r", runner, stdin=b"rye\n")
    assert names(job_tmp) == [kept]
    assert "output" in names(job_tmp / kept)


def test_a_folder_for_temporary_files_that_cannot_be_used_is_an_error(
    run_here: RunHere, tmp_path: Path, runner: str
) -> None:
    """It is named, and the option with it."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(RunError) as error:
        run_here(Words, "-r", runner, "--local-tmp-dir", tmp_path / "file" / "tmp", stdin=b"rye\n")
    assert str(error.value) == f"{tmp_path}/file/tmp: Not a directory; name another folder by --local-tmp-dir"


def test_two_runs_at_once_do_not_disturb_each_other(run_here: RunHere, job_tmp: Path, runner: str) -> None:
    """The temporary files of one that lives are not swept by another."""
    outer = Words(["-r", runner, "--no-conf", "--local-tmp-dir", str(job_tmp)])
    outer.sandbox(stdin=io.BytesIO(b"rye\n"))
    with outer.make_runner() as made:
        made.run()
        assert run_here(Words, "-r", runner, stdin=b"mill\n").output == b'"mill"\t1\n'
        assert b"".join(made.cat_output()) == b'"rye"\t1\n'


def test_a_run_says_where_it_writes(
    run_here: RunHere, tmp_path: Path, caplog: pytest.LogCaptureFixture, runner: str
) -> None:
    """The name that the user gave, not the hidden one."""
    with caplog.at_level(logging.INFO):
        run_here(Words, "-r", runner, "--output-dir", tmp_path / "out", stdin=b"rye\n")
    assert f"job output is in {tmp_path}/out" in caplog.text
    assert os.sep + ".out." not in caplog.text


def test_nothing_is_printed_where_there_is_an_output_directory(run_job: RunJob, tmp_path: Path, runner: str) -> None:
    """Unless --cat-output asks for it."""
    (tmp_path / "job.py").write_text(UPPER)
    arguments = ["job.py", "-r", runner, "--no-conf", "--output-dir"]
    done = run_job(*arguments, "out", cwd=tmp_path, stdin=b"rye\n")
    assert (done.stdout, done.returncode) == (b"", 0)
    done = run_job(*arguments, "more", "--cat-output", cwd=tmp_path, stdin=b"rye\n")
    assert (done.stdout, done.returncode) == (b'"RYE"\t1\n', 0)


def test_files_that_are_no_text_are_refused_or_skipped_and_counted(
    run_job: RunJob, tmp_path: Path, runner: str
) -> None:
    """By a job whose input is text, before it starts; a job of one's own knows what it reads."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.tsv").write_bytes(b"d1\tmill\n")
    (tmp_path / "in" / "b.pdf").write_bytes(b"%PDF-1.7\nd2\trye\n")
    (tmp_path / "in" / "c.gz").write_bytes(b"")
    (tmp_path / "in" / "d.Zip").write_bytes(b"PK\3\4")
    index = ["-m", "jobs.inverted_index", "-r", runner, "--no-conf", "in"]
    done = run_job(*index, "-o", "out", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr.decode().splitlines()[-1] == (
        "error: in/b.pdf: no text but a PDF document; "
        "give what is text, or go on without such files by --skip-unreadable"
    )
    assert names(tmp_path) == ["in"]
    done = run_job(*index, "--skip-unreadable", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, b"mill\td1\n"), done.stderr.decode()
    assert "\tinput\n\t\tunreadable file=2\n" in done.stderr.decode()


def test_a_job_that_does_not_say_that_it_reads_text_is_given_any_file(
    run_here: RunHere, tmp_path: Path, runner: str
) -> None:
    """As on Hadoop."""
    (tmp_path / "a.bin").write_bytes(b"\x7fELF\nmill\n")
    assert run_here(Lines, "-r", runner, tmp_path / "a.bin").lines == [b"\x7fELF\n", b"mill\n"]


def test_what_a_compressed_file_or_a_pipe_holds_is_looked_at_too(run_job: RunJob, tmp_path: Path, runner: str) -> None:
    """As a file twice compressed, or a tar whose name does not say it."""
    (tmp_path / "a.gz").write_bytes(gzip.compress(gzip.compress(b"d1\tmill\n")))
    index = ["-m", "jobs.inverted_index", "-r", runner, "--no-conf"]
    done = run_job(*index, "a.gz", cwd=tmp_path)
    assert done.returncode == 1
    last = done.stderr.decode().splitlines()[-1]
    assert last == "error: a.gz: it holds no text but compressed by gzip; let its name end in .gz; give what is text"
    done = run_job(*index, "--skip-unreadable", "a.gz", cwd=tmp_path)
    assert "\t\tunreadable file=1\n" in done.stderr.decode()
    done = run_job(*index, "-", cwd=tmp_path, stdin=b"%PDF-1.7\n")
    assert "standard input: it holds no text but a PDF document" in done.stderr.decode().splitlines()[-1]
    done = run_job(*index[:2], "--mapper", stdin=b"%PDF-1.7\n")
    assert done.stderr == b"error: standard input: it holds no text but a PDF document; give what is text\n"
    far = {"mapreduce_map_input_file": "hdfs://node/in/a.zip"}
    for name, env in (("hdfs://node/in/a.zip", {}), ("in/a.zip", {"gristmill_input_name": "in/a.zip"})):
        done = run_job(*index[:2], "--mapper", stdin=b"PK\3\4", env={**far, **env})
        assert done.stderr.decode().startswith(f"error: {name}: it holds no text but a zip file")
    done = run_job(*index[:2], "--mapper", stdin=gzip.compress(b"d1\tmill\n"), env={**far, "gristmill_input_name": ""})
    piped = "no text but compressed by gzip; decompress it on its way: gzip -dc FILE |"
    assert done.stderr.decode() == f"error: standard input: it holds {piped}\n"
    done = run_job(*index[:2], "--mapper", stdin="d1\tmill\n".encode("UTF-16LE"))
    said = "error: standard input: it holds UTF-16LE text; give --encoding utf-16le, or make it UTF-8 (iconv"
    assert done.stderr.decode().startswith(said)
    assert run_job(*index[:2], "--mapper", stdin=b"d1\tmill\n").stdout == b"mill\td1\n"
