"""Stop words, stems, and options that cannot be."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jobs.inverted_index import InvertedIndex

DATA = Path(__file__).parents[2] / "data"

if TYPE_CHECKING:
    from tests.conftest import RunJob
    from tests.jobs.conftest import RunHere


def test_stop_words_of_a_language_are_left_out_and_keep_their_positions(run_here: RunHere) -> None:
    """By the language's name or its code; casefolded, with either apostrophe."""
    lines = "a\tThe wheel and the STONE aren’t here水车 wheel\n".encode()
    for language in ("english", "en"):
        ran = run_here(InvertedIndex, "--payload", "positions", "--stop-words", language, stdin=lines)
        assert ran.output.decode() == "stone\ta:1:4\nwheel\ta:2:1,8\n水车\ta:1:7\n"


def test_the_sample_data_loses_no_document_and_no_noun_to_the_english_stop_words(run_here: RunHere) -> None:
    """The docs' example: `mill`, `water` and `fire` are what its documents are about."""
    rows = run_here(InvertedIndex, "--stop-words", "english", DATA / "documents.tsv").output.decode().splitlines()
    postings = {row.split("\t")[0]: row.split("\t")[1:] for row in rows}
    documents = [line.split("\t")[0] for line in (DATA / "documents.tsv").read_text(encoding="utf-8").splitlines()]
    assert {docid for docids in postings.values() for docid in docids} == set(documents)
    assert {"mill", "mills", "miller's", "water", "stone", "wheel", "bread"} <= set(postings)
    assert not {"the", "of", "and", "don't"} & set(postings)


@pytest.mark.parametrize("runner", ["inline", "local"])
def test_stop_words_of_a_file_reach_every_task(run_job: RunJob, tmp_path: Path, runner: str) -> None:
    """The file is sent along; a comment and another case are no matter."""
    (tmp_path / "lists").mkdir()
    (tmp_path / "lists" / "stops.txt").write_text("# ours\nMILL # too common\n水车\n", encoding="utf-8")
    args = ["-m", "jobs.inverted_index", "-q", "-r", runner, "--stop-words", "lists/stops.txt"]
    ran = run_job(*args, cwd=tmp_path, stdin="a\tmill stone 水车磨\n".encode())
    assert ran.stdout.decode() == "stone\ta\n车磨\ta\n"


def test_stop_words_of_a_file_work_in_the_pipe(run_job: RunJob, tmp_path: Path) -> None:
    """A mapper of a pipe reads the file where it is."""
    (tmp_path / "stops.txt").write_bytes(b"mill\n")
    ran = run_job(
        "-m", "jobs.inverted_index", "--mapper", "--stop-words", "stops.txt", cwd=tmp_path, stdin=b"a\tmill x\n"
    )
    assert (ran.returncode, ran.stdout) == (0, b"x\ta\n")


@pytest.mark.parametrize("language", [[], ["--mapper"]])
@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("engish", "vietnamese (did you mean english?)"),
        ("klingon", "--stop-words: no stop words for 'klingon': no such file, and languages are arabic, bulgarian,"),
        ("bad.txt", "--stop-words: bad.txt, line 2: 'two words'"),
        ("latin.txt", "--stop-words: latin.txt, line 1: b'\\xe9' is not UTF-8"),
    ],
)
def test_stop_words_that_cannot_be_had_are_a_usage_error(
    run_job: RunJob, tmp_path: Path, words: str, message: str, language: list[str]
) -> None:
    """It names what there is, or the line; nothing is run."""
    (tmp_path / "bad.txt").write_bytes(b"one\ntwo words\n")
    (tmp_path / "latin.txt").write_bytes(b"\xe9\n")
    ran = run_job("-m", "jobs.inverted_index", "--stop-words", words, *language, cwd=tmp_path, stdin=b"a\tx\n")
    assert ran.returncode == 2
    assert ran.stderr.startswith(b"error: --stop-words: ")
    assert message in ran.stderr.decode().splitlines()[-1]
    assert ran.stdout == b""


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="the file that cannot be read is Linux's")
def test_a_stop_word_file_that_cannot_be_read_is_a_usage_error(run_job: RunJob) -> None:
    """The system's own reason is the message."""
    ran = run_job("-m", "jobs.inverted_index", "--stop-words", "/proc/self/mem", stdin=b"a\tx\n")
    assert ran.returncode == 2
    assert ran.stderr.endswith(b"error: --stop-words /proc/self/mem: Input/output error; --help lists the options\n")


def test_stems_stand_for_words_and_stop_words_are_compared_before_stemming(run_here: RunHere) -> None:
    """`wheels` and `wheeling` are one term; `this` is a stop word though its stem is `thi`."""
    lines = "a\twheels wheeling this 水车\nb\tWheel\n".encode()
    ran = run_here(InvertedIndex, "--stem", "english", "--stop-words", "en", "--payload", "positions", stdin=lines)
    assert ran.output.decode() == "wheel\ta:2:0,1\tb:1:0\n水车\ta:1:3\n"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--stem", "klingon"], "argument --stem: invalid choice: 'klingon' (choose from "),
        (["--max-postings", "0"], "argument --max-postings: '0' is no number from 1 on"),
        (["--max-postings", "many"], "argument --max-postings: 'many' is no number from 1 on"),
        (["--max-line", "0"], "argument --max-line: '0' is no number of bytes, as 1000, 64KB, 100MB or 1GB are"),
        (["--max-line", "1TB"], "argument --max-line: '1TB' is no number of bytes, as 1000, 64KB, 100MB or 1GB are"),
        (["--payload", "all"], "argument --payload: invalid choice: 'all' (choose from "),
        (["--docid-from", "x"], "argument --docid-from: invalid choice: 'x' (choose from "),
    ],
)
def test_an_option_that_cannot_be_is_a_usage_error(run_job: RunJob, args: list[str], message: str) -> None:
    """It names the option and what it takes."""
    ran = run_job("-m", "jobs.inverted_index", *args, stdin=b"a\tx\n")
    assert ran.returncode == 2
    assert message in ran.stderr.decode().splitlines()[-1]


def test_the_index_asks_for_no_stemmer_that_it_does_not_need(run_job: RunJob) -> None:
    """Only --stem imports one: a task's start is dear."""
    code = "import sys\nfrom jobs.inverted_index import InvertedIndex\nInvertedIndex.run()\nprint(*sys.modules)"
    ran = run_job("-c", code, "--mapper", stdin=b"a\tx\n")
    assert ran.stdout.startswith(b"x\ta\n")
    assert b"gristmill.text.stems" in ran.stdout
    assert b"english_stemmer" not in ran.stdout
    assert b"snowballstemmer" not in ran.stdout.split()
