"""A text -> how often, or where, each term occurs in it: the mapper's loops of the payloads `tf` and `positions`."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict, deque
from itertools import accumulate
from typing import TYPE_CHECKING

from gristmill.index.tokens import token_lists

if TYPE_CHECKING:
    from gristmill.index.tokens import TermMemo

#: Positions written at a time: a million of them as strings take 60 MB.
_NUMBERS = 1 << 16


def count_terms(text: bytes, terms: TermMemo) -> tuple[dict[bytes, bytes], int]:
    """How often each term occurs in a text, in decimal digits (``3``); and the number of raw tokens."""
    raws: Counter[bytes] = Counter()
    tokens = 0
    for some in token_lists(text):
        raws.update(some)
        tokens += len(some)
    counts: dict[bytes, int] = {}
    for raw, times in raws.items():
        for term in terms[raw]:
            if term is not None:
                counts[term] = counts.get(term, 0) + times
    return {term: b"%d" % times for term, times in counts.items()}, tokens


def locate_terms(text: bytes, terms: TermMemo) -> tuple[dict[bytes, bytes], int]:
    """The positions of each term in a text, ascending from 0 (``0,7,12``); and the number of raw tokens.

    A raw token takes a position for each entry of its analysis: stop words take theirs.
    """
    # the position of the first entry of each occurrence of a raw token
    starts: defaultdict[bytes, array[int]] = defaultdict(lambda: array("Q"))
    position = tokens = 0
    for some in token_lists(text):
        positions = list(accumulate(map(len, map(terms.__getitem__, some)), initial=position))
        position = positions.pop()
        tokens += len(some)
        deque(map(array.append, map(starts.__getitem__, some), positions), 0)
    by_term: dict[bytes, array[int]] = {}
    # terms of several raw tokens, or of several entries of one: their positions are not in order
    shared = set()
    for raw, firsts in starts.items():
        for offset, term in enumerate(terms[raw]):
            if term is not None:
                positions_of_term = array("Q", (first + offset for first in firsts)) if offset else firsts
                if term in shared:
                    by_term[term].extend(positions_of_term)
                elif term in by_term:
                    shared.add(term)
                    # a copy: the first of them are those of a raw token too
                    by_term[term] = by_term[term] + positions_of_term
                else:
                    by_term[term] = positions_of_term
    for term in shared:
        by_term[term] = array("Q", sorted(by_term[term]))
    return {term: _decimal(numbers) for term, numbers in by_term.items()}, tokens


def _decimal(numbers: array[int]) -> bytes:
    """Numbers joined by commas."""
    slices = (numbers[start : start + _NUMBERS] for start in range(0, len(numbers), _NUMBERS))
    return b",".join([",".join(map(str, some)).encode() for some in slices])
