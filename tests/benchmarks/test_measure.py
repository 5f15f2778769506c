import pytest

from benchmarks.contestants import Contestant
from benchmarks.measure import Paths, Result, measure, rows_of


@pytest.fixture
def paths(tmp_path):
    source = tmp_path / "source"
    source.write_bytes(b"b\na\n")
    (tmp_path / "scratch").mkdir()
    return Paths(source, tmp_path / "scratch")


def shell(name, script, **how):
    return Contestant(name, ("sh", "-c", script, "{source}", "{output}"), name, **how)


def test_rows_are_read_from_stdout_or_from_the_output_file(paths):
    """A contestant does the one or the other; both are compared."""
    results = measure([shell("one", 'cat "$0"'), shell("other", 'cat "$0" > "$1"')], paths, 1)
    assert results["one"].rows.digest == results["other"].rows.digest
    assert results["one"].rows.count == 2


def test_rows_of_a_contestant_with_an_order_of_its_own_are_sorted_first(paths):
    """mrjob's part files are not in key order; that is not held against it."""
    results = measure([shell("one", 'cat "$0"', in_key_order=False), shell("other", 'sort "$0"')], paths, 0)
    assert results["one"].rows.digest == results["other"].rows.digest


def test_each_round_runs_everyone_once(paths):
    """Rounds interleave: a slow minute of the machine meets all."""
    log = paths.source.parent / "log"
    both = [shell(name, f'echo {name} >> "{log}"') for name in ("a", "b")]
    results = measure(both, paths, 2)
    assert log.read_text().split() == ["a", "b", "a", "b", "a", "b"]
    assert [len(results[name].wall) for name in ("a", "b")] == [2, 2]


def test_every_other_round_may_go_backwards(paths):
    """A machine that slows down step by step then meets both alike."""
    log = paths.source.parent / "log"
    measure([shell(name, f'echo {name} >> "{log}"') for name in ("a", "b")], paths, 2, alternate=True)
    assert log.read_text().split() == ["b", "a", "a", "b", "b", "a"]


def test_a_contestant_may_have_a_tree_and_a_python_of_its_own(paths, tmp_path):
    """It runs there, and imports from there; nothing is on its stdin."""
    tree = tmp_path / "tree"
    tree.mkdir()
    own = Contestant("own", ("{python}", "-c", 'pwd; echo "$PYTHONPATH"; cat'), "", tree=tree, python="sh")
    rows = measure([own], paths, 0)["own"].rows
    (tmp_path / "expected").write_text(f"{tree}\n{tree}\n")
    assert rows == rows_of(tmp_path / "expected", in_order=True)


def test_without_rounds_the_first_run_is_timed(paths):
    """--smoke runs everything once."""
    results = measure([shell("one", "true")], paths, 0)
    assert len(results["one"].wall) == 1


def test_a_contestant_that_fails_says_why_and_is_not_run_again(paths):
    """The others go on."""
    log = paths.source.parent / "log"
    failing = shell("failing", f'echo x >> "{log}"; echo "no room" >&2; exit 3')
    results = measure([failing, shell("silent", "exit 1"), shell("good", "true")], paths, 2)
    assert results["failing"].failure == "failed with status 3: no room"
    assert results["silent"].failure == "failed with status 1: it said nothing"
    assert log.read_text() == "x\n"
    assert len(results["good"].wall) == 2


def test_an_output_may_be_a_folder(paths):
    """It is gone before the next one runs."""
    measure([shell("one", 'mkdir "$1" "$1/inner"', writes_rows=False)], paths, 1)
    assert not (paths.scratch / "output").exists()


def test_rows_that_are_in_one_output_only_are_counted(tmp_path):
    """Each side's own rows count."""
    (tmp_path / "a").write_bytes(b"1\n2\n3\n")
    (tmp_path / "b").write_bytes(b"1\n2\n4\n5\n")
    assert rows_of(tmp_path / "a", True).differing(rows_of(tmp_path / "b", True)) == 3


def test_times_are_medians():
    """Of three rounds the middle one."""
    assert Result(wall=[5.0, 1.0, 2.0], cpu=[9.0, 3.0, 4.0]).seconds == 2.0
    assert Result(wall=[5.0, 1.0, 2.0], cpu=[9.0, 3.0, 4.0]).cpu_seconds == 4.0
