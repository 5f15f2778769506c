"""Protocols: the bytes of mrjob's own, at less than half the cost."""

from __future__ import annotations

from json import JSONDecoder, JSONEncoder
from json.encoder import encode_basestring_ascii
from typing import Any

import gristmill.job.mrjob_compat  # noqa: F401 (before any mrjob module)
from gristmill.errors import BadInput
from mrjob.protocol import BytesProtocol as MRJobBytesProtocol
from mrjob.protocol import StandardJSONProtocol

#: The most integers whose text is kept: counts are most often small.
_NUMBERS = 4096

#: The bytes of a line that an error shows.
_SHOWN = 80

_encode = JSONEncoder().encode
_decode = JSONDecoder().decode


class NoPair(BadInput, ValueError):
    """A line is not the pair that its reader wants: mend it, or what wrote it."""


class BytesProtocol(MRJobBytesProtocol):
    """key TAB value, as they are; a line without a TAB is a key whose value is None."""

    def read(self, line: bytes) -> tuple[bytes, bytes | None]:
        """The key and the value of a line without its end."""
        key, tab, value = line.partition(b"\t")
        return key, value if tab else None

    def write(self, key: bytes, value: bytes) -> bytes:
        """The line of a key, which holds no TAB, and a value."""
        return b"%b\t%b" % (key, value)


class JSONProtocol(StandardJSONProtocol):
    """key TAB value, both JSON as Python's own library writes it, whatever else a machine has installed."""

    def __init__(self) -> None:
        self._numbers: dict[bytes, int] = {}

    def read(self, line: bytes) -> tuple[Any, Any]:
        """The key and the value of a line; NoPair, a ValueError, where it has no TAB or holds no JSON."""
        try:
            raw_key, raw_value = line.split(b"\t", 1)
            if raw_key != self._last_key_encoded:
                self._last_key_decoded = self._loads(raw_key)
                self._last_key_encoded = raw_key
            value = self._numbers.get(raw_value)
            if value is None:
                value = self._loads(raw_value)
                if type(value) is int and len(self._numbers) < _NUMBERS:
                    self._numbers[raw_value] = value
        except ValueError:
            raise NoPair(
                f"{line[:_SHOWN]!r} is no pair of JSON (key TAB value); if a mapper or a reducer prints it, print to "
                "sys.stderr, since stdout is its output"
            ) from None
        return self._last_key_decoded, value

    def write(self, key: Any, value: Any) -> bytes:
        """The line of a key and a value that JSON can hold, in ASCII."""
        return b"%b\t%b" % (self._dumps(key), self._dumps(value))

    def _loads(self, value: bytes) -> Any:
        return _decode(value.decode())

    def _dumps(self, value: Any) -> bytes:
        if type(value) is str:
            return encode_basestring_ascii(value).encode()
        if type(value) is int:
            return b"%d" % value
        return _encode(value).encode()
