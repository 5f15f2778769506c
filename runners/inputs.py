"""Input paths -> files; a split of a file -> its bytes, decompressed.

A path names a file, a folder (walked, in order of names, without files and folders that begin with ``.`` or ``_``,
as on Hadoop) or a glob.
"""

from __future__ import annotations

import bz2
import glob
import gzip
import io
import lzma
import os
import stat
import sys
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Callable, NoReturn, cast
from urllib.parse import unquote

from jobs.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runners.splits import Split

#: The environment variable in which a map task finds the name of its input file, as the user gave it.
INPUT_NAME = "gristmill_input_name"
#: Bytes read at a time.
CHUNK = 1 << 20
#: Compressed files that other tools read and we do not: to read them as text would index noise.
UNREADABLE = (".7z", ".Z", ".br", ".deflate", ".lz", ".lz4", ".lzma", ".lzo", ".rar", ".snappy", ".sz", ".zip")
#: Archives of several files: to read one as a text would index their headers.
ARCHIVES = (".tar", ".tar.bz2", ".tar.gz", ".tar.xz", ".tar.zst", ".tbz2", ".tgz", ".txz")


@dataclass(frozen=True)
class Input:
    """A file of the input: where it is, and its name as the user gave it (in a folder: relative to that folder)."""

    path: str
    name: str


def find(path: str) -> list[Input]:
    """The files that `path` (a path, a ``file://`` URI, a glob) names; raises InputError where there are none."""
    bare = local_path(path)
    matches = [bare] if os.path.lexists(bare) else sorted(glob.glob(bare, recursive=True))  # noqa: PTH207 (an absolute pattern)
    if not matches and "://" in path:
        raise InputError(f"input {path}: here only files, folders and globs of this machine are read")
    if not matches:
        path = path or "''"
        raise InputError(f"input {path} does not exist; give a file, a folder, a glob, or - for standard input")
    return [file for match in matches for file in _walk(match)]


def local_path(path: str) -> str:
    """The path that a ``file:///`` URI names; anything else as it is."""
    return unquote(path[len("file://") :]) if path.startswith("file:///") else path


def _walk(path: str) -> Iterator[Input]:
    if not Path(path).is_dir():
        yield Input(path, path.replace(os.sep, "/"))
        return
    for folder, folders, names in os.walk(path, onerror=refuse, followlinks=True):
        if Path(folder).is_symlink() and Path(folder).resolve() in map(Path.resolve, Path(folder).parents):
            raise InputError(f"input {folder}: a link to a folder that it lies in; remove the link")
        folders[:] = sorted(name for name in folders if name[0] not in "._")
        for name in sorted(name for name in names if name[0] not in "._"):
            file = Path(folder, name)
            yield Input(str(file), file.relative_to(path).as_posix())


def refuse(error: OSError) -> NoReturn:
    """Raise it as InputError, which names the file."""
    raise InputError(f"input {error.filename}: {error.strerror}; check the path and its permissions") from None


def open_raw(path: str) -> BinaryIO:
    """The file at `path`, unbuffered."""
    try:
        return Path(path).open("rb", buffering=0)
    except OSError as error:
        refuse(error)


def read(split: Split, seen: Callable[[int], None] = lambda _: None) -> BinaryIO:
    """A reader of the split's bytes, decompressed; `seen` hears how many bytes of the file each read took."""
    raw: io.RawIOBase = _Range(open_raw(split.file.path), split, seen)
    for suffix, opener in OPENERS.items():
        if split.file.path.endswith(suffix):
            raw = _Decompressed(opener(io.BufferedReader(raw, CHUNK)), raw, split.file.path)
    return io.BufferedReader(raw, CHUNK)


class _Range(io.RawIOBase):
    """`split.length` bytes of a file from `split.start`; all that comes, from a pipe or a device."""

    def __init__(self, source: BinaryIO, split: Split, seen: Callable[[int], None]) -> None:
        self._source = source
        self._seen = seen
        self._left: float = split.length
        if not stat.S_ISREG(os.fstat(source.fileno()).st_mode):
            self._left = float("inf")
        elif split.start:
            source.seek(split.start)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        wanted = memoryview(buffer)[: int(min(self._left, len(buffer)))]
        count = cast("io.FileIO", self._source).readinto(wanted) or 0
        self._left -= count
        self._seen(count)
        return count

    def close(self) -> None:
        self._source.close()
        super().close()


class _Decompressed(io.RawIOBase):
    """What a decompressor gives, with its errors as one line that names the file."""

    def __init__(self, source: BinaryIO, raw: io.RawIOBase, path: str) -> None:
        self._source = source
        self._raw = raw
        self._path = path

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        try:
            data = self._source.read(len(buffer))
        except Exception as error:
            if not isinstance(error, (OSError, EOFError, zlib.error, lzma.LZMAError)) and "Zstd" not in repr(error):
                raise
            message = f"{self._path}: damaged, cut short, or not what its name says ({error}); fetch or make it again"
            raise InputError(message) from None
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._source.close()
        self._raw.close()
        super().close()


def _zstd(source: BinaryIO) -> BinaryIO:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return cast("BinaryIO", zstd.ZstdFile(source))


#: The compressed files that are read, by the end of their name.
OPENERS: dict[str, Callable[[BinaryIO], BinaryIO]] = {
    ".gz": lambda source: cast("BinaryIO", gzip.GzipFile(fileobj=source)),
    ".bz2": lambda source: cast("BinaryIO", bz2.BZ2File(source)),
    ".xz": lambda source: cast("BinaryIO", lzma.LZMAFile(source)),  # noqa: SIM115 (the caller closes it)
    ".zst": _zstd,
}
