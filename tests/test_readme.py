"""The commands of README.md and of docs/ run and print what is shown, and the README's example job runs too."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
README = PAGES[0].read_text(encoding="utf-8")
#: Run by .ci/run itself, whole: a test would run itself.
MAKE = ["make run     # makes .venv, installs, prints an inverted index of the sample documents in data/"]
MAKE += ["make test    # makes .venv, installs what the tests need, runs them all"]
#: tests/test_packaging.py builds the package, installs it where there is nothing else, and uses it.
INSTALL = ["python3 -m venv ../env", "../env/bin/pip install ."]


class Command(NamedTuple):
    """A command of a page, with the lines shown below it."""

    page: str
    line: str
    shown: list[str]


def commands() -> list[Command]:
    """All commands of the pages' console blocks."""
    found = []
    for page in PAGES:
        for block in re.findall(r"^```console\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE):
            for command in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                line, *shown = command.splitlines()
                found.append(Command(page.name, line, shown))
    return found


COMMANDS = commands()


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """A folder that holds what the commands name."""
    (tmp_path / "data").symlink_to(ROOT / "data")
    (tmp_path / "mrjob.conf").symlink_to(ROOT / "mrjob.conf")
    return tmp_path


def shell(command: str, clone: Path) -> subprocess.CompletedProcess[bytes]:
    """Run a command where this environment's scripts, `gristmill` among them, are on the path."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], cwd=clone, capture_output=True, env={**os.environ, "PATH": path}
    )


def test_the_first_two_commands_are_those_of_the_makefile() -> None:
    """A new user types two commands, and two more to install."""
    assert [command.line for command in COMMANDS[:4]] == MAKE + INSTALL


def test_the_readme_has_at_most_120_lines() -> None:
    """The rest is in docs/, and it says where."""
    assert len(README.splitlines()) <= 120
    assert set(re.findall(r"\]\((docs/[\w-]+\.md)\)", README)) == {f"docs/{page.name}" for page in PAGES[1:]}


@pytest.mark.parametrize("command", COMMANDS[4:], ids=lambda command: f"{command.page}: {command.line[:60]}")
def test_a_command_prints_what_is_shown(command: Command, clone: Path) -> None:
    """… stands for what is left out, a line of it for lines; what prints nothing writes a file or a folder."""
    done = shell(command.line, clone)
    assert done.returncode == 0, done.stderr.decode()
    made = {path.name for path in clone.iterdir()} - {"data", "mrjob.conf"}
    assert done.stdout or made & {"index", "days", "report.html"}
    if command.shown:
        lines = ["(?:.*\n)*" if line == "…" else re.escape(line).replace("…", ".*") + "\n" for line in command.shown]
        assert re.fullmatch("".join(lines), done.stdout.decode()), done.stdout.decode()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    """To files, and to headings in them."""
    for link in re.findall(r"\]\((?!https?:)([^)]+)\)", page.read_text(encoding="utf-8")):
        name, _, heading = link.partition("#")
        text = (page.parent / name).read_text(encoding="utf-8")
        title = heading.replace("-", "[ -]")
        assert not heading or re.search(rf"^#+ {title}$", text, re.MULTILINE | re.IGNORECASE), link


def test_its_example_job_counts_words(clone: Path) -> None:
    """The job in the README is whole."""
    example = re.search(r"```python\n(.*?)```", README, re.DOTALL)
    assert example
    (clone / "word_count.py").write_text(example[1])
    (clone / "words.txt").write_text("to be or not to be\n")
    done = shell(f"{sys.executable} word_count.py words.txt", clone)
    assert done.stdout == b'"be"\t2\n"not"\t1\n"or"\t1\n"to"\t2\n'
