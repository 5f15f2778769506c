"""Compressed files: one table of who reads which, by the suffix of a file's name, and the error of a damaged one."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import sys
import zlib
from dataclasses import dataclass
from typing import BinaryIO, Callable, Literal, cast

from gristmill.errors import InputError

#: Makes a stream of plain bytes from one of compressed bytes, which the caller closes.
Opener = Callable[[BinaryIO], BinaryIO]
#: Who reads an input file: a task of this machine, Hadoop by its codecs, or Spark by its own.
Reader = Literal["here", "hadoop", "spark"]


def _gzip(source: BinaryIO) -> BinaryIO:
    return cast("BinaryIO", gzip.GzipFile(fileobj=source))


def _bzip2(source: BinaryIO) -> BinaryIO:
    return cast("BinaryIO", bz2.BZ2File(source))


def _xz(source: BinaryIO) -> BinaryIO:
    return cast("BinaryIO", lzma.LZMAFile(source))


def _zstd(source: BinaryIO) -> BinaryIO:
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return cast("BinaryIO", zstd.ZstdFile(source))


@dataclass(frozen=True)
class Compression:
    """Who reads a compression: this machine by `here`, where there is one; Hadoop; Spark."""

    here: Opener | None = None
    hadoop: bool = False
    spark: bool = False


_UNREAD = Compression()
_CODEC = Compression(hadoop=True, spark=True)

#: The compressions by suffix. A reader takes a file of one that it does not read for text, and its bytes for words.
COMPRESSIONS: dict[str, Compression] = {
    ".7z": _UNREAD,
    ".Z": _UNREAD,
    ".br": _UNREAD,
    ".bz2": Compression(_bzip2, hadoop=True, spark=True),
    ".deflate": _CODEC,
    ".gz": Compression(_gzip, hadoop=True, spark=True),
    ".lz": _UNREAD,
    ".lz4": _CODEC,
    ".lzma": _UNREAD,
    ".lzo": _UNREAD,
    ".rar": _UNREAD,
    ".snappy": _CODEC,
    ".sz": _UNREAD,
    ".xz": Compression(_xz),
    ".zip": _UNREAD,
    # Hadoop's nodes need the native library; the Hadoop in pyspark has none
    ".zst": Compression(_zstd, hadoop=True),
}
#: What opens the compressions that this machine reads, by suffix.
OPENERS: dict[str, Opener] = {suffix: one.here for suffix, one in COMPRESSIONS.items() if one.here}
#: Archives of several files: to read one as a text would index their headers.
ARCHIVES = (".tar", ".tar.bz2", ".tar.gz", ".tar.xz", ".tar.zst", ".tbz2", ".tgz", ".txz")

_REFUSALS = {
    "here": "this compression is not read here",
    "hadoop": "Hadoop does not read this compression",
    "spark": "Spark does not read this compression",
}


def suffix(name: str) -> str:
    """The suffix of the compression that a file's name ends with; "" for none."""
    return next((suffix for suffix in COMPRESSIONS if name.endswith(suffix)), "")


def check_readable(name: str, by: Reader) -> None:
    """Raise InputError where `by` would take the file of this name, compressed or an archive, for text."""
    end = suffix(name)
    if end and not getattr(COMPRESSIONS[end], by):
        known = " ".join(suffix for suffix, one in COMPRESSIONS.items() if getattr(one, by))
        raise InputError(f"{name}: {_REFUSALS[by]}, only {known}; decompress the file first")
    if name.endswith(ARCHIVES):
        raise InputError(f"{name}: an archive of files is not read here; unpack it and give the folder")


class Decompressed(io.RawIOBase):
    """The bytes of a decompressor, whose errors become InputError of one line that names the file."""

    def __init__(self, source: BinaryIO, raw: io.RawIOBase, path: str) -> None:
        self._source = source
        self._raw = raw
        self._path = path

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        """Fill `buffer`; the number of bytes, 0 at the end."""
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
        """Close the decompressor and the file under it."""
        self._source.close()
        self._raw.close()
        super().close()
