"""Documents -> sorted blocks of postings: the mapper's kernel of the index.

A document is (docid, text), both bytes. A posting is one field, the docid, or with a payload two: the docid, and how
often (``3``) or where (``0,7,12``) the term occurs in it. A block is postings joined by TABs, in order of docids:

    docids      a TAB b TAB c
    tf          a TAB 3 TAB b TAB 1
    positions   a TAB 0,7,12 TAB b TAB 4

The inner loop of `invert` is compiled (`_gather.c`) where that was possible; without, the bytes are the same.
"""

from __future__ import annotations

import gc
import os
from array import array
from bisect import bisect_left, insort
from collections import Counter, defaultdict, deque
from contextlib import contextmanager
from itertools import accumulate, repeat
from operator import itemgetter
from typing import TYPE_CHECKING, Callable, Optional, cast

from gristmill.index.blocks import distinct_sorted
from gristmill.native import loader
from gristmill.text.words import SEPARATORS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Document = tuple[bytes, bytes]
    Block = tuple[bytes, bytes]
    Analyse = Callable[[bytes], tuple[Optional[bytes], ...]]

PAYLOADS = ("docids", "tf", "positions")
#: Postings in a block: large ones cost the reducer memory where blocks of many mappers overlap.
BLOCK = 512
#: Bytes of text taken at a time: what is cut from it must fit in memory many times over.
_PIECE = 1 << 20
#: Positions written at a time.
_NUMBERS = 1 << 16
#: Docids that are put into a long list one by one.
_FEW = 100
#: Raw tokens whose analysis is remembered.
_MEMO = 1 << 20
#: By which it hashes tokens; nobody can write a text whose tokens all collide.
_SECRET = os.urandom(16)

_compiled = loader.kernel()


class Memo(dict[bytes, "tuple[bytes | None, ...]"]):
    """What `analyse` says of a raw token, asked once for each, in bounded memory.

    plain  whether an ASCII token of letters and digits is its one term, which need not be asked
    """

    def __init__(self, analyse: Analyse, *, plain: bool = False) -> None:
        self._analyse = analyse
        self.plain = plain

    def __missing__(self, raw: bytes) -> tuple[bytes | None, ...]:
        if len(self) >= _MEMO:
            self.clear()
        terms = self[raw] = self._analyse(raw)
        return terms


def invert(documents: list[Document], memo: Memo, payload: str) -> Iterator[Block]:
    """Documents in, (term, block) out, in order of terms and docids; with a payload a docid comes for each document.

    `documents` is emptied, all at once: texts freed one by one, in this order, would take malloc half the time again.
    """
    documents.sort(key=itemgetter(0))
    with _no_collection():
        if payload == "docids":
            # made anew, side by side in their order, since a list of them is read in that order
            docids = b"\t".join(map(itemgetter(0), documents)).split(b"\t") if documents else []
            texts = list(map(itemgetter(1), documents))
            documents.clear()
            by_raw = _gather(docids, texts)
            texts.clear()
            postings, step = _by_term(by_raw, memo, twice=len(set(docids)) < len(docids)), BLOCK
            # the lists are freed as their blocks are made
            del by_raw
        else:
            postings, step = _payloads(documents, memo, payload), 2 * BLOCK
            documents.clear()
        yield from _blocks(postings, step)


def _gather(docids: list[bytes], texts: list[bytes]) -> dict[bytes, list[bytes]]:
    """The docids of each distinct raw token of the texts, in their order; `texts` may be used up."""
    if _compiled:
        found: dict[bytes, list[bytes]] = _compiled.gather(docids, texts, SEPARATORS, _SECRET)
        return found
    by_raw: defaultdict[bytes, list[bytes]] = defaultdict(list)
    find = by_raw.__getitem__
    for docid, text in zip(docids, texts):
        # the fastest loop there is in Python: list.append(by_raw[token], docid) for each distinct token, all in C
        deque(map(list.append, map(find, _distinct(text)), repeat(docid)), 0)
    return by_raw


def _by_term(by_raw: dict[bytes, list[bytes]], memo: Memo, *, twice: bool) -> dict[bytes, list[bytes]]:
    """Docids are gathered by raw token; those of a term are brought together here, where there are far fewer.

    twice  whether some docid has several documents, and so may be in a list more than once
    """
    by_term: dict[bytes | None, list[bytes]] = {}
    rest: Iterable[tuple[bytes, list[bytes]]] = by_raw.items()
    if memo.plain:
        # most are their one term
        by_term.update({raw: docids for raw, docids in rest if raw.isalnum()})
        rest = [(raw, docids) for raw, docids in rest if not raw.isalnum()]
    more: dict[bytes | None, list[list[bytes]]] = {}
    for raw, docids in rest:
        for term in memo[raw]:
            if term in by_term:
                more.setdefault(term, []).append(docids)
            else:
                by_term[term] = docids
    by_term.pop(None, None)
    more.pop(None, None)
    for term, lists in more.items():
        by_term[term] = _joined([by_term[term], *lists])
    if twice:
        by_term = {term: distinct_sorted(docids) for term, docids in by_term.items()}
    return cast("dict[bytes, list[bytes]]", by_term)


def _blocks(postings: dict[bytes, list[bytes]], step: int) -> Iterator[Block]:
    """Blocks of at most `step` fields; `postings` is emptied on the way."""
    for term in sorted(postings):
        fields = postings.pop(term)
        if len(fields) <= step:
            yield term, b"\t".join(fields)
        else:
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


def _joined(lists: list[list[bytes]]) -> list[bytes]:
    """The docids of several sorted lists in order, each once; quick where one of them is by far the longest."""
    lists.sort(key=len)
    longest = lists.pop()
    others = {docid for docids in lists for docid in docids if not _holds(longest, docid)}
    if not others:
        return longest
    if len(others) > _FEW:
        return sorted([*longest, *others])
    # a sort would compare each of the longest with the next
    longest = longest.copy()
    for docid in others:
        insort(longest, docid)
    return longest


def _holds(docids: list[bytes], docid: bytes) -> bool:
    place = bisect_left(docids, docid)
    return place < len(docids) and docids[place] == docid


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
    for docid, text in documents:
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
