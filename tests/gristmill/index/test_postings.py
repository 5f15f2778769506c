"""Documents to blocks of postings."""

from __future__ import annotations

import gc
import sys
import time
from unittest.mock import patch

import pytest

from gristmill.index import docid_lists, payloads, postings, tokens
from gristmill.index.payloads import PAYLOADS
from gristmill.index.tokens import TermMemo
from gristmill.text.words import SEPARATORS, Analyser
from tests.gristmill.native import compiling

#: A term that two raw tokens share, a stop word, and a raw token of two terms.
TEXTS = [(b"b", b"the mill"), (b"a", "Mill’s mill the, mill-stone 水车磨".encode())]


@pytest.fixture(params=["compiled", "in Python"], autouse=True)
def _both_ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    compiling.choose(request, monkeypatch)


def invert(documents: list[tuple[bytes, bytes]], terms: TermMemo, payload: str) -> list[tuple[bytes, bytes]]:
    """All blocks of some documents, which are gone then, and whose tokens were counted."""
    expected = sum(len(text.translate(SEPARATORS).split()) for _, text in documents)
    counts: list[int] = []
    blocks = list(postings.invert(documents, terms, PAYLOADS[payload], counts.append))
    assert documents == []
    assert counts == [expected]
    return blocks


def analyser() -> TermMemo:
    """The analysis of the job without stems, `the` left out."""
    return TermMemo(Analyser({"the"}))


def stemmed() -> TermMemo:
    """An analysis that takes an s off, so that several raw tokens are one term."""
    return TermMemo(Analyser(stem=lambda word: word.rstrip("s")))


def test_an_analysis_is_asked_for_once_a_token_and_forgotten_when_there_are_too_many() -> None:
    """The memory for it is bounded."""
    asked: list[bytes] = []

    class Asked(Analyser):
        def __call__(self, raw: bytes) -> tuple[bytes | None, ...]:
            asked.append(raw)
            return (raw,)

    with patch.object(tokens, "_REMEMBERED", 2):
        memo = TermMemo(Asked())
        assert [memo[raw] for raw in (b"a", b"b", b"a", b"b", b"c")] == [(b"a",), (b"b",), (b"a",), (b"b",), (b"c",)]
        assert asked == [b"a", b"b", b"c"]
        assert dict(memo) == {b"c": (b"c",)}


@pytest.mark.parametrize(
    ("payload", "blocks"),
    [
        ("docids", [("mill", "a\tb"), ("mill's", "a"), ("stone", "a"), ("水车", "a"), ("车磨", "a")]),
        ("tf", [("mill", "a\t2\tb\t1"), ("mill's", "a\t1"), ("stone", "a\t1"), ("水车", "a\t1"), ("车磨", "a\t1")]),
        (
            "positions",
            [("mill", "a\t1,3\tb\t1"), ("mill's", "a\t0"), ("stone", "a\t4"), ("水车", "a\t5"), ("车磨", "a\t6")],
        ),
    ],
)
@pytest.mark.parametrize("piece", [1, 7, 1 << 20])
def test_documents_become_blocks_in_order_of_terms_and_docids(
    payload: str, blocks: list[tuple[str, str]], piece: int
) -> None:
    """Stop words take their positions; it makes no difference in what pieces a text is cut."""
    with patch.object(tokens, "_PIECE", piece):
        found = [(term.decode(), block.decode()) for term, block in invert(list(TEXTS), analyser(), payload)]
    assert found == blocks


@pytest.mark.parametrize(
    ("payload", "blocks"),
    [
        ("docids", [(b"mill", b"a\tb")]),
        ("tf", [(b"mill", b"a\t3\tb\t1")]),
        ("positions", [(b"mill", b"a\t0,1,2\tb\t0")]),
    ],
)
def test_tokens_of_one_term_are_one(payload: str, blocks: list[tuple[bytes, bytes]]) -> None:
    """Their documents, counts and positions are brought together, in order."""
    documents = [(b"b", b"mills"), (b"a", b"mills mill mills")]
    assert list(invert(documents, stemmed(), payload)) == blocks


@pytest.mark.parametrize("rare", [["d10"], ["d10", "d99"], ["d05"], ["c"], ["d05", "d055", "d10", "e"]])
def test_a_rare_form_of_a_common_term_joins_its_list(rare: list[str]) -> None:
    """Whether its documents have the common form too, and wherever they come in the order."""
    common = [f"d{number:02}" for number in range(70)]
    texts = dict.fromkeys(common, "mill")
    for docid in rare:
        texts[docid] = f"{texts.get(docid, '')} mills 'mills'"
    documents = [(docid.encode(), text.encode()) for docid, text in texts.items()]
    [(term, block)] = invert(documents, stemmed(), "docids")
    assert (term, block.decode().split("\t")) == (b"mill", sorted({*common, *rare}))


def test_many_documents_of_a_rare_form_join_the_list_of_a_common_one() -> None:
    """More than are put in one by one."""
    documents = [(b"%03d" % number, b"mills" if number % 3 else b"mill") for number in range(400)]
    blocks = list(invert(documents, stemmed(), "docids"))
    assert blocks == [(b"mill", b"\t".join(b"%03d" % number for number in range(400)))]


def test_a_docid_of_several_documents_is_once_in_a_block() -> None:
    """Of several documents it takes the place of one."""
    documents = [(b"b", b"x"), (b"a", b"x"), (b"a", b"x x")]
    assert list(invert(documents, analyser(), "docids")) == [(b"x", b"a\tb")]


