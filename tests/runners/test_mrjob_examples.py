"""The jobs that mrjob's wheel ships as examples, moved to Job, against mrjob's own runners.

Moved: the line that imports MRJob names our class instead, and comes before any other import from mrjob.
Oracle: the untouched example on mrjob's inline runner, or on its local one where a step is a command.
"""

from __future__ import annotations

import gzip
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

#: The sum of all runs here is about half a minute of CPU; one that takes so long hangs.
SECONDS = 120

SPEC = importlib.util.find_spec("mrjob")
assert SPEC is not None
assert SPEC.origin is not None
EXAMPLES = Path(SPEC.origin).parent / "examples"

#: Lines that are put in order give the same bytes: (example, its arguments, its input).
SAME_BYTES: list[tuple[str, list[str], list[str]]] = [
    ("mr_count_lines_by_file", [], ["mill.txt", "river.txt", "trade.txt.gz"]),
    ("mr_count_lines_right", [], ["mill.txt", "river.txt"]),
    ("mr_most_used_word", [], ["mill.txt", "river.txt"]),
    ("mr_next_word_stats", [], ["mill.txt", "river.txt"]),
    ("mr_nick_nack", [], ["mill.txt", "river.txt"]),
    ("mr_nick_nack_input_format", [], ["mill.txt", "river.txt"]),
    ("mr_wc", [], ["mill.txt", "river.txt"]),
    ("mr_word_freq_count", [], ["mill.txt", "river.txt", "trade.txt.gz"]),
]
#: Their steps are commands, which mrjob's inline runner does not run: its local runner is the oracle. No CR LF for
#: mr_grep: a command of ours gets lines that end in LF, as on Hadoop, where mrjob's local runner leaves the CR in them.
COMMANDS: list[tuple[str, list[str], list[str]]] = [
    ("mr_grep", ["-e", "mill.*rye"], ["mill.txt", "trade.txt.gz"]),
    ("mr_grep", ["-e", "no line has this"], ["mill.txt", "trade.txt.gz"]),
    ("mr_words_containing_u_freq_count", [], ["mill.txt", "river.txt"]),
]
#: Compared in tests of their own.
OTHERWISE = {
    "mr_boom": "raises by design: its traceback is what it gives",
    "mr_count_lines_wrong": "writes a line for each map",
    "mr_log_sampler": "random, unless the sample is the whole input",
    "mr_text_classifier": "the order of names in its JSON follows the order of records",
}
NOT_RUN = {
    "mr_jar_step_example": "its first step is a jar of Hadoop's",
    "mr_phone_to_url": "reads web archives with warcio, which nothing here needs",
    "mr_spark_most_used_word": "its step is Spark's",
    "mr_spark_wordcount": "its step is Spark's",
    "mr_spark_wordcount_script": "its step is Spark's",
    "mr_sparkaboom": "its step is Spark's, and raises by design",
}

WORDS = ["The", "the", "mill", "Mill's", "MILL", "grain", "rye", "Urn", "flour", "hour", "u'", "12", "under_score"]
WORDS += ["caf\u00e9", "stra\u00dfe", "\u6c34\u8eca"]

#: mrjob 0.7.4 imports on Python 3.12 and later only after our stand-ins for what that Python lacks.
RUN_UNTOUCHED = """\
import runpy
import sys

if sys.version_info >= (3, 12):
    import gristmill.job.base
sys.argv = sys.argv[1:]
runpy.run_path(sys.argv[0], run_name="__main__")
"""


