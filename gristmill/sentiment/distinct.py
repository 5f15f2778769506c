"""How many different ones there were, in bounded memory: the least of their hashes are kept.

Of all names the 256 least hashes of 48 bits. Fewer than that are all there are, and their number is exact; of more, the
number is told from how near to 0 the greatest of them is, with a standard error of 6 %. Sketches merge to what one
sketch over all names is, in any order. Written, hashes stand in order, 8 characters of base64 each.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Hashes kept: 2 KB as text. The standard error is one over the root of two less.
KEPT = 256
#: Bytes of a hash: of a million names two share one once in six hundred times.
_SIZE = 6
#: After every hash.
_ANY = b"\xff" * (_SIZE + 1)


def digest(name: str) -> bytes:
    """The hash of a name."""
    return blake2b(name.encode("utf-8", "surrogatepass"), digest_size=_SIZE).digest()


class Sketch:
    """The least hashes of those that were added."""

    __slots__ = ("_hashes", "_limit")

    def __init__(self, hashes: Iterable[bytes] = ()) -> None:
        self._hashes = set(hashes)
        self._limit = _ANY

    def add(self, hashed: bytes) -> None:
        """Add the digest of a name."""
        if hashed < self._limit:
            self._hashes.add(hashed)
            if len(self._hashes) >= 2 * KEPT:
                self._least()

    def merge(self, other: Sketch) -> None:
        """Add all that the other has seen."""
        self._hashes |= other._hashes
        self._least()

    def _least(self) -> list[bytes]:
        """The hashes kept, in order; the others go."""
        least = sorted(self._hashes)
        if len(least) >= KEPT:
            self._hashes = set(least[:KEPT])
            self._limit = least[KEPT - 1]
        return least[:KEPT]

    def estimate(self) -> int:
        """How many there were: exact below 256."""
        least = self._least()
        if len(least) < KEPT:
            return len(least)
        # the 256th of n numbers spread evenly from 0 to 1 stands near 256/n
        return (KEPT - 1) * (1 << 8 * _SIZE) // (int.from_bytes(least[-1], "big") + 1)

    def text(self) -> str:
        """The hashes as text, the same for the same names."""
        return b64encode(b"".join(self._least())).decode()

    @classmethod
    def read(cls, text: str) -> Sketch:
        """The sketch that was written so; ValueError where none was."""
        data = b64decode(text, validate=True)
        hashes = [data[start : start + _SIZE] for start in range(0, len(data), _SIZE)]
        if len(data) % _SIZE or len(hashes) > KEPT or hashes != sorted(set(hashes)):
            raise ValueError(f"{text[:40]!r} is no sketch of up to {KEPT} hashes in order")
        return cls(hashes)