@pytest.mark.parametrize(("payload", "first"), [("tf", {b"1", b"2"}), ("positions", {b"0", b"0,1"})])
def test_a_docid_of_several_documents_is_there_for_each_with_its_payload(payload: str, first: set[bytes]) -> None:
    """The reducer chooses; which comes first is no matter, as long as docids are in order."""
    documents = [(b"b", b"x"), (b"a", b"x"), (b"a", b"x x")]
    [(term, block)] = invert(documents, analyser(), payload)
    fields = block.split(b"\t")
    assert (term, fields[::2]) == (b"x", [b"a", b"a", b"b"])
    assert set(fields[1:4:2]) == first


@pytest.mark.parametrize(("payload", "ends"), [("docids", [b"3", b"7", b"8"]), ("tf", [b"1", b"1", b"1"])])
def test_a_long_list_is_several_blocks(payload: str, ends: list[bytes]) -> None:
    """A block has BLOCK postings at most, whatever a posting is."""
    documents = [(b"%d" % number, b"x") for number in range(9)]
    with patch.object(postings, "BLOCK", 4):
        blocks = [block for _, block in invert(documents, analyser(), payload)]
    assert [block.split(b"\t")[0] for block in blocks] == [b"0", b"4", b"8"]
    assert [block.split(b"\t")[-1] for block in blocks] == ends


@pytest.mark.parametrize("payload", PAYLOADS)
def test_documents_without_words_make_no_blocks(payload: str) -> None:
    """Nor do no documents at all."""
    assert list(invert([], analyser(), payload)) == []
    assert list(invert([(b"a", b""), (b"b", b" - the")], analyser(), payload)) == []


@pytest.mark.parametrize("wanted", [True, False])
def test_garbage_collection_is_left_as_it_was(wanted: bool) -> None:
    """It is off only while postings are gathered, and for who wants it off it stays off."""
    before = gc.isenabled()
    try:
        (gc.enable if wanted else gc.disable)()
        assert list(invert([(b"a", b"x")], analyser(), "docids")) == [(b"x", b"a")]
        assert gc.isenabled() is wanted
    finally:
        (gc.enable if before else gc.disable)()


def test_positions_of_a_term_that_many_raw_tokens_share_take_linear_time() -> None:
    """Of two sizes, the second of which is four times the first; the square of it is sixteen."""

    def seconds(count: int) -> float:
        text = b" ".join(b"the''a%d" % number for number in range(count))
        start = time.process_time()
        blocks = dict(invert([(b"d", text)], TermMemo(Analyser()), "positions"))
        assert blocks[b"the"] == b"d\t" + b",".join(b"%d" % (2 * number) for number in range(count))
        assert blocks[b"a7"] == b"d\t15"
        return time.process_time() - start

    small, great = seconds(20_000), seconds(80_000)
    assert great < max(8 * small, 1)


def test_positions_of_one_token_are_those_of_all_its_words() -> None:
    """A term that comes again and again in a token, and in others too."""
    text = "水車水車 水車 the''the''a".encode()
    assert invert([(b"d", text)], TermMemo(Analyser()), "positions") == [
        (b"a", b"d\t6"),
        (b"the", b"d\t4,5"),
        ("水車".encode(), b"d\t0,2,3"),
        ("車水".encode(), b"d\t1"),
    ]


def test_a_block_of_long_docids_has_fewer(monkeypatch: pytest.MonkeyPatch) -> None:
    """A docid of a megabyte has a block of its own; else 512 of them would be one record."""
    monkeypatch.setattr(docid_lists, "_COPIED", 110_000)
    documents = [(b"%03d" % number + b"x" * 20_000, b"mill") for number in range(7)]
    blocks = invert(documents, analyser(), "docids")
    assert [len(block.split(b"\t")) for _, block in blocks] == [3, 3, 1]
    assert [len(b) for _, b in invert([(b"y" * 100_000, b"a"), (b"z", b"a")], analyser(), "docids")] == [100_000, 1]


@pytest.mark.parametrize("payload", ["docids", "tf", "positions"])
def test_terms_that_take_too_much_memory_are_given_in_parts(payload: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """All of them, each block in order within its part."""
    monkeypatch.setattr(docid_lists, "MOST", 400 * 50)
    monkeypatch.setattr(payloads, "TERMS", 50)
    monkeypatch.setattr(tokens, "_PIECE", 1000)
    documents = [(b"d%d" % n, b" ".join(b"t%d" % (n * 20 + step) for step in range(100))) for n in range(20)]
    counts: list[int] = []
    blocks = list(postings.invert(list(documents), TermMemo(Analyser()), PAYLOADS[payload], counts.append))
    assert len(counts) > 3
    assert sum(counts) == 2000
    fields = PAYLOADS[payload].fields
    found = {(term, docid) for term, block in blocks for docid in block.split(b"\t")[::fields]}
    assert found == {(term, docid) for docid, text in documents for term in text.split()}


def test_a_long_text_counts_once_in_any_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether its loop is compiled or not."""
    monkeypatch.setattr(tokens, "_PIECE", 8)
    documents = [(b"a", b"mill stone mill mill stone"), (b"b", b"mill")]
    assert invert(documents, TermMemo(Analyser()), "docids") == [(b"mill", b"a\tb"), (b"stone", b"a")]


def test_lists_are_not_held_by_who_gave_them() -> None:
    """They go one by one where blocks are made of them, and none is there while the next part is gathered."""
    parts = docid_lists.gather_docids([(b"a", b"mill"), (b"b", b"mill stone")], TermMemo(Analyser()))
    by_term, _ = next(parts)
    docids, free = by_term.pop(b"mill"), [b"a", b"b"]
    assert docids == free
    assert sys.getrefcount(docids) == sys.getrefcount(free)
