"""Sorted blocks of postings -> one list: the reducer's kernel of the index.

    docids      a TAB c, b TAB c              ->  a TAB b TAB c
    tf          a TAB 3, a TAB 4 TAB b TAB 1  ->  (a, 4) (b, 1)

Blocks come in order of their first docid; `postings.py` makes them. The inner loop of `merge` is compiled (`_union.c`)
where that was possible; without, the bytes are the same.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import chain, islice
from operator import eq, itemgetter
from typing import TYPE_CHECKING, Callable

from gristmill.native import loader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Bytes of blocks, or a sixteenth as many postings, that are held before they are merged, besides what must be held.
_HELD = 256 << 10

_compiled = loader.kernel()


def merge(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Blocks of docids in order of their first docid -> blocks in which every docid is once, in order.

    Nothing is held but what may still meet a later block; a block that meets no other passes unparsed.
    """
    held: list[bytes] = []
    size, room, last = 0, _HELD, b""
    blocks = iter(blocks)
    for block in blocks:
        held.append(block)
        size += len(block)
        if size > room:
            break
    else:
        # the short way that most terms go
        if held:
            yield _union(held)
        return
    blocks = chain(held, blocks)
    held, size = [], 0
    for block in map(_trimmed, blocks):
        first = _first(block)
        if held and last < first:
            yield _union(held)
            held, size, room = [], 0, _HELD
        held.append(block)
        size += len(block)
        last = max(last, _last(block))
        if size > room and len(held) > 1:
            before, rest = _cut(_union(held), first)
            if before:
                yield before
            held = [rest]
            size = len(rest)
            # sorted again when half as much has joined it: each time eight blocks come, many runs take their square
            room = _HELD + size * 3 // 2
    yield _union(held)


def _cut(block: bytes, docid: bytes) -> tuple[bytes, bytes]:
    """What comes before one of a block's docids, and what begins with it."""
    if block.startswith(docid) and block[len(docid) : len(docid) + 1] in (b"", b"\t"):
        return b"", block
    place = block.find(b"\t%b\t" % docid)
    if place < 0:
        place = len(block) - len(docid) - 1
    return block[:place], block[place + 1 :]


def _first(block: bytes) -> bytes:
    end = block.find(b"\t")
    return block if end < 0 else block[:end]


def _last(block: bytes) -> bytes:
    return block[block.rfind(b"\t") + 1 :]


def _union(blocks: list[bytes]) -> bytes:
    """One block of all docids, each once."""
    if len(blocks) == 1:
        return _trimmed(blocks[0])
    if _compiled:
        block: bytes = _compiled.union(blocks)
        return block
    docids = distinct_sorted(b"\t".join(blocks).split(b"\t"))
    # an empty one, before all others, is of a block that was not trimmed
    return b"\t".join(docids if docids[0] else docids[1:])


def merge_payloads(
    blocks: Iterable[bytes], key: Callable[[bytes], object], lost: Callable[[int], None]
) -> Iterator[list[tuple[bytes, bytes]]]:
    """Blocks of postings with a payload -> lists of (docid, payload), of a docid's payloads the greatest by `key`.

    `lost` hears how many other payloads of a docid went.
    """
    held: list[tuple[bytes, bytes]] = []
    room, last = _HELD >> 4, b""
    for block in blocks:
        fields = block.split(b"\t")
        if held and (last < fields[0] or len(held) > room):
            held = _greatest(held, key, lost)
            cut = bisect_left(held, (fields[0],))
            if cut:
                yield held[:cut]
            held = held[cut:]
            room = (_HELD >> 4) + len(held) * 3 // 2
        held += zip(fields[::2], fields[1::2])
        last = max(last, fields[-2])
    if held:
        yield _greatest(held, key, lost)


def _greatest(
    postings: list[tuple[bytes, bytes]], key: Callable[[bytes], object], lost: Callable[[int], None]
) -> list[tuple[bytes, bytes]]:
    """The postings in order of docids, each docid once."""
    postings.sort()
    docids = list(map(itemgetter(0), postings))
    if any(map(eq, docids, islice(docids, 1, None))):
        distinct = list(dict.fromkeys(postings))
        greatest = dict(sorted(distinct, key=lambda posting: (posting[0], key(posting[1]))))
        lost(len(distinct) - len(greatest))
        postings = list(greatest.items())
    return postings


def distinct_sorted(docids: list[bytes]) -> list[bytes]:
    """The docids in order, each once; quick where they are a few sorted lists, one behind the other."""
    docids.sort()
    return list(dict.fromkeys(docids)) if any(map(eq, docids, islice(docids, 1, None))) else docids


def _trimmed(block: bytes) -> bytes:
    """The block without the TAB that Hadoop adds to a record whose key is all of it."""
    return block[:-1] if block.endswith(b"\t") else block
