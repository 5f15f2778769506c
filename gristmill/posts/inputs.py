"""The input of a run to whether any of it must not be split; see `whole`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from gristmill.errors import InputError
from gristmill.input.compression import suffix
from gristmill.posts.whole import HEAD, is_whole, is_whole_by_name

if TYPE_CHECKING:
    from collections.abc import Sequence


def any_is_whole(paths: Sequence[str], stdin: Any, with_header: bool) -> bool:
    """Whether any input must not be split: files by their first bytes, `-` and no paths by what stdin begins with.

    What is not on this machine counts by its name. `with_header`: whether the first line of a table may be its header.
    """
    for path in paths or ["-"]:
        if path == "-":
            if is_whole(_head_of_stream(stdin), with_header):
                return True
            continue
        files = _files(path)
        if any(_is_whole_file(file, with_header) for file in files):
            return True
        if not files and is_whole_by_name(path, with_header):
            return True
    return False


def _files(path: str) -> list[Path]:
    """The files of a path, as a run finds them; none of what does not lie on this machine."""
    # here, since no task needs it
    from gristmill.input.find import find_files

    try:
        return [Path(file.path) for file in find_files(path)]
    except InputError:
        return []


def _is_whole_file(file: Path, with_header: bool) -> bool:
    """A compressed file counts by its name: Hadoop splits .bz2."""
    return is_whole_by_name(file.name, with_header) if suffix(file.name) else is_whole(_head(file), with_header)


def _head(file: Path) -> bytes:
    """The first bytes of a file; none of what cannot be read, or is a pipe, whose writer ends where its reader goes."""
    try:
        if not file.is_file():
            return b""
        with file.open("rb", buffering=0) as source:
            return source.read(HEAD)
    except OSError:
        return b""


def _head_of_stream(stream: Any) -> bytes:
    """What a stream begins with, which stays to be read; nothing where nobody has written, or it cannot be known."""
    if hasattr(stream, "peek"):
        return b"" if stream.isatty() else bytes(stream.peek(HEAD))
    return b""
