"""Records of a job that sets for Hadoop Streaming what their keys are: lines -> key and value -> lines.

    a mapper's or a combiner's line     -> key, value        at the separator behind the last field of the key
    key, value, in the shuffle          -> reduce task, order of the key, TAB, line for a reducer
    key, value, for a reducer           -> key SEPARATOR value
    a reducer's line, or of maps alone  -> key, value -> key SEPARATOR value

A line without that separator is all key, and its value is empty: so lines gain a separator, as they do on Hadoop. In
the shuffle, reduce task and order are hexadecimal digits, whose order is that of the bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Digits of a reduce task's number in the shuffle.
_DIGITS = 8
#: What Hadoop writes to a program for the value of a record that has none.
_NO_VALUE = b"(null)"


@dataclass(frozen=True)
class LineFields:
    """How a line that a program wrote is key and value."""

    separator: bytes = b"\t"
    #: Fields of the key.
    count: int = 1
    #: Whether a line is all key, and there is no value.
    is_key: bool = False

    def cut(self, line: bytes) -> tuple[bytes, bytes | None]:
        """The key, and the value or None."""
        if self.is_key:
            return line, None
        end = line.find(self.separator)
        for _ in range(self.count - 1):
            if end < 0:
                break
            end = line.find(self.separator, end + len(self.separator))
        return (line, b"") if end < 0 else (line[:end], line[end + len(self.separator) :])


@dataclass(frozen=True)
class RecordRules:
    """What a step's records are."""

    map_output: LineFields
    reduce_output: LineFields
    #: Stands between key and value for a reducer or a combiner; None: they get the key alone.
    reduce_input: bytes | None
    #: Stands between key and value in a part file.
    output: bytes
    #: Bytes whose plain order is that of the keys.
    order: Callable[[bytes], bytes]
    #: The reduce task of a key.
    partition: Callable[[bytes], int]

    def shuffled(self, lines: Iterable[bytes], *, combined: bool) -> list[bytes]:
        """Lines that a mapper or a combiner wrote, as the shuffle sorts them."""
        cut = (self.reduce_output if combined else self.map_output).cut
        records = map(cut, lines)
        return [
            b"%08x%s\t%s" % (self.partition(key), self.order(key).hex().encode(), self._reducer_text(key, value))
            for key, value in records
        ]

    def _reducer_text(self, key: bytes, value: bytes | None) -> bytes:
        if self.reduce_input is None:
            return key
        return key + self.reduce_input + (_NO_VALUE if value is None else value)

    def written(self, text: bytes, *, by_reducer: bool) -> bytes:
        """Whole lines that a reducer, or a mapper of a step of maps alone, wrote, as a part file has them."""
        fields = self.reduce_output if by_reducer else self.map_output
        if fields.is_key:
            return text
        records = map(fields.cut, text[:-1].split(b"\n"))
        return b"".join(b"%s%s%s\n" % (key, self.output, value) for key, value in records)


def reduce_task(key: bytes) -> int:
    """The reduce task of a line in the shuffle, given what stands before its first TAB."""
    return int(key[:_DIGITS], 16)


def reducer_line(line: bytes) -> bytes:
    """The line for a reducer of one in the shuffle."""
    return line[line.index(b"\t") + 1 :]
