"""The compiled loops of the index beside the same in Python."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Callable
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gristmill.index import blocks, docid_lists
from gristmill.native import loader
from gristmill.task import archive
from gristmill.text.words import SEPARATORS
from jobs.inverted_index import InvertedIndex
from tests.gristmill.native import compiling

SECRET = b"sixteen of these."[:16]
#: Around the length from which a token lies apart, and the number of them that are looked for at a time.
LENGTHS = [1, 7, 8, 9, 31, 32, 33, 64, 1000]
texts = st.one_of(
    st.binary(max_size=300),
    st.lists(
        st.builds(
            lambda letter, length: letter * length, st.sampled_from([b"a", b"B", b"\xe6"]), st.sampled_from(LENGTHS)
        )
    ).map(b" ".join),
    st.lists(st.integers(0, 99).map(b"w%d".__mod__), max_size=200).map(b"-".join),
)


@pytest.fixture(autouse=True)
def _compiled() -> None:
    compiling.need()


def both(docids: list[bytes], texts: list[bytes]) -> dict[bytes, list[bytes]]:
    """What both say, which is one."""
    given = list(texts)
    found, tokens, done, offset = loader.kernel().gather(docids, given, SEPARATORS, SECRET, 0, 1 << 30)
    assert (given, done, offset) == ([], len(texts), 0)
    with patch.object(docid_lists, "_compiled", None):
        assert [(found, tokens)] == list(docid_lists._by_raw(list(docids), list(texts)))
    assert tokens == sum(len(text.translate(SEPARATORS).split()) for text in texts)
    return found


@given(st.lists(texts, max_size=6))
def test_tokens_and_their_documents_are_those_of_python(texts: list[bytes]) -> None:
    """Whatever bytes a text has."""
    both([b"d%d" % number for number in range(len(texts))], texts)


@given(
    st.lists(
        st.one_of(
            # in order, as they are made, with the TAB that Hadoop may add, and in any order
            st.lists(st.binary(max_size=3).map(lambda docid: docid.replace(b"\t", b"")), min_size=1).map(sorted),
            st.lists(st.sampled_from([b"a", b"ab", b"b", b"c" * 40, b"\xff"]), min_size=1),
        ).map(b"\t".join),
        min_size=2,
        max_size=6,
    )
)
def test_a_union_is_that_of_python(some: list[bytes]) -> None:
    """Of blocks in order and in none, with the same docids and with others."""
    found = loader.kernel().union(some)
    with patch.object(blocks, "_compiled", None):
        assert found == blocks._union(some)


def test_many_tokens_each_in_many_documents_are_found() -> None:
    """So many that the tables grow; a document counts once however often it holds a token."""
    docids = [b"%d" % number for number in range(100)]
    texts = [b" ".join(b"t%d" % (number * step % 20_011) for step in range(1, 3000)) for number in range(1, 101)]
    found = both(docids, [text + b" all all" for text in texts])
    assert len(found) > 15_000
    assert found[b"all"] == docids


def test_nothing_is_kept_when_it_is_done() -> None:
    """Docids and texts are as free as before, whether it ended well or not."""
    docid, text = b"a docid of its own", b"a text of its own"
    before = sys.getrefcount(docid), sys.getrefcount(text)
    gather = loader.kernel().gather
    for _ in range(10):
        both([docid], [text])
        with pytest.raises(TypeError):
            gather([docid, docid], [text, "no bytes"], SEPARATORS, SECRET, 0, 1 << 30)
    assert (sys.getrefcount(docid), sys.getrefcount(text)) == before


@pytest.mark.parametrize("some", [b"a", (b"a", b"b"), [b"a", "b"]])
def test_what_is_no_list_of_blocks_is_refused(some: object) -> None:
    """By an error of types."""
    with pytest.raises(TypeError):
        loader.kernel().union(some)


@pytest.mark.parametrize(
    ("docids", "texts", "table", "secret", "offset", "most"),
    [
        ([b"a"], [], SEPARATORS, SECRET, 0, 1),
        ([], [], b"", SECRET, 0, 1),
        ([], [], SEPARATORS, b"", 0, 1),
        ([], [], SEPARATORS, SECRET, -1, 1),
        ([], [], SEPARATORS, SECRET, 0, 0),
    ],
)
def test_what_does_not_fit_together_is_refused(
    docids: list[bytes], texts: list[bytes], table: bytes, secret: bytes, offset: int, most: int
) -> None:
    """An error, and no look beyond what is there."""
    with pytest.raises(ValueError, match="as many docids as texts, in two lists, 256 bytes"):
        loader.kernel().gather(docids, texts, table, secret, offset, most)


def test_one_list_as_docids_and_texts_is_refused() -> None:
    """The texts are taken off it: there would be no docids left."""
    both_of_them = [b"a b", b"c"]
    with pytest.raises(ValueError, match="in two lists"):
        loader.kernel().gather(both_of_them, both_of_them, SEPARATORS, SECRET, 0, 1 << 30)


def gather_with_a_signal(docids: list[bytes], texts: list[bytes], handler: Callable[[int, object], None]) -> object:
    """What the loop gives where a signal comes after some milliseconds of CPU time."""
    before = signal.signal(signal.SIGVTALRM, handler)
    signal.setitimer(signal.ITIMER_VIRTUAL, 0.01)
    try:
        return loader.kernel().gather(docids, texts, SEPARATORS, SECRET, 0, 1 << 30)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def test_a_signal_is_heeded_within_a_text() -> None:
    """What its handler raises ends the loop, and takes nothing off the lists."""

    def refuse(number: int, frame: object) -> None:
        raise TimeoutError

    texts = [b"w " * 20_000_000]
    start = time.process_time()
    with pytest.raises(TimeoutError):
        gather_with_a_signal([b"d"], texts, refuse)
    assert time.process_time() - start < 0.2
    assert len(texts) == 1


@pytest.mark.parametrize("change", ["docids", "texts"])
def test_lists_that_a_signals_handler_empties_are_an_error_or_the_end(change: str) -> None:
    """And no look at what is no longer there."""
    lists = {"docids": [b"d0", b"d1"], "texts": [b"w%d " % number * 10_000_000 for number in range(2)]}

    def empty(number: int, frame: object) -> None:
        lists[change].clear()

    if change == "texts":
        assert gather_with_a_signal(**lists, handler=empty) == ({b"w0": [b"d0"]}, 10_000_000, 1, 0)
    else:
        with pytest.raises(IndexError):
            gather_with_a_signal(**lists, handler=empty)


def test_memory_for_tokens_is_bounded_within_a_text_and_between_texts() -> None:
    """The next call goes on where the last one stopped; a token of any length is whole."""
    texts = [b" ".join(b"t%d" % number for number in range(100_000)), b"", b"x" * 300_000 + b" t5", b"t6"] * 2
    docids = [b"d%d" % number for number in range(len(texts))]
    want = both(list(docids), list(texts))
    found: dict[bytes, list[bytes]] = {}
    offset = calls = 0
    while texts:
        some, _, done, offset = loader.kernel().gather(docids, texts, SEPARATORS, SECRET, offset, 10_000 * 400)
        assert len(some) < 30_000
        for token, of_it in some.items():
            found.setdefault(token, []).extend(of_it)
        del docids[:done]
        calls += 1
    assert found == want
    assert calls > 6


def test_an_archive_that_is_run_takes_its_compiled_part_out(tmp_path: Path) -> None:
    """On a machine that has none of this: the loop is compiled, and nothing of it stays behind."""
    path = tmp_path / "job.zip"
    archive.write_archive(InvertedIndex, path)
    code = "from gristmill.index import blocks; print(blocks._compiled.union([b'a', b'a']))"
    # of this environment's Python without its packages
    command = [sys.executable, "-S", "-c", f"import gristmill.job.mrjob_compat; {code}"]
    environment = {**os.environ, "PYTHONPATH": str(path), "TMPDIR": str(tmp_path)}
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True)
    assert done.stdout == "b'a'\n", done.stderr
    assert [each.name for each in tmp_path.iterdir()] == ["job.zip"]


def test_what_is_in_an_archive_is_loaded_or_left() -> None:
    """Another machine's code is no error, nor is an archive without any."""
    assert loader._from_archive().union([b"a", b"a"]) == b"a"
    for answer in ({"return_value": b"of another machine"}, {"side_effect": FileNotFoundError}):
        with patch.object(loader.pkgutil, "get_data", **answer):
            assert loader._from_archive() is None
