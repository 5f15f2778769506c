"""A failure on its way from a task to Spark's driver, and which files that refuses to read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gristmill.errors import BadInput, InputError, TaskFailed
from gristmill.input.compression import check_readable
from gristmill.runners.spark.failure import MARK, failure, reading_error, task_exception
from gristmill.task.substep import TaskContext


class StricterInput(BadInput):
    """A job's own kind of our errors."""


def in_spark(error: Exception) -> dict[str, object]:
    """What the driver makes of a task's error, in a text as Spark makes it."""
    context = TaskContext("mapper", 2, "nowhere", {}, os.devnull)
    text = f"Job aborted due to stage failure: {task_exception(error, 'map task 7', context)}\n\tat org.apache\n"
    return failure(RuntimeError(text))


def test_a_job_that_exits_is_named_with_its_task() -> None:
    """There is no traceback to show."""
    error = TaskFailed("the job exited: 3")
    expected = {"step": 2, "kind": "TaskFailed", "message": "map task 7: the job exited: 3", "detail": ""}
    assert in_spark(error) == expected


def test_an_error_of_ours_keeps_its_line_and_its_class() -> None:
    """As far as that class is ours."""
    expected = {"step": 2, "kind": "BadInput", "message": "in.txt, line 3: no TAB", "detail": ""}
    assert in_spark(StricterInput("in.txt, line 3: no TAB")) == expected


def test_any_other_error_comes_with_its_traceback() -> None:
    """And its first line."""
    try:
        raise ValueError("no\nmill")
    except ValueError as error:
        found = in_spark(error)
    assert found["message"] == "map task 7: ValueError: no"
    assert str(found["detail"]).endswith("ValueError: no\nmill\n")


def test_an_error_of_the_drivers_is_one_line() -> None:
    """Java's without its frames, which are there to read; Python's by its class."""
    java = failure(RuntimeError("An error occurred while calling o1.\n: java.io.IOException: no disk\n\tat x.Y\n"))
    assert java["message"] == "java.io.IOException: no disk"
    assert java["detail"].endswith("at x.Y\n")
    assert failure(KeyError("mill"))["message"] == "KeyError: 'mill'"
    ours = failure(InputError("input x does not exist"))
    assert (ours["kind"], ours["message"]) == ("InputError", "input x does not exist")


def test_a_file_that_sparks_own_reader_cannot_read_is_named() -> None:
    """With the last cause of those that Java names."""
    text = (
        "An error occurred while calling o1.\n: org.apache.spark.SparkException: [FAILED_READ_FILE.NO_HINT] "
        "Encountered error while reading file hdfs://here/a%20b.zst.  SQLSTATE: KD001\n\tat x.Y\nCaused by: x.Y: no\n"
        "Caused by: com.github.luben.zstd.ZstdIOException: Unknown frame descriptor\n\tat x.Y\n"
    )
    said = ": damaged, cut short, or not what its name says (ZstdIOException: Unknown frame descriptor); "
    for names, name in (({}, "hdfs://here/a b.zst"), ({"hdfs://here/a b.zst": "b.zst"}, "b.zst")):
        assert str(reading_error(RuntimeError(text), names)) == f"{name}{said}fetch or make it again"
    assert reading_error(RuntimeError("Job aborted"), {}) is None
    assert reading_error(RuntimeError(f"{MARK}e30={MARK} {text}"), {}) is None


@pytest.mark.parametrize("name", ["a.xz", "a.lzo", "a.zip", "a.tar", "a.tgz", "a.tar.gz"])
def test_what_spark_would_take_for_text_is_refused(name: str) -> None:
    """By the end of its name."""
    with pytest.raises(InputError, match=r"^hdfs:///in/a\..* is not read here; unpack|Spark does not read this"):
        check_readable(f"hdfs:///in/{name}", by="spark")


@pytest.mark.parametrize("name", ["a", "a.txt", "a.gz", "a.bz2", "a.zst", "xz", str(Path("b.tar", "a"))])
def test_what_spark_reads_is_not(name: str) -> None:
    """Plain files, and those that Hadoop's codecs unpack."""
    check_readable(f"hdfs:///in/{name}", by="spark")
