"""The payloads: what a posting holds, and all that the job does differently for each.

    payload     in a block                    in a row                      the greater of two postings of a docid
    docids      a TAB b                       a TAB b                       they are equal
    tf          a TAB 3 TAB b TAB 1           a:3 TAB b:1                   the greater number
    positions   a TAB 0,7,12 TAB b TAB 4      a:3:0,7,12 TAB b:1:4          the longer list, else the first difference

In a block the docid is a field of its own, since docids are ordered by their own bytes alone: `a` before `a!`, though
`a!:1` sorts before `a:1`. Of several postings of one docid the greatest stays.
"""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, Any, Callable

from gristmill.index.blocks import merge_docids, merge_postings
from gristmill.index.docid_lists import gather_docids
from gristmill.index.occurrences import count_terms, locate_terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gristmill.index.tokens import TermMemo

    Document = tuple[bytes, bytes]
    #: A docid and its value.
    Posting = tuple[bytes, bytes]
    #: The fields of each term's postings, in order of docids, and the number of raw tokens.
    Gathered = tuple[dict[bytes, list[bytes]], int]
    Gather = Callable[[list[Document], TermMemo], Iterator[Gathered]]
    Merge = Callable[[Iterable[bytes], Callable[[int], None]], Iterator[Any]]
    Write = Callable[[Iterator[Any]], Iterator[bytes]]


#: Terms whose postings with values are held: one takes some 400 bytes, and each posting 80 or 120.
TERMS = 1 << 17


class Payload:
    """What a posting holds.

    name         the value of the option --payload
    batch_bytes  bytes of documents that a mapper holds before it inverts them
    fields       of a posting in a block
    gather       documents in order of docids, and the memo of terms -> the fields of each term's postings, in order of
                 docids, and the number of raw tokens, for a part of the documents that memory has room for, then for
                 the next; the list of documents may be emptied
    merge        a term's blocks, in order of their first docid -> chunks of its postings in order of docids, each docid
                 once; its second argument is called with numbers of postings that gave way to a greater one
    write        these chunks -> pieces of the row, to be joined by TABs
    """

    __slots__ = ("batch_bytes", "fields", "gather", "merge", "name", "write")

    def __init__(self, name: str, batch_bytes: int, fields: int, *, gather: Gather, merge: Merge, write: Write) -> None:
        self.name, self.batch_bytes, self.fields = name, batch_bytes, fields
        self.gather, self.merge, self.write = gather, merge, write


def _gather_values(
    values_of_terms: Callable[[bytes, TermMemo], tuple[dict[bytes, bytes], int]],
    documents: list[Document],
    terms: TermMemo,
) -> Iterator[Gathered]:
    """A posting, (docid, value), for each document and each term of its text."""
    postings: defaultdict[bytes, list[bytes]] = defaultdict(list)
    tokens = 0
    for docid, text in documents:
        values, count = values_of_terms(text, terms)
        tokens += count
        for term, value in values.items():
            postings[term] += (docid, value)
        # its memory is there for the next text's
        del values
        if len(postings) >= TERMS:
            yield postings, tokens
            postings, tokens = defaultdict(list), 0
    yield postings, tokens


def _length_and_numbers(positions: bytes) -> tuple[int, list[int]]:
    """The key by which lists of positions are ordered."""
    numbers = list(map(int, positions.split(b",")))
    return len(numbers), numbers


def _write_counts(chunks: Iterator[list[Posting]]) -> Iterator[bytes]:
    for postings in chunks:
        yield b"\t".join([b"%b:%b" % posting for posting in postings])


def _write_positions(chunks: Iterator[list[Posting]]) -> Iterator[bytes]:
    """Each list of positions after its length."""
    for postings in chunks:
        yield b"\t".join([b"%b:%d:%b" % (docid, value.count(b",") + 1, value) for docid, value in postings])


#: Every payload by its name. A posting takes 20 bytes of a mapper's memory, or with its value 80 or 120.
PAYLOADS = {
    payload.name: payload
    for payload in (
        Payload("docids", 52 << 20, 1, gather=gather_docids, merge=merge_docids, write=iter),
        Payload(
            "tf",
            8 << 20,
            2,
            gather=partial(_gather_values, count_terms),
            merge=partial(merge_postings, int),
            write=_write_counts,
        ),
        Payload(
            "positions",
            6 << 20,
            2,
            gather=partial(_gather_values, locate_terms),
            merge=partial(merge_postings, _length_and_numbers),
            write=_write_positions,
        ),
    )
}
