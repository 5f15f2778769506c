"""Standard streams that are closed, full or not UTF-8, and the signals that end a run, as a shell brings them about."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gristmill.errors import OutputError, UnknownOutcome
from gristmill.job import process

if TYPE_CHECKING:
    from collections.abc import Callable

    Shell = Callable[..., "subprocess.CompletedProcess[bytes]"]

#: Linux's device that is always full.
needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
INDEX = "{python} -m jobs.inverted_index --no-conf -q"
FULL = b"error: standard output: No space left on device; what was printed is not whole\n"
CLOSED_STDOUT = b"error: standard output is closed; open it, or name a place to write to by -o\n"

#: Says who it is to a file, and waits for an hour.
WAITING = """\
import os
import sys
import time
from gristmill.job.base import Job


class Waiting(Job):
    def mapper(self, _, line):
        with open(line, "w") as file:
            file.write(str(os.getpid()))
        time.sleep(3600)


Waiting.run()
"""
#: Has the broken pipe of a program that it talks to.
BROKEN = """\
import sys
from gristmill.job.base import Job


class Broken(Job):
    def mapper(self, _, line):
        raise BrokenPipeError("its own")


Broken.run()
"""


@pytest.fixture
def shell(tmp_path: Path, job_tmp: Path) -> Shell:
    """Run a line of bash in `tmp_path`, where lines.tsv holds two documents and twice.tsv some 100 KB of them."""
    (tmp_path / "lines.tsv").write_bytes(b"a\tmill\nb\tstone\n")
    (tmp_path / "twice.tsv").write_bytes(b"".join(b"d%d\tmill stone\n" % number for number in range(6000)))

    def run(line: str, **env: str) -> subprocess.CompletedProcess[bytes]:
        done = subprocess.run(
            ["bash", "-c", line.replace("{python}", sys.executable)],
            cwd=tmp_path,
            env={**os.environ, "TMPDIR": str(job_tmp), **env},
            capture_output=True,
            timeout=60,
            check=False,
        )
        # a map task of the index alone reports what it has indexed
        done.stderr = re.sub(rb"reporter:counter:index,\w+,\d+\n", b"", done.stderr)
        return done

    return run


@needs_full
@pytest.mark.parametrize(
    "command",
    [
        f"{INDEX} lines.tsv",
        f"{INDEX} twice.tsv",
        f"{INDEX} -r inline lines.tsv",
        f"{INDEX} --mapper < lines.tsv",
        f"{INDEX} --mapper < twice.tsv",
        f"{INDEX} --reducer < lines.tsv",
        f"{INDEX} --help",
    ],
)
def test_a_full_disk_under_stdout_is_one_line(shell: Shell, command: str) -> None:
    """Whether it is met while there is more to write or at the end; never at Python's own exit."""
    ran = shell(f"{command} > /dev/full")
    assert (ran.returncode, ran.stderr) == (1, FULL)


@pytest.mark.parametrize("runner", ["local", "inline"])
def test_a_closed_stdin_is_one_line_where_the_job_reads_it(shell: Shell, runner: str) -> None:
    """And nothing where it does not."""
    ran = shell(f"{INDEX} -r {runner} <&-")
    assert (ran.returncode, ran.stderr) == (1, b"error: standard input is closed; give files or folders\n")
    ran = shell(f"{INDEX} -r {runner} lines.tsv <&-")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"mill\ta\nstone\tb\n", b"")


@pytest.mark.parametrize("args", ["lines.tsv", "-r inline lines.tsv", "--mapper < lines.tsv", "--help"])
def test_a_closed_stdout_is_one_line_where_the_job_prints(shell: Shell, args: str) -> None:
    """Nothing else gets its number, so no file of ours is written into."""
    ran = shell(f"{INDEX} {args} >&-")
    assert (ran.returncode, ran.stderr) == (1, CLOSED_STDOUT)


def test_with_all_three_streams_closed_an_output_folder_is_written(shell: Shell, tmp_path: Path) -> None:
    """As by a careless daemon."""
    ran = shell(f"{INDEX} --output-dir out lines.tsv <&- >&- 2>&-")
    assert ran.returncode == 0
    parts = sorted((tmp_path / "out").glob("part-*"))
    assert b"".join(sorted(part.read_bytes() for part in parts)) == b"mill\ta\nstone\tb\n"


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_what_is_printed_is_whole_with_and_without_pythons_buffer(shell: Shell, unbuffered: str) -> None:
    """A pipe takes less at a time than is written at once."""
    ran = shell(f"{INDEX} --mapper < twice.tsv | cat", PYTHONUNBUFFERED=unbuffered)
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert ran.stdout.count(b"\td") == 12000


