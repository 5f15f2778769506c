"""Any two programs as a job."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jobs.streaming import Streaming

if TYPE_CHECKING:
    from tests.conftest import RunJob
    from tests.jobs.conftest import RunHere

LINES = b"the mill\nthe stone\na mill\n"
#: Programs in a folder: a mapper, a combiner and reducer, and a list that the mapper reads.
MAP = """\
import sys
dull = set(open("dull.txt").read().split())
for line in sys.stdin:
    for word in line.split():
        if word not in dull:
            print(word, 1, sep="\\t")
"""
ADD = """\
import itertools, sys
pairs = (line.split("\\t") for line in sys.stdin)
for word, group in itertools.groupby(pairs, key=lambda pair: pair[0]):
    print(word, sum(int(count) for _, count in group), sep="\\t")
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with programs and input."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "map.py").write_text(MAP)
    (tmp_path / "add.py").write_text(ADD)
    (tmp_path / "dull.txt").write_text("the a\n")
    (tmp_path / "words.awk").write_text('{ for (i = 1; i <= NF; i++) print $i "\\t" 1 }\n')
    (tmp_path / "in.txt").write_bytes(LINES)
    return tmp_path


def test_lines_pass_where_no_program_is_named(run_here: RunHere) -> None:
    """A reduce puts them in order of their keys; lines of one key keep theirs."""
    assert run_here(Streaming, stdin=b"b\t2\na\t9\na\t1\nb").output == b"a\t9\na\t1\nb\t2\nb\n"


def test_a_job_without_reducer_gives_lines_in_the_order_of_the_input(run_here: RunHere) -> None:
    """NONE is Hadoop's word for it."""
    args = ["--mapper", "sed s/$/!/", "--reducer", "NONE", "-D", "mapreduce.job.maps=3"]
    assert run_here(Streaming, *args, stdin=LINES).output == b"the mill!\nthe stone!\na mill!\n"


@pytest.mark.parametrize("maps", ["1", "3"])
def test_programs_that_a_command_line_names_are_sent_along(run_here: RunHere, folder: Path, maps: str) -> None:
    """Not only the first word of it, and files that --file names too."""
    add = "python3 ./add.py"
    args = ["--mapper", "python3 map.py", "--combiner", add, "--reducer", add, "--file", "dull.txt"]
    ran = run_here(Streaming, *args, "-D", f"mapreduce.job.maps={maps}", "in.txt")
    assert sorted(ran.output.splitlines(keepends=True)) == [b"mill\t2\n", b"stone\t1\n"]


def test_a_program_in_any_language_will_do(run_here: RunHere, folder: Path) -> None:
    """Here awk, with its program in a file, and a filter of the system's."""
    args = ["--mapper", "awk -f words.awk", "--reducer", "uniq -c", "in.txt"]
    found = [line.split() for line in run_here(Streaming, *args).output.splitlines()]
    assert sorted(found) == [[b"1", b"a", b"1"], [b"1", b"stone", b"1"], [b"2", b"mill", b"1"], [b"2", b"the", b"1"]]


def test_a_program_file_is_found_by_its_base_name(run_here: RunHere, folder: Path) -> None:
    """Its mode need not say that it can be run, and its folder does not matter; a path may hold spaces."""
    programs = folder / "my programs"
    programs.mkdir()
    (programs / "shout.sh").write_text("#!/bin/sh\ntr a-z A-Z\n")
    args = ["--mapper", "'my programs/shout.sh' 'my programs/shout.sh'", "--reducer", "./'my programs'/shout.sh"]
    assert run_here(Streaming, *args, "in.txt").output == b"A MILL\nTHE MILL\nTHE STONE\n"


def test_a_program_of_an_absolute_path_is_the_machines(run_here: RunHere, folder: Path) -> None:
    """It is not sent."""
    shout = folder / "shout.sh"
    shout.write_text("#!/bin/sh\ntr a-z A-Z\n")
    shout.chmod(0o755)
    job = Streaming(["--mapper", str(shout), "--reducer", "NONE"])
    assert job.files() == []
    assert run_here(Streaming, "--mapper", str(shout), "--reducer", "NONE", stdin=b"x\n").output == b"X\n"


def test_a_program_that_the_path_has_is_not_taken_from_the_folder(run_here: RunHere, folder: Path) -> None:
    """A result called `sort`, or `cat`, that lies about is no program; a path says that it is one."""
    (folder / "sort").write_text("nonsense")
    (folder / "cat").write_text("nonsense")
    assert run_here(Streaming, "--mapper", "sort -r", stdin=b"a\nb\n").output == b"a\nb\n"
    assert Streaming(["--mapper", "./sort"]).files() == ["sort"]
    assert Streaming(["--mapper", "grep -f sort"]).files() == ["sort"]


def test_a_folder_that_a_program_names_is_not_sent(folder: Path) -> None:
    """Only files are."""
    (folder / "logs").mkdir()
    assert Streaming(["--mapper", "ls logs", "--reducer", "python3 nowhere.py"]).files() == []


def test_the_spellings_of_hadoop_are_taken(run_job: RunJob, folder: Path) -> None:
    """One hyphen; input and output as options."""
    program = ["-mapper", "python3 map.py", "-combiner", "python3 add.py", "-reducer", "python3 add.py"]
    files = ["-file", "dull.txt", "-input", "in.txt", "-input", "in.txt", "-output", "counts"]
    ran = run_job("-m", "jobs.streaming", *program, *files, "-D", "mapreduce.job.reduces=1", cwd=folder)
    assert (ran.returncode, ran.stdout) == (0, b"")
    assert (folder / "counts" / "part-00000").read_bytes() == b"mill\t4\nstone\t2\n"
    assert (folder / "counts" / "_SUCCESS").exists()


