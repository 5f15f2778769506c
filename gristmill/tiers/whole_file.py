"""Files that are there whole, on the disk too, or not at all: whoever writes one may be killed at any moment."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def write(path: Path, data: bytes) -> None:
    """Make or replace a file, which this user alone may read."""
    _written(path, data).rename(path)


def write_once(path: Path, data: bytes) -> None:
    """Make a file where there is none: the first of several processes wins."""
    new = _written(path, data)
    with suppress(FileExistsError):
        os.link(new, path)
    new.unlink()


def _written(path: Path, data: bytes) -> Path:
    new = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return new
