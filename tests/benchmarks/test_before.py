import re
import shutil
import subprocess
import sys

import pytest

from benchmarks import before, bench
from benchmarks.builds import Build, BuildFailed, NoRevision, Pair, Revision
from benchmarks.measure import ROOT, Paths, Result, Rows

#: A Python that tells where it runs and with what, and writes one row.
FAKE = '#!/bin/sh\necho "$(basename "$0") in $(pwd) with $PYTHONPATH: $*" >> "$(dirname "$0")/log"\necho {row}\n'


def fake(folder, name, row="row"):
    """A build whose Python is a shell script beside its tree."""
    tree, python = folder / f"{name} tree", folder / name
    tree.mkdir()
    python.write_text(FAKE.format(row=row))
    python.chmod(0o755)
    return Build(name, f"the build {name}", tree, python)


@pytest.fixture
def pair(tmp_path):
    return Pair(fake(tmp_path, "now"), fake(tmp_path, "before"))


@pytest.fixture
def scratch(tmp_path):
    folder = tmp_path / "scratch"
    folder.mkdir()
    return folder


@pytest.fixture
def source(tmp_path):
    path = tmp_path / "source"
    path.write_bytes(b"a\tone\n")
    return path


def ran(pair):
    """What the two fakes have run, in order."""
    return pair.now.python.with_name("log").read_text().splitlines()


def test_each_build_runs_the_job_in_its_own_tree_in_turns(pair, source, scratch):
    """Its settings and its modules are those of its own; every other round begins with the other."""
    ((title, _, results),) = before.index(pair, Paths(source, scratch), 3)
    one, other = (
        f"{build.name} in {build.tree} with {build.tree}: -m jobs.inverted_index -r local {source}"
        for build in (pair.now, pair.before)
    )
    assert ran(pair) == [other, one, one, other, other, one, one, other]
    assert title == "Inverted index of 0.0 MB; lower quartiles of 3 runs each"
    assert [len(results[name].cpu) for name in ("now", "before")] == [3, 3]


def test_the_sentiment_of_both_shapes_of_posts_is_compared_whole(pair, tmp_path, scratch):
    """Not only what nltk's job says too: it is the same job."""
    tables = list(before.sentiment(pair, tmp_path, scratch, 0))
    assert [title for title, _, _ in tables] == [
        "Sentiment of 300 short posts, 0.1 MB; one run each",
        "Sentiment of 100 posts of Twitter's API v1.1, 0.4 MB; one run each",
    ]
    assert [line.partition(": ")[2] for line in ran(pair)] == [
        f"-m jobs.sentiment_agg -r local {tmp_path}/posts-{name}.jsonl"
        for name in ("plain-300", "plain-300", "v1-100", "v1-100")
    ]
    assert all(results["now"].rows == results["before"].rows for _, _, results in tables)


def test_a_start_is_timed_as_a_module_and_from_the_archive(pair, scratch, monkeypatch):
    """The archive runs where there is no tree to import from; a first start compiles modules, and is not timed."""
    monkeypatch.setattr(before, "keep_archive", lambda build, path, scratch: None)
    monkeypatch.setattr(before, "STARTS", 2)
    titles, _, results = zip(*before.start(pair, scratch, 1))
    assert titles == (
        "Start of a map task, a module; lower quartiles of 2 runs each",
        "Start of a map task, from the job's archive; lower quartiles of 2 runs each",
    )
    assert [len(result["now"].cpu) for result in results] == [2, 2]
    node = scratch / "node"
    assert ran(pair)[1] == f"now in {pair.now.tree} with {pair.now.tree}: -m jobs.inverted_index --mapper"
    assert ran(pair)[7] == f"now in {node} with {node}: {scratch}/now.zip --mapper"


def test_the_archive_is_the_one_that_a_task_gets(tmp_path, scratch):
    """Whichever module makes it: the local runner hands it to another Python, and it runs where there is no tree."""
    path = tmp_path / "an archive.zip"
    before.keep_archive(Build("now", "", ROOT, sys.executable), path, scratch)
    command = [sys.executable, "-S", str(path), "--mapper"]
    done = subprocess.run(command, cwd=scratch, input=b"a\tone\n", capture_output=True, check=True)
    assert done.stdout.startswith(b"one\t")


