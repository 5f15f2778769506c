"""The output of a task on this machine: each record ends with LF, whichever end a program gave it, as on Hadoop.

Where a job has rules of its own for records, whole lines are written as these say.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, BinaryIO, Callable, cast

from gristmill.input import reading
from gristmill.input.records import unify_ends

from .part_codecs import Compressed

if TYPE_CHECKING:
    from pathlib import Path

    from .part_codecs import Codec

    #: Makes of whole lines, each ended by LF, what is written.
    Edit = Callable[[bytes], bytes]


class PartFile(io.BufferedWriter):
    """A part file that is made, or written to where a stream is given."""

    def __init__(self, target: Path | BinaryIO, edit: Edit | None = None, codec: Codec | None = None) -> None:
        file = cast("BinaryIO", target if isinstance(target, io.IOBase) else cast("Path", target).open("xb"))
        if codec:
            file = cast("BinaryIO", Compressed(file, codec))
        super().__init__(_Edited(file, edit) if edit else _Records(file), reading.CHUNK)

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
            self._put(text)
            self._is_ended = text.endswith(b"\n")
        return len(data)

    def _put(self, text: bytes) -> None:
        self._target.write(text)

    def end_line(self) -> None:
        """End a last line that has no newline."""
        if self._cr or not self._is_ended:
            self._put(b"\n")
        self._cr, self._is_ended = b"", True

    def close(self) -> None:
        """End the last line, and close the file."""
        if not self.closed:
            with self._target:
                self.end_line()
        super().close()


class _Edited(_Records):
    """The same, and whole lines are written as `edit` makes them."""

    def __init__(self, target: BinaryIO, edit: Edit) -> None:
        super().__init__(target)
        self._edit = edit
        #: Pieces of a line that has not ended.
        self._held: list[bytes] = []

    def _put(self, text: bytes) -> None:
        end = text.rfind(b"\n") + 1
        if end:
            self._target.write(self._edit(b"".join((*self._held, text[:end]))))
            self._held = []
        if end < len(text):
            self._held.append(text[end:])
