"""Twenty jobs of mrjob's documentation and of questions about it, moved: they give the rows of mrjob's inline."""

from __future__ import annotations

import importlib.util
import io
import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

SOURCE = Path(__file__).with_name("twenty.py")
INPUTS = {"JoinByFileName": ["users.csv", "orders.csv"], "SecondarySort": ["orders.csv"], "JSONLines": ["tags.jsonl"]}
ARGUMENTS = {"LongerThan": ["--length", "4"], "WithoutDull": ["--dull", "dull.txt"]}
NAMES = [
    "WordCount",
    "TopTen",
    "JoinByFileName",
    "SecondarySort",
    "PageRank",
    "Average",
    "LinesOfWord",
    "DistinctNeighbours",
    "LongestWord",
    "MatrixProduct",
    "Repr",
    "Pickled",
    "Raw",
    "JSONLines",
    "LongerThan",
    "WithoutDull",
    "Categories",
    "WholeFile",
    "Friends",
    "Counted",
]


def lay_out(folder: Path) -> Path:
    """The jobs, the files beside them, and their input."""
    shutil.copy(SOURCE, folder / "twenty.py")
    (folder / "categories.txt").write_text("m building\nr grain\nw water\n")
    (folder / "dull.txt").write_text("the a of\n")
    said = [
        "The mill of the river",
        "a rye and a wheat",
        "weir of water",
        "mill",
        "",
        "River rye, river wheat: the weir",
    ]
    (folder / "one.txt").write_text("".join(f"{line}\n" for line in said * 3))
    (folder / "two.txt").write_text("\n".join(reversed(said)))
    (folder / "users.csv").write_text("u1,Ada\nu2,Bea\nu3,Cyd\n")
    (folder / "orders.csv").write_text("u2,9 rye\nu1,3 oats\nu1,2 rye\nu4,1 rye\nu2,10 oats\n")
    rows = [{"n": number, "tags": ["even" if number % 2 == 0 else "odd", "all"]} for number in range(9, 0, -1)]
    (folder / "tags.jsonl").write_text("".join(f"{json.dumps(row)}\n" for row in [*rows, {"n": 0}]))
    return folder


def command_line(name: str) -> list[str]:
    """The arguments of a job of that name, and its input, in the folder of `lay_out`."""
    return [*ARGUMENTS.get(name, []), *INPUTS.get(name, ["one.txt", "two.txt"])]


def load(module: str, folder: Path) -> dict[str, Any]:
    """The jobs, under a module's name of their own."""
    spec = importlib.util.spec_from_file_location(module, folder / "twenty.py")
    assert spec is not None
    assert spec.loader is not None
    sys.modules[module] = made = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(made)
    jobs: dict[str, Any] = made.JOBS
    return jobs


@pytest.fixture
def sides(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[dict[str, Any], dict[str, Any]]:
    """mrjob's jobs and ours, in their folder."""
    monkeypatch.chdir(lay_out(tmp_path))
    monkeypatch.setenv("TWENTY_OF", "mrjob")
    theirs = load("twenty_theirs", tmp_path)
    monkeypatch.delenv("TWENTY_OF")
    return theirs, load("twenty", tmp_path)


def rows(job: Any, name: str, *args: str) -> tuple[list[str], Any]:
    """The rows that a program gets by make_runner and parse_output, in order, and the counters of the job's own."""
    made = job(["--no-conf", *args, *command_line(name)])
    made.sandbox()
    with made.make_runner() as runner:
        runner.run()
        found = sorted(map(repr, made.parse_output(runner.cat_output())))
        return found, [step.get("words", {}) for step in runner.counters()]


def test_the_names_are_those_of_the_jobs(sides: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """Each is of its own side."""
    theirs, ours = sides
    assert list(theirs) == list(ours) == NAMES
    assert len(NAMES) == 20
    assert all(type(job([])).__mro__[1].__module__ == "mrjob.job" for job in theirs.values())
    assert all(type(job([])).__mro__[1].__module__ == "gristmill.job.base" for job in ours.values())


@pytest.mark.parametrize("name", NAMES)
def test_a_job_gives_the_rows_of_mrjobs_inline(sides: tuple[dict[str, Any], dict[str, Any]], name: str) -> None:
    """On inline, and on local with several tasks."""
    theirs, ours = sides
    wanted = rows(theirs[name], name, "-r", "inline")
    assert wanted[0]
    assert rows(ours[name], name, "-r", "inline") == wanted
    splits = ["-D", "mapreduce.job.maps=3", "-D", "mapreduce.job.reduces=2"]
    assert rows(ours[name], name, "-r", "local", *splits) == wanted


def test_a_job_is_tested_in_a_sandbox_as_with_mrjob(sides: tuple[dict[str, Any], dict[str, Any]]) -> None:
    """Its methods one by one, and a whole run over bytes, without a file."""
    for side in sides:
        job = side["WordCount"](["-r", "inline", "--no-conf"])
        assert list(job.mapper(None, "The mill the")) == [("the", 1), ("mill", 1), ("the", 1)]
        assert list(job.reducer("the", iter([1, 1]))) == [("the", 2)]
        job.sandbox(stdin=io.BytesIO(b"the mill\nthe\n"))
        with job.make_runner() as runner:
            runner.run()
            assert dict(job.parse_output(runner.cat_output())) == {"the": 2, "mill": 1}
        task = side["WordCount"](["--mapper"])
        task.sandbox(stdin=io.BytesIO(b"the\n"))
        task.run_mapper(0)
        assert task.stdout.getvalue() == b'"the"\t1\n'
