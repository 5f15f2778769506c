"""Compressed files: which are read, by the end of their name, and how damage is told."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import sys
import zlib
from typing import BinaryIO, Callable, cast

from gristmill.errors import InputError

#: Compressed files that other tools read and we do not: to read them as text would index noise.
UNREADABLE = (".7z", ".Z", ".br", ".deflate", ".lz", ".lz4", ".lzma", ".lzo", ".rar", ".snappy", ".sz", ".zip")
#: Archives of several files: to read one as a text would index their headers.
ARCHIVES = (".tar", ".tar.bz2", ".tar.gz", ".tar.xz", ".tar.zst", ".tbz2", ".tgz", ".txz")


class Decompressed(io.RawIOBase):
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
