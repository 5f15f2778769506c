"""The input of a run to whether any of it must not be split; see `whole`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from gristmill.input.compression import suffix
from gristmill.posts.whole import HEAD, is_whole, is_whole_by_name

if TYPE_CHECKING:
    from collections.abc import Iterable


class Kind(NamedTuple):
    """What is known of all files of a run."""

    #: Whether the first line of a table may be its header.
    with_header: bool = True
    #: That of all files; "" for UTF-8.
    encoding: str = ""


def is_whole_file(path: str, head: bytes, kind: Kind) -> bool:
    """Whether a file that begins with `head` must not be split.

    A compressed file counts by its name: Hadoop splits .bz2.
    """
    if suffix(path):
        return is_whole_by_name(Path(path).name, kind.with_header)
    return is_whole(head, *kind)


def any_is_whole(paths: Iterable[str], stdin: Any, kind: Kind) -> bool:
    """Whether any of those must not be split whose first bytes nobody noted: `-` by what stdin begins with.

    A path of a cluster counts by its name; what is on this machine, such as a pipe, not at all.
    """
    return any(
        is_whole(_head_of_stream(stdin), *kind)
        if path == "-"
        else "://" in path and is_whole_by_name(path, kind.with_header)
        for path in paths
    )


def _head_of_stream(stream: Any) -> bytes:
    """What a stream begins with, which stays to be read; nothing where nobody has written, or it cannot be known."""
    if hasattr(stream, "peek"):
        return b"" if stream.isatty() else bytes(stream.peek(HEAD))
    return b""
