"""The encoding of a job's input, where --encoding names one: what its tasks and its runner make of it.

A superset of ASCII is recoded where a mapper reads records, UTF-16 where files are opened: see
`gristmill.input.recode`.
"""

from __future__ import annotations

import os
from typing import Any, Callable

from gristmill.task.environment import INPUT_START, variable


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


def recoding_protocol(protocol: Any, job: Any, is_utf8: Callable[[bytes], object] = lambda _: False) -> Any:
    """The protocol, over records that are recoded where the job says so; records that are UTF-8 in any case stay."""
    encoding = encoding_of(job)
    if not encoding or encoding_of_files(job):
        return protocol
    from gristmill.input.recode import RecodingProtocol

    at_start = os.environ.get(variable(INPUT_START), "0") == "0"
    return RecodingProtocol(protocol, encoding, at_start=at_start, is_utf8=is_utf8)
