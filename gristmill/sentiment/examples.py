"""The few posts that a row shows: the most positive, the most negative, and a sample chosen by hash.

An example is a post's hash, platform, id, time (seconds since 1970), sentiment (ten-thousandths) and text, and examples
are compared in that order. A choice holds the posts of the least rank, ties broken by example; of a post's copies it
holds the first. Such an order is total, so a choice does not depend on the order in which posts and choices are added.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

#: Characters of a text that are shown: as many as Mastodon allows.
TEXT = 500
#: Examples of each kind, unless the job's --examples says otherwise.
MOST = 3
_FIRST, _LAST = (-(1 << 60), b""), (1 << 60, b"")


class Example(NamedTuple):
    """A post with its sentiment."""

    #: The hash of platform and id.
    hashed: bytes
    platform: str
    id: str
    #: Seconds since 1970 UTC.
    time: int
    #: Ten-thousandths.
    compound: int
    #: Up to `TEXT` characters.
    text: str


def hash_id(platform: str, identity: str) -> bytes:
    """The hash of a post's id, 8 bytes: the order of the sample."""
    return blake2b(f"{platform}\0{identity}".encode("utf-8", "surrogatepass"), digest_size=8).digest()


def clean(text: str) -> str:
    """A text whose pairs of surrogates are characters; U+FFFD stands for a lone surrogate."""
    return text if text.isascii() else text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def cut(text: str) -> str:
    """The part of a clean text that is shown: its first 500 characters, of a longer one 499 and an ellipsis."""
    return text if len(text) <= TEXT else f"{text[: TEXT - 1]}…"


class Choice:
    """The first `most` posts by rank and example."""

    __slots__ = ("_entries", "_most", "last")

    def __init__(self, most: int) -> None:
        """A choice of no posts at first, and of up to `most`."""
        self._most = most
        self._entries: list[tuple[int, Example]] = []
        #: A rank and a hash: a post after these is not chosen, so it need not be added.
        self.last = _LAST if most else _FIRST

    def add(self, rank: int, example: Example) -> None:
        """Add a post whose rank and hash are not after `last`."""
        self._entries.append((rank, example))
        if len(self._entries) > 2 * self._most + 8:
            self._settle()

    def __iter__(self) -> Iterator[Example]:
        """The posts chosen, in order."""
        self._settle()
        return (example for _, example in self._entries)

    def _settle(self) -> None:
        """Drop all entries but the first `most` posts', and further copies of these."""
        first: dict[tuple[str, str], tuple[int, Example]] = {}
        for entry in sorted(self._entries):
            first.setdefault(entry[1][1:3], entry)
        self._entries = list(first.values())[: self._most]
        if len(self._entries) == self._most > 0:
            rank, example = self._entries[-1]
            self.last = rank, example.hashed
