"""A job whose input is files of posts: which of them must not be split, and their encoding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gristmill.job.base import Job
from gristmill.job.encoding import encoding_of, encoding_of_files, recoding_protocol
from gristmill.posts import inputs, whole
from gristmill.sentiment import rows
from gristmill.task.environment import WHOLE_FILES
from mrjob.protocol import BytesValueProtocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gristmill.input.find import InputFile


class PostFiles(Job):
    """The part of a job that knows its files; it has the option --columns."""

    HEAD_BYTES = whole.HEAD
    _has_whole = False

    def note_head(self, path: str, head: bytes) -> None:
        """Note whether a file must not be split."""
        self._has_whole = self._has_whole or inputs.is_whole_file(path, head, self._kind())

    def check_inputs(self, files: Sequence[InputFile]) -> Mapping[str, str]:
        """No file is split where one must not be: a table's header is its first line, a value goes over many."""
        paths = [file.path for file in files]
        # what was UTF-16 may be a table
        is_any = self._has_whole or encoding_of_files(self) or inputs.any_is_whole(paths, self.stdin, self._kind())
        return WHOLE_FILES if is_any else {}

    def input_protocol(self) -> Any:
        """(None, line). Rows of an earlier run are UTF-8 whatever the encoding."""
        return recoding_protocol(BytesValueProtocol(), self, rows.is_row)

    def _kind(self) -> inputs.Kind:
        return inputs.Kind(with_header=not self.options.columns, encoding=encoding_of(self))
