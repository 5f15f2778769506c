"""The index is the same bytes on every runner, for any documents, splits and orders, and what a plain index says."""

from __future__ import annotations

import io
import re
import shlex
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gristmill.index.blocks
import gristmill.index.docid_lists
from gristmill.index.payloads import PAYLOADS as PAYLOAD_OF_NAME
from gristmill.text.words import words
from jobs.inverted_index import InvertedIndex

if TYPE_CHECKING:
    from random import Random

    from tests.jobs.conftest import RunHere, RunTask

DATA = Path(__file__).parents[2] / "data"
SAMPLE = Path(__file__).parents[1] / "golden" / "inverted_index" / "sample"
PAYLOADS = ("docids", "tf", "positions")

DOCIDS = [b"a", b"a!", b"a:1", b"b", b"b c", "é".encode(), "水".encode(), "\U0001f35e".encode(), "\u0085".encode()]
FAULTY = [b"", b"\xff", b"a\xc3", "a\ufffd".encode(), b"\x00", b"a\x1f", b"\x7f"]
FRAGMENTS = [b"mill", b"Mill", b"x", b"y", b" ", b"\t", b"'", "’".encode(), "水车磨".encode(), "cafe\u0301".encode()]
FRAGMENTS += ["é".encode(), b"\xff", b"\xe6\xb0", b"\x00", b"\r", b"-", "\u2028".encode(), "\ufffd".encode()]

texts = st.lists(st.sampled_from(FRAGMENTS), max_size=12).map(b"".join)
documents = st.builds(lambda docid, text: docid + b"\t" + text, st.sampled_from([*DOCIDS, *DOCIDS, *FAULTY]), texts)
lines = st.one_of(documents, documents, documents, texts)
ends = st.sampled_from([b"\n", b"\n", b"\r\n", b"\r"])
inputs = st.builds(
    lambda ended, last: b"".join(line + end for line, end in ended) + last,
    st.lists(st.tuples(lines, ends), max_size=12),
    st.one_of(st.just(b""), lines),
)
#: Sizes at which work is cut; small ones meet every border.
sizes = st.fixed_dictionaries(
    {
        "postings.BLOCK": st.sampled_from([1, 2, 512]),
        "tokens._PIECE": st.sampled_from([1, 3, 99]),
        "occurrences._NUMBERS": st.sampled_from([1, 3]),
        "blocks._HELD": st.sampled_from([0, 40, 64 << 10]),
        "docid_lists._compiled": st.sampled_from([None, gristmill.index.docid_lists._compiled]),
        "blocks._compiled": st.sampled_from([None, gristmill.index.blocks._compiled]),
    }
)
batches = st.sampled_from([1, 200, 1 << 20])


def records(data: bytes) -> list[bytes]:
    """What stands between the line ends."""
    found = re.split(b"\r\n|\r|\n", data)
    return found if found[-1] else found[:-1]


def fault_of(docid: bytes) -> str:
    """Why a docid cannot be used, or ""."""
    text = docid.decode("utf-8", "ignore")
    if not docid:
        return "empty docid"
    if text.encode() != docid:
        return "docid is not UTF-8"
    if "\ufffd" in text:
        return "docid holds U+FFFD"
    return "docid holds a control character" if any(ord(one) < 32 or 127 <= ord(one) < 160 for one in text) else ""


def plain_index(data: bytes, payload: str) -> tuple[bytes, dict[str, int]]:
    """The rows, and how often each fault is met, by dicts alone."""
    faults: defaultdict[str, int] = defaultdict(int)
    index: defaultdict[str, dict[bytes, list[int]]] = defaultdict(dict)
    for record in records(data):
        docid, tab, text = record.partition(b"\t")
        fault = fault_of(docid) if tab else "no TAB"
        if fault:
            faults[fault] += 1
            continue
        if text.decode("utf-8", "ignore").encode() != text:
            faults["text is not UTF-8"] += 1
        places: defaultdict[str, list[int]] = defaultdict(list)
        tokens = re.findall(rb"[A-Za-z0-9_'\x80-\xff]+", text)
        for position, term in enumerate(term for token in tokens for term in words(token)):
            places[term].append(position)
        for term, found in places.items():
            index[term][docid] = max(index[term].get(docid, []), found, key=lambda some: (len(some), some))
    rows = []
    for term in sorted(index, key=str.encode):
        row = [term.encode()]
        for docid, found in sorted(index[term].items()):
            shown = [docid, b"%d" % len(found), ",".join(map(str, found)).encode()]
            row.append(b":".join(shown[: PAYLOADS.index(payload) + 1]))
        rows.append(b"\t".join(row) + b"\n")
    return b"".join(rows), dict(faults)


def plain_counts(data: bytes) -> dict[str, int]:
    """The documents and the raw tokens of an input, by its lines alone."""
    rows = [record.partition(b"\t") for record in records(data)]
    texts = [text for docid, tab, text in rows if tab and not fault_of(docid)]
    return {
        "documents": len(texts),
        "tokens": sum(len(re.findall(rb"[A-Za-z0-9_'\x80-\xff]+", text)) for text in texts),
    }