def lines_of(start: int, count: int) -> list[str]:
    """Lines of 0 to 10 words that differ from one `start` to the next."""
    return [
        " ".join(WORDS[(line * start + word * word + line) % len(WORDS)] for word in range(line % 11))
        for line in range(count)
    ]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The moved examples with the files beside them, the input, and the script that runs an untouched example."""
    return lay_out(tmp_path_factory.mktemp("examples"))


def lay_out(root: Path) -> Path:
    """All of that in `root`."""
    (root / "tmp").mkdir()
    shutil.copytree(EXAMPLES, root / "moved", ignore=shutil.ignore_patterns("__pycache__", "docs-to-classify"))
    for path in (root / "moved").glob("mr_*.py"):
        path.write_text(moved(path.read_text(encoding="utf-8")), encoding="utf-8")
    (root / "run_untouched.py").write_text(RUN_UNTOUCHED, encoding="utf-8")
    (root / "mill.txt").write_bytes("\n".join(lines_of(3, 300)).encode())
    (root / "river.txt").write_bytes("".join(f"{line}\r\n" for line in lines_of(5, 200)).encode())
    (root / "trade.txt.gz").write_bytes(gzip.compress("".join(f"{line}\n" for line in lines_of(7, 100)).encode()))
    return root


def moved(source: str) -> str:
    """The example's source with our import in place of mrjob's."""
    lines = source.replace("from mrjob.examples.mr_nick_nack import", "from mr_nick_nack import").split("\n")
    if "from mrjob.job import MRJob" in lines:
        first = next(number for number, line in enumerate(lines) if line.startswith("from mrjob."))
        lines.remove("from mrjob.job import MRJob")
        lines.insert(first, "from gristmill.job.base import Job as MRJob")
    return "\n".join(lines)


def start(folder: Path, *command: str | Path) -> subprocess.Popen[bytes]:
    """A Python process in `folder` whose temporary files are in `folder`/tmp."""
    environment = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONUTF8": "1", "TMPDIR": str(folder / "tmp")}
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, *command], cwd=folder, env=environment, stdout=pipe, stderr=pipe)


def end(process: subprocess.Popen[bytes]) -> bytes:
    """What the process printed, once it ended well."""
    stdout, stderr = process.communicate(timeout=SECONDS)
    assert process.returncode == 0, stderr.decode()
    return stdout


def untouched(folder: Path, runner: str, name: str, *arguments: str) -> subprocess.Popen[bytes]:
    """The wheel's example on mrjob's own runner; a task of its local runner starts as the driver does."""
    script = folder / "run_untouched.py"
    python = f"'{sys.executable}' '{script}'"
    options = ["--no-bootstrap-mrjob", "--python-bin", python] if runner == "local" else []
    return start(folder, script, EXAMPLES / f"{name}.py", "-r", runner, "--no-conf", *options, *arguments)


def ours(folder: Path, name: str, *arguments: str) -> subprocess.Popen[bytes]:
    """The moved example on our local runner."""
    return start(folder, folder / "moved" / f"{name}.py", "-r", "local", "--no-conf", *arguments)


def both(folder: Path, oracle: str, case: tuple[str, list[str], list[str]]) -> tuple[list[bytes], list[bytes]]:
    """Sorted lines of mrjob's runner `oracle` and of ours, of 5 maps and 3 reduces."""
    name, arguments, names = case
    paths = [str(folder / name) for name in names]
    splits = ["-D", "mapreduce.job.maps=5", "-D", "mapreduce.job.reduces=3"]
    theirs = untouched(folder, oracle, name, *arguments, *paths)
    mine = ours(folder, name, *splits, *arguments, *paths)
    return sorted(end(theirs).splitlines(keepends=True)), sorted(end(mine).splitlines(keepends=True))


def case_id(case: object) -> str:
    """The example's name, for the test's."""
    return str(case[0]) if isinstance(case, tuple) else ""


def test_every_example_of_the_wheel_is_compared_or_named_with_a_reason() -> None:
    """No example is left out in silence."""
    compared = {case[0] for case in SAME_BYTES + COMMANDS}
    assert len(compared) + len(OTHERWISE) + len(NOT_RUN) == 20
    assert {path.stem for path in EXAMPLES.glob("mr_*.py")} == compared | set(OTHERWISE) | set(NOT_RUN)


@pytest.mark.parametrize("name", ["rapidjson", "simplejson", "ujson"])
def test_the_oracle_writes_json_with_the_standard_library(name: str) -> None:
    """mrjob takes another JSON library, with other bytes, where one is installed."""
    assert importlib.util.find_spec(name) is None


