from benchmarks import report
from benchmarks.contestants import Contestant
from benchmarks.measure import Result, Rows

OURS = Contestant("ours", (), "our job", promise="peak 300 MB at most")
PEER = Contestant("peer", (), "a | b", promise="2 times at least")
GONE = Contestant("gone", (), "what is not there", needs=("no_such_module",))
OUR_RESULT = Result([2.0, 1.9, 2.2], [3.0, 3.0, 3.0], 250_000_000, Rows(1_200, "x", frozenset({1, 2})))
HEAD = (
    "|  | wall s | times ours | CPU s | times ours | peak MB | output | promised |\n"
    "| --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |\n"
)
OUR_ROW = "| **ours**: our job | 2.00 (1.90-2.20) | 1.00 | 3.00 | 1.00 | 250 | 1,200 rows | peak 300 MB at most |\n"


def test_a_peer_stands_as_a_ratio_to_ours():
    """Times, CPU and whether its rows are ours; a pipe in a cell does not end the cell."""
    peer = Result([5.0], [6.0], None, Rows(1_200, "x", frozenset({1, 2})))
    assert report.comparison([OURS, PEER], {"ours": OUR_RESULT, "peer": peer}) == (
        HEAD + OUR_ROW + "| **peer**: a \\| b | 5.00 | 2.50 | 6.00 | 2.00 | - | equal | 2 times at least |\n"
    )


def test_an_absent_peer_is_named():
    """It is never dropped in silence, and neither is one that failed."""
    results = {"ours": OUR_RESULT, "peer": Result(failure="failed with status 1: no room")}
    assert report.comparison([OURS, PEER, GONE], results) == (
        HEAD
        + OUR_ROW
        + "| **peer**: a \\| b | - | - | - | - | - | failed with status 1: no room | 2 times at least |\n"
        + "| **gone**: what is not there | - | - | - | - | - | absent: no_such_module is not installed |  |\n"
    )


def test_outputs_that_differ_say_by_how_many_rows():
    """Ratios of programs that do different things say little."""
    peer = Result([5.0], [6.0], None, Rows(1_201, "y", frozenset({2, 3, 4})))
    assert report.verdict(peer, OUR_RESULT) == "differs: 1,201 rows, 3 are in one of the two only"
    assert report.verdict(Result([1.0], [1.0]), OUR_RESULT) == "not compared"


def test_growth_stands_beside_the_size_before():
    """The first size, and one after a failure, have nothing to stand beside."""
    sizes = [Contestant(name, (), "", promise="10.5 times at most") for name in ("10 MB", "100 MB", "1000 MB")]
    results = {
        "10 MB": Result([1.0], [2.0], 50_000_000),
        "100 MB": Result([8.0], [16.0], 250_000_000),
        "1000 MB": Result(failure="failed with status 1: no room"),
    }
    assert report.growth(sizes, results) == (
        "| input | wall s | times the one before | CPU s | peak MB | promised |\n"
        "| --- | ---: | ---: | ---: | ---: | --- |\n"
        "| 10 MB | 1.00 | - | 2.00 | 50 |  |\n"
        "| 100 MB | 8.00 | 8.00 | 16.00 | 250 | 10.5 times at most |\n"
        "| 1000 MB | - | - | - | - | failed with status 1: no room |\n"
    )


def test_the_machine_and_the_versions_are_told(monkeypatch):
    """A figure without them says nothing; a busy machine is said to be one."""
    monkeypatch.setattr("os.getloadavg", lambda: (0.0, 0.0, 0.0))
    quiet = report.machine()
    assert "Machine: " in quiet
    assert "mrjob 0.7.4" in quiet
    assert "busy" not in quiet
    monkeypatch.setattr("os.getloadavg", lambda: (99.0, 0.0, 0.0))
    assert report.machine() == quiet + "The machine was busy when this began (load 99.0): take the ratios with care.\n"


def test_the_command_is_the_one_that_was_typed(monkeypatch):
    """It can be pasted into a shell."""
    monkeypatch.setattr("sys.argv", ["bench.py", "--part", "index"])
    assert report.command() == "`python -m benchmarks.bench --part index`"
    monkeypatch.setattr("sys.argv", ["bench.py"])
    assert report.command() == "`python -m benchmarks.bench`"
