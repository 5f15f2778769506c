"""Documents -> sorted postings, and sorted blocks of postings -> one list: the two kernels of the index.

A document is (docid, text), both bytes. A posting is one field, the docid, or with a payload two: the docid, and how
often (``3``) or where (``0,7,12``) the term occurs in it. A block is postings joined by TABs, in order of docids:

    docids      a TAB b TAB c
    tf          a TAB 3 TAB b TAB 1
    positions   a TAB 0,7,12 TAB b TAB 4

A compiled kernel can stand in for `invert` and `merge`, as long as the bytes are the same.
"""

from __future__ import annotations

import gc
from array import array
from bisect import bisect_left
from collections import Counter, defaultdict, deque
from contextlib import contextmanager
from itertools import accumulate, chain, islice, repeat
from operator import eq, itemgetter
from typing import TYPE_CHECKING, Callable, Optional, cast

from jobs.text.words import SEPARATORS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Document = tuple[bytes, bytes]
    Analyse = Callable[[bytes], tuple[Optional[bytes], ...]]

PAYLOADS = ("docids", "tf", "positions")
#: Postings in a block: large ones cost the reducer memory where blocks of many mappers overlap.
BLOCK = 512
#: Bytes of blocks, or a sixteenth as many postings, that are held before they are merged, besides what must be held.
_HELD = 64 << 10
#: Bytes of text taken at a time: what is cut from it must fit in memory many times over.
_PIECE = 1 << 20
#: Positions written at a time.
_NUMBERS = 1 << 16
#: Raw tokens whose analysis is remembered.
_MEMO = 1 << 20


class Memo(dict[bytes, "tuple[bytes | None, ...]"]):
    """What `analyse` says of a raw token, asked once for each, in bounded memory."""

    def __init__(self, analyse: Analyse) -> None:
        self._analyse = analyse

    def __missing__(self, raw: bytes) -> tuple[bytes | None, ...]:
        if len(self) >= _MEMO:
            self.clear()
        terms = self[raw] = self._analyse(raw)
        return terms


def invert(documents: list[Document], memo: Memo, payload: str) -> Iterator[tuple[bytes, bytes]]:
    """(term, block) in order of terms and docids; with a payload a docid comes once for each of its documents.

    `documents` is emptied on the way.
    """
    with _no_collection():
        postings = _docids(documents, memo) if payload == "docids" else _payloads(documents, memo, payload)
    step = BLOCK if payload == "docids" else 2 * BLOCK
    for term in sorted(postings):
        fields = postings[term]
        for start in range(0, len(fields), step):
            yield term, b"\t".join(fields[start : start + step])