@pytest.mark.parametrize("case", SAME_BYTES, ids=case_id)
def test_a_moved_example_writes_the_lines_of_mrjobs_inline_runner(
    folder: Path, case: tuple[str, list[str], list[str]]
) -> None:
    """Whatever the numbers of maps and reduces, the sorted lines are the same bytes."""
    theirs, mine = both(folder, "inline", case)
    assert theirs != []
    assert mine == theirs


@pytest.mark.parametrize("case", COMMANDS, ids=case_id)
def test_a_moved_example_with_a_command_writes_the_lines_of_mrjobs_local_runner(
    folder: Path, case: tuple[str, list[str], list[str]]
) -> None:
    """A step that is a shell command, or filters its input by one, runs as it does under mrjob."""
    theirs, mine = both(folder, "local", case)
    assert mine == theirs


def test_a_line_for_each_map_is_the_same_where_each_file_is_a_map(folder: Path) -> None:
    """Three files of one size and of different numbers of lines are three maps on both runners."""
    paths = []
    for lines in (2, 3, 5):
        path = folder / f"wrong-{lines}.txt"
        path.write_bytes(b"x" * (60 // lines - 1) + b"\n" + (b"y" * (60 // lines - 1) + b"\n") * (lines - 1))
        paths.append(str(path))
    theirs = untouched(folder, "inline", "mr_count_lines_wrong", "--num-cores", "1", *paths)
    mine = ours(folder, "mr_count_lines_wrong", "-D", "mapreduce.job.maps=3", *paths)
    assert sorted(end(theirs).splitlines()) == [b"null\t2", b"null\t3", b"null\t5"]
    assert sorted(end(mine).splitlines()) == [b"null\t2", b"null\t3", b"null\t5"]


def scores(output: bytes) -> list[tuple[str, object]]:
    """The classifier's records, in order of their keys; a sum of floats keeps nine places of any order of adding."""
    records = [line.split("\t") for line in output.decode().splitlines()]
    return sorted(
        ((key, json.loads(value, parse_float=lambda text: round(float(text), 9))) for key, value in records),
        key=lambda record: record[0],
    )


def test_the_text_classifier_gives_the_scores_of_mrjobs_inline_runner(folder: Path) -> None:
    """Four steps, whole files as the input of the first: the same records."""
    documents = sorted(str(path) for path in (EXAMPLES / "docs-to-classify").glob("*-milne*.txt"))
    assert len(documents) == 8
    arguments = ["mr_text_classifier", "--no-test-set", "--max-ngram-size", "2", *documents]
    theirs = untouched(folder, "inline", *arguments)
    mine = ours(folder, *arguments, "-D", "mapreduce.job.reduces=3")
    expected = scores(end(theirs))
    assert len([key for key, _ in expected if key.startswith('["doc", ')]) == 8
    assert scores(end(mine)) == expected


def test_a_sample_as_large_as_the_input_is_the_input(folder: Path) -> None:
    """The sampler sorts by a random number, so only all lines can be compared."""
    arguments = ["mr_log_sampler", "--sample-size", "1000", str(folder / "mill.txt")]
    mine = end(ours(folder, *arguments))
    assert sorted(mine.splitlines()) == sorted((folder / "mill.txt").read_bytes().splitlines())


def test_a_job_that_raises_shows_its_traceback_and_what_it_was_reading(folder: Path) -> None:
    """The user sees the line of the job that failed, and nothing on stdout."""
    path = folder / "mill.txt"
    process = ours(folder, "mr_boom", "-D", "mapreduce.job.maps=1", str(path))
    stdout, stderr = process.communicate(timeout=SECONDS)
    talk = stderr.decode()
    assert (process.returncode, stdout) == (1, b"")
    assert f'File "{folder / "moved" / "mr_boom.py"}", line 20, in mapper_init' in talk
    assert "\nException: BOOM\n" in talk
    last = talk.splitlines()[-1]
    assert last.startswith("error: ")
    assert last.endswith(f" reading {path} bytes 0-{path.stat().st_size}: Exception: BOOM")
