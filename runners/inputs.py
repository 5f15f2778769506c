"""Input paths -> files -> splits -> lines.

A path names a file, a folder (walked, in order of names, without files and folders that begin with ``.`` or ``_``,
as on Hadoop) or a glob. A split is a byte range of a plain file that starts and ends at a line, or the whole of a
compressed file.
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
    from collections.abc import Iterable, Iterator

#: The environment variable in which a map task finds the name of its input file, as the user gave it.
INPUT_NAME = "gristmill_input_name"
#: Bytes read at a time.
CHUNK = 1 << 20
#: The largest split made of a plain file unless the number of maps is set: no task costs more than this.
MAX_SPLIT = 256 << 20
#: Compressed files that other tools read and we do not: to read them as text would index noise.
UNREADABLE = (".7z", ".Z", ".br", ".deflate", ".lz", ".lz4", ".lzma", ".lzo", ".rar", ".snappy", ".sz", ".zip")
#: Archives of several files: to read one as a text would index their headers.
ARCHIVES = (".tar", ".tar.bz2", ".tar.gz", ".tar.xz", ".tar.zst", ".tbz2", ".tgz", ".txz")


@dataclass(frozen=True)
class Input:
    """A file of the input: where it is, and its name as the user gave it (in a folder: relative to that folder)."""

    path: str
    name: str


@dataclass(frozen=True)
class Split:
    """What one map task reads: `length` bytes of a file from byte `start`, of a compressed file as it lies on disk."""

    file: Input
    start: int
    length: int

    #: What to call it in an error, where that is not the range of a file.
    title: str = ""

    def __str__(self) -> str:
        return self.title or f"{self.file.path} bytes {self.start}-{self.start + self.length}"


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
    for folder, folders, names in os.walk(path, onerror=_refuse, followlinks=True):
        if Path(folder).is_symlink() and Path(folder).resolve() in map(Path.resolve, Path(folder).parents):
            raise InputError(f"input {folder}: a link to a folder that it lies in; remove the link")
        folders[:] = sorted(name for name in folders if name[0] not in "._")
        for name in sorted(name for name in names if name[0] not in "._"):
            file = Path(folder, name)
            yield Input(str(file), file.relative_to(path).as_posix())


def _refuse(error: OSError) -> NoReturn:
    raise InputError(f"input {error.filename}: {error.strerror}; check the path and its permissions") from None


def cut(files: Iterable[Input], maps: int | None, cores: int, least: int = 1) -> list[Split]:
    """Splits of `files`: about `maps` of equal size (default: one a core), none of a plain file under `least` bytes."""
    sizes = [(file, _size(file)) for file in files]
    total = sum(size for _, size in sizes)
    goal = -(-total // maps) if maps else min(-(-total // cores), MAX_SPLIT)
    return [split for file, size in sizes for split in _cut_file(file, size, max(goal, least, 1))]


def whole(file: Input) -> Split:
    """The file as one split."""
    return Split(file, 0, _size(file))


def by_line(manifest: Input) -> list[Split]:
    """A split for each line of a file that lists other files, as NLineInputFormat makes them."""
    splits, start = [], 0
    for line in Path(manifest.path).read_bytes().splitlines(keepends=True):
        splits.append(Split(manifest, start, len(line), os.fsdecode(line.strip())))
        start += len(line)
    return splits


def _size(file: Input) -> int:
    if file.path.endswith(UNREADABLE):
        known = " ".join(sorted(OPENERS))
        raise InputError(f"{file.path}: this compression is not read here, only {known}; decompress the file first")
    if file.path.endswith(ARCHIVES):
        raise InputError(f"{file.path}: an archive of files is not read here; unpack it and give the folder")
    try:
        return Path(file.path).stat().st_size
    except OSError as error:
        _refuse(error)


def _cut_file(file: Input, size: int, goal: int) -> Iterator[Split]:
    count = -(-size // goal)
    if count < 2 or file.path.endswith(tuple(OPENERS)):
        yield Split(file, 0, size)
        return
    with _open(file.path) as source:
        start = 0
        for part in range(1, count + 1):
            end = size if part == count else _line_start(source, size * part // count, size)
            if end > start:
                yield Split(file, start, end - start)
                start = end


def _line_start(source: BinaryIO, position: int, size: int) -> int:
    """The first byte at or after `position` that begins a line, or `size`."""
    source.seek(position - 1)
    position -= 1
    while chunk := source.read(CHUNK):
        found = chunk.find(b"\n")
        if found >= 0:
            return position + found + 1
        position += len(chunk)
    return size


def _open(path: str) -> BinaryIO:
    try:
        return Path(path).open("rb", buffering=0)
    except OSError as error:
        _refuse(error)


def read(split: Split, seen: Callable[[int], None] = lambda _: None) -> BinaryIO:
    """A reader of the split's bytes, decompressed; `seen` hears how many bytes of the file each read took."""
    raw: io.RawIOBase = _Range(_open(split.file.path), split, seen)
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
