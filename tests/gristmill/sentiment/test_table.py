"""Rows as tables."""

from __future__ import annotations

import csv
import io
import json

import pytest

from gristmill.posts.reader import Post
from gristmill.sentiment import rows
from gristmill.sentiment.table import COLUMNS, format_table
from gristmill.sentiment.tally import Tally

POST = Post("1", "good", 1_772_348_400, "en", "ann", (), "", "own")


def row(value: str, *scores: int) -> bytes:
    tally = Tally()
    for number, score in enumerate(scores):
        tally.add_post(POST._replace(id=str(number), author=str(number)), score)
    return rows.format_key("topic", value, "2026-03") + b"\t" + rows.format_row(tally) + b"\n"


OUTPUT = row("Mühle", 4404, -5423, 0) + row("one", 5000) + b'["unscored","language","2026-03"]\t{"n":4,"v":2}\n'


def table(form: str, *chunks: bytes) -> str:
    return b"".join(format_table(chunks or [OUTPUT], form)).decode()


def test_csv_has_a_header_and_a_line_a_row():
    """Numbers as in the rows, with four decimals; empty where there is none."""
    assert table("csv") == (
        "dimension,value,window,n,positive,neutral,negative,mean,ci95_low,ci95_high,sd,net,positive_ci95_low,"
        "positive_ci95_high,p10,p50,p90,authors\n"
        "topic,Mühle,2026-03,3,1,1,1,-0.0340,-1.0000,1.0000,0.4922,0.0000,0.0615,0.7923,-0.5250,0.0000,0.4250,3\n"
        "topic,one,2026-03,1,1,0,0,0.5000,,,,1.0000,0.2065,1.0000,0.5250,0.5250,0.5250,1\n"
        "unscored,language,2026-03,4,,,,,,,,,,,,,,\n"
    )


def test_tsv_is_csv_with_tabs():
    """And with its quotes, where a value holds what separates."""
    assert table("tsv").replace("\t", ",") == table("csv")
    hostile = 'a\tb "c"\r\nd, =1'
    for form, dialect in (("csv", csv.excel), ("tsv", csv.excel_tab)):
        (_, found) = csv.reader(io.StringIO(table(form, row(hostile, 0)), newline=""), dialect)
        assert found[:3] == ["topic", hostile, "2026-03"]
        assert len(found) == len(COLUMNS)


def test_json_lines_have_the_same_columns():
    """In the same order; null where there is no number."""
    first, second, third = table("jsonl").splitlines()
    assert first.startswith('{"dimension":"topic","value":"Mühle","window":"2026-03","n":3,"positive":1,"neutral":1,')
    assert '"mean":-0.0340,' in first
    assert [list(json.loads(line)) for line in (first, second, third)] == [list(COLUMNS)] * 3
    assert json.loads(second)["ci95_low"] is json.loads(second)["sd"] is None
    assert set(list(json.loads(third).values())[4:]) == {None}


@pytest.mark.parametrize("form", ["jsonl", "csv", "tsv"])
def test_a_table_is_the_same_however_the_output_comes(form: str):
    """A runner hands it over in pieces of any size."""
    whole = table(form)
    for size in (1, 7, 1000):
        assert table(form, *(OUTPUT[start : start + size] for start in range(0, len(OUTPUT), size))) == whole
    assert table(form, OUTPUT[:-1]) == whole
    many = row("x", 0) * 2500
    assert table(form, many).count("\n") == 2500 + (form != "jsonl")
    assert table(form, b"") == ("" if form == "jsonl" else whole.partition("\n")[0] + "\n")


@pytest.mark.parametrize(("form", "separator"), [("csv", ","), ("tsv", "\t")])
def test_a_value_with_a_lone_cr_or_lf_has_quotes(form: str, separator: str):
    """On every Python, or a program that reads the table ends the line there."""
    for value in ("a\rb", "a\nb", "a\r", "a\r\n"):
        assert table(form, row(value, 0)).split("\n", 1)[1].startswith(f'topic{separator}"{value}"{separator}')
