"""Sorted blocks of a term's postings -> one list: the reducer's merge.

    merge_docids      a TAB c, b TAB c              ->  a TAB b TAB c
    merge_postings    a TAB 3, a TAB 4 TAB b TAB 1  ->  (a, 4) (b, 1)

Blocks, which `postings.py` makes, come in order of their first docid. The inner loop of `merge_docids` is compiled
(`native/_union.c`) where a compiler was there; without it the bytes are the same.
"""

from __future__ import annotations

from bisect import bisect_left
from itertools import chain, islice
from operator import eq, itemgetter
from typing import TYPE_CHECKING, Callable

from gristmill.native import loader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: Bytes of blocks, or a sixteenth as many postings, that are collected before a merge, besides what it left.
_HELD = 256 << 10

_compiled = loader.kernel()


def merge_docids(blocks: Iterable[bytes], lost: object = None) -> Iterator[bytes]:
    """Blocks of docids in order of their first docid -> blocks that have all docids in order, each once.

    Only docids that a later block may precede are held; a block that overlaps no other passes unparsed. `lost` is what
    `merge_postings` calls, and is not used: equal docids are one posting.
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
        # most terms are short and end here
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
            # wait for half as much again: a merge every few blocks would take the square of the number of runs
            room = _HELD + size * 3 // 2
    yield _union(held)


def _cut(block: bytes, docid: bytes) -> tuple[bytes, bytes]:
    """The docids of a block before one of them, and those from it on."""
    if block.startswith(docid) and block[len(docid) : len(docid) + 1] in (b"", b"\t"):
        return b"", block
    tab = block.find(b"\t%b\t" % docid)
    if tab < 0:
        # it is the last one
        tab = len(block) - len(docid) - 1
    return block[:tab], block[tab + 1 :]


def _first(block: bytes) -> bytes:
    end = block.find(b"\t")
    return block if end < 0 else block[:end]


def _last(block: bytes) -> bytes:
    return block[block.rfind(b"\t") + 1 :]


def _union(blocks: list[bytes]) -> bytes:
    """One block of all docids, in order, each once."""
    if len(blocks) == 1:
        return _trimmed(blocks[0])
    if _compiled:
        block: bytes = _compiled.union(blocks)
        return block
    docids = distinct_sorted(b"\t".join(blocks).split(b"\t"))
    # an empty one, which sorts first, comes from a block that was not trimmed
    return b"\t".join(docids if docids[0] else docids[1:])


def merge_postings(
    key: Callable[[bytes], object], blocks: Iterable[bytes], lost: Callable[[int], None]
) -> Iterator[list[tuple[bytes, bytes]]]:
    """Blocks of postings of two fields, docid and value, in order of their first docid -> lists of (docid, value).

    The lists have all docids in order, each once, with the greatest of its values by `key`. `lost` is called with
    numbers of distinct values that gave way to a greater one.
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
