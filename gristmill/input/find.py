"""Input paths -> the files that they name.

A path names a file, a folder (walked in order of names; files and folders whose name begins with ``.`` or ``_`` are
hidden, as on Hadoop) or a glob.
"""

from __future__ import annotations

import glob
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn
from urllib.parse import unquote

from gristmill.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class InputFile:
    """A file of the input."""

    path: str
    #: As the user gave it; of a file in a folder that the user gave, its path relative to that folder, with ``/``.
    name: str


def find_files(path: str) -> list[InputFile]:
    """The files that `path`, a path, a ``file:///`` URI or a glob, names; raises InputError where there are none."""
    bare = local_path(path)
    matches = [bare] if os.path.lexists(bare) else _matches(bare)
    if not matches and "://" in path:
        raise InputError(f"input {path}: here only files, folders and globs of this machine are read")
    if not matches:
        path = path or "''"
        raise InputError(f"input {path} does not exist; give a file, a folder, a glob, or - for standard input")
    return [file for match in matches for file in _walk(match)]


def is_hidden(name: str) -> bool:
    """Whether a file or folder of this name is no input unless it is named outright, as on Hadoop."""
    return name[:1] in ("_", ".")


def _matches(pattern: str) -> list[str]:
    """The paths that a glob matches, in order; hidden ones only where the pattern's last part is hidden itself."""
    matches = sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 (an absolute pattern)
    if is_hidden(Path(pattern).name):
        return matches
    return [match for match in matches if not is_hidden(Path(match).name)]


def local_path(path: str) -> str:
    """The path that a ``file:///`` URI names; anything else as it is."""
    return unquote(path[len("file://") :]) if path.startswith("file:///") else path


def _walk(path: str) -> Iterator[InputFile]:
    if not Path(path).is_dir():
        yield InputFile(path, path.replace(os.sep, "/"))
        return
    for folder, folders, names in os.walk(path, onerror=raise_input_error, followlinks=True):
        if Path(folder).is_symlink() and Path(folder).resolve() in map(Path.resolve, Path(folder).parents):
            raise InputError(f"input {folder}: a link to a folder that it lies in; remove the link")
        folders[:] = sorted(name for name in folders if not is_hidden(name))
        for name in sorted(name for name in names if not is_hidden(name)):
            file = Path(folder, name)
            yield InputFile(str(file), file.relative_to(path).as_posix())


def raise_input_error(error: OSError) -> NoReturn:
    """Raise the error of a file as InputError, which names it."""
    raise InputError(f"input {error.filename}: {error.strerror}; check the path and its permissions") from None
