"""The cluster's files that input paths name, where a step is to be given these in place of the paths.

Hadoop reads a file as often as patterns find it, and fails at a compressed one of no bytes. Here, as on one machine, a
file that patterns find is read once, and one of no bytes is none. Files are listed by HTTP; where a cluster cannot be
asked so, a start of Java lists those of patterns that may overlap, and compressed ones of no bytes stay Hadoop's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gristmill.errors import RunError
from gristmill.input.compression import suffix
from gristmill.input.find import read_once
from gristmill.input.folders import is_hidden
from gristmill.input.globs import as_regex, is_glob, without_slashes_in_braces
from gristmill.input.names import find_match

from ..remote_files import Unavailable
from .hdfs import Listed
from .hidden import as_read, hidden_parts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .hdfs import ClusterFiles
    from .webhdfs import WebHdfs

    #: Paths or names -> bytes of a file, None of a folder.
    Entries = dict[str, int | None]

#: The most requests, a few ms each, and the most files that a step is given by their names.
_REQUESTS, _FILES = 1000, 1000
#: Letters by which Hadoop takes a path for a pattern, a list or another scheme.
_NOT_PLAIN = re.compile(r"[,:*?\[\]{}\\\x00-\x1f\x7f]")


def read_paths(paths: Sequence[str], files: ClusterFiles) -> list[str]:
    """What a step is given of input paths of the cluster: as they are where that reads each file as it is to be read.

    So are they where files have names that Hadoop would not take for themselves, or are too many.
    """
    whole = [as_read(path) for path in paths]
    listed = _listed(paths, files)
    if listed is None:
        return whole
    numbered = [[(number, file) for file in found] for number, found in enumerate(listed)]
    kept = read_once(numbered, [is_glob(path) for path in paths], lambda each: each[1].path)
    given, named = [], 0
    for number, (path, found) in enumerate(zip(whole, listed)):
        left = [file for owner, file in kept if owner == number and (file.size or not suffix(file.path))]
        if left == found:
            given.append(path)
        elif any(_NOT_PLAIN.search(file.path.partition("://")[2].partition("/")[2]) for file in left):
            return whole
        else:
            given += [file.path for file in left]
            named += len(left)
    return given if named <= _FILES else whole


def _listed(paths: Sequence[str], files: ClusterFiles) -> list[list[Listed]] | None:
    """The files of each path; None where they cannot be known, or need not."""
    try:
        walk = _Walk(files.web)
        return [list(walk.files(as_read(path))) for path in paths]
    except Unavailable:
        if len(paths) == 1 or not any(map(is_glob, paths)):
            return None
    except (FileNotFoundError, ValueError):  # Hadoop's to tell
        return None
    try:
        listed = files.command.list_sizes(*map(as_read, paths))
    except RunError:
        return None
    matched = [[(file, find_match([as_read(path)], file.path)[1]) for file in listed] for path in paths]
    found = [{file: None for file, match in each if match and not hidden_parts(match)} for each in matched]
    return [list(each) for each in found]


class _Walk:
    """Lists files by HTTP, with their sizes; Unavailable where that takes too many requests."""

    def __init__(self, web: WebHdfs) -> None:
        self._web = web
        self._left = _REQUESTS

    def files(self, path: str) -> Iterator[Listed]:
        """The files that a path or glob names, and those in and below folders, but hidden ones; FileNotFoundError."""
        plain = path.rstrip("/")
        matches = self._matches(path) if is_glob(path) else {plain: self._size(plain)}
        for match, size in sorted(matches.items()):
            yield from self._below(match) if size is None else [Listed(match, size)]

    def _matches(self, path: str) -> Entries:
        found: Entries = {}
        for glob in without_slashes_in_braces(path):
            scheme, _, rest = glob.partition("://")
            host, *parts = rest.rstrip("/").split("/")
            matches: Entries = {f"{scheme}://{host}": None}
            for part in parts:
                folders = [match for match, size in matches.items() if size is None]
                matches = {match: size for folder in folders for match, size in self._step(folder, part).items()}
            found.update(matches)
        return {match: size for match, size in found.items() if not is_hidden(match.rpartition("/")[2])}

    def _step(self, folder: str, part: str) -> Entries:
        """What one part of a glob names in a folder; nothing where there is no such folder."""
        try:
            if not is_glob(part):
                path = f"{folder}/" + re.sub(r"\\(.)", r"\1", part)
                return {path: self._size(path)}
            regex = re.compile(as_regex(part), re.DOTALL)
            listed = self._list(folder)
        except FileNotFoundError:
            return {}
        return {f"{folder}/{name}": size for name, size in listed.items() if regex.fullmatch(name)}

    def _below(self, folder: str) -> Iterator[Listed]:
        for name, size in self._list(folder).items():
            path = f"{folder}/{name}"
            if not is_hidden(name):
                yield from self._below(path) if size is None else [Listed(path, size)]

    def _size(self, path: str) -> int | None:
        self._count()
        return self._web.size(path)

    def _list(self, folder: str) -> Entries:
        self._count()
        return self._web.list_folder(f"{folder}/")

    def _count(self) -> None:
        self._left -= 1
        if not self._left:
            raise Unavailable
