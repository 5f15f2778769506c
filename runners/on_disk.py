"""Files whose content is on the disk, and not only in the system's memory: it outlives a loss of power."""

from __future__ import annotations

import errno
import os
from pathlib import Path


def flush(path: Path) -> None:
    """Have the system write a file, or the names in a folder, to its disk; OSError where that cannot be done."""
    number = os.open(path, os.O_RDONLY)
    try:
        os.fsync(number)
    except OSError as error:
        # some file systems have nothing to write for a folder
        if error.errno != errno.EINVAL:
            raise
    finally:
        os.close(number)


def flush_all(folder: Path) -> None:
    """Flush all files in and below a folder, then the folders."""
    for inside, _, names in os.walk(folder, topdown=False):
        for name in (*names, "."):
            flush(Path(inside, name))
