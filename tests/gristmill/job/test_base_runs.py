"""Jobs run as a user runs them: a moved mrjob job, settings, exit statuses, the help."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunJob

#: A job of mrjob's idiom, with its import changed and nothing else.
MOVED = '''\
"""The commonest words of at least some length."""
from gristmill.job.base import Job as MRJob
from mrjob.step import MRStep


class CommonWords(MRJob):
    """The commonest words of at least some length."""

    def configure_args(self):
        super(CommonWords, self).configure_args()
        self.add_passthru_arg("--least", type=int, default=1, help="letters that a word must have")

    def steps(self):
        return [
            MRStep(mapper=self.mapper_words, combiner=self.combiner_counts, reducer=self.reducer_counts),
            MRStep(reducer=self.reducer_most),
        ]

    def mapper_words(self, _, line):
        for word in line.split():
            if len(word) >= self.options.least:
                yield word, 1
            else:
                self.increment_counter("words", "short")

    def combiner_counts(self, word, counts):
        yield word, sum(counts)

    def reducer_counts(self, word, counts):
        yield None, (sum(counts), word)

    def reducer_most(self, _, counted):
        for count, word in sorted(counted, reverse=True)[:2]:
            yield word, count


if __name__ == "__main__":
    CommonWords.run()
'''
LINES = b"the mill the stone\na mill by a weir\nthe weir\n"

FAILING = """\
import sys
from gristmill.job.base import Job


class Failing(Job):
    def mapper(self, _, line):
        if line == "exit":
            sys.exit("said the job")
        raise ValueError("no such mill: " + line)


Failing.run()
"""


@pytest.mark.parametrize("runner", [[], ["-r", "local"], ["-r", "inline"], ["-D", "mapreduce.job.maps=3"]])
@pytest.mark.parametrize("how", ["script", "module"])
def test_a_moved_mrjob_job_runs_as_a_script_and_as_a_module(
    run_job: RunJob, tmp_path: Path, how: str, runner: list[str]
) -> None:
    """Two steps, a combiner, a counter and a passthru argument, after one changed line."""
    package = tmp_path / "ours"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "common.py").write_text(MOVED)
    (tmp_path / "lines.txt").write_bytes(LINES)
    command = ["-m", "ours.common"] if how == "module" else [package / "common.py"]
    ran = run_job(*command, *runner, "--least", "3", tmp_path / "lines.txt", cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == b'"the"\t3\n"weir"\t2\n'
    assert b"\twords\n\t\tshort=3\n" in ran.stderr


def test_a_moved_mrjob_job_runs_through_the_shell_pipe(run_job: RunJob, tmp_path: Path) -> None:
    """Each of its tasks is a plain program."""
    script = tmp_path / "common.py"
    script.write_text(MOVED)
    lines = run_job(script, "--mapper", "--least", "3", stdin=LINES).stdout
    for task in (["--combiner"], ["--reducer"], ["--reducer", "--step-num", "1"]):
        lines = run_job(script, *task, stdin=b"".join(sorted(lines.splitlines(True)))).stdout
    assert lines == b'"the"\t3\n"weir"\t2\n'


def test_a_folder_of_jobs_of_ones_own_joins_ours(run_job: RunJob, tmp_path: Path) -> None:
    """`python -m jobs.mine` and `python -m jobs.inverted_index` work side by side."""
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs" / "mine.py").write_text(MOVED)
    assert run_job("-m", "jobs.mine", "-q", cwd=tmp_path, stdin=LINES).stdout == b'"the"\t3\n"weir"\t2\n'
    ran = run_job("-m", "jobs.inverted_index", "-q", cwd=tmp_path, stdin=b"a\tmill\n")
    assert ran.stdout == b"mill\ta\n"


# exit statuses


@pytest.mark.parametrize(
    ("line", "reason"), [("x", "ValueError: no such mill: x ({in}, line 1)"), ("exit", "the job exited: said the job")]
)
def test_a_job_that_fails_exits_with_1_and_leaves_nothing(
    run_job: RunJob, tmp_path: Path, job_tmp: Path, line: str, reason: str
) -> None:
    """The last line says which task, what it was reading, and why; the job's traceback stands before it."""
    (tmp_path / "failing.py").write_text(FAILING)
    (tmp_path / "in.txt").write_text(line)
    ran = run_job("failing.py", "in.txt", "--output-dir", "out", cwd=tmp_path)
    assert ran.returncode == 1
    assert ran.stdout == b""
    last = ran.stderr.decode().splitlines()[-1]
    size = len(line)
    path = str(tmp_path / "in.txt")
    reason = reason.replace("{in}", path)
    assert last == f"error: Step 1 of 1 failed: map task 0, reading {path} bytes 0-{size}: {reason}"
    if line == "x":
        assert b'failing.py", line 9, in mapper\n' in ran.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["failing.py", "in.txt"]
    assert list(job_tmp.iterdir()) == []


