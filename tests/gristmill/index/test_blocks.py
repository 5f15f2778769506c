"""Blocks of a term's postings to one list."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gristmill.index.blocks import merge_docids, merge_postings
from tests.gristmill.native import compiling


@pytest.fixture(params=["compiled", "in Python"], autouse=True)
def _both_ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    compiling.choose(request, monkeypatch)


#: The fixture that chooses is the same for all examples, as it may be.
whichever_way = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def test_blocks_that_meet_no_other_pass_as_they_are() -> None:
    """Where they are more than a few, they are not even parsed: the same objects come out."""
    blocks = [b"a\tb", b"c", b"d\tf"]
    with patch("gristmill.index.blocks._HELD", 0):
        assert all(found is block for found, block in zip(merge_docids(blocks), blocks))
        assert list(merge_docids(blocks)) == blocks


@pytest.mark.parametrize(
    ("blocks", "docids"),
    [
        ([], b""),
        ([b"a"], b"a"),
        ([b"a", b"a"], b"a"),
        ([b"a\tc", b"b"], b"a\tb\tc"),
        ([b"a\tz", b"b\tc", b"d\te", b"f"], b"a\tb\tc\td\te\tf\tz"),
        ([b"a\tb", b"b\tc", b"c\td"], b"a\tb\tc\td"),
        ([b"a\t", b"a\tb", b"b\t"], b"a\tb"),
        ([b"a\tb\tc", b"b\td"], b"a\tb\tc\td"),
        ([b"a\tb", b"b"], b"a\tb"),
        ([b"a", b"a!", b"a\xff"], b"a\ta!\ta\xff"),
    ],
)
@pytest.mark.parametrize("held", [0, 64 << 10])
def test_blocks_are_merged_to_one_list_of_docids(blocks: list[bytes], docids: bytes, held: int) -> None:
    """Each docid once, in order; the TAB that Hadoop adds is none of it."""
    with patch("gristmill.index.blocks._HELD", held):
        assert b"\t".join(merge_docids(blocks)) == docids


docids = st.binary(min_size=1, max_size=3).filter(lambda docid: b"\t" not in docid)


@given(
    lists=st.lists(st.lists(docids, min_size=1, max_size=8).map(lambda some: sorted(set(some))), max_size=9),
    held=st.sampled_from([0, 9, 64 << 10]),
)
@whichever_way
def test_a_merge_is_the_sorted_set_of_all_docids(lists: list[list[bytes]], held: int) -> None:
    """Whatever the blocks, as long as they come in order of their first docid; no piece is empty."""
    blocks = [b"\t".join(some) for some in sorted(lists)]
    with patch("gristmill.index.blocks._HELD", held):
        found = list(merge_docids(blocks))
    assert all(found)
    assert b"\t".join(found) == b"\t".join(sorted({docid for some in lists for docid in some}))


@given(
    lists=st.lists(st.lists(st.tuples(docids, st.integers(1, 12)), min_size=1, max_size=8).map(sorted), max_size=9),
    held=st.sampled_from([0, 64, 64 << 10]),
)
@whichever_way
def test_a_merge_of_postings_keeps_the_greatest_of_each_docid(lists: list[list[tuple[bytes, int]]], held: int) -> None:
    """By number and not by digits; of the losers at least one is heard of, at most all."""
    blocks = [b"\t".join(b"%b\t%d" % posting for posting in some) for some in sorted(lists)]
    lost: list[int] = []
    with patch("gristmill.index.blocks._HELD", held):
        found = [posting for some in merge_postings(int, blocks, lost.append) for posting in some]
    greatest: dict[bytes, int] = {}
    for docid, number in sorted(posting for some in lists for posting in some):
        greatest[docid] = number
    assert found == [(docid, b"%d" % number) for docid, number in sorted(greatest.items())]
    losers = [posting for some in lists for posting in some if posting[1] < greatest[posting[0]]]
    assert min(1, len(losers)) <= sum(lost) <= len(losers)


def test_many_overlapping_lists_are_not_sorted_again_for_each_block() -> None:
    """600 mappers' lists that all overlap: each posting is sorted a few times, not a hundred."""
    runs, step = 600, 40
    blocks = [
        b"\t".join(b"%06d" % (start + run + runs * place) for place in range(step))
        for start in range(0, runs * step * 5, runs * step)
        for run in range(runs)
    ]
    sorts: list[int] = []

    def union(held: list[bytes]) -> bytes:
        found = b"\t".join(sorted(set(b"\t".join(held).split(b"\t"))))
        sorts.append(found.count(b"\t") + 1)
        return found

    with patch("gristmill.index.blocks._union", union):
        assert b"\t".join(merge_docids(blocks)) == b"\t".join(b"%06d" % number for number in range(runs * step * 5))
    assert sum(sorts) < 4 * runs * step * 5
