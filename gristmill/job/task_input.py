"""What a task reads, and how an error names a line of it."""

from __future__ import annotations

import io
import os
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gristmill.errors import InputError
from gristmill.input import records
from gristmill.input.mark import Unmarked
from gristmill.job.encoding import encoding_of_files, unmarked
from gristmill.task.environment import DELIMITER, INPUT_FILE, INPUT_NAME, INPUT_START, TASK_ID, variable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: The counter of lines that are passed over since they are too long.
LONGER_LINE = "line longer than --max-line"


def sources(job: Any, *, is_map: bool) -> Iterator[Iterable[bytes]]:
    """Standard input, or what the command line of a task names, read as the files of a run are; InputError.

    Of a job whose input is text a mapper is given no other: what a pipe brings, or a compressed file holds.
    """
    reads_text = is_map and not job.options.step_num
    skip = getattr(job.options, "skip_unreadable", None) if reads_text else None
    encoding = encoding_of_files(job) if reads_text else ""
    for path in job.options.args or ["-"]:
        if path == "-":
            is_pipe = is_map and _is_pipe(job.stdin)
            stdin: Any = _of_utf16(job.stdin, encoding) if is_pipe and encoding else job.stdin
            if skip is None or _is_text(job, stdin, skip=skip):
                # a runner that feeds a mapper has dropped the mark of its file
                text = _unmarked(stdin) if is_pipe else stdin
                yield unmarked(text, job) if reads_text and _is_at_start() else text
            continue
        # here, since few tasks are given files
        from gristmill.input import find, reading, splits

        for file in find.find_files(path):
            with reading.open_split(splits.whole(replace(file, encoding=encoding))) as source:
                yield unmarked(source, job) if reads_text else source


def _unmarked(stdin: Any) -> Any:
    return io.BufferedReader(Unmarked(stdin), records.CHUNK)


def _is_pipe(stdin: Any) -> bool:
    """Whether a person, and no runner, feeds a task."""
    return stdin is getattr(sys.stdin, "buffer", None) and variable(INPUT_FILE) not in os.environ


def _of_utf16(stdin: Any, encoding: str) -> Any:
    from gristmill.input.recode import Utf8

    return io.BufferedReader(Utf8(stdin, encoding, ""), records.CHUNK)


def _is_at_start() -> bool:
    """Whether a task begins with its file's first record."""
    return os.environ.get(variable(INPUT_START), "0") == "0"


def _is_text(job: Any, stdin: Any, *, skip: bool) -> bool:
    """Whether what a mapper reads begins as text; counted, or an InputError, where it does not."""
    peek = getattr(stdin, "peek", None)
    if not peek or not _is_at_start():
        return True
    # here, since its table is made when it is imported
    from gristmill.input import magic

    given = os.environ.get(variable(INPUT_FILE), "")
    # the user's name for it, which is none of standard input
    name = os.environ.get(INPUT_NAME, given.partition("file://")[2] or given)
    fault = magic.fault(peek(magic.HEAD)[: magic.HEAD], is_piped=not name)
    if fault and not skip:
        raise InputError(f"{name or 'standard input'}: it holds {fault}")
    if fault:
        job.increment_counter("input", "unreadable file")
    return not fault


def where(record: int, *, in_first_step: bool) -> str:
    """The file and line of a task's record of this number; on a cluster, the line within its split."""
    name = os.environ.get(variable(INPUT_FILE), "standard input")
    start = int(os.environ.get(variable(INPUT_START), 0))
    path = name.partition("file://")[2]
    if not path:
        split = f", in the split from byte {start}" if start else ""
        # what a run has put on a cluster has a name there that its user never saw
        return f"{os.environ.get(INPUT_NAME) or name}{split}, line {record}"
    is_stdin = os.environ.get(INPUT_NAME) == "" and in_first_step
    named = "standard input" if is_stdin else path
    if os.environ.get(variable(DELIMITER)):
        # the lines of a file are not those of a task then
        return f"{named}, in the split from byte {start}, line {record}"
    return f"{named}, line {records.records_before(path, start) + record}"


def has_driver() -> bool:
    """Whether a runner has started this task, and not a person in a pipe of a shell."""
    return variable(TASK_ID) in os.environ
