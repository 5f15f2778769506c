"""The sample documents hold what data/README.md promises of them."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest

DATA = Path(__file__).parents[1] / "data"
FOLDER = DATA / "documents"
FILES = sorted(path for path in DATA.rglob("[!.]*") if path.is_file())

SCRIPTS = {
    "ARABIC",
    "ARMENIAN",
    "CJK",
    "CYRILLIC",
    "DEVANAGARI",
    "ETHIOPIC",
    "GEORGIAN",
    "GOTHIC",
    "GREEK",
    "HANGUL",
    "HEBREW",
    "HIRAGANA",
    "KATAKANA",
    "LATIN",
    "TAMIL",
    "THAI",
}

#: (docid, what its text holds). Characters that look like others are written as escapes.
TRAITS = [
    ("mill-01", "Don't"),
    ("bread-01", "That\u2019s"),
    ("river-03", "L\u2019eau"),
    ("river-03", "n'a"),
    ("letter-03", "п\u2019ять"),
    ("letter-03", "дев'ять"),
    ("tool-02", " 'the small sieve' "),
    ("tool-03", " \u2018quant\u2019,"),
    ("letter-01", "boys' "),
    ("letter-01-reply", "\u2019Tis"),
    ("letter-01-reply", "ducks\u2019 "),
    ("letter-01-reply", "9\u00bd"),
    ("mill-02", "mill "),
    ("mill-02", "MILL "),
    ("mill-02", "Mill "),
    ("mill-04", " 14 "),
    ("river-05", " \u0967\u0968 "),
    ("trade-04", " \u0663\u0660 "),
    ("tool-01", "stone_dressing_kit"),
    ("bread-05", "Mühlstra\u00dfe"),
    ("bread-05", "MÜHLSTRASSE"),
    ("trade-03", "\u0130stanbul\u2019a"),
    ("trade-03", "\u0131\u015f\u0131\u011f\u0131"),
    ("trade-06", "\ufb01ne \ufb02our"),
    ("mill-09", "\u0587"),
    ("mill-07", "φω\u03c2"),
    ("weather-04", "ΦΩ\u03a3"),
    ("bread-07", "ХЛЕБ"),
    ("bread-07", "хлеб "),
    ("bread-11", "\u10de\u10e3\u10e0\u10d8"),
    ("bread-11", "\u1c9e\u1ca3\u1ca0\u1c98"),
    ("mill-08", "\u3002水\uff0c"),
    ("trade-05", "「好\uff01」"),
    ("bread-09", "朝のパン"),
    ("letter-04", "\U00020bb7田"),
    ("letter-04", "時々"),
    ("letter-04", "ラーメン"),
    ("letter-06", "\U00010337\U0001033b\U00010330\U00010339\U00010346\U00010343"),
    ("bread-04", "\U0001f35e\U0001f33e!"),
    ("bread-04", "\U0001f469\u200d\U0001f33e"),
    ("bread-02", "caf\u00e9"),
    ("bread-02", "cr\u00e8me br\u00fbl\u00e9e"),
    ("bread-03", "cafe\u0301"),
    ("bread-03", "cre\u0300me bru\u0302le\u0301e"),
    ("river-07", "\ub5a1\uacfc"),
    ("bread-10", "\u1104\u1165\u11a8\u1100\u116a"),
    ("river-05", "\u0924\u093e\u095b\u093e"),
    ("weather-05", "\u0924\u093e\u091c\u093c\u093e"),
]


def table() -> list[tuple[str, str]]:
    """(docid, text) of each line of documents.tsv, in the file's order."""
    lines = (DATA / "documents.tsv").read_bytes().decode("utf-8").split("\n")
    assert lines.pop() == ""
    rows = []
    for line in lines:
        docid, text = line.split("\t")
        rows.append((docid, text))
    return rows


def test_the_table_and_the_folder_hold_the_same_documents() -> None:
    """A file's name is the docid plus .txt, its content the text plus LF."""
    files = {path.name: path.read_bytes().decode("utf-8") for path in FILES if FOLDER in path.parents}
    assert files == {f"{docid}.txt": f"{text}\n" for docid, text in table()}


def test_the_folder_has_folders_in_it() -> None:
    """A docid taken from a path shows its folders."""
    folders = {path.relative_to(FOLDER).as_posix() for path in FOLDER.rglob("*") if path.is_dir()}
    assert folders == {"letters", "letters/abroad", "rivers"}


def test_docids_are_unique_and_in_no_order() -> None:
    """The job has to sort: the table isn't."""
    docids = [docid for docid, _ in table()]
    assert len(set(docids)) == len(docids) == 49
    assert docids != sorted(docids)
    assert [docid for docid in docids if not re.fullmatch(r"[a-z]+-[0-9]{2}(-reply)?", docid)] == []


def test_one_docid_begins_with_another() -> None:
    """The order of docids and that of docids with a count differ here."""
    assert {"letter-01", "letter-01-reply"} <= {docid for docid, _ in table()}
    assert "letter-01-reply:1" < "letter-01:1"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_lines_end_in_lf_and_no_file_has_a_byte_order_mark(path: Path) -> None:
    """Every file is plain UTF-8 with one LF at its end."""
    raw = path.read_bytes()
    assert b"\r" not in raw
    assert b"\xef\xbb\xbf" not in raw
    assert raw.endswith(b"\n")
    assert not raw.endswith(b"\n\n")


def test_every_text_is_of_characters_that_all_pythons_know() -> None:
    """No text is empty or holds a control, private or unassigned character; Python 3.9 says so of Unicode 13."""
    assert [docid for docid, text in table() if not text.strip() or text != text.strip()] == []
    categories = {unicodedata.category(character) for _, text in table() for character in text}
    assert categories & {"Cc", "Cn", "Co", "Cs"} == set()


def test_sixteen_scripts_are_there() -> None:
    """A letter's Unicode name begins with its script."""
    letters = {character for _, text in table() for character in text if unicodedata.category(character)[0] == "L"}
    names = {unicodedata.name(letter).split()[0] for letter in letters}
    assert names - {"IDEOGRAPHIC", "KATAKANA-HIRAGANA"} == SCRIPTS


@pytest.mark.parametrize(("docid", "fragment"), TRAITS)
def test_a_document_shows_what_the_readme_promises(docid: str, fragment: str) -> None:
    """Each trait is in the text of the document that is there for it."""
    assert fragment in dict(table())[docid]


@pytest.mark.parametrize("docid", ["bread-03", "bread-10"])
def test_two_documents_are_wholly_decomposed(docid: str) -> None:
    """A text in NFD stays so in the repository."""
    text = dict(table())[docid]
    assert unicodedata.is_normalized("NFD", text)
    assert not unicodedata.is_normalized("NFC", text)


def test_the_readme_has_a_row_for_each_document() -> None:
    """Nothing is here without a reason, and no reason without its document."""
    readme = (DATA / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"(?m)^\| `([a-z0-9-]+)` \|", readme) == sorted(docid for docid, _ in table())
