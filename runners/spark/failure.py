"""A failure on its way from a task to the runner.

    task's error -> exception with the failure packed between two MARKs -> Spark's text of it -> dict -> result file

As a dict: {"kind": class of gristmill.errors, "message": one line, "detail": traceback and stderr, "step": from 0, or
None for the driver's own}.
"""

from __future__ import annotations

import base64
import json
import re
import traceback
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from gristmill import errors
from gristmill.errors import InputError, RunError, TaskFailed, error_class
from gristmill.task.last_words import stderr_tail
from gristmill.task.processes import one_line
from mrjob.step import StepFailedException

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gristmill.task.substep import TaskContext

#: Stands before and after the packed failure, in the text that Spark makes of a task's exception.
MARK = "gristmill-task-failed:"

#: How Spark's own reader says that it cannot read a file, and why.
_DAMAGED = re.compile(r"Encountered error while reading file (\S+)\. ")
_CAUSE = re.compile(r"^Caused by: (?:[\w$]+\.)*([\w$]+(?:: .*)?)$", re.MULTILINE)


def task_exception(error: Exception, name: str, context: TaskContext) -> RuntimeError:
    """The exception that carries a task's failure to the driver, through whatever text Spark makes of it."""
    failed = {"step": context.step_num, **_describe(error, name, context)}
    return RuntimeError(f"{MARK}{base64.b64encode(json.dumps(failed).encode()).decode()}{MARK}")


def _describe(error: Exception, name: str, context: TaskContext) -> dict[str, str]:
    if isinstance(error, TaskFailed):
        return {"kind": "TaskFailed", "message": f"{name}: {error}", "detail": stderr_tail(context.stderr)}
    if isinstance(error, RunError):
        return {"kind": error_class(error).__name__, "message": str(error), "detail": ""}
    detail = stderr_tail(context.stderr) + traceback.format_exc()
    return {"kind": "TaskFailed", "message": f"{name}: {one_line(error)}", "detail": detail}


def failure(error: Exception) -> dict[str, Any]:
    """The failure that an exception in the driver stands for: a task's, or the driver's own."""
    text = str(error)
    packed = re.search(f"{MARK}(.*?){MARK}", text)
    if packed:
        failed: dict[str, Any] = json.loads(base64.b64decode(packed[1]))
        return failed
    if isinstance(error, RunError):
        return {"kind": type(error).__name__, "message": text, "detail": "", "step": None}
    java = java_message(error)
    return {"kind": "TaskFailed", "message": java or one_line(error), "detail": text if java else "", "step": None}


def java_message(error: Exception) -> str:
    """The first line of what Java says, with the exception's class; "" for an error of Python's."""
    java = re.search("^: (.*)", str(error), re.MULTILINE)
    return java[1] if java else ""


def reading_error(error: Exception, names: Mapping[str, str]) -> InputError | None:
    """The error of a file that Spark's own reader cannot read, by its name in `names`; None for any other error."""
    text = str(error)
    damaged = None if MARK in text else _DAMAGED.search(text)
    if not damaged:
        return None
    *_, cause = _CAUSE.findall(text) or [""]
    # a Path of Hadoop's has one slash, where Spark's text has three
    uri = unquote(damaged[1]).replace("file:///", "file:/")
    return InputError(
        f"{names.get(uri) or uri}: damaged, cut short, or not what its name says ({cause}); fetch or make it again"
    )


def step_exception(failed: dict[str, Any], step_num: int, steps: int) -> Exception:
    """The exception that ends the run: StepFailedException for a task's failure, else the error of ours by its name.

    `step_num` is the step of a failure that names none, `steps` how many the job has.
    """
    if failed["kind"] != "TaskFailed":
        error: Exception = getattr(errors, failed["kind"])(failed["message"])
        return error
    number = step_num if failed["step"] is None else failed["step"]
    step_failed: Exception = StepFailedException(failed["message"], number, steps)
    return step_failed
