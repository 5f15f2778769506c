"""The output of a task on this machine: each record ends with LF, whichever end a program gave it, as on Hadoop."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from gristmill.input import reading
from gristmill.input.records import unify_ends

if TYPE_CHECKING:
    from pathlib import Path


class PartFile(io.BufferedWriter):
    """A part file that is made, or written to where a stream is given."""

    def __init__(self, target: Path | BinaryIO) -> None:
        file = target if isinstance(target, io.IOBase) else cast("Path", target).open("xb")
        super().__init__(_Records(cast("BinaryIO", file)), reading.CHUNK)

    def end_line(self) -> None:
        """End a last line that has no newline: what follows is of another input."""
        self.flush()
        cast("_Records", self.raw).end_line()


class _Records(io.RawIOBase):
    """LF, CR LF and a lone CR -> LF, which at the close ends the last line too."""

    def __init__(self, target: BinaryIO) -> None:
        # buffered: a write that a disk takes a part of only is gone on with, or fails
        self._target = target
        self._is_ended = True
        #: A CR that an LF may follow in the next write.
        self._cr = b""

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, data: Any) -> int:
        """Write `data`; the number of its bytes."""
        text = self._cr + data
        self._cr = b"\r" if text.endswith(b"\r") else b""
        text = unify_ends(text[:-1] if self._cr else text)
        if text:
            self._target.write(text)
            self._is_ended = text.endswith(b"\n")
        return len(data)

    def end_line(self) -> None:
        """End a last line that has no newline."""
        if self._cr or not self._is_ended:
            self._target.write(b"\n")
        self._cr, self._is_ended = b"", True

    def close(self) -> None:
        """End the last line, and close the file."""
        if not self.closed:
            with self._target:
                self.end_line()
        super().close()
