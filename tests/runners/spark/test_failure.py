"""A failure on its way from a task to Spark's driver, and which files that refuses to read."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from gristmill.errors import BadInput, InputError, TaskFailed
from gristmill.input.compression import check_readable
from gristmill.runners.spark.failure import failure, task_exception
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


@pytest.mark.parametrize("name", ["a.xz", "a.zst", "a.lzo", "a.zip", "a.tar", "a.tgz", "a.tar.gz"])
def test_what_spark_would_take_for_text_is_refused(name: str) -> None:
    """By the end of its name."""
    with pytest.raises(InputError, match=r"^hdfs:///in/a\..* is not read here; unpack|Spark does not read this"):
        check_readable(f"hdfs:///in/{name}", by="spark")


@pytest.mark.parametrize("name", ["a", "a.txt", "a.gz", "a.bz2", "xz", str(Path("b.tar", "a"))])
def test_what_spark_reads_is_not(name: str) -> None:
    """Plain files, and those that Hadoop's codecs unpack."""
    check_readable(f"hdfs:///in/{name}", by="spark")
