"""Input paths -> the files that they name.

A path names a file, a folder (walked in order of names) or a glob. What begins with ``.`` or ``_`` is hidden, as on
Hadoop: it is read where it is named outright, and not where a folder or a glob has it. What is named outright is read
as often as it is named; a glob adds the files that nothing else has found.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Callable, TypeVar
from urllib.parse import unquote

from gristmill.errors import InputError, MissingInput
from gristmill.input import changes, folders

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_File = TypeVar("_File")

#: What is said of a glob or a folder that has nothing else.
ONLY_HIDDEN = "has only hidden files, whose names begin with _ or .; name them outright"


@dataclass(frozen=True)
class InputFile:
    """A file of the input."""

    path: str
    #: As the user gave it; of a file in the one folder that is the input, its path relative to that, with ``/``.
    name: str
    #: What the file was when it was found; None where that is not known, or cannot be held to.
    version: changes.Version | None = field(default=None, compare=False)
    #: That of the whole file, which is one split then (see `recode.WIDE`); "" where its records are recoded, or none.
    encoding: str = ""


@dataclass(frozen=True)
class Inputs:
    """What the input paths of a job name, in order."""

    files: list[InputFile]
    #: The number of hidden files and folders that are not read.
    hidden: int
    #: Whether there is more than one path.
    several: bool


def find_inputs(paths: Sequence[str], is_remote: Callable[[str], bool] = lambda _: False) -> Inputs:
    """The files that `paths` name: paths, ``file:///`` URIs or globs; InputError where one of them names nothing.

    ``-``, which has no name, and what `is_remote` stand in their places as they are.
    """
    hidden: set[str] = set()
    found = [
        [InputFile(path, "" if path == "-" else path)]
        if path == "-" or is_remote(path)
        else _outright(path, len(paths) > 1, hidden)
        for path in paths
    ]
    globs = [files is None for files in found]
    all_files = [list(_of_glob(path, hidden)) if files is None else files for path, files in zip(paths, found)]
    return Inputs(read_once(all_files, globs, lambda file: absolute(file.path)), len(hidden), len(paths) > 1)


def read_once(found: Sequence[Sequence[_File]], globs: Sequence[bool], identity: Callable[[_File], str]) -> list[_File]:
    """The files that each path of an input names, without those of a glob that a glob before or a path names too."""
    known = {identity(file) for files, is_glob in zip(found, globs) if not is_glob for file in files}
    kept = []
    for files, is_glob in zip(found, globs):
        for file in files:
            if not is_glob or identity(file) not in known:
                kept.append(file)
                known.add(identity(file))
    return kept


def find_files(path: str) -> list[InputFile]:
    """The files that one path names."""
    return find_inputs([path]).files


def local_path(path: str) -> str:
    """The path that a ``file:///`` URI names; anything else as it is."""
    return unquote(path[len("file://") :]) if path.startswith("file:///") else path


def _outright(path: str, several: bool, hidden: set[str]) -> list[InputFile] | None:
    """The files of a path that is no glob; None where there is no such path. Of several inputs, names are whole."""
    bare = local_path(path)
    return list(_files(bare, several, hidden)) if os.path.lexists(bare) else None


def _of_glob(path: str, hidden: set[str]) -> Iterator[InputFile]:
    passed: set[str] = set()
    try:
        matches = folders.matches(local_path(path), passed)
    except ValueError as error:
        raise InputError(f"input {path} is no glob, {error}; give a file, a folder or a glob") from None
    hidden |= passed
    if not matches and "://" in path:
        other = "; -r hadoop reads those of a cluster" if path.startswith("hdfs://") else ""
        raise InputError(f"input {path}: here only files, folders and globs of this machine are read{other}")
    if not matches and passed:
        raise InputError(f"input {path} {ONLY_HIDDEN}")
    if not matches:
        named = path or "''"
        raise MissingInput(f"input {named} does not exist; give a file, a folder, a glob, or - for standard input")
    for match in matches:
        yield from _files(match, True, hidden)


def _files(path: str, several: bool, hidden: set[str]) -> Iterator[InputFile]:
    """The file at a path, or those of a folder, whose names are whole where it is one of several."""
    named = path.replace(os.sep, "/")
    if not Path(path).is_dir():
        yield _noted(path, named)
        return
    above = f"{named.rstrip('/')}/" if several else ""
    for folder, names in folders.walk(path, hidden):
        for name in names:
            file = Path(folder, name)
            yield _noted(str(file), above + file.relative_to(path).as_posix())


def _noted(path: str, name: str) -> InputFile:
    try:
        return InputFile(path, name, changes.version(Path(path).stat()))
    except OSError as error:
        folders.raise_input_error(error)


def absolute(path: str) -> str:
    """The path in one spelling for all runners: absolute, and without ``..``, which leads out of where a link leads."""
    if os.pardir in path and os.pardir in Path(path).parts:
        path = str(Path(path).parent.resolve() / Path(path).name)
    return os.path.abspath(path)  # noqa: PTH100 (drops ./ and //)
