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
    from collections.abc import Iterable

    from gristmill.index.tokens import TermMemo

#: Docids that are inserted into a long list one by one; more are sorted with it.
_FEW = 100
#: The key of the compiled loop's hash: nobody can write a text whose tokens all collide.
_SECRET = os.urandom(16)

_compiled = loader.kernel()


def gather_docids(documents: list[tuple[bytes, bytes]], terms: TermMemo) -> tuple[dict[bytes, list[bytes]], int]:
    """The docids of each term, ascending, each once; and the number of raw tokens.

    documents  (docid, text), in order of docids; emptied, all at once: freed one by one, in this order, texts would
               take malloc half the time again
    """
    # docids are made anew, so that they lie in memory in the order in which the lists of them are read
    docids = b"\t".join(map(itemgetter(0), documents)).split(b"\t") if documents else []
    texts = list(map(itemgetter(1), documents))
    documents.clear()
    by_raw, tokens = _by_raw(docids, texts)
    texts.clear()
    return _by_term(by_raw, terms, repeated=len(set(docids)) < len(docids)), tokens


def _by_raw(docids: list[bytes], texts: list[bytes]) -> tuple[dict[bytes, list[bytes]], int]:
    """The docids of each distinct raw token, in the order given, and the number of all; `texts` may be emptied."""
    if _compiled:
        gathered: tuple[dict[bytes, list[bytes]], int] = _compiled.gather(docids, texts, SEPARATORS, _SECRET)
        return gathered
    by_raw: defaultdict[bytes, list[bytes]] = defaultdict(list)
    find = by_raw.__getitem__
    count = 0
    for docid, text in zip(docids, texts):
        tokens, length = distinct_tokens(text)
        count += length
        # the fastest loop in Python: list.append(by_raw[token], docid) for each distinct token, all of it in C
        deque(map(list.append, map(find, tokens), repeat(docid)), 0)
    return by_raw, count


def _by_term(by_raw: dict[bytes, list[bytes]], terms: TermMemo, *, repeated: bool) -> dict[bytes, list[bytes]]:
    """The docids of each term, from those of its raw tokens, which are far fewer than their occurrences.

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
