"""Rows in pieces."""

from __future__ import annotations

from gristmill.index.rows import limited_rows


def test_a_limited_row_comes_in_pieces_of_some_bytes():
    """So that long docids take no more memory than short ones."""
    pieces = [b"\t".join(b"%d" % number * 20_000 for number in range(start, start + 3)) for start in (0, 3, 6)]
    rows = [list(row) for row in limited_rows(pieces, 7)]
    assert [[len(piece) for piece in row] for row in rows] == [[80_003, 60_002], [40_001]]
    assert b"\t".join(b"\t".join(row) for row in rows) == b"\t".join(pieces)