def test_a_build_that_sends_no_archive_is_named(tmp_path, scratch):
    """A revision may be older than archives: the other parts can still be compared."""
    with pytest.raises(BuildFailed) as caught:
        before.keep_archive(fake(tmp_path, "before"), tmp_path / "before.zip", scratch)
    assert str(caught.value) == (
        "the build before: -r local sends no archive to its tasks: it said nothing; leave --part start out"
    )


def test_figures_are_lower_quartiles_and_stand_as_ratios_to_before(pair):
    """What else the machine does only adds to a time."""
    rows = Rows(1_200, "x", frozenset())
    results = {
        "now": Result([3.0, 2.0, 1.0, 9.0, 5.0], [1.03, 1.02, 1.5, 1.02, 4.0], 50_000_000, rows),
        "before": Result([4.0], [1.0], None, rows),
    }
    assert before.table(before.entrants(pair, before.START), results) == (
        "|  | CPU s | times before | wall s | times before | peak MB | output | promised |\n"
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |\n"
        "| **now**: the build now | 1.02 (1.02-4) | 1.020 | 2 (1-9) | 0.500 | 50 | 1,200 rows "
        "| CPU 1.03 times at most |\n"
        "| **before**: the build before | 1 | 1.000 | 4 | 1.000 | - | equal |  |\n"
    )


def test_a_build_that_fails_has_no_figures(pair):
    """The other's stand alone."""
    results = {"now": Result([1.0], [2.0]), "before": Result(failure="failed with status 1: no room")}
    table = before.table(before.entrants(pair, before.START), results)
    assert "| **now**: the build now | 2 | nan | 1 | nan | - | not compared | CPU 1.03 times at most |\n" in table
    assert "| **before**: the build before | - | - | - | - | - | failed with status 1: no room |  |\n" in table


@pytest.mark.parametrize(
    ("seconds", "quartile"),
    [([3.0], 3.0), ([2.0, 1.0], 1.25), ([5.0, 4.0, 3.0, 2.0, 1.0], 2.0), ([7.0, 1.0, 6.0, 2.0, 5.0, 3.0, 4.0], 2.5)],
)
def test_the_lower_quartile_is_that_of_what_was_measured(seconds, quartile):
    """Between two runs in step."""
    assert before.lower_quartile(seconds) == quartile


def run_bench(monkeypatch, build, *words):
    """`python -m benchmarks.bench --before old` with `build` in place of the building of both."""
    monkeypatch.setattr(before, "revision", lambda name: Revision(name, "0123456789abcdef"))
    monkeypatch.setattr(bench.builds, "pair", build)
    monkeypatch.setattr("sys.argv", ["bench.py", "--before", "old", *words])
    bench.main()


def test_no_peer_runs_beside_a_revision(pair, source, tmp_path, monkeypatch, capsys):
    """Only the two builds, so that seven rounds are quick."""
    words = ["--part", "index", "--input", str(source), "--work", str(tmp_path / "work")]
    run_bench(monkeypatch, lambda _: pair, *words)
    assert re.findall(r"^\| \*\*(.*)\*\*", capsys.readouterr().out, re.MULTILINE) == ["now", "before"]
    assert len(ran(pair)) == 2 * (1 + before.ROUNDS)


def test_builds_whose_outputs_differ_fail_the_run(tmp_path, source, monkeypatch, capsys):
    """On a person's own input too: it is the same job."""
    pair = Pair(fake(tmp_path, "now"), fake(tmp_path, "before", row="other"))
    words = ["--part", "index", "--smoke", "--input", str(source), "--work", str(tmp_path)]
    with pytest.raises(SystemExit, match="error: a contestant failed, or outputs differ: see the tables"):
        run_bench(monkeypatch, lambda _: pair, *words)
    assert "| differs: 1 rows, 2 are in one of the two only |" in capsys.readouterr().out


