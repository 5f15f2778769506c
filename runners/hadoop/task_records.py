"""Records between the map and the reduce of a step on Hadoop: a filter of bytes, which nodes run without our package.

Hadoop takes what a mapper writes for key TAB value, sorts and partitions by the key alone, and gives a reducer key TAB
value: a line without a TAB gets one there. So that a record stays the line that it is,

    encode      key TAB, at the end of the line          -> key TAB NUL          a mapper's and a combiner's output
                key TAB NUL…                             -> key TAB NUL NUL…
    decode      key TAB, at the end of the line          -> key                  a reducer's and a combiner's input
                key TAB NUL…                             -> key TAB …
    value       line                                     -> TAB line             a reducer's output beside a combiner's

The last is for Hadoop to write as it is: its key is empty, and mapreduce.output.textoutputformat.separator too. A
record ends at LF, CR LF or a lone CR, as Hadoop reads it. Of a long line no more is held than its key.
"""

from __future__ import annotations

import os
import re
import signal
import sys
from collections.abc import Callable

#: Bytes read at a time; of a line, the most that is held where it has a TAB.
CHUNK = 1 << 20
_EMPTY_OR_MARKED = re.compile(rb"((?:\A|(?<=[\r\n]))[^\t\r\n]*\t)(?=[\0\r\n]|\Z)")
_MARK = re.compile(rb"((?:\A|(?<=\n))[^\t\n]*)\t(\0|(?=\n|\Z))")


def encode(text: bytes) -> bytes:
    """Mark values that are empty or begin with a mark."""
    return _EMPTY_OR_MARKED.sub(rb"\1" + b"\0", text) if _may_be_marked(text) else text


def decode(text: bytes) -> bytes:
    """The lines that were encoded."""
    return _MARK.sub(lambda found: found[1] + (b"\t" if found[2] else b""), text) if _may_be_marked(text) else text


def value(text: bytes) -> bytes:
    """Each line as the value of an empty key."""
    lines = text.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return b"\t" + lines[:-1].replace(b"\n", b"\n\t") + lines[-1:]


def _may_be_marked(text: bytes) -> bool:
    return b"\t\n" in text or b"\t\0" in text or b"\t\r" in text or text.endswith(b"\t")


def run(edit: Callable[[bytes], bytes], read: Callable[[], bytes], write: Callable[[bytes], object]) -> None:
    """Write what `edit` makes of whole lines, or of the start of a long one up to somewhere in its value."""
    held: list[bytes] = []
    has_tab = is_inside = False
    cr = b""
    while data := read():
        # a CR that is last may be half of an end
        data = cr + data
        cr = b"\r" if data.endswith(b"\r") else b""
        data = data[: len(data) - len(cr)]
        if is_inside and data:
            end = _first_end(data) or len(data)
            write(data[:end])
            is_inside = data[end - 1] not in b"\r\n"
            data = data[end:]
        last = max(data.rfind(b"\n"), data.rfind(b"\r")) + 1
        held.append(data[: last or None])
        if last:
            write(edit(b"".join(held)))
            held, has_tab = [data[last:]], False
        elif edit is not value and (has_tab or b"\t" in data[:-1]) and sum(map(len, held)) > CHUNK:
            write(edit(b"".join(held)))
            held, has_tab, is_inside = [], False, True
        has_tab = has_tab or b"\t" in (held[-1] if held else b"")
    if rest := b"".join(held) + cr:
        write(edit(rest))


def _first_end(data: bytes) -> int:
    """The byte behind the first end of a line, or 0."""
    return min((end + 1 for end in (data.find(b"\n"), data.find(b"\r")) if end >= 0), default=0)


def main() -> None:
    """Filter standard input to standard output."""
    # as a filter in C ends whose reader has enough
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    edit = {"encode": encode, "decode": decode, "value": value}[sys.argv[1]]
    run(edit, lambda: os.read(0, CHUNK), sys.stdout.buffer.write)
    sys.stdout.flush()


if __name__ == "__main__":
    main()
