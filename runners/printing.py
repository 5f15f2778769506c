"""Part files -> the output that is printed, on every runner.

of a job that says SORTED_OUTPUT    merged by key: the bytes before the first TAB; ties by part, then by line
of any other                        one part after the other, in order of their numbers, as ``hadoop fs -text`` has it
"""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING

from gristmill.errors import OutputError
from gristmill.input import compression, reading
from gristmill.input.splits import open_file
from gristmill.shuffle.merge import Run, join_lines, merge_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


def in_order_of_numbers(paths: Iterable[Path]) -> list[Path]:
    """Part files in order of their numbers, which may have more than five digits; those of a folder stay together."""
    return sorted(paths, key=lambda path: (path.parent, re.sub(r"\d+", lambda digits: digits[0].zfill(10), path.name)))


def plain(path: Path, target: Path) -> Path:
    """The file as plain text: itself, or decompressed into `target`."""
    if compression.form(path.name):
        with open_file(path) as source, target.open("wb") as sink:
            shutil.copyfileobj(source, sink, reading.CHUNK)
        return target
    if compression.suffix(path.name):
        raise OutputError(
            f"{path.name}: this compression of the output is not read here; take gzip's, or name an --output-dir"
        )
    return path


def printed(parts: Iterable[Run], scratch: Path, *, merged: bool) -> Iterator[bytes]:
    """The lines of the parts, in chunks, each ended; merged by key, or in order of the parts."""
    groups = [list(parts)] if merged else [[part] for part in parts]
    for group in groups:
        yield from map(join_lines, merge_all(group, scratch, sort_values=False))
