"""A text's raw tokens."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from gristmill.index import tokens

TEXT = "The mill’s mill-stone, THE 水车磨 \xff".encode()


@pytest.mark.parametrize("piece", [1, 4, 1 << 20])
def test_tokens_are_the_same_in_whatever_pieces_a_text_is_cut(piece: int) -> None:
    """A token that several pieces share is one."""
    with patch.object(tokens, "_PIECE", piece):
        found = [token.decode() for some in tokens.token_lists(TEXT) for token in some]
    assert found == ["the", "mill’s", "mill", "stone", "the", "水车磨", "\xff"]


@pytest.mark.parametrize("piece", [1, 4, 1 << 20])
def test_distinct_tokens_come_with_the_number_of_all(piece: int) -> None:
    """Equal tokens count each time; a long text has those of each piece."""
    with patch.object(tokens, "_PIECE", piece):
        pairs = list(tokens.distinct_tokens(TEXT))
    assert (set().union(*(some for some, _ in pairs)), sum(count for _, count in pairs)) == (
        {b"the", "mill’s".encode(), b"mill", b"stone", "水车磨".encode(), "\xff".encode()},
        7,
    )
    assert list(tokens.distinct_tokens(b"")) == [(set(), 0)]
