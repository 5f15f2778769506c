"""Folders and globs of this machine -> paths, without the hidden ones, which are told apart.

Besides the globs that Hadoop has, ``**`` is any number of folders. Parts of a glob match as on Hadoop: a path that it
names is hidden by its last name alone.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from gristmill.errors import InputError
from gristmill.input.globs import as_regex, is_glob, without_slashes_in_braces

if TYPE_CHECKING:
    from collections.abc import Iterator

_FOLDERS = "**"


def is_hidden(name: str) -> bool:
    """Whether a file or folder of this name is no input unless it is named outright, as on Hadoop."""
    return name[:1] in ("_", ".")


def raise_input_error(error: OSError) -> NoReturn:
    """Raise the error of a file as InputError, which names it."""
    raise InputError(f"input {error.filename}: {error.strerror}; check the path and its permissions") from None


def leads_up(folder: str) -> bool:
    """Whether a folder is a link to one that it lies in, which whoever follows it would walk for ever."""
    path = Path(folder)
    return path.is_symlink() and path.resolve() in map(Path.resolve, path.parents)


def walk(top: str, hidden: set[str]) -> Iterator[tuple[str, list[str]]]:
    """A folder and those below it, each with its files' names, in order of names; InputError.

    What is hidden is left out, and its paths are added to `hidden`.
    """
    for folder, folders, names in os.walk(top, onerror=raise_input_error, followlinks=True):
        if leads_up(folder):
            raise InputError(f"input {folder}: a link to a folder that it lies in; remove the link")
        hidden.update(os.path.normpath(_join(folder, name)) for name in (*folders, *names) if is_hidden(name))
        folders[:] = sorted(name for name in folders if not is_hidden(name))
        yield folder, sorted(name for name in names if not is_hidden(name))


def matches(pattern: str, hidden: set[str]) -> list[str]:
    """The paths that a glob names, in order, but hidden ones, which are added to `hidden`; InputError."""
    found: set[str] = set()
    for glob in without_slashes_in_braces(pattern):
        paths = ["/" if glob.startswith("/") else ""]
        parts = [part for part in glob.split("/") if part]
        for part in [*parts, "*"] if parts[-1:] == [_FOLDERS] else parts:
            paths = [path for folder in paths for path in _step(folder, part, hidden)]
        found.update(filter(None, paths))
    passed = {path for path in found if is_hidden(Path(path).name)}
    hidden.update(map(os.path.normpath, passed))
    return sorted(found - passed)


def _step(folder: str, part: str, hidden: set[str]) -> list[str]:
    """The paths in `folder`, "" for the current one, that one part of a glob names."""
    if not is_glob(part):
        path = _join(folder, re.sub(r"\\(.)", r"\1", part))
        return [path] if os.path.lexists(path) else []
    if folder and not Path(folder).is_dir():
        return []
    if part == _FOLDERS:
        return [below for below, _ in walk(folder, hidden)] if folder else _below_here(hidden)
    try:
        regex = re.compile(as_regex(part), re.DOTALL)
        return [_join(folder, path.name) for path in Path(folder or ".").iterdir() if regex.fullmatch(path.name)]
    except OSError as error:
        raise_input_error(error)


def _below_here(hidden: set[str]) -> list[str]:
    """The current folder, "", and those below it by their paths from here."""
    return [os.path.relpath(below) if below != "." else "" for below, _ in walk(".", hidden)]


def _join(folder: str, name: str) -> str:
    # a Path would drop ./ from a path as it was typed
    return os.path.join(folder, name)  # noqa: PTH118
