"""The page -> a file that is whole or not there, a device, or standard output."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from gristmill.errors import OutputError


def write_output(data: bytes, to: str) -> None:
    """Write the file `to`, which holds all of `data` or is as it was; "-" is standard output. Raises OutputError."""
    if to == "-":
        rest = memoryview(data)
        while rest:
            # with PYTHONUNBUFFERED a write may be partial
            rest = rest[sys.stdout.buffer.write(rest) :]
        sys.stdout.flush()
        return
    path = Path(to).resolve()
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    # a pipe or a device is written in place: a rename would put a file there instead
    in_place = path.exists() and not path.is_file()
    try:
        if in_place:
            path.write_bytes(data)
            return
        try:
            beside.write_bytes(data)
            beside.replace(path)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise OutputError(f"output {to}: {error.strerror}; name another file by -o, or make room") from None
