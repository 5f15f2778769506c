"""The rows of an index, ``term TAB posting TAB posting …``, in pieces, since a row may outgrow memory."""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from gristmill.job.protocols import BytesProtocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Bytes of a row's postings that are joined at a time, or one more.
_JOINED = 64 << 10


class RowProtocol(BytesProtocol):
    """A term and an iterable of pieces of its row: postings joined by TABs."""

    def pieces(self, key: bytes, value: Iterable[bytes]) -> Iterator[bytes]:
        """The bytes of the row, without its line's end, in pieces."""
        for piece in value:
            yield b"%b\t%b" % (key, piece)
            key = b""

    def write(self, key: bytes, value: Any) -> bytes:
        """The bytes of the row, without its line's end."""
        return b"".join(self.pieces(key, value))


def limited_rows(pieces: Iterable[bytes], most: int) -> Iterator[Iterator[bytes]]:
    """Pieces of one row -> rows of at most `most` postings, in pieces: use each row up before the next is asked for."""
    postings = chain.from_iterable(piece.split(b"\t") for piece in pieces)
    for first in postings:
        yield _row_from(first, islice(postings, most - 1))


def _row_from(first: bytes, others: Iterator[bytes]) -> Iterator[bytes]:
    some, size = [first], len(first)
    for posting in others:
        if size >= _JOINED:
            yield b"\t".join(some)
            some, size = [], 0
        some.append(posting)
        size += len(posting)
    yield b"\t".join(some)
