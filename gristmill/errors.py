"""The errors that end a run with one line on stderr, and no traceback of ours, one for each decision a caller takes.

An error of a job's own code comes out as it is, with the record that it was met at.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Callable

if TYPE_CHECKING:
    from collections.abc import Iterator

#: The attribute of a job's own error that says where it was met.
_PLACE = "gristmill_place"


class RunError(Exception):
    """The run cannot go on; the message is one line for a person: what was met, the rule, what to do next."""


def error_class(error: RunError) -> type[RunError]:
    """The class of ours that an error has or extends: a job's own class cannot be sent to the driver."""
    return next(kind for kind in type(error).__mro__ if kind.__module__ == __name__)


class InputError(RunError):
    """The input cannot be read: mend it or name another."""


class MissingInput(InputError, FileNotFoundError):
    """There is no such input: name another. An OSError too, as a program expects that catches mrjob's."""


class BadInput(InputError):
    """A record of the input breaks a rule and the job is strict: mend the line, or run without --strict."""


class OutputError(RunError):
    """The output cannot be written: name another place, or make room."""


class UnknownOutcome(RunError):
    """Nobody can tell whether a service has done what it was asked: ask it later, and do not do it again meanwhile."""


def output_exists(directory: object) -> OutputError:
    """The error of a run whose output directory, a path or a URI, is there before it."""
    return OutputError(f"output directory {directory} already exists; name another, or remove it first")


class TaskFailed(RunError):
    """A task of the job failed; `detail` is what it left to read (its traceback, or what its program wrote)."""

    def __init__(self, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.detail = detail


@contextmanager
def placed(place: Callable[[], str]) -> Iterator[None]:
    """An error that is raised within, and none of ours, gets its place: ``docs.tsv, line 3`` or ``key 'the'``."""
    try:
        yield
    except RunError:
        raise
    except Exception as error:
        if not place_of(error):
            # a class may take no attributes
            with suppress(AttributeError):
                setattr(error, _PLACE, place())
        raise


def place_of(error: BaseException) -> str:
    """`` (docs.tsv, line 3)`` of an error that has a place, to stand behind its message; "" of another."""
    place = getattr(error, _PLACE, "")
    return f" ({place})" if place else ""
