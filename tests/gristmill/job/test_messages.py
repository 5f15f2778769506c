"""What a person is told: of a terminal that is read, of a mistake in a job's code, of a word that was misspelt."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from gristmill.errors import RunError, place_of, placed
from gristmill.job.protocols import JSONProtocol, NoPair
from tests.conftest import RunJob

#: A job that fails as it is told to.
FAILING = """\
import sys
from gristmill import Job

class Failing(Job):
    def configure_args(self):
        super().configure_args()
        self.add_passthru_arg("--how", choices=["print", "map", "yield", "reduce", "combine", "start", "slots"])

    def mapper_init(self):
        if self.options.how == "start":
            raise ValueError("start")

    def mapper(self, _, line):
        if self.options.how == "print":
            print("seen " + "a" * 200)
        if (self.options.how, line) == ("map", "b"):
            raise ValueError("no b")
        if (self.options.how, line) == ("yield", "b"):
            yield {1}, 1
        yield line, 1

    def reducer(self, key, values):
        if (self.options.how, key) == ("reduce", "b"):
            raise OSError(5, "no b")
        yield key, sum(values)

    def combiner(self, key, values):
        if (self.options.how, key) == ("combine", "b"):
            raise ValueError("no b")
        yield key, sum(values)

if __name__ == "__main__":
    Failing.run()
"""
PRINTED = (
    f"{b'seen ' + b'a' * 75!r} is no pair of JSON (key TAB value); if a mapper or a reducer prints it, print to "
    "sys.stderr, since stdout is its output"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With the job, and three lines."""
    (tmp_path / "failing.py").write_text(FAILING)
    (tmp_path / "in.txt").write_text("a\nb\nc\n")
    return tmp_path


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("map", "map task 0, reading {in} bytes 0-6: ValueError: no b ({in}, line 2)"),
        (
            "yield",
            "map task 0, reading {in} bytes 0-6: TypeError: Object of type set is not JSON",
        ),
        ("start", "map task 0, reading {in} bytes 0-6: ValueError: start"),
        ("reduce", "reduce task 0: no b (key 'b')"),
        ("combine", "map task 0, reading {in} bytes 0-6: ValueError: no b (key 'b')"),
    ],
)
def test_an_error_of_a_jobs_code_names_the_record(run_job: RunJob, folder: Path, how: str, said: str) -> None:
    """Of a mapper the line, of a reducer and a combiner the key; of what comes before the first record nothing."""
    conf = ["-D", "mapreduce.job.maps=1", "-D", "mapreduce.job.reduces=1"]
    ran = run_job("failing.py", "-q", "--no-conf", *conf, "--how", how, "in.txt", cwd=folder)
    assert ran.returncode == 1
    last = ran.stderr.decode().splitlines()[-1]
    assert last.startswith(f"error: Step 1 of 1 failed: {said.replace('{in}', str(folder / 'in.txt'))}")
    assert last.endswith(")") is (how != "start")


@pytest.mark.parametrize("how", ["map", "reduce"])
def test_inline_shows_the_record_and_the_exception_as_it_is(run_job: RunJob, folder: Path, how: str) -> None:
    """With its traceback, for whoever looks for the mistake."""
    ran = run_job("failing.py", "-q", "--no-conf", "-r", "inline", "--how", how, "in.txt", cwd=folder)
    assert ran.returncode == 1
    lines = ran.stderr.decode().splitlines()
    assert "Traceback (most recent call last):" in lines
    place = f"ValueError: no b ({folder / 'in.txt'}, line 2)" if how == "map" else "OSError: [Errno 5] no b (key 'b')"
    assert lines[-1] == place