@pytest.mark.parametrize("args", ["--mapper", "-r inline"])
def test_a_broken_pipe_of_the_jobs_own_shows_its_traceback(shell: Shell, tmp_path: Path, args: str) -> None:
    """It is not taken for a reader of our output that has ended."""
    (tmp_path / "broken.py").write_text(BROKEN)
    ran = shell(f"{{python}} broken.py -q --no-conf {args} < lines.tsv")
    assert ran.returncode == 1
    assert ran.stderr.endswith(b"BrokenPipeError: its own (standard input, line 1)\n")


def test_what_could_not_be_written_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Python tries to write it again when it ends."""
    monkeypatch.setattr(process._Stdout, "abandoned", False)
    raw = process._Stdout(closed=True)
    with pytest.raises(OutputError, match="closed"):
        raw.write(b"mill")
    process.abandon_stdout()
    assert raw.write(b"mill") == 4


@pytest.mark.skipif(sys.platform == "darwin", reason="file names are UTF-8 there")
def test_a_path_that_is_not_utf8_is_told_as_it_is(shell: Shell, tmp_path: Path) -> None:
    """In what is logged, and in an error."""
    name = os.fsdecode(b"b\xffd.tsv")
    (tmp_path / "lines.tsv").rename(tmp_path / name)
    ran = shell("{python} -m jobs.inverted_index --no-conf -v --output-dir $'o\\xff' $'b\\xffd.tsv'")
    assert ran.returncode == 0
    assert b"job output is in o\\udcff\n" in ran.stderr
    assert b"Logging error" not in ran.stderr
    assert (tmp_path / os.fsdecode(b"o\xff") / "_SUCCESS").exists()
    ran = shell(f"{INDEX} $'\\xff'")
    assert ran.stderr.startswith(b"error: input \\udcff does not exist; ")


def test_a_line_end_in_a_path_does_not_end_the_errors_line(shell: Shell) -> None:
    """It is shown as Python writes it."""
    ran = shell(f"{INDEX} $'no\\nsuch'")
    assert (ran.returncode, ran.stderr.count(b"\n")) == (1, 1)
    assert ran.stderr.startswith(b"error: input no\\nsuch does not exist; ")


# signals


def _waiting(tmp_path: Path, job_tmp: Path, *before: str) -> tuple[Any, int]:
    """A run that waits in its mapper, and the process that its mapper runs in."""
    (tmp_path / "waiting.py").write_text(WAITING)
    (tmp_path / "in.txt").write_text(str(tmp_path / "pid"))
    # it would be inherited where whoever runs these tests has it ignored
    hangup = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    driver = subprocess.Popen(
        [*before, sys.executable, "waiting.py", "--no-conf", "-q", "--output-dir", "out", "in.txt"],
        cwd=tmp_path,
        env={**os.environ, "TMPDIR": str(job_tmp)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    signal.signal(signal.SIGHUP, hangup)
    path = tmp_path / "pid"
    until = time.monotonic() + 60
    while not (path.exists() and path.read_text()):
        assert time.monotonic() < until
        time.sleep(0.02)
    return driver, int(path.read_text())


@pytest.mark.parametrize(("number", "status"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_request_to_stop_and_a_closed_terminal_end_a_run_in_order(
    tmp_path: Path, job_tmp: Path, number: signal.Signals, status: int
) -> None:
    """Its tasks are ended, its files removed; the status is the shell's."""
    driver, task = _waiting(tmp_path, job_tmp)
    driver.send_signal(number)
    assert driver.communicate(timeout=60) == (b"", b"")
    assert driver.returncode == status
    with pytest.raises(ProcessLookupError):
        os.kill(task, 0)
    assert list(job_tmp.iterdir()) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["in.txt", "pid", "waiting.py"]


def test_a_closed_terminal_leaves_a_run_under_nohup_alone(tmp_path: Path, job_tmp: Path) -> None:
    """The run and its tasks."""
    driver, task = _waiting(tmp_path, job_tmp, "nohup")
    driver.send_signal(signal.SIGHUP)
    os.kill(task, signal.SIGHUP)
    time.sleep(0.5)
    assert driver.poll() is None
    os.kill(task, 0)
    driver.send_signal(signal.SIGTERM)
    driver.communicate(timeout=60)
    assert driver.returncode == 143


def test_an_outcome_that_nobody_knows_is_one_line_and_exit_status_3(capsys: pytest.CaptureFixture[str]) -> None:
    """A caller tells it from a failure: it asks again, and does not do it anew."""
    with pytest.raises(SystemExit) as end, process.ending_in_one_line():
        raise UnknownOutcome("unknown: run again with --request-id ID")
    assert (end.value.code, capsys.readouterr().err) == (3, "unknown: run again with --request-id ID\n")
