"""The README's commands run, and its example job too."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = re.findall(r"^\$ (.*)$", README, re.MULTILINE)
#: Run by .ci/run itself, whole: a test would run itself.
MAKE = ["make run     # makes .venv, installs, prints an inverted index of the sample documents in data/"]
MAKE += ["make test    # makes .venv, installs what the tests need, runs them all"]


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder that holds what the commands name."""
    (tmp_path / "data").symlink_to(ROOT / "data")
    (tmp_path / "mrjob.conf").symlink_to(ROOT / "mrjob.conf")
    return tmp_path


def shell(command: str, clone: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", command.replace(".venv/bin/python", sys.executable)],
        cwd=clone,
        capture_output=True,
    )


def test_the_first_two_commands_are_those_of_the_makefile() -> None:
    """A new user types two commands."""
    assert COMMANDS[:2] == MAKE


@pytest.mark.parametrize("command", [command for command in COMMANDS if command not in MAKE])
def test_a_command_runs_and_prints_or_writes_something(command: str, clone: Path) -> None:
    """Every command in the README works as it stands."""
    done = shell(command, clone)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout or (clone / "index" / "_SUCCESS").exists() or (clone / "report.html").exists()


def test_the_rows_that_it_shows_are_those_of_the_sample(clone: Path) -> None:
    """What the README shows of the index is in the index."""
    shown = re.search(r"```text\n(.*?)```", README, re.DOTALL)
    assert shown
    printed = shell(COMMANDS[2], clone).stdout.decode()
    assert shown[1].splitlines() == [line for line in printed.splitlines() if line in shown[1].splitlines()]


def test_its_example_job_counts_words(clone: Path) -> None:
    """The job in the README is whole."""
    example = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert example
    (clone / "word_count.py").write_text(example[1])
    (clone / "words.txt").write_text("to be or not to be\n")
    done = shell(".venv/bin/python word_count.py words.txt", clone)
    assert done.stdout == b'"be"\t2\n"not"\t1\n"or"\t1\n"to"\t2\n'
