"""Hidden files and folders of the cluster, whose names begin with ``_`` or ``.``.

Hadoop's input formats pass over them even where they are named outright, but not over what a hidden folder holds.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from gristmill.input.find import InputFile
from gristmill.input.folders import is_hidden
from gristmill.input.globs import is_glob
from gristmill.input.names import find_match

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from gristmill.input.names import Match

    from ..remote_files import RemoteFiles


def as_read(path: str) -> str:
    """A path as Hadoop reads it: of a hidden folder that is named outright, all that it holds."""
    return f"{path.rstrip('/')}/*" if _is_passed_over(path) else path


def bring_hidden(paths: Sequence[str], folder: Path, files: RemoteFiles) -> tuple[list[InputFile], list[str]]:
    """Hidden files that are named outright, copied to `folder`; and the other paths, but hidden folders of nothing."""
    copies: list[InputFile] = []
    left: list[str] = []
    for path in paths:
        if not _is_passed_over(path):
            left.append(path)
            continue
        name = PurePosixPath(path).name
        listed = [PurePosixPath(each).name for each in files.list_files(path)]
        if listed == [name]:
            copy = folder / str(len(copies)) / name
            copy.parent.mkdir(parents=True)
            files.get(path, str(copy))
            copies.append(InputFile(str(copy), path))
        elif not all(map(is_hidden, listed)):
            left.append(path)
    return copies, left


def count_hidden(paths: Sequence[str], listed: Iterable[str]) -> int:
    """The number of hidden files and folders that input paths pass over, among all that is listed at and below them."""
    matches = [find_match(paths, uri)[1] for uri in listed]
    return len({parts for match in matches if match and (parts := hidden_parts(match))})


def hidden_parts(match: Match) -> tuple[str, ...]:
    """What leads from an input path to the first hidden part of what it matches; () where no part is hidden."""
    parts = [PurePosixPath(match.name).name] * match.is_glob + (match.below or "").split("/")
    first = next((number for number, part in enumerate(parts) if is_hidden(part)), None)
    return () if first is None else (match.name, *parts[: first + 1])


def _is_passed_over(path: str) -> bool:
    return not is_glob(path) and is_hidden(PurePosixPath(path).name)
