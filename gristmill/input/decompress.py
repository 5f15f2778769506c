"""Compressed bytes -> plain bytes, one stream after the other, as a file may hold several.

    file     stream padding stream padding …      what is neither is an error that names its first byte
    stream   a gzip member, a Zstandard frame, …

Python's own readers of .bz2 and .xz take damage where a further stream begins for the end of the file.
"""

from __future__ import annotations

import io
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Callable, NoReturn, Protocol

from gristmill.errors import InputError

if TYPE_CHECKING:
    from typing import BinaryIO

#: Bytes of the file that are decompressed at a time: what is left of them when a stream ends is copied.
_CHUNK = 1 << 17
_ZERO = b"\0"


class Decoder(Protocol):
    """The decompressor of one stream, as the standard library has them."""

    @property
    def eof(self) -> bool:
        """Whether the stream has ended."""
        ...

    @property
    def unused_data(self) -> bytes:
        """What stands behind its end."""
        ...

    @property
    def needs_input(self) -> bool:
        """Whether there is nothing to give without further bytes."""
        ...

    def decompress(self, data: bytes, max_length: int) -> bytes:
        """At most `max_length` further bytes."""
        ...


@dataclass(frozen=True)
class Format:
    """A compression that this machine reads."""

    name: str
    #: What a stream begins with, one of these.
    magics: tuple[bytes, ...]
    decoder: Callable[[], Decoder]
    #: Zeros behind a stream are padding in multiples of so many; 0: none are.
    padding: int = 0

    def begins(self, head: bytes) -> bool:
        """Whether a stream may begin with `head`, which is shorter than that where the file ends."""
        return any(head.startswith(magic) or magic.startswith(head) for magic in self.magics)


class _Zlib:
    """The decoder of a zlib stream or a gzip member, which the standard library gives other names."""

    def __init__(self, *, is_gzip: bool = False) -> None:
        import zlib

        self._zlib = zlib.decompressobj(zlib.MAX_WBITS + (16 if is_gzip else 0))

    @property
    def eof(self) -> bool:
        return self._zlib.eof

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data

    @property
    def needs_input(self) -> bool:
        return not self._zlib.unconsumed_tail

    def decompress(self, data: bytes, max_length: int) -> bytes:
        return self._zlib.decompress(self._zlib.unconsumed_tail + data, max_length)


def _bzip2() -> Any:
    import bz2

    return bz2.BZ2Decompressor()


def _xz() -> Any:
    import lzma

    return lzma.LZMADecompressor(lzma.FORMAT_XZ)


def zstd() -> Any:
    """The module of Zstandard: the standard library's, or its backport."""
    if sys.version_info >= (3, 14):
        from compression import zstd as module
    else:
        from backports import zstd as module
    return module


def _zstd_decoder() -> Any:
    module = zstd()
    # the library's own limit is 2^27; public dumps of posts have 2^31
    window = module.DecompressionParameter.window_log_max
    return module.ZstdDecompressor(options={window: window.bounds()[1]})


GZIP = Format("gzip", (b"\x1f\x8b",), partial(_Zlib, is_gzip=True), padding=1)
#: A window of 256 bytes to 32 KiB.
DEFLATE = Format("zlib", tuple(bytes((size << 4 | 8,)) for size in range(8)), _Zlib)
BZIP2 = Format("bzip2", (b"BZh",), _bzip2)
XZ = Format("xz", (b"\xfd7zXZ\0",), _xz, padding=4)
#: Skippable frames begin with one of sixteen numbers.
ZSTD = Format(
    "Zstandard",
    (b"\x28\xb5\x2f\xfd", *(bytes((number, 0x2A, 0x4D, 0x18)) for number in range(0x50, 0x60))),
    _zstd_decoder,
)
_LONGEST_MAGIC = 6
#: What the libraries raise besides OSError; each defines its own, and only those that are needed are imported.
_ERRORS = ("EOFError", "LZMAError", "ZstdError", "error")


