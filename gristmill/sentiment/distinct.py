"""How many different names there were, estimated in bounded memory by a sketch of k minimum values.

Of the 48-bit hashes of all names the 256 least are kept. Of fewer than 256 names the number is exact. Of more it is
estimated from the greatest hash kept: the nearer to 0, the more names; the standard error is 6 %. Sketches added up, in
any order, are the sketch of all their names. As text a sketch is its hashes in order, 8 characters of base64 each.

K. Beyer and others, "On Synopses for Distinct-Value Estimation Under Multiset Operations", SIGMOD 2007.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from hashlib import blake2b
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Hashes kept: 2 KB as text. The standard error is 1 / sqrt(KEPT - 2).
KEPT = 256
#: Bytes of a hash: with a million names the chance that two share one is 1 in 600.
_SIZE = 6
#: Greater than any hash.
_ANY = b"\xff" * (_SIZE + 1)


def hash_name(name: str) -> bytes:
    """The hash of a name, 6 bytes."""
    return blake2b(name.encode("utf-8", "surrogatepass"), digest_size=_SIZE).digest()


class Sketch:
    """The least hashes of the names that were added."""

    __slots__ = ("_hashes", "_limit")

    def __init__(self, hashes: Iterable[bytes] = ()) -> None:
        """A sketch of names by their hashes."""
        self._hashes = set(hashes)
        self._limit = _ANY

    def add(self, hashed: bytes) -> None:
        """Add a name by its hash."""
        if hashed < self._limit:
            self._hashes.add(hashed)
            if len(self._hashes) >= 2 * KEPT:
                self._least()

    def add_all(self, other: Sketch) -> None:
        """Add all names of another sketch."""
        self._hashes |= other._hashes
        self._least()

    def _least(self) -> list[bytes]:
        """Drop all hashes but the least; return those, in order."""
        least = sorted(self._hashes)
        if len(least) >= KEPT:
            self._hashes = set(least[:KEPT])
            self._limit = least[KEPT - 1]
        return least[:KEPT]

    def estimate(self) -> int:
        """How many names there were: exact below 256."""
        least = self._least()
        if len(least) < KEPT:
            return len(least)
        # the 256th of n numbers spread evenly from 0 to 1 stands near 256/n
        return (KEPT - 1) * (1 << 8 * _SIZE) // (int.from_bytes(least[-1], "big") + 1)

    def format(self) -> str:
        """The hashes as text: the same for the same names."""
        return b64encode(b"".join(self._least())).decode()

    @classmethod
    def parse(cls, text: str) -> Sketch:
        """The sketch of such a text; ValueError where it is none."""
        data = b64decode(text, validate=True)
        hashes = [data[start : start + _SIZE] for start in range(0, len(data), _SIZE)]
        if len(data) % _SIZE or len(hashes) > KEPT or hashes != sorted(set(hashes)):
            raise ValueError(f"{text[:40]!r} is no sketch of up to {KEPT} hashes in order")
        return cls(hashes)
