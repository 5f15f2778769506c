"""The folder of part files of a request that is done, which may lie on this machine or on S3."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from gristmill.tiers.aws import S3, s3_files

if TYPE_CHECKING:
    from collections.abc import Iterator


def is_there(result: str) -> bool:
    """Whether the output of a request, by its column `result`, is still there; RunError where S3 does not say."""
    if result.startswith(S3):
        return bool(s3_files().exists(f"{result}/_SUCCESS"))
    return bool(result) and Path(result).is_dir()


@contextmanager
def brought_here(result: str) -> Iterator[Path]:
    """An output that is there, on this machine: the folder itself, or a copy of what is on S3 for so long."""
    if not result.startswith(S3):
        yield Path(result)
        return
    with tempfile.TemporaryDirectory() as scratch:
        s3_files().get(result, scratch)
        yield Path(scratch)
