"""What the index job says of input and options that it cannot use."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest

from gristmill.errors import BadInput
from gristmill.index.payloads import PAYLOADS
from jobs.inverted_index import InvertedIndex

if TYPE_CHECKING:
    from tests.conftest import RunJob
    from tests.jobs.conftest import RunHere, RunTask

#: (a line, the rows of its index, the name under which it is counted)
FAULTS = [
    (b"", b"", "no TAB"),
    (b"mill stone", b"", "no TAB"),
    (b"\tmill", b"", "empty docid"),
    (b"a\xff\tmill", b"", "docid is not UTF-8"),
    (b"\xed\xa0\x80\tmill", b"", "docid is not UTF-8"),
    ("a\ufffd\tmill".encode(), b"", "docid holds U+FFFD"),
    (b"a\x00\tmill", b"", "docid holds a control character"),
    (b"\x1f\tmill", b"", "docid holds a control character"),
    (b"\x7f\tmill", b"", "docid holds a control character"),
    ("a\x80\tmill".encode(), b"", "docid holds a control character"),
    ("\x85\tmill".encode(), b"", "docid holds a control character"),
    ("é\x9b31m\x9f\tmill".encode(), b"", "docid holds a control character"),
    (b"a\tmi\xffll stone\xe6\xb0", b"ll\ta\nmi\ta\nstone\ta\n", "text is not UTF-8"),
]
MISSING = b"error: input nowhere.tsv does not exist; give a file, a folder, a glob, or - for standard input\n"
IDS = [name + str(number) for number, (_, _, name) in enumerate(FAULTS)]


@pytest.mark.parametrize(("line", "rows", "name"), FAULTS, ids=IDS)
def test_a_line_that_cannot_be_used_is_counted_under_a_name_that_says_why(
    run_here: RunHere, line: bytes, rows: bytes, name: str
) -> None:
    """The job goes on, with what can be used of the line; text that is not UTF-8 is cut where it is not."""
    ran = run_here(InvertedIndex, stdin=line + b"\nz\tx\n" + line + b"\n")
    assert ran.output == rows + b"x\tz\n"
    assert ran.counters["input"] == {name: 2}
    assert ran.counters["index"] == ({"documents": 3, "tokens": 5} if rows else {"documents": 1, "tokens": 1})


@pytest.mark.parametrize("runner", ["inline", "local"])
def test_a_line_longer_than_allowed_is_passed_over_counted_and_named_by_strict(
    run_here: RunHere, tmp_path: Path, runner: str
) -> None:
    """Also a compressed one, and the line after it has its own number."""
    path = tmp_path / "documents.tsv.gz"
    path.write_bytes(gzip.compress(b"z\tx\nlong\t" + b"mill " * 500_000 + b"\nz\ty\nz\n"))
    ran = run_here(InvertedIndex, "-r", runner, "--max-line", "1MB", path)
    assert ran.output == b"x\tz\ny\tz\n"
    assert ran.counters["input"] == {"line longer than --max-line": 1, "no TAB": 1}
    with pytest.raises(BadInput) as caught:
        run_here(InvertedIndex, "-r", runner, "--strict", "--max-line", "1MB", path)
    assert str(caught.value) == (
        f"{path}, line 2: line longer than --max-line (1048576 bytes); mend it, give --max-line more, "
        "or leave out --strict to have such lines counted"
    )
    with pytest.raises(BadInput, match=", line 4: no TAB"):
        run_here(InvertedIndex, "-r", runner, "--strict", "--max-line", "3MB", path)


@pytest.mark.parametrize(("line", "rows", "name"), FAULTS, ids=IDS)
@pytest.mark.parametrize("runner", ["inline", "local"])
def test_a_strict_job_fails_on_such_a_line_and_names_it(
    run_here: RunHere, tmp_path: Path, line: bytes, rows: bytes, name: str, runner: str
) -> None:
    """The error names the file, the line and the rule."""
    path = tmp_path / "documents.tsv"
    path.write_bytes(b"z\tx\n" + line + b"\nz\tx\n")
    with pytest.raises(BadInput) as caught:
        run_here(InvertedIndex, "-r", runner, "--strict", path)
    assert str(caught.value).startswith(f"{path}, line 2: ")
    assert name in str(caught.value).replace("the text", "text")
    assert str(caught.value).endswith(", or leave out --strict to have such lines counted")
    assert "\n" not in str(caught.value)


def test_what_is_no_control_character_is_kept(run_here: RunHere) -> None:
    """Below a space and from DEL to U+009F all are ruled out; U+00A0 and U+2028 are letters of a docid like others."""
    lines = "a\u00a0\tx\na\u2028\tx\na b\tx\n".encode()
    assert run_here(InvertedIndex, stdin=lines).output == "x\ta b\ta\u00a0\ta\u2028\n".encode()


@pytest.mark.parametrize("maps", [1, 2, 7, 40])
def test_a_line_in_a_later_split_is_named_by_its_number_in_the_file(
    run_here: RunHere, tmp_path: Path, maps: int
) -> None:
    """A task that begins at a byte knows its lines: those that a lone CR or CR LF ends too."""
    path = tmp_path / "documents.tsv"
    path.write_bytes(b"a\tone\r" * 20 + b"b\ttwo\r\n" * 30 + b"c\tthree\n" * 40 + b"no tab")
    with pytest.raises(BadInput, match=r"documents\.tsv, line 91: no TAB"):
        run_here(InvertedIndex, "--strict", "-D", f"mapreduce.job.maps={maps}", path)


@pytest.mark.parametrize("runner", ["inline", "local"])
def test_a_line_of_a_later_split_of_standard_input_is_named_by_its_number(run_here: RunHere, runner: str) -> None:
    """It is the number that the one who wrote the pipe counts."""
    with pytest.raises(BadInput, match=r"^standard input, line 41: no TAB"):
        run_here(InvertedIndex, "-r", runner, "--strict", "-D", "mapreduce.job.maps=7", stdin=b"a\tx\n" * 40 + b"no\n")


@pytest.mark.parametrize("runner", ["inline", "local"])
def test_a_line_of_a_compressed_file_is_named_by_its_number(run_here: RunHere, tmp_path: Path, runner: str) -> None:
    """The file is the one the user has, and not a copy of it."""
    path = tmp_path / "documents.tsv.gz"
    path.write_bytes(gzip.compress(b"a\tone\n" * 5 + b"no tab\n"))
    with pytest.raises(BadInput) as caught:
        run_here(InvertedIndex, "-r", runner, "--strict", path)
    assert str(caught.value).startswith(f"{path}, line 6: no TAB")


@pytest.mark.parametrize("args", [[], ["-"], ["-r", "inline"], ["--mapper"]])
def test_a_line_of_standard_input_is_named_by_its_number(run_job: RunJob, args: list[str]) -> None:
    """So does the pipe; one line, exit status 1."""
    ran = run_job("-m", "jobs.inverted_index", "-q", "--strict", *args, stdin=b"a\tx\nno tab\n")
    assert ran.returncode == 1
    assert ran.stdout == b""
    assert ran.stderr.decode() == (
        "error: standard input, line 2: no TAB; a line is docid TAB text; mend it, "
        "or leave out --strict to have such lines counted\n"
    )


def test_a_strict_job_that_fails_leaves_no_output(run_job: RunJob, tmp_path: Path, job_tmp: Path) -> None:
    """No folder that looks finished, nor anything beside it."""
    target = tmp_path / "index"
    ran = run_job("-m", "jobs.inverted_index", "-q", "--strict", "--output-dir", target, stdin=b"a\tx\nno tab\n")
    assert ran.returncode == 1
    assert list(tmp_path.iterdir()) == []
    assert list(job_tmp.iterdir()) == []


def test_the_pipe_reports_counters_as_hadoop_reads_them(run_job: RunJob) -> None:
    """One line a counter on stderr, when the task ends."""
    ran = run_job("-m", "jobs.inverted_index", "--mapper", stdin=b"a\tx\nno tab\nnone\n\tx\n")
    assert ran.stdout == b"x\ta\n"
    report, counters = ran.stderr.split(b"reporter:counter:", 1)
    assert report.startswith(
        b"reporter:status:standard input, line 2: no TAB\nreporter:status:standard input, line 3: no"
    )
    assert b"reporter:counter:" + counters.partition(b"warning: ")[0] == (
        b"reporter:counter:input,no TAB,2\nreporter:counter:input,empty docid,1\n"
        b"reporter:counter:index,documents,1\nreporter:counter:index,tokens,1\n"
    )


@pytest.mark.parametrize("payload", ["docids", "tf", "positions"])
def test_a_tab_that_hadoop_adds_to_a_record_of_two_fields_is_no_docid(run_task: RunTask, payload: str) -> None:
    """A block of one docid is the whole key of a record there."""
    values = {"docids": b"x\ta\t\nx\tb\tc\nx\tb\t\n", "tf": b"x\ta\t1\nx\tb\t2\tc\t1\n", "positions": b"x\ta\t0\n"}
    rows = {"docids": b"x\ta\tb\tc\n", "tf": b"x\ta:1\tb:2\tc:1\n", "positions": b"x\ta:1:0\n"}
    assert run_task(InvertedIndex, "--reducer", "--payload", payload, stdin=values[payload]) == rows[payload]


def test_input_that_is_not_there_fails_in_one_line(run_job: RunJob, tmp_path: Path) -> None:
    """Nothing is begun."""
    ran = run_job("-m", "jobs.inverted_index", "-q", "nowhere.tsv", "--output-dir", "index", cwd=tmp_path)
    assert ran.returncode == 1
    assert ran.stderr == MISSING
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [b"", b"\n", b"a\t\n"])
def test_input_without_words_makes_an_empty_index(run_here: RunHere, content: bytes) -> None:
    """An empty file, an empty line, an empty document."""
    assert run_here(InvertedIndex, stdin=content).output == b""


def test_a_last_line_needs_no_newline(run_here: RunHere) -> None:
    """Its text is all there."""
    assert run_here(InvertedIndex, stdin=b"a\tx\nb\tx").output == b"x\ta\tb\n"


class Watched(InvertedIndex):
    """Tells how many documents it holds."""

    most = 0

    def _add(self, docid: bytes, text: bytes) -> Any:
        found = super()._add(docid, text)
        Watched.most = max(Watched.most, len(self.documents))
        return found


def test_documents_without_text_are_not_held_without_end(run_task: RunTask) -> None:
    """What a document costs counts towards a batch, not only its text."""

    lines = b"".join(b"d%d\t\n" % number for number in range(5000))
    with patch.object(PAYLOADS["docids"], "batch_bytes", 10_000):
        assert run_task(Watched, "--mapper", stdin=lines) == b""
    assert Watched.most == 76


@pytest.mark.timeout(60)
@pytest.mark.parametrize("payload", ["docids", "tf", "positions"])
def test_lines_that_all_have_one_docid_take_no_longer_than_others(run_task: RunTask, payload: str) -> None:
    """A log whose first field is a level is a fair mistake: it must not take the square of its length."""
    lines = b"INFO\tstarted\n" * 100_000
    expected = {"docids": b"started\tINFO\n", "tf": b"started\tINFO:1\n", "positions": b"started\tINFO:1:0\n"}
    mapped = run_task(InvertedIndex, "--mapper", "--payload", payload, stdin=lines)
    assert run_task(InvertedIndex, "--reducer", "--payload", payload, stdin=mapped) == expected[payload]
