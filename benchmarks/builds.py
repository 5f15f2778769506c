"""Two builds to be timed beside each other: this tree, and a revision of it.

    .bench/now           an environment for this tree, whose compiled part lies in the tree as ever
    .bench/SHA           a git worktree of the revision
    .bench/SHA/.venv     its environment
    .bench/NAME.log      what their builds wrote

Each is made by its own tree's Makefile with this Python and nothing extra, so that neither starts slower for what else
is installed. An environment is whole when the file `complete` is in it, which is written last.
"""

from __future__ import annotations

import logging
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.measure import ROOT

log = logging.getLogger(__name__)

CACHE = ".bench"
#: Digits of a commit that name its folder and stand in tables.
DIGITS = 12
#: Set by a make or a git that runs us, and about its own tree.
FOREIGN = {
    "MAKEFLAGS",
    "MFLAGS",
    "MAKEOVERRIDES",
    "MAKELEVEL",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
}


class NoRevision(ValueError):
    """What was asked for is no commit of this clone, or this is none: the command line is wrong."""


class BuildFailed(RuntimeError):
    """A build ended without an environment; its log tells more."""


@dataclass(frozen=True)
class Revision:
    """A revision as it was asked for, and the commit that it names."""

    name: str
    sha: str


@dataclass(frozen=True)
class Build:
    """A tree and the Python that runs its jobs; `name` is "now" or "before"."""

    name: str
    about: str
    tree: Path
    python: Path


@dataclass(frozen=True)
class Pair:
    """What is compared."""

    now: Build
    before: Build


def revision(name: str, root: Path = ROOT) -> Revision:
    """The commit that `name` stands for in the clone `root`; raises NoRevision."""
    if shutil.which("git") is None:
        raise NoRevision(f"there is no git to look for the revision {name!r} with; install it")
    prefix = _git(root, "rev-parse", "--show-prefix")
    if prefix.returncode or prefix.stdout.strip():
        raise NoRevision(f"{root} is no git clone, so it has no revision {name!r}; clone the project and run it there")
    found = _git(root, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}")
    if found.returncode:
        raise NoRevision(
            f"this clone has no revision {name!r}; name a commit, a branch or a tag of it, or run `git fetch` first"
        )
    return Revision(name, found.stdout.strip())


def pair(before: Revision, root: Path = ROOT) -> Pair:
    """The builds of this tree and of `before`; what is there already is not made again. Raises BuildFailed."""
    cache = root / CACHE
    cache.mkdir(exist_ok=True)
    short = before.sha[:DIGITS]
    tree = cache / short
    if not _complete(tree / ".venv"):
        log.info("building %s (%s) in %s", before.name, short, tree)
        _check_out(root, before, tree)
        _make(tree, ".venv", cache / f"{short}.log")
    now = cache / "now"
    if not _complete(now):
        log.info("building this tree's environment in %s", now)
        shutil.rmtree(now, ignore_errors=True)
    # make itself knows whether anything has changed
    _make(root, f"{CACHE}/now", cache / "now.log")
    state = _git(root, "describe", "--always", "--dirty", "--exclude=*", f"--abbrev={DIGITS}").stdout.strip()
    return Pair(
        Build("now", f"{state}, {_kernel(root)}", root, now / "bin" / "python"),
        Build("before", f"{before.name} ({short}), {_kernel(tree)}", tree, tree / ".venv" / "bin" / "python"),
    )


def _check_out(root: Path, before: Revision, tree: Path) -> None:
    shutil.rmtree(tree, ignore_errors=True)
    # forced twice, or git keeps what a killed call has registered, and locked
    added = _git(root, "worktree", "add", "--force", "--force", "--detach", str(tree), before.sha)
    if added.returncode:
        raise BuildFailed(f"git cannot check {before.name} out in {tree}: {_last_line(added.stderr)}")


def _make(tree: Path, venv: str, log_file: Path) -> None:
    """Have the tree's own Makefile make the environment `venv` in it, and mark it as complete."""
    target = f"{venv}/.run"
    command = ["make", f"VENV={venv}", f"PYTHON={sys.executable}", target]
    try:
        with log_file.open("wb") as out:
            done = subprocess.run(command, cwd=tree, env=_environment(), stdout=out, stderr=out)  # noqa: S603 (the user's make)
    except FileNotFoundError:
        raise BuildFailed(f"there is no make to build {tree} with; install it") from None
    if done.returncode:
        line = _last_line(log_file.read_text(errors="replace"))
        raise BuildFailed(f"`make {target}` failed in {tree}: {line}; the rest of what it said is in {log_file}")
    (tree / venv / "complete").write_text(_python())


def _complete(venv: Path) -> bool:
    try:
        return (venv / "complete").read_text() == _python()
    except FileNotFoundError:
        return False


def _python() -> str:
    """What an environment is made of: the same path may be another Python tomorrow."""
    return f"{sys.executable}\n{sys.version}\n"


def _kernel(tree: Path) -> str:
    """Whether the build has its compiled part, wherever the tree keeps it: without a compiler there is none."""
    found = (path for path in tree.glob("[a-z]*/**/_kernel*.so") if not path.is_relative_to(tree / "build"))
    return "compiled" if any(found) else "in Python alone"


def _git(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    command = ["git", "-C", str(root), *words]
    how: dict[str, Any] = {"env": _environment(), "capture_output": True, "text": True}
    return subprocess.run(command, check=False, **how)  # noqa: S603 (the user's git)


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name not in FOREIGN}


def _last_line(output: str) -> str:
    lines = output.strip().splitlines()
    return lines[-1].strip() if lines else "it said nothing"
