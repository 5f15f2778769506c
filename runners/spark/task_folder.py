"""A task in a process of Spark's: its folder, its working directory, its environment; how it tells of failure."""

from __future__ import annotations

import base64
import json
import os
import shutil
import sys
import tempfile
import traceback
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from gristmill.errors import RunError, TaskFailed
from gristmill.task import environment
from gristmill.task.processes import one_line, stderr_tail

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gristmill.task.substep import TaskContext

#: Stands before and after what a failed task tells, in the text that Spark makes of its exception.
MARK = "gristmill-task-failed:"


@contextmanager
def folder() -> Iterator[Path]:
    """A folder of a task on Spark's own disk; it goes when the task ends, and the process is as it was before.

    Spark runs further tasks in the process: to start one for each would cost more than a small task does.
    """
    parent = os.environ.get("SPARK_LOCAL_DIRS", tempfile.gettempdir()).split(",")[0]
    path = Path(parent, f"gristmill-{uuid.uuid4().hex}")
    path.mkdir()
    variables, modules, ends = dict(os.environ), list(sys.path), (os.dup(1), os.dup(2))
    try:
        yield path
    finally:
        for number, end in enumerate(ends, 1):
            os.dup2(end, number)
            os.close(end)
        os.chdir(parent)
        os.environ.clear()
        os.environ.update(variables)
        sys.path[:] = modules
        shutil.rmtree(path, ignore_errors=True)


def working_folder(path: Path, links: dict[str, str] | None) -> str:
    """A task's working directory in its folder: name -> path, or what Spark has put in this executor's."""
    working = path / "wd"
    working.mkdir()
    for name, target in (_sent() if links is None else links).items():
        (working / name).symlink_to(target)
    return str(working)


def _sent() -> dict[str, str]:
    from pyspark import SparkFiles

    return {path.name: str(path) for path in Path(SparkFiles.getRootDirectory()).absolute().iterdir()}


def where(file: str, start: int, length: int, name: str) -> dict[str, str]:
    """What Hadoop's settings say of a map task's input."""
    return {
        environment.INPUT_FILE: file,
        environment.INPUT_START: str(start),
        environment.INPUT_LENGTH: str(length),
        environment.INPUT_NAME: name,
    }


def told(error: Exception, name: str, place: TaskContext) -> RuntimeError:
    """The exception by which the driver hears of a task's failure, whatever text Spark makes of it."""
    packed = base64.b64encode(json.dumps({"step": place.step_num, **_failure(error, name, place)}).encode())
    return RuntimeError(f"{MARK}{packed.decode()}{MARK}")


def _failure(error: Exception, name: str, place: TaskContext) -> dict[str, str]:
    """The class of ours that an error of a task is, its one line, and what there is to read about it."""
    if isinstance(error, TaskFailed):
        return {"kind": "TaskFailed", "message": f"{name}: {error}", "detail": stderr_tail(place.stderr)}
    if isinstance(error, RunError):
        ours = next(kind for kind in type(error).__mro__ if kind.__module__ == RunError.__module__)
        return {"kind": ours.__name__, "message": str(error), "detail": ""}
    detail = stderr_tail(place.stderr) + traceback.format_exc()
    return {"kind": "TaskFailed", "message": f"{name}: {one_line(error)}", "detail": detail}
