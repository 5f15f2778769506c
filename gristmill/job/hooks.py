"""What a job may say about a whole run, in the process that drives it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gristmill.input.find import InputFile


class Hooks:
    """Methods that a runner calls; a job overrides those that it needs."""

    #: Bytes of a file that `note_head` looks at.
    HEAD_BYTES = 0

    def note_head(self, path: str, head: bytes) -> None:
        """Called before a run starts with what each file of this machine begins with, as the driver looks at it."""

    def check_inputs(self, files: Sequence[InputFile]) -> Mapping[str, str] | None:
        """Called before a run starts with the files of the input that the driver knows; InputError ends it.

        What it returns are settings that this input asks for.
        """
        return None

    def output_manifest(self, counters: list[dict[str, dict[str, int]]]) -> dict[str, Any] | None:
        """The content of the output's ``_gristmill.json``, given the counters of each step; None for no such file."""
        return None
