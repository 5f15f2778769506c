"""A task in a process of Spark's: its folder, its working directory, its settings."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from gristmill.task import environment

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def new_folder() -> Iterator[Path]:
    """A task's folder on Spark's own disk. At the end the folder is removed, and the process is as it was before.

    Spark runs further tasks in the process: a new process for each would cost more than a small task does.
    """
    parent = os.environ.get("SPARK_LOCAL_DIRS", tempfile.gettempdir()).split(",")[0]
    path = Path(parent, f"gristmill-{uuid.uuid4().hex}")
    path.mkdir(mode=0o700)
    variables, modules, outputs = dict(os.environ), list(sys.path), (os.dup(1), os.dup(2))
    try:
        yield path
    finally:
        for number, output in enumerate(outputs, 1):
            os.dup2(output, number)
            os.close(output)
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


def input_settings(uri: str, start: int, length: int, name: str) -> dict[str, str]:
    """Hadoop's settings of a map task's input: the file's URI, the range in bytes, the user's name for the file."""
    return {
        environment.INPUT_FILE: uri,
        environment.INPUT_START: str(start),
        environment.INPUT_LENGTH: str(length),
        environment.INPUT_NAME: name,
    }
