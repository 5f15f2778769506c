"""Part files that are compressed: Hadoop's codec -> what writes one, and the suffix that its name gets."""

from __future__ import annotations

import bz2
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Callable, Protocol

from gristmill.errors import RunError
from gristmill.input.compression import suffix_of
from gristmill.input.decompress import BZIP2, DEFLATE, GZIP, ZSTD, zstd

from . import record_settings as settings
from .setting_values import is_true

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import BinaryIO

_PACKAGE = "org.apache.hadoop.io.compress."
_WITH_GZIP_HEADER = 16 + zlib.MAX_WBITS


class Compressor(Protocol):
    """What the standard library has for each compression."""

    def compress(self, data: bytes, /) -> bytes:
        """Some compressed bytes."""
        ...

    def flush(self) -> bytes:
        """The rest of them."""
        ...


@dataclass(frozen=True)
class Codec:
    """A codec of Hadoop's."""

    suffix: str
    compressor: Callable[[], Compressor]


_DEFLATE = Codec(suffix_of(DEFLATE), zlib.compressobj)
#: Codecs by their classes' last names.
CODECS = {
    "DefaultCodec": _DEFLATE,
    "DeflateCodec": _DEFLATE,
    "GzipCodec": Codec(suffix_of(GZIP), lambda: zlib.compressobj(wbits=_WITH_GZIP_HEADER)),
    "BZip2Codec": Codec(suffix_of(BZIP2), bz2.BZ2Compressor),
    "ZStandardCodec": Codec(suffix_of(ZSTD), lambda: zstd().ZstdCompressor()),
}


def part_codec(conf: Mapping[str, Any]) -> Codec | None:
    """The codec by which a step's settings have part files compressed, None for none; RunError for one of no use."""
    if not is_true(settings.value(conf, settings.COMPRESS), default=False):
        return None
    name = settings.value(conf, settings.CODEC).strip() or f"{_PACKAGE}DefaultCodec"
    package, _, last = name.rpartition(".")
    if f"{package}." != _PACKAGE or last not in CODECS:
        known = ", ".join(CODECS)
        raise RunError(f"{settings.CODEC} {name}: not written here, only {known} of {_PACKAGE[:-1]}; use -r hadoop")
    return CODECS[last]


class Compressed:
    """A file that is written compressed, and closed behind a with statement."""

    def __init__(self, target: BinaryIO, codec: Codec) -> None:
        """Write to `target`, which this closes."""
        self._target = target
        self._compressor = codec.compressor()

    def write(self, data: bytes) -> None:
        """Write `data`, compressed."""
        self._target.write(self._compressor.compress(data))

    def __enter__(self) -> Compressed:
        return self

    def __exit__(self, *_: object) -> None:
        with self._target:
            self._target.write(self._compressor.flush())
