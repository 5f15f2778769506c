import subprocess
import sys

import pytest

from benchmarks import builds
from benchmarks.builds import BuildFailed, NoRevision

#: Makes an environment of nothing but a list of the times that it was made.
MAKEFILE = """\
$(VENV)/.run:
\t@mkdir -p '$(VENV)'
\t@echo '$(PYTHON)' '$(VENV)' >> '{made}'
\t@touch $@
"""


def git(root, *words):
    settings = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", "-C", root, *settings, *words], check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def clone(tmp_path):
    """A clone with the tag `old`, whose `word` says old, and a later commit; its path has a space."""
    root = tmp_path / "a clone"
    root.mkdir()
    git(root, "init", "-q")
    (root / "Makefile").write_text(MAKEFILE.format(made=tmp_path / "made"))
    (root / ".gitignore").write_text("/.bench/\n.venv/\n*.so\n")
    for word in ("old", "new"):
        (root / "word").write_text(word)
        git(root, "add", ".")
        git(root, "commit", "-q", "-m", word)
        git(root, "tag", word)
    return root


@pytest.fixture
def made(tmp_path):
    """The environments that were made, in order."""

    def read():
        lines = (tmp_path / "made").read_text().splitlines()
        assert all(line.startswith(f"{sys.executable} ") for line in lines)
        return [line.rpartition(" ")[2] for line in lines]

    return read


def test_a_revision_is_built_once_beside_this_tree(clone, made):
    """Each in its own tree, by its own Makefile and this Python; the next call finds both."""
    old = builds.revision("old", clone)
    pair = builds.pair(old, clone)
    assert pair.before.tree == clone / ".bench" / old.sha[:12]
    assert pair.before.python == pair.before.tree / ".venv" / "bin" / "python"
    assert (pair.before.tree / "word").read_text() == "old"
    assert (pair.now.tree, pair.now.python) == (clone, clone / ".bench" / "now" / "bin" / "python")
    assert builds.pair(old, clone) == pair
    assert made() == [".venv", ".bench/now"]
    assert git(clone, "status", "--short") == ""


def test_a_build_says_what_it_is(clone):
    """The revision as it was named and as a commit, what is not committed, and whether there is a compiled part."""
    old = builds.revision("old", clone)
    pair = builds.pair(old, clone)
    assert pair.before.about == f"old ({old.sha[:12]}), in Python alone"
    (clone / "word").write_text("newer")
    (clone / "jobs").mkdir()
    (clone / "jobs" / "_kernel.abi3.so").touch()
    assert builds.pair(old, clone).now.about == f"{git(clone, 'rev-parse', '--short=12', 'new')}-dirty, compiled"


@pytest.mark.parametrize("left", [None, "/usr/bin/another-python\n3.8\n"])
def test_a_build_that_was_killed_or_is_another_pythons_is_made_anew(clone, made, left):
    """What marks it as complete is written last, and names the Python."""
    old = builds.revision("old", clone)
    tree = builds.pair(old, clone).before.tree
    for venv in (tree / ".venv", clone / ".bench" / "now"):
        (venv / "complete").unlink()
        (venv / "half").touch()
        if left:
            (venv / "complete").write_text(left)
    builds.pair(old, clone)
    assert made() == [".venv", ".bench/now"] * 2
    assert not list((clone / ".bench").rglob("half"))


def test_a_tree_that_git_alone_remembers_is_made_anew(clone, made):
    """Whoever removes the folder by hand need not know of git's list; a killed checkout leaves it locked there."""
    old = builds.revision("old", clone)
    tree = builds.pair(old, clone).before.tree
    git(clone, "worktree", "lock", str(tree))
    tree.rename(clone.parent / "elsewhere")
    assert (builds.pair(old, clone).before.tree / "word").read_text() == "old"
    assert made() == [".venv", ".bench/now", ".venv"]


def test_the_flags_of_a_make_around_it_are_not_its_own(clone, made, monkeypatch):
    """`make -n bench` prints what it would do, and its flags go on to every make below."""
    monkeypatch.setenv("MAKEFLAGS", "n -- VENV=other")
    builds.pair(builds.revision("old", clone), clone)
    assert made() == [".venv", ".bench/now"]


def test_a_build_that_fails_is_one_line_that_names_its_log(clone):
    """And it is not taken for a build the next time."""
    (clone / "Makefile").write_text("$(VENV)/.run:\n\t@echo no compiler; exit 1\n")
    git(clone, "commit", "-q", "-a", "-m", "break it")
    broken = builds.revision("HEAD", clone)
    tree, log = (clone / ".bench" / f"{broken.sha[:12]}{suffix}" for suffix in ("", ".log"))
    for _ in range(2):
        with pytest.raises(BuildFailed) as caught:
            builds.pair(broken, clone)
        said = str(caught.value)
        assert said.startswith(f"`make .venv/.run` failed in {tree}: make: *** ")
        assert said.endswith(f"; the rest of what it said is in {log}")
        assert "\n" not in said
    assert log.read_text().startswith("no compiler\n")


def test_without_make_there_is_no_build(clone, monkeypatch):
    """It says what to install."""
    old = builds.revision("old", clone)
    monkeypatch.setattr(builds, "_check_out", lambda root, before, tree: tree.mkdir())
    monkeypatch.setenv("PATH", str(clone))
    with pytest.raises(BuildFailed, match=r"^there is no make to build .* with; install it$"):
        builds.pair(old, clone)


def test_a_revision_is_a_commit_by_any_name(clone):
    """A tag of its own object too."""
    git(clone, "tag", "-a", "-m", "kept", "kept", "old")
    sha = git(clone, "rev-parse", "old^{commit}")
    assert [builds.revision(name, clone).sha for name in ("old", "new~1", sha[:8], "kept")] == [sha] * 4


@pytest.mark.parametrize("name", ["older", "--all", "old:word", ""])
def test_a_revision_that_is_not_there_is_named(clone, name):
    """With what can be done about it."""
    with pytest.raises(NoRevision) as caught:
        builds.revision(name, clone)
    advice = "name a commit, a branch or a tag of it, or run `git fetch` first"
    assert str(caught.value) == f"this clone has no revision {name!r}; {advice}"


def test_a_tree_that_is_no_clone_has_no_revisions(clone, tmp_path):
    """Nor has one that was unpacked inside somebody else's clone."""
    (clone / "unpacked").mkdir()
    for root in (tmp_path, clone / "unpacked"):
        with pytest.raises(NoRevision) as caught:
            builds.revision("old", root)
        advice = "clone the project and run it there"
        assert str(caught.value) == f"{root} is no git clone, so it has no revision 'old'; {advice}"


def test_without_git_there_are_no_revisions(clone, monkeypatch):
    """It says what to install."""
    monkeypatch.setenv("PATH", str(clone))
    with pytest.raises(NoRevision, match=r"^there is no git to look for the revision 'old' with; install it$"):
        builds.revision("old", clone)
