"""The house: the files around the code, and the Makefile as a person meets it."""

from __future__ import annotations

import ast
import importlib
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.arrows import TOPS, modules, package, parsed

ROOT = Path(__file__).parents[1]

#: Split, so that this file does not hold them.
STRANGE = [
    "/ro" + "ot/",
    "/ho" + "me/",
    "/Us" + "ers/",
    "pypi" + ".org",
    "python" + "hosted.org",
    "registry.npm" + "js.org",
    "repo.maven" + ".apache.org",
    "repo1.maven" + ".org",
    "deb.debian" + ".org",
]

#: A Python that answers the Makefile's look as `{old}` or `{bare}` ones do.
PRETENDER = """\
#!/bin/sh
exec '{python}' -c 'import sys, importlib.util
{lie}
exec(sys.argv[1])' "$2"
"""
LIES = {
    "old": "sys.version_info = (3, 8, 18)",
    "bare": 'importlib.util.find_spec = lambda name: None if name == "ensurepip" else name',
}


def make(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    if shutil.which("make") is None:
        pytest.fail("these tests run make, which is not installed here: install it")
    # a make that runs these tests hands its own settings down
    handed_down = {"MAKEFLAGS", "MAKELEVEL", "PYTHON", "VENV", "THIRD"}
    env = {name: value for name, value in os.environ.items() if name not in handed_down}
    return subprocess.run(["make", *arguments], cwd=cwd, env=env, capture_output=True, text=True, timeout=60)


def sources() -> list[Path]:
    """The files that git tracks or would track."""
    if not (ROOT / ".git").exists():
        pytest.skip("this tree is no git clone, so nothing tells its own files from others")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    return [path for name in listed.stdout.split(b"\0") if name and (path := ROOT / os.fsdecode(name)).is_file()]


def test_no_file_holds_a_path_of_a_machine_or_the_name_of_a_registry_host():
    """What stands in the tree is true on every machine."""
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in sources()
        for word in STRANGE
        if word.encode() in path.read_bytes()
    ]
    assert found == []


def test_every_text_file_ends_with_a_newline_and_has_no_line_that_ends_in_a_blank():
    """A difference between two versions shows what was changed and nothing else."""
    ours = [path for path in sources() if path.suffix in {".py", ".cfg", ".toml", ".md"} or path.name == "Makefile"]
    bad = [str(path.relative_to(ROOT)) for path in ours if re.search(rb"[ \t]\n|[^\n]\Z|\r", path.read_bytes())]
    assert bad == []


def test_make_alone_lists_every_target():
    """Whoever types make sees all that it can do."""
    listed = re.findall(r"^make ([a-z-]+) +\S", make().stdout, re.MULTILINE)
    targets = re.findall(r"^([a-z-]+):(?!=)", (ROOT / "Makefile").read_text(), re.MULTILINE)
    phony = re.findall(r"^\.PHONY: (.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert listed == targets
    assert sorted(listed) == sorted(" ".join(phony).split())


def test_make_faults_runs_all_long_tests_or_the_third_of_a_commit():
    """Both halves of it alike: the tests with the cluster and those without."""
    for arguments, third in ((["THIRD=abc1234"], "--third='abc1234'"), ([], "")):
        commands = make("-n", "faults", *arguments).stdout
        assert re.findall(r"-m pytest *(.*?) *-m '(.*?)'", commands) == [
            (third, "cluster and long"),
            (third, "not cluster and long"),
        ]


def test_pyproject_holds_the_build_system_and_nothing_else():
    """Every other setting has one place, setup.cfg."""
    tables = re.findall(r"^\[.*\]$", (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert tables == ["[build-system]"]


def test_every_module_can_be_imported():
    """By itself; and so each has a row in the report of what the tests cover, though nothing else may import it.

    But for the tiers, which want Django's settings first: tests/gristmill/tiers imports them.
    """
    ours = [name for name in modules() if not name.endswith("__main__") and not name.startswith("gristmill.tiers.")]
    names = [re.sub("^(jobs|runners)", r"gristmill.\1", name) for name in ours]
    for name in names:
        importlib.import_module(name)
    assert len(names) > 100


def lines(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_no_package_holds_more_than_a_quarter_of_the_lines():
    """A package that large has become two; C counts as Python does."""
    held: Counter[str] = Counter()
    for path in (path for top in TOPS for path in (ROOT / top).rglob("*") if path.suffix in {".py", ".c", ".h"}):
        held[package(".".join(path.relative_to(ROOT).with_suffix("").parts))] += lines(path)
    assert {name: count for name, count in held.items() if 4 * count > sum(held.values())} == {}


def test_no_module_has_more_than_250_lines_and_no_function_more_than_40():
    """What is longer is not read to its end."""
    long_modules = {module: lines(path) for module, path in modules().items() if lines(path) > 250}
    functions = {
        f"{module}.{node.name}": node.end_lineno - node.lineno + 1
        for module in modules()
        for node in ast.walk(parsed(module))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    }
    assert (long_modules, {name: count for name, count in functions.items() if count > 40}) == ({}, {})


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A folder with nothing but the Makefile and the files that its environments depend on; its path has a space."""
    folder = tmp_path / "a tree"
    folder.mkdir()
    for name in ("Makefile", "setup.cfg", "setup.py", "pyproject.toml"):
        shutil.copy(ROOT / name, folder)
    return folder


@pytest.mark.parametrize(
    ("kind", "advice"),
    [
        ("old", "is older than 3.9: install a later Python and name it: make PYTHON=python3.12."),
        ("bare", "has no venv: install it (on Debian and Ubuntu: apt install python3-venv)."),
    ],
)
@pytest.mark.parametrize("target", ["run", "test"])
def test_a_python_that_will_not_do_gets_one_line_that_says_what_to_install(
    tree: Path, target: str, kind: str, advice: str
):
    """A Python that is too old, or that cannot make environments, is named with what to do."""
    python = tree / "python3"
    python.write_text(PRETENDER.format(python=sys.executable, lie=LIES[kind]))
    python.chmod(0o755)
    done = make(target, "PYTHON=./python3", cwd=tree)
    assert done.returncode == 2
    assert done.stdout == ""
    assert re.fullmatch(r"Makefile:\d+: \*\*\* (.*)  Stop\.\n", done.stderr).group(1) == f"'./python3' {advice}"
    assert not (tree / ".venv").exists()


def test_a_python_that_is_not_there_gets_one_line_that_says_what_to_install(tree: Path):
    """Where no Python runs by that name, the line says what to install or how to name another."""
    done = make("run", "PYTHON=./no-python", cwd=tree)
    assert done.returncode == 2
    assert done.stdout == ""
    assert re.fullmatch(r"Makefile:\d+: \*\*\* (.*)  Stop\.\n", done.stderr).group(1) == (
        "there is no './no-python' that runs: install Python 3.9 or later, or name one: make PYTHON=python3.12."
    )


def test_a_named_python_is_not_left_aside_for_the_one_that_made_the_environment(tree: Path):
    """A test run on another Python than the one named would prove nothing."""
    (tree / ".venv").mkdir()
    (tree / ".venv" / ".made").write_text("python3.11\n")
    done = make("test", "PYTHON=python3.9", cwd=tree)
    assert done.returncode == 2
    assert re.fullmatch(r"Makefile:\d+: \*\*\* (.*)  Stop\.\n", done.stderr).group(1) == (
        ".venv was made with python3.11, and not with python3.9: run 'make clean' first, or name another place by VENV."
    )