#: Bytes of a window up to which every reader of Zstandard goes, by itself; those beyond it take their size in memory.
LONG_WINDOW = 1 << 27


def zstd_window(path: str) -> int:
    """Bytes of the window of a .zst's first frame that is none to be skipped; 0 where there is none."""
    with Path(path).open("rb") as file:
        while len(head := file.read(18)) > 8 and head[1:4] == ZSTD.magics[1][1:]:
            file.seek(8 + int.from_bytes(head[4:8], "little") - len(head), io.SEEK_CUR)
    if len(head) < 6:
        return 0
    kind = head[4]
    if not kind & 0x20:
        exponent, eighths = divmod(head[5], 8)
        return (8 + eighths) << (7 + exponent)
    # a frame of one segment has the size of its content in place of that
    start, length = 5 + (0, 1, 2, 4)[kind & 3], (1, 2, 4, 8)[kind >> 6]
    return int.from_bytes(head[start : start + length], "little")


class Decompressed(io.RawIOBase):
    """The plain bytes of a compressed file; what is damaged is an InputError of one line that names the file."""

    def __init__(self, source: BinaryIO | io.RawIOBase, form: Format, path: str) -> None:
        """Read `source`, which this closes; a file of no bytes is no bytes."""
        self._source = source
        self._format = form
        self._path = path
        self._decoder: Decoder | None = None
        #: Compressed bytes that no decoder has, and the place behind them in the file.
        self._held = b""
        self._read = 0
        #: The first byte of the stream that is read.
        self._start = 0
        #: Whether zeros stood behind the last stream.
        self.is_padded = False

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        """Fill `buffer`; the number of bytes, 0 at the end."""
        data = b""
        while not data and (self._decoder or self._begin()):
            data = self._decode(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close the file too."""
        self._source.close()
        super().close()

    def _fill(self) -> bool:
        """Hold more bytes of the file; False at its end."""
        data = self._source.read(_CHUNK) or b""
        self._held += data
        self._read += len(data)
        return bool(data)

    def _begin(self) -> bool:
        """Begin the next stream; False at the file's end."""
        if self._read and self._format.padding:
            self._pass_padding()
        while len(self._held) < _LONGEST_MAGIC and self._fill():
            pass
        self._start = self._read - len(self._held)
        if not self._held:
            return False
        if self._start and not self._format.begins(self._held[:_LONGEST_MAGIC]):
            raise InputError(
                f"{self._path}: damaged, or something stands behind it: from byte {self._start} on it is no "
                f"{self._format.name} data; fetch or make it again, or cut it off there (head -c {self._start})"
            )
        self._decoder = self._format.decoder()
        return True

    def _pass_padding(self) -> None:
        zeros = 0
        while self._held or self._fill():
            rest = self._held.lstrip(_ZERO)
            zeros += len(self._held) - len(rest)
            self._held = rest
            if rest:
                break
        self.is_padded = zeros > 0
        if zeros % self._format.padding:
            self._fail(f"{zeros} bytes of padding, which come in multiples of {self._format.padding}")

    def _decode(self, size: int) -> bytes:
        decoder = self._decoder
        assert decoder  # noqa: S101 (readinto has begun a stream)
        data, more = b"", True
        if decoder.needs_input:
            more = bool(self._held) or self._fill()
            data, self._held = self._held, b""
        try:
            data = decoder.decompress(data, size)
        except Exception as error:
            if not isinstance(error, OSError) and type(error).__name__ not in _ERRORS:
                raise
            self._fail(str(error))
        if decoder.eof:
            self._held, self._decoder = decoder.unused_data, None
        elif not data and not more:
            self._fail("it ends within a stream")
        return data

    def _fail(self, why: str) -> NoReturn:
        where = f"from byte {self._start} on: " if self._start else ""
        raise InputError(
            f"{self._path}: damaged, cut short, or not what its name says ({where}{why}); fetch or make it again"
        ) from None
