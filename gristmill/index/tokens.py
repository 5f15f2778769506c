"""The raw tokens of a text, and the terms of each raw token.

A raw token is a maximal run of bytes that `gristmill.text.words.SEPARATORS` does not make a space. An index's number of
tokens is that of its raw tokens, equal ones counted each time: no payload, stem or stop word changes it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from gristmill.memo import BoundedMemo
from gristmill.text.words import SEPARATORS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gristmill.text.words import Analyser

#: Bytes of a text that are split at a time: a list of tokens takes many times the memory of their text.
_PIECE = 1 << 20
#: Raw tokens whose terms are remembered, and the bytes of the longest: under 80 MB, and as much for their terms.
_REMEMBERED, _LONGEST = 1 << 18, 1 << 10


class TermMemo(BoundedMemo[bytes, "tuple[bytes | None, ...]"]):
    """The terms of raw tokens, each analysed once; None stands for a stop word, which has a position and no term."""

    def __init__(self, analyser: Analyser) -> None:
        """An empty memo of what `analyser` answers."""
        super().__init__(analyser, _REMEMBERED, keep=lambda raw: len(raw) <= _LONGEST)
        #: Whether an ASCII token of letters and digits is its own only term, so that it need not be analysed.
        self.plain = analyser.plain


def token_lists(text: bytes) -> Iterator[list[bytes]]:
    """The raw tokens of a text in order, a list for each piece of it."""
    unfinished: list[bytes] = []
    for start in range(0, len(text), _PIECE):
        piece = text[start : start + _PIECE].translate(SEPARATORS)
        tokens = piece.split(b" ")
        if len(tokens) == 1:
            unfinished.append(piece)
            continue
        tokens[0] = b"".join([*unfinished, tokens[0]])
        unfinished = [tokens.pop()]
        yield [token for token in tokens if token]
    yield [token for token in [b"".join(unfinished)] if token]


def distinct_tokens(text: bytes) -> Iterator[tuple[set[bytes], int]]:
    """The distinct raw tokens of a text, and the number of all; of a long one those of each piece."""
    if len(text) <= _PIECE:
        tokens = text.translate(SEPARATORS).split()
        yield set(tokens), len(tokens)
        return
    for tokens in token_lists(text):
        yield set(tokens), len(tokens)
