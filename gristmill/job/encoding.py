"""The encoding of a job's input, where --encoding names one: what its tasks and its runner make of it.

A superset of ASCII is recoded where a mapper reads records, UTF-16 where files are opened: see
`gristmill.input.recode`.
"""

from __future__ import annotations

import io
from itertools import chain
from typing import Any, Callable

from gristmill.input import records
from gristmill.input.mark import Unmarked


def encoding_of(job: Any) -> str:
    """What --encoding names, as `gristmill.input.recode.ENCODINGS` has it; "" for UTF-8."""
    return getattr(job.options, "gristmill_encoding", None) or ""


def encoding_of_files(job: Any) -> str:
    """That encoding where files are recoded as they are opened; else ""."""
    encoding = encoding_of(job)
    if not encoding:
        return ""
    # here, as below, since few jobs need it
    from gristmill.input.recode import WIDE

    return encoding if encoding in WIDE else ""


def unmarked(source: Any, job: Any) -> Any:
    """What a mapper reads, a stream or the lines of one, from a file's start on: without the mark of GB18030.

    That of UTF-8, and of UTF-16 as UTF-8, whoever opens a file has dropped.
    """
    if encoding_of(job) != "gb18030":
        return source
    from gristmill.input.recode import GB18030_MARK

    if hasattr(source, "readinto"):
        stream: Any = Unmarked(source, GB18030_MARK)
        return io.BufferedReader(stream, records.CHUNK)
    lines = iter(source)
    return chain([next(lines, b"").removeprefix(GB18030_MARK)], lines)


def recoding_protocol(protocol: Any, job: Any, is_utf8: Callable[[bytes], object] = lambda _: False) -> Any:
    """The protocol, over records that are recoded where the job says so; records that are UTF-8 in any case stay."""
    encoding = encoding_of(job)
    if not encoding or encoding_of_files(job):
        return protocol
    from gristmill.input.recode import RecodingProtocol

    return RecodingProtocol(protocol, encoding, is_utf8)