def test_a_change_that_means_to_differ_is_timed_and_its_rows_are_told(tmp_path, source, monkeypatch, capsys):
    """A mended rule changes the output, and is held to the same promise."""
    pair = Pair(fake(tmp_path, "now"), fake(tmp_path, "before", row="other"))
    words = ["--part", "index", "--smoke", "--input", str(source), "--work", str(tmp_path), "--may-differ"]
    run_bench(monkeypatch, lambda _: pair, *words)
    assert "| differs: 1 rows, 2 are in one of the two only |" in capsys.readouterr().out


def test_a_build_that_cannot_be_made_is_one_line(tmp_path, monkeypatch):
    """There is nothing to compare then."""

    def fail(revision):
        raise BuildFailed("no compiler")

    with pytest.raises(SystemExit, match=r"^error: no compiler$"):
        run_bench(monkeypatch, fail, "--part", "start", "--work", str(tmp_path))


def test_beside_a_revision_are_all_parts_that_can_be_and_seven_rounds(monkeypatch, source):
    """A person's own input is no posts; --rounds and --smoke count as ever."""
    monkeypatch.setattr(before, "revision", lambda name: Revision(name, "0123"))
    run, parts = bench.asked(["--before", "old"])
    assert (run.rounds, run.before, parts) == (7, Revision("old", "0123"), ["index", "sentiment", "start"])
    assert bench.asked(["--before", "old", "--input", str(source)])[1] == ["index", "start"]
    assert bench.asked(["--before", "old", "--rounds", "2"])[0].rounds == 2
    assert bench.asked(["--before", "old", "--smoke"])[0].rounds == 0
    assert bench.asked([])[0].rounds == 3


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--before", "gone"], "--before: no gone"),
        (
            ["--before", "old", "--part", "growth"],
            "--part growth: with --before there are index, sentiment, start; name one of them",
        ),
        (
            ["--before", "old", "--only", "polars"],
            "--only polars: with --before no peers run; leave one of the two out",
        ),
        (["--may-differ"], "--may-differ is about the output of a revision; name one by --before"),
        (["--part", "start"], "--part start: it is compared with that of a revision; name one by --before"),
    ],
)
def test_a_mistake_about_the_revision_is_a_usage_error(words, message, monkeypatch, capsys):
    """One line names the value, and the status is 2."""

    def gone(name):
        raise NoRevision(f"no {name}")

    monkeypatch.setattr(before, "revision", gone)
    with pytest.raises(SystemExit) as caught:
        bench.asked(words)
    assert caught.value.code == 2
    assert capsys.readouterr().err.endswith(f"error: {message}\n")


@pytest.fixture
def clone(tmp_path):
    """A clone of this tree as it stands, since building in this one would take its compiled part from other tests."""
    if not (ROOT / ".git").exists():
        pytest.skip("this tree is no git clone, so it has no revision to build")
    root = tmp_path / "clone"
    subprocess.run(["git", "clone", "--quiet", "--shared", ROOT, root], check=True)
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    for path in filter(None, names):
        if (ROOT / path).is_file():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / path, root / path)
    return root


@pytest.mark.long
def test_this_tree_is_compared_with_a_real_build_of_a_revision(clone, tmp_path):
    """The two are built, run and compared, every part of them; `make clean` leaves nothing of it, in git's list too."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.bench",
        "--before",
        "HEAD",
        "--smoke",
        "--work",
        str(tmp_path / "work"),
    ]
    run = subprocess.run(command, cwd=clone, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert re.findall(r"^### (.*?)(?: of .*|, .*)$", run.stdout, re.MULTILINE) == [
        "Inverted index",
        "Sentiment",
        "Sentiment",
        "Start",
        "Start",
    ]
    rows = re.findall(r"^\| \*\*(now|before)\*\*: (.*), (?:compiled|in Python alone) \|", run.stdout, re.MULTILINE)
    assert [name for name, _ in rows] == ["now", "before"] * 5
    assert run.stdout.count("| equal |") == 5
    subprocess.run(["make", "clean"], cwd=clone, check=True)
    listed = subprocess.run(["git", "worktree", "list"], cwd=clone, check=True, capture_output=True, text=True).stdout
    assert len(listed.splitlines()) == 1
    assert not (clone / ".bench").exists()
