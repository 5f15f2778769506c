"""The index: its stages, its words, its rows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jobs.inverted_index import InvertedIndex

if TYPE_CHECKING:
    from typing import Callable

    from tests.conftest import RunJob
    from tests.jobs.conftest import Golden, RunHere, RunTask

    Index = Callable[..., list[str]]

DATA = Path(__file__).parents[2] / "data"
GOLDEN = Path(__file__).parents[1] / "golden" / "inverted_index"
PAYLOADS = ("docids", "tf", "positions")


@pytest.fixture
def index(run_here: RunHere) -> Index:
    """The rows of an index of `lines`, as text."""

    def rows(lines: str, *args: str) -> list[str]:
        return run_here(InvertedIndex, *args, stdin=lines.encode()).output.decode().split("\n")[:-1]

    return rows


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("part", ["part-00000", "part-00001"])
def test_the_mapper_makes_of_the_golden_input_the_golden_blocks(
    payload: str, part: str, run_task: RunTask, golden: Golden
) -> None:
    """A block is a term and its postings, in order of docids; terms come in order."""
    found = run_task(InvertedIndex, "--mapper", "--payload", payload, stdin=(GOLDEN / "input" / part).read_bytes())
    golden(f"inverted_index/mapped/{payload}/{part}", found)


@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_shuffle_puts_the_golden_blocks_in_the_golden_order(payload: str, golden: Golden) -> None:
    """The order is that of the lines' bytes: by term, then by the block's first docid."""
    lines = [line for part in (GOLDEN / "mapped" / payload).iterdir() for line in part.read_bytes().splitlines(True)]
    golden(f"inverted_index/shuffled/{payload}", b"".join(sorted(lines)))


@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_reducer_makes_of_the_golden_order_the_golden_rows(payload: str, run_task: RunTask, golden: Golden) -> None:
    """A row is a term and its postings, each docid once, with the greater of its payloads."""
    found = run_task(
        InvertedIndex, "--reducer", "--payload", payload, stdin=(GOLDEN / "shuffled" / payload).read_bytes()
    )
    golden(f"inverted_index/reduced/{payload}", found)


@pytest.mark.parametrize("runner", ["inline", "local"])
@pytest.mark.parametrize("payload", PAYLOADS)
def test_a_runner_makes_of_the_golden_input_the_golden_rows(payload: str, runner: str, run_here: RunHere) -> None:
    """The stages together are the job; what could not be used is counted."""
    ran = run_here(InvertedIndex, "-r", runner, "--payload", payload, GOLDEN / "input")
    assert ran.output == (GOLDEN / "reduced" / payload).read_bytes()
    assert ran.counters["input"]["no TAB"] == 1
    assert ran.counters["input"]["empty docid"] == 1


@pytest.mark.parametrize("payload", PAYLOADS)
def test_the_index_of_the_sample_documents_is_golden(payload: str, run_job: RunJob, golden: Golden) -> None:
    """On every Python the command prints these bytes."""
    ran = run_job("-m", "jobs.inverted_index", "--payload", payload, DATA / "documents.tsv")
    assert ran.returncode == 0
    golden(f"inverted_index/sample/{payload}", ran.stdout)


def test_the_index_of_the_sample_folder_is_golden(run_job: RunJob, golden: Golden) -> None:
    """With --docid-from file a docid is the file's path below the folder that was named."""
    ran = run_job("-m", "jobs.inverted_index", "--docid-from", "file", DATA / "documents")
    assert ran.returncode == 0
    golden("inverted_index/sample/files", ran.stdout)
    assert b"\nafon\tletters/abroad/letter-02.txt\n" in ran.stdout


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("Don't ’tis ducks’ o''clock", ["clock\ta", "don't\ta", "ducks\ta", "o\ta", "tis\ta"]),
        ("Miller’s MILLER'S", ["miller's\ta"]),
        ("caf\u00e9 cafe\u0301 CAF\u00c9", ["caf\u00e9\ta"]),
        ("ΦΩΣ φως", ["φωσ\ta"]),
        ("Mühlstraße MÜHLSTRASSE", ["mühlstrasse\ta"]),
        ("水车磨 水", ["水\ta", "水车\ta", "车磨\ta"]),
        ("朝のパン mill", ["mill\ta", "のパ\ta", "パン\ta", "朝の\ta"]),
        ("stone_1 2024 1/16", ["1\ta", "16\ta", "2024\ta", "stone_1\ta"]),
        ("ताज़ा", ["\u0924\u093e\u091c\u093c\u093e\ta"]),
        ("🍞 — … !", []),
    ],
)
def test_a_text_has_these_terms(index: Index, text: str, rows: list[str]) -> None:
    """Letters, marks, digits and connectors of any script, casefolded and composed; CJK in pairs."""
    assert index(f"a\t{text}\n") == rows


def test_terms_are_in_order_of_their_bytes_on_every_number_of_reduces(index: Index) -> None:
    """UTF-8 order is code point order: no locale, no UTF-16."""
    lines = "a\t\U0001d400x z \uff41 10 9 _ é 水\n"
    # U+1D400 is a mathematical A, which casefolding leaves; U+FF41 a full-width a
    terms = ["10", "9", "_", "z", "é", "水", "\uff41", "\U0001d400x"]
    assert index(lines, "-D", "mapreduce.job.reduces=5") == [f"{term}\ta" for term in terms]


