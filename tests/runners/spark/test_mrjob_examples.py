"""The jobs that mrjob's wheel ships as examples, moved to Job, on the Spark runner: those that Spark can run."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.runners.test_mrjob_examples import (
    COMMANDS,
    NOT_RUN,
    OTHERWISE,
    SAME_BYTES,
    SECONDS,
    case_id,
    end,
    folder,
    start,
    untouched,
)

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

__all__ = ["folder"]

#: What Spark cannot do is said in one line.
REFUSED = {
    "mr_grep": "step 0's mapper runs a command",
    "mr_words_containing_u_freq_count": "step 0's mapper runs a command",
    "mr_nick_nack": "it names Hadoop's output format",
    "mr_nick_nack_input_format": "it names Hadoop's input format",
    "mr_text_classifier": "spark runner does not support input manifests",
    "mr_phone_to_url": "spark runner does not support input manifests",
    "mr_jar_step_example": "step 0 has type 'jar'",
}
#: Compared with the local runner's or mrjob's in tests of their own.
OF_SPARK = {"mr_spark_wordcount", "mr_spark_wordcount_script", "mr_spark_most_used_word", "mr_sparkaboom"}
#: Compared by the tests of the local runner alone, with the reason.
LOCAL_ONLY = {
    "mr_boom": "a failed task's traceback is tested beside the runner",
    "mr_count_lines_wrong": "writes a line for each map, and how many there are is Spark's to choose",
    "mr_log_sampler": "random",
}
PLAIN = [case for case in SAME_BYTES if case[0] not in REFUSED]
#: The one of them that `make test` runs: it asks for the names of its files.
SHORT = "mr_count_lines_by_file"


def on_spark(folder: Path, name: str, *arguments: str) -> subprocess.Popen[bytes]:
    """The moved example on our Spark runner."""
    return start(folder, folder / "moved" / f"{name}.py", "-r", "spark", "--no-conf", *arguments)


def words(*paths: Path) -> Counter[str]:
    """How often each word occurs, as the examples of Spark's own steps count it."""
    return Counter(word.lower() for path in paths for word in re.findall(r"[\w']+", path.read_text(encoding="utf-8")))


def test_every_example_of_the_wheel_is_run_refused_or_named_with_a_reason() -> None:
    """No example is left out in silence."""
    ours = {case[0] for case in PLAIN} | set(REFUSED) | OF_SPARK | set(LOCAL_ONLY)
    assert ours == {case[0] for case in SAME_BYTES + COMMANDS} | set(OTHERWISE) | set(NOT_RUN)


@pytest.mark.parametrize("name", sorted(REFUSED))
def test_an_example_that_spark_cannot_run_is_refused(folder: Path, name: str) -> None:
    """Before anything starts, with the reason."""
    arguments = {"mr_grep": ["-e", "mill"]}.get(name, [])
    process = on_spark(folder, name, *arguments, str(folder / "mill.txt"))
    stdout, stderr = process.communicate(timeout=SECONDS)
    assert (process.returncode, stdout) == (1, b"")
    assert stderr.decode().splitlines()[-1].startswith(f"error: -r spark cannot run this job: {REFUSED[name]}")


@pytest.mark.parametrize(
    "case", [pytest.param(case, marks=[] if case[0] == SHORT else pytest.mark.long) for case in PLAIN], ids=case_id
)
def test_a_moved_example_writes_the_lines_of_mrjobs_inline_runner(
    folder: Path, case: tuple[str, list[str], list[str]]
) -> None:
    """Sorted, the same bytes."""
    name, arguments, names = case
    paths = [str(folder / name) for name in names]
    splits = ["-D", "mapreduce.job.maps=5", "-D", "mapreduce.job.reduces=3"]
    theirs = untouched(folder, "inline", name, *arguments, *paths)
    mine = on_spark(folder, name, *splits, *arguments, *paths)
    expected = sorted(end(theirs).splitlines(keepends=True))
    assert expected != []
    assert sorted(end(mine).splitlines(keepends=True)) == expected


@pytest.mark.parametrize(
    "name", ["mr_spark_wordcount", pytest.param("mr_spark_wordcount_script", marks=pytest.mark.long)]
)
def test_a_step_of_sparks_own_counts_words(folder: Path, name: str) -> None:
    """As a job's method or as a script, printed and with an output folder."""
    path = folder / "mill.txt"
    output = folder / f"{name}-out"
    printed = end(on_spark(folder, name, str(path), "--output-dir", str(output), "--cat-output"))
    assert {eval(line) for line in printed.splitlines()} == set(words(path).items())
    assert (output / "_SUCCESS").exists()
    assert b"".join(part.read_bytes() for part in sorted(output.glob("part-*"))) == printed


@pytest.mark.long
def test_a_step_of_sparks_own_reads_a_file_that_is_named(folder: Path) -> None:
    """By its path, since on this machine no task has a folder of its own."""
    path = folder / "mill.txt"
    stop_words = folder / "few.txt"
    stop_words.write_text("the\n")
    found = end(on_spark(folder, "mr_spark_most_used_word", "--stop-words-file", str(stop_words), str(path)))
    counts = words(path)
    del counts["the"]
    assert counts[found.decode().strip().strip('"')] == max(counts.values())


@pytest.mark.long
def test_a_step_of_sparks_own_that_raises_shows_its_traceback(folder: Path) -> None:
    """And ends in one line."""
    process = on_spark(folder, "mr_sparkaboom", str(folder / "mill.txt"))
    stdout, stderr = process.communicate(timeout=SECONDS)
    assert (process.returncode, stdout) == (1, b"")
    assert "Exception: KABOOM" in stderr.decode()
    assert stderr.decode().splitlines()[-1].startswith("error: Step 1 of 1 failed: ")
