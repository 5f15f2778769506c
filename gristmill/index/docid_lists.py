"""Documents -> the sorted docids of each term: the mapper's loop of the payload `docids`.

Docids are gathered by raw token, and the lists of a term's raw tokens are united. The inner loop is compiled
(`native/_gather.c`) where a compiler was there; without it the results are the same.
"""

from __future__ import annotations

import os
from bisect import bisect_left, insort
from collections import defaultdict, deque
from itertools import repeat
from operator import itemgetter
from typing import TYPE_CHECKING, cast

from gristmill.index.blocks import distinct_sorted
from gristmill.index.tokens import distinct_tokens
from gristmill.native import loader
from gristmill.text.words import SEPARATORS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gristmill.index.tokens import TermMemo

    #: The docids of each term or raw token, and the number of raw tokens.
    Gathered = tuple[dict[bytes, list[bytes]], int]

#: Docids that are inserted into a long list one by one; more are sorted with it.
_FEW = 100
#: The key of the compiled loop's hash: nobody can write a text whose tokens all collide.
_SECRET = os.urandom(16)
#: Bytes of memory for raw tokens and their documents, about. Texts of people have some 150,000 tokens in 50 MB; those
#: of a machine may have millions.
MOST = 192 << 20
#: Bytes of memory that a raw token takes, about, and each document of one, as the compiled loop has them.
_TOKEN, _DOCUMENT = 400, 16
#: Bytes of docids from which on they are long, and not copied.
_COPIED = 16 << 20

_compiled = loader.kernel()


def gather_docids(documents: list[tuple[bytes, bytes]], terms: TermMemo) -> Iterator[Gathered]:
    """The docids of each term, ascending, each once, and the number of raw tokens: a pair for each part of all text.

    documents  (docid, text), in order of docids; emptied, all at once: freed one by one, in this order, texts would
               take malloc half the time again
    """
    docids = list(map(itemgetter(0), documents))
    if sum(map(len, docids)) < _COPIED:
        # docids are made anew, so that they lie in memory in the order in which the lists of them are read
        docids = b"\t".join(docids).split(b"\t") if docids else []
    texts = list(map(itemgetter(1), documents))
    documents.clear()
    repeated = len(set(docids)) < len(docids)
    for by_raw, tokens in _by_raw(docids, texts):
        yield _by_term(by_raw, terms, repeated=repeated), tokens


def _by_raw(docids: list[bytes], texts: list[bytes]) -> Iterator[Gathered]:
    """The docids of each distinct raw token, in the order given, and the number of all, of as much as MOST allows.

    A document's text may go on in the next pair. Both lists are emptied.
    """
    if not _compiled:
        yield from _by_raw_here(docids, texts)
        return
    offset, more = 0, True
    while more:
        by_raw, tokens, done, offset = _compiled.gather(docids, texts, SEPARATORS, _SECRET, offset, MOST)
        del docids[:done]
        yield by_raw, tokens
        more = bool(texts)


def _by_raw_here(docids: list[bytes], texts: list[bytes]) -> Iterator[Gathered]:
    """What the compiled loop does, with no more exact an idea of memory."""
    by_raw: defaultdict[bytes, list[bytes]] = defaultdict(list)
    count = size = 0
    for docid, text in zip(docids, texts):
        for piece, (tokens, length) in enumerate(distinct_tokens(text)):
            count += length
            if piece:
                tokens = {token for token in tokens if by_raw[token][-1:] != [docid]}
            size += _DOCUMENT * len(tokens)
            # the fastest loop in Python: list.append(by_raw[token], docid) for each distinct token, all of it in C
            deque(map(list.append, map(by_raw.__getitem__, tokens), repeat(docid)), 0)
            if size + _TOKEN * len(by_raw) >= MOST:
                yield by_raw, count
                by_raw, count, size = defaultdict(list), 0, 0
    docids.clear()
    texts.clear()
    yield by_raw, count


def _by_term(by_raw: dict[bytes, list[bytes]], terms: TermMemo, *, repeated: bool) -> dict[bytes, list[bytes]]:
    """The docids of each term, from those of its raw tokens, which are far fewer than their occurrences; empties those.

    repeated  whether a docid has several documents, so that a list may hold it more than once
    """
    by_term: dict[bytes | None, list[bytes]] = {}
    rest: Iterable[tuple[bytes, list[bytes]]] = by_raw.items()
    if terms.plain:
        # most tokens are their own only term
        by_term.update({raw: docids for raw, docids in rest if raw.isalnum()})
        rest = [(raw, docids) for raw, docids in rest if not raw.isalnum()]
    more: dict[bytes | None, list[list[bytes]]] = {}
    for raw, docids in rest:
        for term in terms[raw]:
            if term in by_term:
                more.setdefault(term, []).append(docids)
            else:
                by_term[term] = docids
    # or the caller would hold all lists while blocks are made of them, and while the next part is gathered
    by_raw.clear()
    by_term.pop(None, None)
    more.pop(None, None)
    for term, lists in more.items():
        by_term[term] = _united([by_term[term], *lists])
    if repeated:
        by_term = {term: distinct_sorted(docids) for term, docids in by_term.items()}
    return cast("dict[bytes, list[bytes]]", by_term)


def _united(lists: list[list[bytes]]) -> list[bytes]:
    """The docids of several sorted lists, ascending, each once; fast where one list is by far the longest."""
    lists.sort(key=len)
    longest = lists.pop()
    others = {docid for docids in lists for docid in docids if not _holds(longest, docid)}
    if not others:
        return longest
    if len(others) > _FEW:
        return sorted([*longest, *others])
    # a sort would compare each docid of the longest list with the next
    longest = longest.copy()
    for docid in others:
        insort(longest, docid)
    return longest


def _holds(docids: list[bytes], docid: bytes) -> bool:
    index = bisect_left(docids, docid)
    return index < len(docids) and docids[index] == docid