@pytest.mark.parametrize(
    ("payload", "row"),
    [
        ("docids", "x\ta\ta!\ta:1\tb"),
        ("tf", "x\ta:1\ta!:2\ta:1:1\tb:1"),
        ("positions", "x\ta:1:0\ta!:2:0,1\ta:1:1:0\tb:1:0"),
    ],
)
@pytest.mark.parametrize("maps", ["1", "4"])
def test_docids_are_in_order_of_their_own_bytes(index: Index, payload: str, row: str, maps: str) -> None:
    """`a` before `a!`, though as text `a!:2` sorts before `a:1`; read from the right, a docid may hold colons."""
    lines = "a:1\tx\nb\tx\na!\tx x\na\tx\n"
    assert index(lines, "--payload", payload, "-D", f"mapreduce.job.maps={maps}") == [row]


@pytest.mark.parametrize(
    ("payload", "rows"),
    [
        ("docids", ["a\td", "b\td", "c\td"]),
        ("tf", ["a\td:2", "b\td:1", "c\td:1"]),
        ("positions", ["a\td:2:0,1", "b\td:1:1", "c\td:1:0"]),
    ],
)
@pytest.mark.parametrize("maps", ["1", "3"])
def test_a_docid_with_several_texts_is_listed_once_with_the_greater_posting(
    index: Index, payload: str, rows: list[str], maps: str
) -> None:
    """Each term has the docid once, whether its texts met in one split or in several."""
    lines = "d\ta b\nd\ta a\nd\tc b\n"
    assert index(lines, "--payload", payload, "-D", f"mapreduce.job.maps={maps}") == rows


@pytest.mark.parametrize(
    ("payload", "first", "second", "row"),
    [
        ("tf", "x " * 9, "x " * 10, "x\td:10"),
        ("positions", "x y", "y x", "x\td:1:1"),
        ("positions", "x " * 3, "y " * 50 + "x x", "x\td:3:0,1,2"),
        ("positions", "y " * 10 + "x x", "y " * 9 + "x y y x", "x\td:2:10,11"),
    ],
)
@pytest.mark.parametrize("stages", [1, 2])
def test_the_greater_posting_is_the_greater_number(
    index: Index, payload: str, first: str, second: str, row: str, stages: int
) -> None:
    """10 is more than 9; more places are more than few; of as many, the first that differs decides, as a number."""
    lines = f"d\t{first}\nd\t{second}\n" if stages == 1 else f"d\t{second}\nd\t{first}\n"
    found = index(lines, "--payload", payload, "-D", f"mapreduce.job.maps={stages}")
    assert [line for line in found if line.startswith("x")] == [row]


@pytest.mark.parametrize("maps", ["1", "2"])
def test_postings_that_gave_way_are_counted_and_equal_ones_are_not(run_here: RunHere, maps: str) -> None:
    """The counter says "at least": what meets depends on the splits."""
    lines = b"d\tx y\nd\tx x y\n"
    ran = run_here(InvertedIndex, "--payload", "tf", "-D", f"mapreduce.job.maps={maps}", stdin=lines)
    assert ran.output == b"x\td:2\ny\td:1\n"
    assert ran.counters["input"] == {"docid with several texts: the greater posting stays (at least)": 1}
    assert ran.counters["index"] == {"documents": 2, "tokens": 5}


@pytest.mark.parametrize(
    ("most", "rows"),
    [
        (1, ["x\ta", "x\tb", "x\tc", "x\td", "y\ta"]),
        (2, ["x\ta\tb", "x\tc\td", "y\ta"]),
        (3, ["x\ta\tb\tc", "x\td", "y\ta"]),
        (4, ["x\ta\tb\tc\td", "y\ta"]),
        (5, ["x\ta\tb\tc\td", "y\ta"]),
    ],
)
@pytest.mark.parametrize("maps", ["1", "4"])
def test_a_list_longer_than_max_postings_goes_on_in_a_further_row(
    index: Index, most: int, rows: list[str], maps: str
) -> None:
    """No row is longer, none is empty, and rows of a term follow each other."""
    lines = "d\tx\nb\tx\na\tx y\nc\tx\n"
    assert index(lines, "--max-postings", str(most), "-D", f"mapreduce.job.maps={maps}") == rows


def test_max_postings_counts_postings_and_not_fields(index: Index) -> None:
    """A posting with its payload is one."""
    lines = "b\tx x\na\tx\nc\tx y\n"
    assert index(lines, "--max-postings", "2", "--payload", "tf") == ["x\ta:1\tb:2", "x\tc:1", "y\tc:1"]


def test_a_list_of_many_blocks_is_cut_at_max_postings(index: Index) -> None:
    """Blocks of 512 and rows of 1000 have no border in common."""
    lines = "".join(f"d{number:04}\tx\n" for number in range(2500))
    rows = [row.split("\t") for row in index(lines, "--max-postings", "1000")]
    assert [(row[0], len(row) - 1, row[1], row[-1]) for row in rows] == [
        ("x", 1000, "d0000", "d0999"),
        ("x", 1000, "d1000", "d1999"),
        ("x", 500, "d2000", "d2499"),
    ]
