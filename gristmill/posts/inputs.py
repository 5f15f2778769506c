"""The input of a run to whether any of it must not be split; see `whole`."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gristmill.posts.whole import HEAD, is_whole, is_whole_by_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def any_is_whole(paths: Sequence[str], stdin: Any, with_header: bool) -> bool:
    """Whether any input must not be split: files by their first bytes, `-` and no paths by what stdin begins with.

    What is not on this machine counts by its name. `with_header`: whether the first line of a table may be its header.
    """
    for path in paths or ["-"]:
        if path == "-":
            if is_whole(_head_of_stream(stdin), with_header):
                return True
            continue
        files = list(_files(path))
        if any(is_whole(_head(file), with_header) for file in files):
            return True
        if not files and is_whole_by_name(path, with_header):
            return True
    return False


def _files(path: str) -> Iterator[Path]:
    """The files of a path, as far as they lie on this machine."""
    file = Path(path)
    if file.is_dir():
        return (found for found in file.rglob("*") if found.is_file())
    return iter([file]) if file.exists() else file.parent.glob(file.name)


def _head(file: Path) -> bytes:
    """The first bytes of a file; none of what is no plain file, or cannot be read."""
    try:
        with file.open("rb", buffering=0) as source:
            return source.read(HEAD) if stat.S_ISREG(os.fstat(source.fileno()).st_mode) else b""
    except OSError:
        return b""


def _head_of_stream(stream: Any) -> bytes:
    """What a stream begins with, which stays to be read; nothing where nobody has written, or it cannot be known."""
    if hasattr(stream, "peek"):
        return b"" if stream.isatty() else bytes(stream.peek(HEAD))
    return b""