def test_an_input_with_commas_is_several(run_here: RunHere, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As Hadoop's -input is, but not within braces; a file that has the name is one."""
    monkeypatch.chdir(folder)
    for name in ("a", "b", "c,d"):
        (folder / name).write_text(f"{name}\n")
    args = ["--reducer", "NONE", "-input"]
    assert run_here(Streaming, *args, "b,{a,x},").output == b"b\na\n"
    assert run_here(Streaming, *args, "c,d").output == b"c,d\n"


def test_a_file_that_is_named_twice_is_sent_once(run_here: RunHere, folder: Path) -> None:
    """However it is spelt."""
    args = ["--mapper", "python3 ./map.py", "--reducer", "python3 add.py", "--file", "dull.txt", "--file", "././map.py"]
    assert Streaming(args).files() == ["map.py", "add.py", "dull.txt"]
    ran = run_here(Streaming, *args, "--file", "./dull.txt", "in.txt")
    assert sorted(ran.output.splitlines(keepends=True)) == [b"mill\t2\n", b"stone\t1\n"]


@pytest.mark.parametrize("program", ["head -n 1", "true"])
def test_a_program_may_stop_reading_early(run_here: RunHere, program: str) -> None:
    """Its exit status says whether that is well."""
    lines = b"".join(b"%d\n" % number for number in range(200_000))
    ran = run_here(Streaming, "--mapper", program, "--reducer", "NONE", "-D", "mapreduce.job.maps=1", stdin=lines)
    assert ran.output == (b"0\n" if program != "true" else b"")


def test_a_program_counts_as_on_hadoop(run_here: RunHere) -> None:
    """By lines on stderr."""
    program = "sh -c 'echo reporter:counter:mill,lines,2 >&2; cat'"
    ran = run_here(Streaming, "--mapper", program, "--reducer", "NONE", "-D", "mapreduce.job.maps=1", stdin=b"x\n")
    assert ran.counters == {"mill": {"lines": 2}}


# what cannot be


@pytest.mark.parametrize("part", ["mapper", "combiner", "reducer"])
def test_a_program_that_fails_shows_its_stderr_and_its_exit_status(run_job: RunJob, folder: Path, part: str) -> None:
    """The status of the job is 1, and no output is left."""
    (folder / "fail.sh").write_text("echo the stone is broken >&2\nexit 3\n")
    args = [f"--{part}", "sh fail.sh", "-D", "mapreduce.job.maps=1", "--output-dir", "out", "in.txt"]
    ran = run_job("-m", "jobs.streaming", *args, cwd=folder)
    assert (ran.returncode, ran.stdout) == (1, b"")
    said = ran.stderr.decode().splitlines()
    assert "the stone is broken" in said
    assert said[-1].startswith("error: Step 1 of 1 failed: ")
    assert said[-1].endswith(": sh fail.sh: exit status 3")
    assert not (folder / "out").exists()


def test_a_program_that_is_not_there_is_named(run_job: RunJob, folder: Path) -> None:
    """With what to do."""
    ran = run_job("-m", "jobs.streaming", "-q", "--mapper", "nosuchmill -x", "in.txt", cwd=folder)
    assert ran.returncode == 1
    assert ran.stderr.count(b"\n") == 1
    assert b"cannot start 'nosuchmill': No such file or directory" in ran.stderr


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--mapper", "sed 's/a/b/"], '"sed \'s/a/b/" is no command line: No closing quotation'),
        (["--reducer", "sed \\"], "'sed \\\\' is no command line: No escaped character"),
        (["--combiner", " "], "' ' is no command line: it names no program"),
        (["--mapper", "'' x"], "\"'' x\" is no command line: it names no program"),
        (["--mapper", "NONE"], "--mapper cannot be NONE; leave it out to pass lines as they are"),
        (
            ["--reducer", "NONE", "--combiner", "cat"],
            "with --reducer NONE there is nothing to combine; leave out --combiner",
        ),
        (["--file", "nowhere.txt"], "--file nowhere.txt: there is no such file; check the path"),
        (
            ["--mapper", "one/run.sh", "--reducer", "two/run.sh"],
            "one/run.sh and two/run.sh have one name where a task runs; rename one of them",
        ),
    ],
)
def test_a_command_line_that_cannot_be_is_a_usage_error(
    run_job: RunJob, folder: Path, args: list[str], message: str
) -> None:
    """Nothing is run; the status is 2."""
    for name in ("one", "two"):
        (folder / name).mkdir()
        (folder / name / "run.sh").touch()
    ran = run_job("-m", "jobs.streaming", *args, cwd=folder, stdin=LINES)
    assert (ran.returncode, ran.stdout) == (2, b"")
    assert ran.stderr.decode() == f"error: {message}; --help lists the options\n"


def test_a_runner_that_runs_no_programs_says_so_before_anything_starts(run_job: RunJob, folder: Path) -> None:
    """In one line; the status is 1."""
    ran = run_job("-m", "jobs.streaming", "-q", "-r", "inline", "--mapper", "cat", "in.txt", cwd=folder)
    assert (ran.returncode, ran.stdout) == (1, b"")
    assert ran.stderr.startswith(b"error: -r inline cannot run this job: ")
    assert ran.stderr.count(b"\n") == 1


def test_input_that_is_not_there_fails_in_one_line(run_job: RunJob, folder: Path) -> None:
    """As with any job."""
    ran = run_job("-m", "jobs.streaming", "-q", "--mapper", "cat", "nowhere.txt", "--output-dir", "out", cwd=folder)
    assert ran.returncode == 1
    assert ran.stderr.startswith(b"error: input nowhere.txt does not exist;")
    assert ran.stderr.count(b"\n") == 1
    assert not os.path.lexists(folder / "out")
