"""Protocols, lines from and to (key, value): the same bytes as mrjob's own, at less than half the cost."""

from __future__ import annotations

from json import JSONDecoder, JSONEncoder
from json.encoder import encode_basestring_ascii
from typing import Any

import gristmill.job.mrjob_compat  # noqa: F401 (before any mrjob module)
from mrjob.protocol import BytesProtocol as MRJobBytesProtocol
from mrjob.protocol import StandardJSONProtocol

#: The most integers of which the text is remembered: most counts are small.
_NUMBERS = 4096

_encode = JSONEncoder().encode
_decode = JSONDecoder().decode


class BytesProtocol(MRJobBytesProtocol):
    """key TAB value, both bytes; a line without a TAB is a key whose value is None."""

    def read(self, line: bytes) -> tuple[bytes, bytes | None]:
        """Key and value of a line without its end."""
        key, tab, value = line.partition(b"\t")
        return key, value if tab else None

    def write(self, key: bytes, value: bytes) -> bytes:
        """The line of a pair, without its end."""
        return b"%b\t%b" % (key, value)


class JSONProtocol(StandardJSONProtocol):
    """key TAB value, both JSON as the standard library writes it, whatever else a machine has installed."""

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}

    def read(self, line: bytes) -> tuple[Any, Any]:
        """Key and value of a line without its end; ValueError for one that is no JSON, TAB, JSON."""
        raw_key, raw_value = line.split(b"\t", 1)
        if raw_key != self._last_key_encoded:
            self._last_key_encoded = raw_key
            self._last_key_decoded = self._loads(raw_key)
        value = self._numbers.get(raw_value)
        if value is None:
            value = self._loads(raw_value)
            if type(value) is int and len(self._numbers) < _NUMBERS:
                self._numbers[raw_value] = value
        return self._last_key_decoded, value

    def write(self, key: Any, value: Any) -> bytes:
        """The line of a pair, without its end; TypeError for what JSON cannot hold."""
        return b"%b\t%b" % (self._dumps(key), self._dumps(value))

    def _loads(self, value: bytes) -> Any:
        return _decode(value.decode())

    def _dumps(self, value: Any) -> bytes:
        if type(value) is str:
            return encode_basestring_ascii(value).encode()
        if type(value) is int:
            return b"%d" % value
        return _encode(value).encode()