@pytest.mark.parametrize(
    ("task", "how", "stdin", "last"),
    [
        ("--mapper", "map", b"a\nb\n", "ValueError: no b (standard input, line 2)"),
        ("--mapper", "start", b"a\n", "ValueError: start"),
        ("--reducer", "reduce", b'"a"\t1\n"b"\t1\n', "OSError: [Errno 5] no b (key 'b')"),
        ("--combiner", "combine", b'"b"\t1\n', "ValueError: no b (key 'b')"),
    ],
)
def test_a_task_on_its_own_names_the_record(
    run_job: RunJob, folder: Path, task: str, how: str, stdin: bytes, last: str
) -> None:
    """In a pipe, and so on Hadoop, whose logs end in this line."""
    ran = run_job("failing.py", task, "--how", how, cwd=folder, stdin=stdin)
    assert ran.returncode == 1
    assert ran.stderr.decode().splitlines()[-1] == last


@pytest.mark.parametrize("runner", ["local", "inline"])
def test_what_a_mapper_prints_is_told_as_what_it_is(run_job: RunJob, folder: Path, runner: str) -> None:
    """A line where a pair was wanted, with its first bytes."""
    conf = ["-D", "mapreduce.job.reduces=1"]
    ran = run_job("failing.py", "-q", "--no-conf", *conf, "-r", runner, "--how", "print", "in.txt", cwd=folder)
    assert (ran.returncode, ran.stderr.decode()) == (1, f"error: {PRINTED}\n")


def test_a_line_that_is_no_pair_is_still_a_value_error() -> None:
    """As mrjob's protocols raise it; the next line is read as ever."""
    protocol = JSONProtocol()
    for line in (b"no tab", b"{\t1", b'"a"\t{', b"\xff\t1"):
        with pytest.raises(ValueError, match="is no pair of JSON") as caught:
            protocol.read(line)
        assert caught.type is NoPair
    assert protocol.read(b'"a"\t1') == ("a", 1)


def test_a_line_of_the_input_that_is_no_pair_is_named(run_job: RunJob, folder: Path) -> None:
    """A job that reads JSON."""
    reads = "class Failing(Job):\n    INPUT_PROTOCOL = Job.INTERNAL_PROTOCOL"
    (folder / "reads.py").write_text(FAILING.replace("class Failing(Job):", reads))
    ran = run_job("reads.py", "-q", "--no-conf", "-D", "mapreduce.job.maps=1", "in.txt", cwd=folder)
    assert ran.stderr.decode().startswith(f"error: {folder / 'in.txt'}, line 1: b'a' is no pair of JSON")


def test_an_error_without_room_for_its_place_comes_out_all_the_same() -> None:
    """And one of ours, which names its place itself, gets none; the place first met is kept."""

    class Tight(Exception):
        def __setattr__(self, name: str, value: object) -> None:
            if not name.startswith("__"):
                raise AttributeError(name)

    with pytest.raises(Tight) as tight, placed(lambda: "here"):
        raise Tight
    with pytest.raises(RunError) as ours, placed(lambda: "here"):
        raise RunError("x")
    with pytest.raises(KeyError) as twice, placed(lambda: "outer"), placed(lambda: "inner"):
        raise KeyError("x")
    assert [place_of(each.value) for each in (tight, ours, twice)] == ["", "", " (inner)"]


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--maper"], "unrecognized arguments: --maper (did you mean --mapper?)"),
        (["--outputdir=x"], "unrecognized arguments: --outputdir=x (did you mean --output-dir?)"),
        (["-r", "lcoal"], "(did you mean local?)"),
        (["--how", "maps"], "(did you mean map?)"),
        (["--mapper", "--step-num", "2"], "--step-num 2: there is no such step of this job; its steps are 0 to 0"),
        (["--reducer", "--step-num", "-1"], "--step-num -1: there is no such step of this job; its steps are 0 to 0"),
    ],
)
def test_a_mistake_on_the_command_line_names_what_was_meant(
    run_job: RunJob, folder: Path, args: list[str], message: str
) -> None:
    """The nearest option or choice, or the steps that there are."""
    ran = run_job("failing.py", *args, cwd=folder, stdin=b"a\n")
    assert (ran.returncode, ran.stdout) == (2, b"")
    assert ran.stderr.decode().endswith(f"{message}; --help lists the options\n")


