"""The errors that end a run with one line on stderr, and no traceback of ours, one for each decision a caller takes."""


class RunError(Exception):
    """The run cannot go on; the message is one line for a person: what was met, the rule, what to do next."""


def error_class(error: RunError) -> type[RunError]:
    """The class of ours that an error has or extends: a job's own class cannot be sent to the driver."""
    return next(kind for kind in type(error).__mro__ if kind.__module__ == __name__)


class InputError(RunError):
    """The input cannot be read: mend it or name another."""


class BadInput(InputError):
    """A record of the input breaks a rule and the job is strict: mend the line, or run without --strict."""


class OutputError(RunError):
    """The output cannot be written: name another place, or make room."""


def output_exists(directory: object) -> OutputError:
    """The error of a run whose output directory, a path or a URI, is there before it."""
    return OutputError(f"output directory {directory} already exists; name another, or remove it first")


class TaskFailed(RunError):
    """A task of the job failed; `detail` is what it left to read (its traceback, or what its program wrote)."""

    def __init__(self, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.detail = detail