@given(data=inputs, payload=st.sampled_from(PAYLOADS), cuts=st.data(), sizes=sizes, batch=batches)
@settings(max_examples=120, deadline=None)
def test_any_documents_in_any_splits_give_the_plain_index(
    run_task: RunTask, data: bytes, payload: str, cuts: st.DataObject, sizes: dict[str, Any], batch: int
) -> None:
    """Mappers over any splits, a sort, a reducer: the bytes are those of a dict of dicts."""
    starts = [0, *(match.end() for match in re.finditer(b"\n", data)), len(data)]
    borders = sorted(cuts.draw(st.sets(st.sampled_from(starts), max_size=5)) | {0, len(data)})
    with pytest.MonkeyPatch.context() as patched, patch.object(PAYLOAD_OF_NAME[payload], "batch_bytes", batch):
        for name, size in sizes.items():
            patched.setattr(f"gristmill.index.{name}", size)
        reports = [io.BytesIO() for _ in borders[1:]]
        mapped = [
            run_task(InvertedIndex, "--mapper", "--payload", payload, stdin=data[start:end], stderr=report)
            for start, end, report in zip(borders, borders[1:], reports)
        ]
        shuffled = b"".join(sorted(line for part in mapped for line in part.splitlines(True)))
        found = run_task(InvertedIndex, "--reducer", "--payload", payload, stdin=shuffled)
    assert found == plain_index(data, payload)[0]
    counted = re.findall(rb"^reporter:counter:index,(\w+),(\d+)$", b"".join(map(io.BytesIO.getvalue, reports)), re.M)
    totals = {name: sum(int(n) for other, n in counted if other == name.encode()) for name in ("documents", "tokens")}
    assert totals == plain_counts(data)


@given(data=inputs, payload=st.sampled_from(PAYLOADS), order=st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_documents_in_any_order_give_the_same_bytes(
    run_task: RunTask, data: bytes, payload: str, order: Random
) -> None:
    """Nothing depends on which line comes first; ends of lines are no part of them."""
    shuffled = records(data)
    order.shuffle(shuffled)
    outputs = set()
    for part in (data, b"\n".join(shuffled)):
        mapped = run_task(InvertedIndex, "--mapper", "--payload", payload, stdin=part)
        lines = b"".join(sorted(mapped.splitlines(True)))
        outputs.add(run_task(InvertedIndex, "--reducer", "--payload", payload, stdin=lines))
    assert len(outputs) == 1


@given(
    data=inputs,
    payload=st.sampled_from(PAYLOADS),
    runner=st.sampled_from(["local", "local", "inline"]),
    maps=st.integers(1, 9),
    reduces=st.integers(1, 4),
)
@settings(max_examples=25, deadline=None)
def test_a_runner_gives_the_plain_index_and_its_counters(
    run_here: RunHere, data: bytes, payload: str, runner: str, maps: int, reduces: int
) -> None:
    """Whatever the numbers of maps and reduces: the same bytes, and every line that could not be used is counted."""
    conf = ["-D", f"mapreduce.job.maps={maps}", "-D", f"mapreduce.job.reduces={reduces}"]
    ran = run_here(InvertedIndex, "-r", runner, "--payload", payload, *conf, stdin=data)
    rows, faults = plain_index(data, payload)
    assert ran.output == rows
    counted = ran.counters.get("input", {})
    assert {name: count for name, count in counted.items() if "at least" not in name} == faults
    assert ran.counters["index"] == plain_counts(data)


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize(
    ("maps", "reduces"), [(1, 1), (1, 5), (2, 1), (7, 5), pytest.param(40, 1, marks=pytest.mark.long)]
)
def test_the_sample_is_the_same_bytes_for_any_number_of_tasks(
    run_here: RunHere, payload: str, maps: int, reduces: int
) -> None:
    """Splits and partitions leave no trace."""
    conf = ["-D", f"mapreduce.job.maps={maps}", "-D", f"mapreduce.job.reduces={reduces}"]
    ran = run_here(InvertedIndex, "--payload", payload, *conf, DATA / "documents.tsv")
    assert ran.output == (SAMPLE / payload).read_bytes()
    assert ran.counters == {"index": {"documents": 49, "tokens": 732}}


@pytest.mark.parametrize("args", [[], ["--docid-from", "file"]], ids=["lines", "files"])
@pytest.mark.parametrize("runner", ["inline", "local"])
def test_the_sample_is_the_same_bytes_inline_and_local(run_here: RunHere, runner: str, args: list[str]) -> None:
    """A runner leaves no trace."""
    path = DATA / "documents" if args else DATA / "documents.tsv"
    ran = run_here(InvertedIndex, "-r", runner, *args, path)
    assert ran.output == (SAMPLE / ("files" if args else "docids")).read_bytes()


@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_sample_is_the_same_bytes_through_the_shell_pipe(payload: str) -> None:
    """`job --mapper | sort | job --reducer` is the job, with nothing of ours between."""
    job = shlex.join([sys.executable, "-m", "jobs.inverted_index", "--payload", payload])
    pipe = f"{job} --mapper < {shlex.quote(str(DATA / 'documents.tsv'))} | LC_ALL=C sort | {job} --reducer"
    found = subprocess.run(pipe, shell=True, capture_output=True, check=True)
    assert found.stdout == (SAMPLE / payload).read_bytes()
    assert found.stderr == b"reporter:counter:index,documents,49\nreporter:counter:index,tokens,732\n"


@pytest.mark.parametrize("suffix", ["gz", "bz2", "xz"])
@pytest.mark.parametrize("runner", ["inline", "local"])
def test_compressed_documents_are_the_same_bytes(run_here: RunHere, tmp_path: Path, suffix: str, runner: str) -> None:
    """What a file is packed in leaves no trace."""
    compress = __import__({"gz": "gzip", "bz2": "bz2", "xz": "lzma"}[suffix]).compress
    path = tmp_path / f"documents.tsv.{suffix}"
    path.write_bytes(compress((DATA / "documents.tsv").read_bytes()))
    assert run_here(InvertedIndex, "-r", runner, path).output == (SAMPLE / "docids").read_bytes()
