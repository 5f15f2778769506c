"""The command `gristmill`, and what `from gristmill import Job` brings along."""

from __future__ import annotations

import importlib
import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import gristmill
from gristmill import command
from gristmill.job.programs import PROGRAMS

if TYPE_CHECKING:
    from tests.conftest import RunJob

ROOT = Path(__file__).parents[2]
DOCUMENTS = b"b\tthe rye\na\tthe mill\n"
INDEX = b"mill\ta\nrye\tb\nthe\ta\tb\n"
POST = b'{"id": "1", "text": "Good bread", "created_at": "2025-05-09T08:00:00Z"}\n'
#: What mrjob has that no job needs before it runs.
HEAVY = ("bin", "dataproc", "emr", "hadoop", "inline", "local", "sim", "spark")


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """A user's folder whose package `jobs` and module `runners` have nothing to do with ours."""
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs" / "__init__.py").write_text("raise ImportError('the jobs of the user')\n")
    (tmp_path / "runners.py").write_text("raise ImportError('the runners of the user')\n")
    return tmp_path


def installed() -> str:
    """The script that an installation puts beside its Python."""
    return str(Path(sys.executable).with_name("gristmill"))


@pytest.mark.parametrize("how", [[sys.executable, "-m", "gristmill"], [installed()]], ids=["module", "script"])
@pytest.mark.parametrize("runner", ["inline", "local"])
def test_a_command_runs_beside_a_users_own_jobs_and_runners(theirs: Path, how: list[str], runner: str) -> None:
    """Its programs are imported by names that no folder of the user's takes."""
    args = [*how, "index", "-q", "-r", runner]
    ran = subprocess.run(args, cwd=theirs, input=DOCUMENTS, capture_output=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, INDEX, b"")


def test_a_job_of_the_users_runs_beside_their_own_jobs_and_runners(run_job: RunJob, theirs: Path) -> None:
    """The runner that it asks for is ours."""
    (theirs / "words.py").write_text(
        "from gristmill import Job\n\n\n"
        "class Words(Job):\n"
        "    def mapper(self, _, line):\n"
        "        yield from ((word, 1) for word in line.split())\n\n"
        "    def reducer(self, word, counts):\n"
        "        yield word, sum(counts)\n\n\n"
        "Words.run()\n"
    )
    ran = run_job("words.py", "-q", cwd=theirs, stdin=b"to be or not to be\n")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b'"be"\t2\n"not"\t1\n"or"\t1\n"to"\t2\n', b"")


def test_each_command_is_one_of_our_programs(run_job: RunJob, theirs: Path) -> None:
    """Posts to rows, rows to a page, and two programs as a job."""
    rows = run_job("-m", "gristmill", "sentiment", "-q", cwd=theirs, stdin=POST)
    assert rows.stdout.startswith(b'["all","","2025-05-09T08"]\t{'), rows.stderr
    page = run_job("-m", "gristmill", "report", "-", "-o", "-", cwd=theirs, stdin=rows.stdout)
    assert page.stdout.startswith(b"<!DOCTYPE html>"), page.stderr
    counted = run_job("-m", "gristmill", "stream", "-q", "--reducer", "uniq -c", cwd=theirs, stdin=b"a\na\n")
    assert counted.stdout.split() == [b"2", b"a"], counted.stderr


@pytest.mark.parametrize("flag", ["--version", "-V", "version"])
def test_the_version_is_the_packages(run_job: RunJob, flag: str) -> None:
    """One line."""
    ran = run_job("-m", "gristmill", flag)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, f"gristmill {gristmill.__version__}\n".encode(), b"")


@pytest.mark.parametrize("args", [[], ["--help"], ["-h"], ["help"]])
def test_the_help_names_every_command_with_examples(run_job: RunJob, args: list[str]) -> None:
    """So does the command alone."""
    ran = run_job("-m", "gristmill", *args)
    assert (ran.returncode, ran.stderr) == (0, b"")
    text = ran.stdout.decode()
    assert text.startswith("usage: gristmill COMMAND [options] [input files]\n")
    for name in PROGRAMS:
        assert re.search(rf"^  {name} +\S", text, re.MULTILINE)
        assert f"\n  gristmill {name} " in text


@pytest.mark.parametrize(
    ("name", "near"),
    [("indx", "index"), ("sentimant", "sentiment"), ("inverted_index", "index"), ("jobs.streaming", "stream")],
)
def test_an_unknown_command_is_one_line_that_names_the_nearest(run_job: RunJob, name: str, near: str) -> None:
    """The status is that of a mistake on the command line; a module's name is near to its command."""
    ran = run_job("-m", "gristmill", name, "--help")
    assert (ran.returncode, ran.stdout) == (2, b"")
    said = f"error: there is no command {name!r}, the nearest is {near!r}; gristmill --help lists the commands\n"
    assert ran.stderr.decode() == said


