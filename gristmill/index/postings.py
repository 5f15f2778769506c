"""Documents -> sorted blocks of postings: what the mapper does with a batch.

A document is (docid, text), both bytes. A block is the fields of up to BLOCK postings of one term, joined by TABs, in
order of docids; the payload says what the fields of a posting are.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from operator import itemgetter
from typing import TYPE_CHECKING, Callable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gristmill.index.payloads import Document, Payload
    from gristmill.index.tokens import TermMemo

    Block = tuple[bytes, bytes]

#: Postings in a block: large blocks cost the reducer memory where those of many mappers overlap.
BLOCK = 512
#: Bytes of the docids in a block of more than one.
BLOCK_BYTES = 64 << 10


def invert(
    documents: list[Document], terms: TermMemo, payload: Payload, count_tokens: Callable[[int], None]
) -> Iterator[Block]:
    """Documents, in any order -> (term, block), in order of terms and docids; `documents` is emptied.

    A docid with several documents has a posting for each where postings have a value. Where the terms of all documents
    take too much memory, blocks are those of a part of them, then of the next. `count_tokens` is called with the number
    of raw tokens of each part.
    """
    documents.sort(key=itemgetter(0))
    longest = max((len(docid) for docid, _ in documents), default=0)
    block = max(1, min(BLOCK, BLOCK_BYTES // (longest + 1)))
    with _no_collection():
        for postings, tokens in payload.gather(documents, terms):
            count_tokens(tokens)
            yield from _blocks(postings, block * payload.fields)
        documents.clear()


def _blocks(postings: dict[bytes, list[bytes]], size: int) -> Iterator[Block]:
    """Blocks of at most `size` fields; `postings` is emptied as its blocks are made."""
    for term in sorted(postings):
        fields = postings.pop(term)
        if len(fields) <= size:
            yield term, b"\t".join(fields)
        else:
            for start in range(0, len(fields), size):
                yield term, b"\t".join(fields[start : start + size])


@contextmanager
def _no_collection() -> Iterator[None]:
    """Without the cyclic collector, which would walk 100,000 lists again and again and find no cycle."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
