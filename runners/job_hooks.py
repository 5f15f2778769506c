"""What a runner asks of its job, or is told of it; `gristmill.job.driver.prepared` puts the job's own in place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gristmill.input.find import InputFile
    from gristmill.task.counters import Counters


class JobHooks:
    """A runner of a job that asks for nothing."""

    #: Whether each part of the output is in order of its keys.
    sorted_output = False
    #: Whether to go on without files that cannot be read; None where the job does not say that its input is text.
    skip_unreadable: bool | None = None

    #: The encoding of files that are recoded as a whole when they are opened; "" where none are.
    encoding = ""
    #: Bytes of a file that `note_head` looks at.
    head_bytes = 0

    @staticmethod
    def note_head(path: str, head: bytes) -> None:
        """Told what each file of this machine begins with."""

    @staticmethod
    def check_inputs(files: Sequence[InputFile]) -> Mapping[str, str] | None:
        """Told the input's files before anything starts: settings they ask for; InputError where they are of no use."""

    @staticmethod
    def check_counters(counters: list[Counters], places: Callable[[], Sequence[str]]) -> None:
        """Asked when all steps have run, before there is output: raises where the run is of no use."""

    @staticmethod
    def manifest(counters: list[Counters]) -> Mapping[str, Any] | None:
        """The content of the output's ``_gristmill.json``, given the counters of each step; None for no such file."""
        return None