@pytest.mark.parametrize("name", ["frob", "-v", ""])
def test_no_command_is_named_that_is_not_near(run_job: RunJob, name: str) -> None:
    """A guess would send the user the wrong way."""
    ran = run_job("-m", "gristmill", name)
    assert (ran.returncode, ran.stdout) == (2, b"")
    assert ran.stderr.decode() == f"error: there is no command {name!r}; gristmill --help lists the commands\n"


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_usage_says_what_was_typed(run_job: RunJob, theirs: Path, name: str) -> None:
    """`gristmill index` or `python -m jobs.inverted_index`, in the usage line and in the examples."""
    by_name = run_job("-m", "gristmill", name, "--help", cwd=theirs).stdout.decode()
    assert by_name.startswith(f"usage: gristmill {name} ")
    assert f"\n  gristmill {name} " in by_name
    assert "python -m" not in by_name
    module = f"jobs.{PROGRAMS[name].module}"
    by_module = run_job("-m", module, "--help").stdout.decode()
    assert by_module.startswith(f"usage: python -m {module} ")
    assert f"\n  python -m {module} " in by_module
    assert "gristmill" not in by_module.partition("\noptions")[0]


def test_a_mistake_in_a_commands_options_is_one_line(run_job: RunJob) -> None:
    """As for the program by its module's name."""
    ran = run_job("-m", "gristmill", "index", "--payload", "all")
    assert (ran.returncode, ran.stdout) == (2, b"")
    assert ran.stderr.startswith(b"error: argument --payload: invalid choice: 'all' (choose from ")
    assert ran.stderr.count(b"\n") == 1


@pytest.mark.parametrize("args", [["--help"], ["--version"], ["index", "--help"], ["report", "--help"]])
def test_a_reader_that_has_seen_enough_gets_no_traceback(args: list[str]) -> None:
    """As in `gristmill --help | head -1`."""
    source, sink = os.pipe()
    os.close(source)
    with os.fdopen(sink, "wb") as stdout:
        ran = subprocess.run(
            [sys.executable, "-m", "gristmill", *args], stdout=stdout, stderr=subprocess.PIPE, check=False
        )
    assert (ran.returncode, ran.stderr) == (1, b"")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("--help >/dev/full", "standard output: No space left on device; what was printed is not whole"),
        (
            "sentiment -q <post | gristmill report - -o - >/dev/full",
            "standard output: No space left on device; what was printed is not whole",
        ),
        ("report - -o - <&-", "standard input is closed; give files or folders"),
        ("--version >&-", "standard output is closed; open it, or name a place to write to by -o"),
    ],
)
def test_a_stream_that_is_closed_or_full_is_one_line(tmp_path: Path, command: str, said: str) -> None:
    """Of every command, the one that is no MapReduce job too."""
    (tmp_path / "post").write_bytes(POST)
    shell = f"gristmill() {{ '{sys.executable}' -m gristmill \"$@\"; }}; gristmill {command}"
    ran = subprocess.run(["bash", "-c", shell], cwd=tmp_path, stderr=subprocess.PIPE, check=False)
    assert (ran.returncode, ran.stderr.decode()) == (1, f"error: {said}\n")


def test_ctrl_c_ends_a_command_with_130(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also before its program has begun."""

    def pressed(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(sys, "argv", ["gristmill", "index"])
    monkeypatch.setattr(command, "run", pressed)
    with pytest.raises(SystemExit) as raised:
        command.main()
    assert raised.value.code == 130


def test_the_import_of_its_module_runs_nothing() -> None:
    """Tools that look for tests or for documentation import every module."""
    assert importlib.import_module("gristmill.__main__").main is command.main


def test_the_import_of_job_is_light(run_job: RunJob) -> None:
    """No runner, none of the modules of mrjob that only a runner needs, nothing of the report."""
    ran = run_job("-c", "import sys\nfrom gristmill import Job\nprint(*sys.modules)")
    loaded = set(ran.stdout.decode().split())
    assert "mrjob.job" in loaded
    heavy = {f"mrjob.{name}" for name in HEAVY}
    unwanted = ("gristmill.report", "gristmill.runners", "gristmill.jobs", "gristmill.posts", "gristmill.vader")
    assert sorted(name for name in loaded if name in heavy or name.startswith(("runners", "jobs", *unwanted))) == []


def test_the_version_alone_imports_nothing_of_mrjobs(run_job: RunJob) -> None:
    """What builds the package, or scores a text, needs no mrjob."""
    ran = run_job("-c", "import sys\nimport gristmill\ngristmill.__version__\nprint(*sys.modules)")
    assert not any(name.startswith("mrjob") for name in ran.stdout.decode().split())


def test_what_the_package_does_not_have_is_an_attribute_error() -> None:
    """As of any module."""
    with pytest.raises(AttributeError, match=r"^module 'gristmill' has no attribute 'Jobs'$"):
        gristmill.Jobs  # noqa: B018 (the look is what is tested)
