"""A change runs a third of the long tests, which its commit chooses, and says so."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.thirds import THIRDS, in_third, third_of

ROOT = Path(__file__).parents[1]

NAMES = st.sets(st.text(min_size=1), min_size=THIRDS)
#: A commit of each third.
COMMITS = ["c0ffee1", "3b7c9e4", "0d5f1a2"]
#: Seven long tests without the cluster and four with it, one of each not long.
TESTS = """\
import pytest

@pytest.mark.long
@pytest.mark.parametrize("number", range(7))
def test_alone(number): pass

@pytest.mark.long
@pytest.mark.cluster
@pytest.mark.parametrize("number", range(4))
def test_with_it(number): pass

@pytest.mark.cluster
def test_short_with_it(): pass

def test_short(): pass
"""


@given(NAMES, st.text())
def test_any_commit_runs_a_third(names: set[str], commit: str) -> None:
    """Rounded down or up; of three tests or more at least one."""
    chosen = in_third(names, third_of(commit))
    assert chosen <= names
    assert len(chosen) in {len(names) // THIRDS, -(-len(names) // THIRDS)}


@given(NAMES)
def test_the_thirds_share_no_test_and_leave_none_out(names: set[str]) -> None:
    """After commits of each third every test has run."""
    thirds = [in_third(names, third) for third in range(THIRDS)]
    assert set().union(*thirds) == names
    assert sum(map(len, thirds)) == len(names)


@given(st.permutations([f"test_{number}" for number in range(10)]), st.text())
def test_the_order_of_collection_chooses_nothing(names: list[str], commit: str) -> None:
    """Another Python, or another plugin, may collect in another order."""
    assert in_third(names, third_of(commit)) == in_third(sorted(names), third_of(commit))


def test_commits_choose_each_third_about_as_often() -> None:
    """No third waits for long."""
    often = [0] * THIRDS
    for number in range(300):
        often[third_of(f"{number:040x}")] += 1
    assert min(often) > 80


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of tests that has the hooks of ours."""
    (tmp_path / "conftest.py").write_text("from tests.conftest import *\n")
    (tmp_path / "test_some.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n  long: long\n  cluster: cluster\n")
    return tmp_path


def collected(folder: Path, *options: str) -> tuple[set[str], str]:
    """The names of the tests that pytest would run, and all that it printed."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--collect-only", "-q", *options],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return set(re.findall(r"^test_some\.py::(\S+)$", done.stdout, re.MULTILINE)), done.stdout


def test_pytest_runs_the_third_that_a_commit_chooses(folder: Path) -> None:
    """Of the tests with the cluster and of those without, whether they run together or apart; and every short test."""
    assert sorted(map(third_of, COMMITS)) == [0, 1, 2]
    whole, _ = collected(folder)
    seen: list[str] = []
    for commit in COMMITS:
        chosen, printed = collected(folder, "--third", commit)
        alone, with_it = (sum(name.startswith(start) for name in chosen) for start in ("test_alone", "test_with_it"))
        assert (alone, with_it) in {(3, 2), (2, 1)}
        assert {"test_short", "test_short_with_it"} <= chosen
        assert re.search(
            rf"^long tests: {alone + with_it} of 11 run, the \w+ third, chosen by {commit}; without --third all do$",
            printed,
            re.MULTILINE,
        )
        with_cluster, _ = collected(folder, "--third", commit, "-m", "cluster and long")
        without_cluster, _ = collected(folder, "--third", commit, "-m", "not cluster and long")
        assert with_cluster | without_cluster == chosen - {"test_short", "test_short_with_it"}
        seen += chosen
    assert set(seen) == whole
    assert len(seen) == 11 + 2 * THIRDS


def test_a_third_of_what_is_not_of_the_librarys_modules_may_run(folder: Path) -> None:
    """And of those all."""
    (folder / "tests" / "gristmill").mkdir(parents=True)
    (folder / "test_some.py").rename(folder / "tests" / "test_some.py")
    (folder / "tests" / "gristmill" / "test_own.py").write_text("def test_own(): pass\n")
    dealt = ("--dealt", "runs", "--third", COMMITS[0])
    _, printed = collected(folder, *dealt)
    assert "tests/gristmill/test_own.py::test_own" in printed
    assert printed.count("::") in {4 + 1, 5 + 1}
    assert re.search(r"^tests outside of the library: [45] of 13 run, the ", printed, re.MULTILINE)


def test_without_a_commit_all_tests_run(folder: Path) -> None:
    """And nothing is said of thirds."""
    chosen, printed = collected(folder, "--third", "")
    assert len(chosen) == 13
    assert "long tests:" not in printed


@pytest.fixture
def ci(tmp_path: Path) -> Path:
    """A tree of .ci/run alone, and programs of no effect beside it: what `make` is asked for is in make.log."""
    (tmp_path / "tree" / ".ci").mkdir(parents=True)
    (tmp_path / "tree" / ".ci" / "run").write_bytes((ROOT / ".ci" / "run").read_bytes())
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("make", "chromedriver", "cc", "mariadbd", "haproxy", "openssl"):
        (programs / name).write_text(f'#!/bin/sh\necho "$*" >> "{tmp_path}/{name}.log"\n')
        (programs / name).chmod(0o755)
    return tmp_path


def asked_of_make(ci: Path) -> list[str]:
    done = subprocess.run(
        ["bash", ".ci/run"],
        cwd=ci / "tree",
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith("GIT_") and name != "CI"},
            "PATH": f"{ci / 'bin'}:{os.environ['PATH']}",
            "TMPDIR": str(ci),
            "GIT_CEILING_DIRECTORIES": str(ci),
        },
        capture_output=True,
        text=True,
    )
    return [done.stdout, *(ci / "make.log").read_text().splitlines()]


def test_ci_runs_the_third_of_the_commit_that_is_checked_out(ci: Path) -> None:
    """The hash that `git log` shows chooses, so that a run can be had again."""
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@example.com"]
    subprocess.run(["git", "init", "-q"], cwd=ci / "tree", check=True)
    subprocess.run([*git, "commit", "-q", "--allow-empty", "-m", "x"], cwd=ci / "tree", check=True)
    head = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ci / "tree", capture_output=True, text=True, check=True
    ).stdout.strip()
    printed, *asked = asked_of_make(ci)
    # those of other Pythons run beside the long ones
    assert (asked[0], asked.count(f"faults THIRD={head}")) == ("test", 1)
    assert f"== make faults THIRD={head}\n" in printed


def test_ci_runs_all_long_tests_where_no_commit_is_known(ci: Path) -> None:
    """A tree that was unpacked has no commit to choose by."""
    _, *asked = asked_of_make(ci)
    assert (asked[0], asked.count("faults THIRD=")) == ("test", 1)
