"""The bar: on a terminal, of the bytes that tasks have read; none elsewhere."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import struct
import sys
import termios
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gristmill.runners.progress import Percent, Progress
from gristmill.task.processes import Task, run_tasks

if TYPE_CHECKING:
    from tests.conftest import RunJob

#: A job of no bytes to speak of.
JOB = """\
from gristmill.job.base import Job

class Words(Job):
    def mapper(self, _, line):
        for word in line.split():
            yield word, 1

    def reducer(self, word, counts):
        yield word, sum(counts)

if __name__ == "__main__":
    Words.run()
"""


class Terminal(io.StringIO):
    """Talk that goes to a person."""

    def isatty(self) -> bool:
        return True


def test_the_bar_shows_what_all_tasks_have_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each counts in its own process."""
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    progress = Progress("map", 2, 4000, quiet=False)
    assert progress.tick is not None

    def work(number: int) -> None:
        progress.task(number).add(500)
        progress.task(number).add(1000 * number)

    run_tasks([Task("a", lambda: work(0)), Task("b", lambda: work(1))], 2)
    progress.tick()
    progress.close()
    last = terminal.getvalue().split("\r")[-1]
    assert last.startswith("map:  50%|")
    assert "2.00k/4.00k" in last


def test_a_task_tells_which_of_its_inputs_it_is_at() -> None:
    """In memory that outlives it."""
    progress = Progress("map", 2, 0, quiet=True)
    run_tasks([Task("a", lambda: progress.task(0).begin(3)), Task("b", lambda: progress.task(1).begin(1 << 40))], 2)
    assert (progress.task(0).current_input, progress.task(1).current_input) == (3, 1 << 40)
    progress.close()


def test_the_bar_never_passes_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file may have grown since its size was taken."""
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    progress = Progress("map", 1, 100, quiet=False)
    progress.task(0).add(300)
    progress.close()
    assert terminal.getvalue().split("\r")[-1].startswith("map: 100%|")


def test_a_quiet_run_has_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor is the driver called for one."""
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    progress = Progress("map", 1, 100, quiet=True)
    assert progress.tick is None
    progress.task(0).add(100)
    progress.close()
    assert terminal.getvalue() == ""


def test_a_file_gets_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stderr that goes to a log."""
    log = io.StringIO()
    monkeypatch.setattr(sys, "stderr", log)
    progress = Progress("map", 0, 0, quiet=False)
    assert progress.tick is None
    progress.close()
    assert log.getvalue() == ""


def test_a_program_without_stderr_gets_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    """As a daemon may be."""
    monkeypatch.setattr(sys, "stderr", None)
    assert Progress("map", 1, 1, quiet=False).tick is None


def on_a_terminal(folder: Path, *args: str) -> str:
    """What a job run in a terminal wrote to its stderr there; its stdout goes to a file."""
    (folder / "job.py").write_text(JOB)
    (folder / "words.txt").write_bytes(b"the mill by the river\n" * 100)
    pid, terminal = pty.fork()
    if not pid:
        try:
            fcntl.ioctl(2, termios.TIOCSWINSZ, struct.pack("4H", 24, 80, 0, 0))
            os.chdir(folder)
            os.dup2(os.open("out", os.O_WRONLY | os.O_CREAT), 1)
            os.execv(sys.executable, [sys.executable, "job.py", "--no-conf", *args, "words.txt"])
        finally:
            os._exit(70)
    talk = b""
    try:
        while data := os.read(terminal, 1 << 16):
            talk += data
    except OSError:  # how Linux ends a terminal whose program is gone
        pass
    os.close(terminal)
    _, status = os.waitpid(pid, 0)
    assert status == 0, talk.decode()
    counted = sorted((folder / "out").read_bytes().splitlines())
    assert counted == [b'"by"\t100', b'"mill"\t100', b'"river"\t100', b'"the"\t200']
    return talk.decode()


def test_a_job_on_a_terminal_shows_bytes_mapped_and_bytes_reduced(tmp_path: Path) -> None:
    """Both bars end at 100 %."""
    talk = on_a_terminal(tmp_path)
    assert "map: 100%|" in talk
    assert "2.20k/2.20k" in talk
    assert "reduce: 100%|" in talk


def test_a_quiet_job_on_a_terminal_shows_nothing(tmp_path: Path) -> None:
    """Neither bars nor talk."""
    assert on_a_terminal(tmp_path, "-q") == ""


def test_a_job_whose_stderr_is_no_terminal_shows_no_bar(tmp_path: Path, run_job: RunJob) -> None:
    """Its log stays readable."""
    (tmp_path / "job.py").write_text(JOB)
    done = run_job("job.py", "--no-conf", cwd=tmp_path, stdin=b"mill\n")
    assert (done.returncode, done.stdout) == (0, b'"mill"\t1\n')
    assert b"%|" not in done.stderr
    assert b"Running step 1 of 1..." in done.stderr


def test_a_job_of_another_machine_shows_how_far_map_and_reduce_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """In one bar, since a cluster tells both at once."""
    monkeypatch.setattr(sys, "stderr", terminal := Terminal())
    percent = Percent(quiet=False)
    percent.show(100, 30)
    percent.close()
    last = terminal.getvalue().split("\r")[-1]
    assert last.startswith("map 100 % reduce  30 % |")


@pytest.mark.parametrize("stderr", [Terminal(), io.StringIO(), None])
def test_a_job_of_another_machine_shows_no_bar_where_nobody_looks(
    monkeypatch: pytest.MonkeyPatch, stderr: io.StringIO | None
) -> None:
    """In a quiet run, a log, a daemon."""
    monkeypatch.setattr(sys, "stderr", stderr)
    percent = Percent(quiet=isinstance(stderr, Terminal))
    percent.show(50, 0)
    percent.close()
    assert stderr is None or stderr.getvalue() == ""