def test_a_quiet_job_that_fails_shows_its_traceback(run_job: RunJob, tmp_path: Path) -> None:
    """And that one line: -q leaves out what is said of a job that runs well."""
    (tmp_path / "failing.py").write_text(FAILING)
    said = run_job("failing.py", "-q", "--no-conf", cwd=tmp_path, stdin=b"x\n").stderr.decode().splitlines()
    assert said[0] == "Traceback (most recent call last):"
    assert said[-2] == "ValueError: no such mill: x"
    assert said[-1].startswith("error: Step 1 of 1 failed: map task 0, reading ")


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--most=3"], "unrecognized arguments: --most=3; --help lists the options"),
        (["--least", "x"], "argument --least: invalid int value: 'x'; --help lists the options"),
        (
            ["--output-dir", ""],
            "--output-dir is empty; name a folder, or leave it out to have the output printed; "
            "--help lists the options",
        ),
    ],
)
def test_a_usage_error_exits_with_2(run_job: RunJob, tmp_path: Path, args: list[str], message: str) -> None:
    """One line says what is wrong."""
    (tmp_path / "common.py").write_text(MOVED)
    ran = run_job("common.py", *args, cwd=tmp_path, stdin=b"x\n")
    assert (ran.returncode, ran.stdout, ran.stderr.decode()) == (2, b"", f"error: {message}\n")


@pytest.mark.parametrize("args", [["--mapper"], ["-r", "inline"], ["-r", "local"]])
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_has_seen_enough_gets_no_traceback(args: list[str], unbuffered: str) -> None:
    """As in `job | head -1`: the reader is gone before the first byte is written."""
    source, sink = os.pipe()
    os.close(source)
    with os.fdopen(sink, "wb") as stdout:
        ran = subprocess.run(
            [sys.executable, "-m", "jobs.inverted_index", "-q", *args],
            input=b"a\tmill\n",
            stdout=stdout,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONUNBUFFERED": unbuffered},
            check=False,
        )
    # a task in a pipe tells its counters
    counters = b"reporter:counter:index,documents,1\nreporter:counter:index,tokens,1\n" if args == ["--mapper"] else b""
    assert (ran.returncode, ran.stderr) == (1, counters)


def test_output_goes_to_a_folder_or_to_stdout_or_both(run_job: RunJob, tmp_path: Path) -> None:
    """With --output-dir alone nothing is printed."""
    args = ["-m", "jobs.inverted_index", "-q", "-D", "mapreduce.job.reduces=1", "--output-dir"]
    assert run_job(*args, "one", cwd=tmp_path, stdin=b"a\tmill\n").stdout == b""
    assert run_job(*args, "two", "--cat-output", cwd=tmp_path, stdin=b"a\tmill\n").stdout == b"mill\ta\n"
    for name in ("one", "two"):
        assert (tmp_path / name / "part-00000").read_bytes() == b"mill\ta\n"


@pytest.mark.parametrize("module", ["jobs.inverted_index", "jobs.streaming"])
def test_the_help_shows_examples(run_job: RunJob, module: str) -> None:
    """They are in the job's docstring."""
    ran = run_job("-m", module, "--help")
    assert ran.returncode == 0
    assert f"\nexamples:\n  python -m {module} ".encode() in ran.stdout
    assert ran.stderr == b""


def test_what_stands_behind_two_hyphens_is_input(run_job: RunJob, tmp_path: Path) -> None:
    """Though it is like an option, as -odd is like -o dd."""
    (tmp_path / "-odd").write_text("x\n")
    (tmp_path / "even").write_text("y\n")
    ran = run_job("-m", "jobs.streaming", "-q", "--reducer", "NONE", "even", "--", "-odd", cwd=tmp_path)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"y\nx\n", b"")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["-odd", "even"]