@contextmanager
def _no_collection() -> Iterator[None]:
    """Without the cyclic collector, which would walk a hundred thousand lists again and again, and find no cycle."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _docids(documents: list[Document], memo: Memo) -> dict[bytes, list[bytes]]:
    """Docids are gathered by raw token, and those of a term brought together at the end, where there are far fewer."""
    by_raw: defaultdict[bytes, list[bytes]] = defaultdict(list)
    find = by_raw.__getitem__
    once = len(set(map(itemgetter(0), documents))) == len(documents)
    for docid, text in _leaving(documents):
        # the fastest loop there is in Python: list.append(by_raw[token], docid) for each distinct token, all in C
        deque(map(list.append, map(find, _distinct(text)), repeat(docid)), 0)
    by_term: dict[bytes | None, list[bytes]] = {}
    more: dict[bytes | None, list[list[bytes]]] = {}
    for raw, docids in by_raw.items():
        for term in memo[raw]:
            if term in by_term:
                more.setdefault(term, []).append(docids)
            else:
                by_term[term] = docids
    for term, lists in more.items():
        by_term[term] = _distinct_sorted(list(chain(by_term[term], *lists)))
    by_term.pop(None, None)
    if not once:
        by_term = {term: _distinct_sorted(docids) for term, docids in by_term.items()}
    return cast("dict[bytes, list[bytes]]", by_term)


def _leaving(documents: list[Document]) -> Iterator[Document]:
    """The documents in order of their docids, each let go as the next is taken: texts shrink as postings grow."""
    documents.sort(key=itemgetter(0))
    documents.reverse()
    while documents:
        yield documents.pop()


def _distinct_sorted(docids: list[bytes]) -> list[bytes]:
    """The docids in order, each once; quick where they are a few sorted lists, one behind the other."""
    docids.sort()
    return list(dict.fromkeys(docids)) if any(map(eq, docids, islice(docids, 1, None))) else docids


def _distinct(text: bytes) -> set[bytes]:
    """The distinct raw tokens of a text."""
    if len(text) <= _PIECE:
        return set(text.translate(SEPARATORS).split())
    found: set[bytes] = set()
    for tokens in _pieces(text):
        found.update(tokens)
    return found


def _pieces(text: bytes) -> Iterator[list[bytes]]:
    """The raw tokens of a text, in order, some at a time."""
    rest: list[bytes] = []
    for start in range(0, len(text), _PIECE):
        piece = text[start : start + _PIECE].translate(SEPARATORS)
        tokens = piece.split(b" ")
        if len(tokens) == 1:
            rest.append(piece)
            continue
        tokens[0] = b"".join([*rest, tokens[0]])
        rest = [tokens.pop()]
        yield [token for token in tokens if token]
    yield [token for token in [b"".join(rest)] if token]


def _payloads(documents: list[Document], memo: Memo, payload: str) -> dict[bytes, list[bytes]]:
    count = _count if payload == "tf" else _locate
    postings: defaultdict[bytes, list[bytes]] = defaultdict(list)
    for docid, text in _leaving(documents):
        for term, value in count(text, memo).items():
            postings[term] += (docid, value)
    return postings


def _count(text: bytes, memo: Memo) -> dict[bytes, bytes]:
    raws: Counter[bytes] = Counter()
    for tokens in _pieces(text):
        raws.update(tokens)
    counts: dict[bytes, int] = {}
    for raw, times in raws.items():
        for term in memo[raw]:
            if term is not None:
                counts[term] = counts.get(term, 0) + times
    return {term: b"%d" % times for term, times in counts.items()}


def _locate(text: bytes, memo: Memo) -> dict[bytes, bytes]:
    """Positions are counted over all entries of the analysis: stop words take theirs."""
    raws: defaultdict[bytes, array[int]] = defaultdict(lambda: array("Q"))
    position = 0
    for tokens in _pieces(text):
        starts = list(accumulate(map(len, map(memo.__getitem__, tokens)), initial=position))
        position = starts.pop()
        deque(map(array.append, map(raws.__getitem__, tokens), starts), 0)
    places: dict[bytes, array[int]] = {}
    shared = set()
    for raw, first in raws.items():
        for offset, term in enumerate(memo[raw]):
            if term is not None:
                if term in places:
                    shared.add(term)
                    places[term] = places[term] + array("Q", (start + offset for start in first))
                else:
                    places[term] = array("Q", (start + offset for start in first)) if offset else first
    for term in shared:
        places[term] = array("Q", sorted(places[term]))
    return {term: _written(found) for term, found in places.items()}


def _written(places: array[int]) -> bytes:
    """Numbers joined by commas, some at a time: a million of them as strings take 60 MB."""
    some = (places[start : start + _NUMBERS] for start in range(0, len(places), _NUMBERS))
    return b",".join([",".join(map(str, part)).encode() for part in some])


def merge(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """Blocks of docids in order of their first docid -> blocks in which every docid is once, in order.

    Nothing is held but what may still meet a later block; a block that meets no other passes unparsed.
    """
    held: list[bytes] = []
    size, room, last = 0, _HELD, b""
    for block in map(_trimmed, blocks):
        first = block.partition(b"\t")[0]
        if held and last < first:
            yield _union(held)
            held, size, room = [], 0, _HELD
        held.append(block)
        size += len(block)
        last = max(last, block.rpartition(b"\t")[2])
        if size > room and len(held) > 1:
            docids = _union(held).split(b"\t")
            cut = bisect_left(docids, first)
            if cut:
                yield b"\t".join(docids[:cut])
            held = [b"\t".join(docids[cut:])]
            size = len(held[0])
            # sorted again when half as much has joined it: each time eight blocks come, many runs take their square
            room = _HELD + size * 3 // 2
    if held:
        yield _union(held)


def _union(blocks: list[bytes]) -> bytes:
    """One block of all docids, each once."""
    if len(blocks) == 1:
        return blocks[0]
    return b"\t".join(_distinct_sorted(b"\t".join(blocks).split(b"\t")))


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


def _trimmed(block: bytes) -> bytes:
    """The block without the TAB that Hadoop adds to a record whose key is all of it."""
    return block[:-1] if block.endswith(b"\t") else block