@pytest.mark.parametrize(
    ("body", "task", "message"),
    [
        ("mapper = lambda self, k, v: []", "--combiner", "--combiner --step-num 0: that step has no combiner"),
        ("spark = lambda self, i, o: None", "--mapper", "--mapper --step-num 0: that step has no mapper"),
        ("steps = lambda self: []", "--mapper", "--step-num 0: there is no such step of this job; its steps are none"),
    ],
)
def test_a_task_that_a_step_does_not_have_is_a_usage_error(
    run_job: RunJob, folder: Path, body: str, task: str, message: str
) -> None:
    """And so is any task of a job without steps."""
    (folder / "less.py").write_text(f"from gristmill import Job\nclass Less(Job):\n    {body}\nLess.run()\n")
    ran = run_job("less.py", task, cwd=folder)
    assert (ran.returncode, ran.stderr.decode()) == (2, f"error: {message}; --help lists the options\n")


@pytest.mark.parametrize("args", [[], ["--mapper"], ["-"], ["-q"]])
def test_a_terminal_that_is_read_is_told_of(folder: Path, args: list[str]) -> None:
    """In one line, unless -q says none."""
    person, terminal = pty.openpty()
    command = [sys.executable, "failing.py", "--no-conf", *args]
    with subprocess.Popen(command, stdin=terminal, stderr=subprocess.PIPE, stdout=subprocess.PIPE, cwd=folder) as job:
        os.write(person, b"a\n\x04")
        out, err = job.communicate(timeout=20)
    os.close(person)
    os.close(terminal)
    assert out.count(b'"a"\t1') == 1
    assert err.startswith(b"reading standard input: type lines, and Ctrl-D to end them, or name files\n") is (
        args != ["-q"]
    )


@pytest.mark.parametrize("program", [["-m", "jobs.streaming"], ["-m", "gristmill", "index"], ["failing.py"]])
def test_ctrl_c_in_the_first_moments_is_quiet(run_job: RunJob, folder: Path, program: list[str]) -> None:
    """While a program still imports what it needs: here a module that is interrupted stands for one."""
    (folder / "yaml.py").write_text("raise KeyboardInterrupt\n")
    root = str(Path(__file__).parents[3])
    ran = run_job(*program, cwd=folder, env={"PYTHONPATH": f"{folder}{os.pathsep}{root}"})
    assert (ran.returncode in (130, -2), ran.stdout, ran.stderr) == (True, b"", b"")


def test_an_error_of_an_import_is_shown_as_ever(run_job: RunJob, folder: Path) -> None:
    """And so is Ctrl-C in a program that does more than run a job."""
    (folder / "yaml.py").write_text("raise RuntimeError('yaml')\n")
    root = str(Path(__file__).parents[3])
    ran = run_job("-m", "jobs.streaming", cwd=folder, env={"PYTHONPATH": f"{folder}{os.pathsep}{root}"})
    assert ran.stderr.splitlines()[-1] == b"RuntimeError: yaml"
    (folder / "yaml.py").unlink()
    (folder / "own.py").write_text("from gristmill import Job\nraise KeyboardInterrupt\n")
    assert run_job("own.py", cwd=folder).stderr.splitlines()[-1] == b"KeyboardInterrupt"


@pytest.mark.parametrize(("verbose", "times"), [([], 0), (["-v"], 1)])
def test_that_there_are_no_settings_is_told_at_most_once(
    run_job: RunJob, folder: Path, verbose: list[str], times: int
) -> None:
    """And only to whoever asks for more."""
    env = {"HOME": str(folder), "MRJOB_CONF": ""}
    ran = run_job("-m", "jobs.streaming", *verbose, "in.txt", cwd=folder, env=env)
    assert ran.stderr.count(b"No configs") == times


def test_a_hook_for_errors_that_is_there_before_is_kept(run_job: RunJob, folder: Path) -> None:
    """A program may have its own way with Ctrl-C."""
    hook = "import sys\nsys.excepthook = lambda *about: print('mine')\n"
    (folder / "own.py").write_text(f"{hook}import gristmill.interrupts\nraise KeyboardInterrupt\n")
    assert run_job("own.py", cwd=folder).stdout == b"mine\n"
