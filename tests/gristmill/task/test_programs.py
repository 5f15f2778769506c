"""Programs in any language: what cannot be run, and why one did not start or ended badly."""

from __future__ import annotations

from pathlib import Path

import pytest

from gristmill.task import programs
from jobs.streaming import Streaming
from tests.conftest import RunJob


@pytest.mark.parametrize(
    ("program", "sign"),
    [
        ("cat | wc -l", "|"),
        ("sort>x", ">"),
        ("wc < x", "<"),
        ("a && b", "&&"),
        ("a || b", "||"),
        ("a; b", ";"),
        ("a &", "&"),
        ("echo `date`", "`"),
        ("grep $WORD", "$"),
        ("grep ${WORD}", "$"),
        ("echo $(date)", "$"),
        ("awk '{ print $1 }' | sort", "|"),
        ("~/map.py", "~"),
        ("LC_ALL=C sort", "LC_ALL="),
    ],
)
def test_a_command_for_a_shell_is_told_that_there_is_none(program: str, sign: str):
    """And what to type."""
    assert programs.fault_of_command(program) == (
        f"{program!r} has {sign}, and there is no shell here; write sh -c '…'"
    )


@pytest.mark.parametrize(
    "program",
    [
        "cut -d '|' -f 1",
        'cut -d "|" -f 1',
        "cut -d \\| -f 1",
        "awk '{ print $1 > 2 }'",
        "sh -c 'a && b | c > $D'",
        "sed s/$/!/",
        "grep foo$",
        "a~ --x=1",
        "plot.R",
        "my.map.py",
        "",
    ],
)
def test_a_command_that_needs_no_shell_is_taken(program: str):
    """Signs in quotes are the program's, and so is a $ that names nothing."""
    assert programs.fault_of_command(program) is None


def test_hadoops_own_reducers_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A Java class by its name, unless there is a program so called."""
    monkeypatch.chdir(tmp_path)
    name = "org.apache.hadoop.mapred.lib.IdentityMapper"
    said = "a Java class, which runs within Hadoop alone; name a program (cat passes lines as they are)"
    assert programs.fault_of_command(name) == f"{name}: {said}"
    Path(name).touch()
    assert programs.fault_of_command(name) is None
    with pytest.raises(ValueError, match=r"^aggregate: a reducer of Hadoop's in Java; "):
        Streaming(["-reducer", "aggregate"])


@pytest.mark.parametrize(
    ("head", "fault"),
    [
        (b"#!/bin/sh\n", ""),
        (b"#! /usr/bin/env -S A=1 sh -e\n", ""),
        (b"#!/bin/sh\r\n", "its first line ends in CR LF, as on Windows"),
        (b"#!/usr/bin/env python3\r\n", "its first line ends in CR LF, as on Windows"),
        (b"#!/opt/none/python9\n", "its first line names /opt/none/python9, which this machine does not have"),
        (b"#!/usr/bin/env python9\n", "its first line names python9, which this machine does not have"),
        (b"#!\n", "its first line names nothing, which this machine does not have"),
        (b"print(1)\r\n", ""),
    ],
)
def test_the_first_line_of_a_program_may_keep_it_from_starting(tmp_path: Path, head: bytes, fault: str):
    """The system's own message names the program, which is there."""
    (tmp_path / "program").write_bytes(head + b"x\n")
    assert programs.fault_of_head(tmp_path / "program") == fault
    assert programs.fault_of_head(tmp_path / "nowhere") == ""


@pytest.mark.parametrize(
    ("head", "message"),
    [
        (
            "#!/opt/none/python9",
            ": its first line names /opt/none/python9, which this machine does not have;",
        ),
        (
            "#!/usr/bin/env python9",
            ": exit status 127 (its first line names python9, which this machine does ",
        ),
        ("print(1)", ": Exec format error; let its first line name its interpreter, as #!/usr/bin/env python3"),
        ("#!/bin/sh\r", ": its first line ends in CR LF, as on Windows; mend that line"),
    ],
)
def test_a_program_whose_first_line_is_wrong_is_told_so(run_job: RunJob, tmp_path: Path, head: str, message: str):
    """By an absolute path, which is not looked at before it runs."""
    program = tmp_path / "map.py"
    program.write_bytes(f"{head}\n".encode())
    program.chmod(0o755)
    ran = run_job("-m", "jobs.streaming", "-q", "-mapper", program, "-reducer", "NONE", stdin=b"x\n")
    assert (ran.returncode, ran.stdout) == (1, b"")
    assert message in ran.stderr.decode().splitlines()[-1]


def test_a_program_that_is_sent_is_looked_at_before_anything_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """CR LF is wrong on every machine; an interpreter may be there on another. A file that is but read is not asked."""
    monkeypatch.chdir(tmp_path)
    Path("map.py").write_bytes(b"#!/usr/bin/env python3\r\n")
    Path("reduce.py").write_bytes(b"#!/opt/none/python9\n")
    assert Streaming(["-mapper", "python3 map.py", "-reducer", "./reduce.py"]).files() == ["map.py", "reduce.py"]
    with pytest.raises(ValueError, match=r"^map\.py: its first line ends in CR LF, as on Windows; save it"):
        Streaming(["-mapper", "./map.py"])


@pytest.mark.parametrize("program", ["grep zzz", "/bin/grep -v x", "sh -c 'cat | zgrep zzz'"])
def test_grep_that_finds_nothing_is_told_as_what_it_is(program: str):
    """Its status is 1 then; 2 is an error."""
    said = " (as grep does where it finds nothing; write sh -c 'grep …; [ $? -le 1 ]')"
    assert programs.exit_fault(program, 1) == said
    assert programs.exit_fault(program, 2) == ""
    assert programs.exit_fault("pgrep x", 1) == ""


def test_a_job_whose_grep_finds_nothing_says_so(run_job: RunJob):
    """In the one line of its error."""
    ran = run_job("-m", "jobs.streaming", "-q", "-mapper", "grep zzz", stdin=b"x\n")
    assert ran.returncode == 1
    assert b"grep zzz: exit status 1 (as grep does where it finds nothing; write sh -c" in ran.stderr
