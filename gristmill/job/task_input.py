"""What a task reads, and how an error names a line of it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from gristmill.input import records
from gristmill.task.environment import INPUT_FILE, INPUT_NAME, INPUT_START, variable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

#: The counter of lines that are passed over since they are too long, and what may be done about one.
LONGER_LINE = "line longer than --max-line"
HINT = "mend it, give --max-line more, or leave out --strict to have such lines counted"


def sources(paths: Sequence[str], stdin: Iterable[bytes]) -> Iterator[Iterable[bytes]]:
    """Standard input, or what the command line of a task names, read as the files of a run are; InputError."""
    for path in paths or ["-"]:
        if path == "-":
            yield stdin
            continue
        # here, since few tasks are given files
        from gristmill.input import find, reading, splits

        for file in find.find_files(path):
            with reading.open_split(splits.whole(file)) as source:
                yield source


def where(record: int, *, in_first_step: bool) -> str:
    """The file and line of a task's record of this number; on a cluster, the line within its split."""
    name = os.environ.get(variable(INPUT_FILE), "standard input")
    start = int(os.environ.get(variable(INPUT_START), 0))
    path = name.partition("file://")[2]
    if not path:
        split = f", in the split from byte {start}" if start else ""
        return f"{name}{split}, line {record}"
    is_stdin = os.environ.get(INPUT_NAME) == "" and in_first_step
    return f"{'standard input' if is_stdin else path}, line {records.records_before(path, start) + record}"
