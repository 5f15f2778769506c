"""The few posts that a row shows: the most positive, the most negative, and a sample chosen by hash.

An example is a post's hash, platform, id, time (seconds since 1970), sentiment (ten-thousandths) and text, and they are
compared in that order. A choice is the first of all posts by an order of its own, and then that one; of a post's copies
it holds the first. So it is the same whatever the order in which posts and choices come together.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Characters of a text that are shown: as many as Mastodon allows.
TEXT = 500
#: Examples of each kind, unless asked otherwise.
MOST = 3
_FIRST, _LAST = (-(1 << 60), b""), (1 << 60, b"")


class Example(NamedTuple):
    """A post with its score."""

    digest: bytes
    platform: str
    id: str
    time: int
    compound: int
    text: str


def digest(platform: str, name: str) -> bytes:
    """The hash of a post's id: the order of the sample."""
    return blake2b(f"{platform}\0{name}".encode("utf-8", "surrogatepass"), digest_size=8).digest()


def clean(text: str) -> str:
    """A text whose surrogates are pairs, and so characters; a lone one gives way to U+FFFD."""
    return text if text.isascii() else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def shown(text: str) -> str:
    """As much of a clean text as is shown."""
    return text if len(text) <= TEXT else f"{text[: TEXT - 1]}…"


class Choice:
    """The first `most` posts by rank and example."""

    __slots__ = ("_found", "_most", "last")

    def __init__(self, most: int) -> None:
        self._most = most
        self._found: list[tuple[int, Example]] = []
        #: What comes after this rank and digest is not chosen.
        self.last = _LAST if most else _FIRST

    def add(self, rank: int, example: Example) -> None:
        """Add a post whose rank and digest are not after `last`."""
        self._found.append((rank, example))
        if len(self._found) > 2 * self._most + 8:
            self._settle()

    def __iter__(self) -> Iterator[Example]:
        """The posts chosen, in order."""
        self._settle()
        return (example for _, example in self._found)

    def _settle(self) -> None:
        first: dict[tuple[str, str], tuple[int, Example]] = {}
        for entry in sorted(self._found):
            first.setdefault(entry[1][1:3], entry)
        self._found = list(first.values())[: self._most]
        if len(self._found) == self._most > 0:
            rank, example = self._found[-1]
            self.last = rank, example.digest
