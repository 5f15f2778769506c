"""Rows of tables."""

from __future__ import annotations

import pytest

from gristmill.posts.formats import own
from gristmill.posts.formats.tables import LINES, Table, is_table, parse_columns, parse_header
from gristmill.posts.reader import Post, Reader
from gristmill.posts.skip import Skip

HEADER = b"id,created_at,text,user"


def read(*lines: bytes, columns: tuple[str, ...] = ()) -> list[Post | str]:
    """All that one reader makes of lines, and what is left at the end; of a Skip the name of its counter."""
    reader = Reader(columns)
    found = [*(thing for line in lines for thing in reader.parse_line(line)), *reader.end()]
    return [thing.value if isinstance(thing, Skip) else thing for thing in found]


def post(identity: str, text: str, author: str = "ann") -> Post:
    """A post of a table."""
    return Post(identity, text, 1795167015, "", author, (), "", "own")


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("posts.csv", True),
        ("a/b.TSV", True),
        ("hdfs://host/a/*.csv", True),
        ("posts.csv.gz", True),
        ("posts.jsonl", False),
        ("csv", False),
        ("my.csv/posts.jsonl", False),
        ("my.csv.d/posts.jsonl", False),
    ],
)
def test_a_file_is_a_table_by_its_name(name: str, known: bool):
    """Compressed or not."""
    assert is_table(name) is known


def test_rows_under_a_header_are_posts():
    """Fields may be quoted, may hold separators, and doubled quotation marks for one."""
    assert read(
        HEADER,
        b"1,2026-11-20 09:30:15,plain,ann",
        b'2,1795167015,"a, b and ""c""","ann"',
        b'3,1795167015000,5" of rain,ann\r',
        b'"4",2026-11-20T09:30:15Z,"quoted" and more,ann',
        b"",
        b"5,2026-11-20T09:30:15Z,,ann",
    ) == [
        "header line",
        post("1", "plain"),
        post("2", 'a, b and "c"'),
        post("3", '5" of rain'),
        post("4", "quoted and more"),
        "blank line",
        "no text",
    ]


def test_a_quoted_field_may_hold_lines():
    """Even empty ones, and such as look like JSON."""
    assert read(HEADER, b'1,1795167015,"one', b"", b'{""a"": 1}', b'three",ann', b"2,1795167015,x,ann") == [
        "header line",
        post("1", 'one\n\n{"a": 1}\nthree'),
        post("2", "x"),
    ]


def test_a_quotation_mark_that_is_never_closed_counts_each_line_that_it_took():
    """Up to a thousand lines, or up to the end."""
    row = b"2,1795167015,x,ann"
    assert read(HEADER, b'1,1795167015,"never', *[row] * LINES) == [
        "header line",
        *["torn line"] * LINES,
        post("2", "x"),
    ]
    assert read(HEADER, b'1,1795167015,"never', row, row) == ["header line", *["torn line"] * 3]
    assert read(HEADER, b'1,1795167015,"a', b'b"', row) == [
        "header line",
        *["wrong number of fields"] * 2,
        post("2", "x"),
    ]
    huge = b"x" * (8 << 20)
    assert read(HEADER, b'1,1795167015,"a', huge, row) == ["header line", "torn line", "torn line", post("2", "x")]
    assert read(HEADER, b'1,1795167015,"a', huge + b"x", row) == [
        "header line",
        "torn line",
        "line too long",
        post("2", "x"),
    ]


@pytest.mark.parametrize(
    ("names", "row"),
    [
        (b"ID\tTime\tText\tUser", b"1\t1795167015\tx\tann"),
        (b"id;created at;text;user", b"1;1795167015;x;ann"),
        (b'\xef\xbb\xbf"id","created_at","text","user"', b"1,1795167015,x,ann"),
        (b"n,user,text,created_at,id,,", b"0,ann,x,1795167015,1,,"),
    ],
)
def test_a_header_has_the_usual_names_between_tabs_commas_or_semicolons(names: bytes, row: bytes):
    """In any case and order, with a byte order mark or not, with columns that we do not know."""
    assert read(names, row) == ["header line", post("1", "x")]


def test_a_field_of_tsv_is_quoted_where_it_is_as_a_whole():
    """Else a quotation mark is one; a row's last fields may be empty."""
    names = b"id\ttime\ttext\tuser"
    assert read(
        names, b'1\t1795167015\t"a ""b"" c"\tann', b'2\t1795167015\t"a" and "b"\t""', b'3\t1795167015\t"\t', b"4\t1"
    ) == [
        "header line",
        post("1", 'a "b" c'),
        post("2", '"a" and "b"', ""),
        post("3", '"', ""),
        "wrong number of fields",
    ]


def test_a_field_of_tsv_may_hold_line_ends():
    """Where quotation marks enclose it; the last field too."""
    names = b"id\ttext\ttime\tuser"
    assert read(
        names, b'1\t"a', b"\t", b' ""b"""\t1795167015\tann', b'2\tx\t1795167015\t"ann', b'"', b"3\tx\t1795167015\tbob"
    ) == [
        "header line",
        post("1", 'a\n\t\n "b"'),
        post("2", "x"),
        post("3", "x", "bob"),
    ]


def test_a_quotation_mark_of_tsv_that_nothing_closes_costs_one_line_at_most():
    """A line that is a whole record ends the one before: a record of that line alone, or a torn one."""
    names = b"id\ttime\ttext"
    assert read(
        names, b'1\t1795167015\t"a', b'2\t1795167015\t"b"', b'3\t"x', b"4\t1795167015\tc", b'5\t1795167015\t"d'
    ) == [
        "header line",
        post("1", '"a', ""),
        post("2", "b", ""),
        "torn line",
        post("4", "c", ""),
        post("5", '"d', ""),
    ]
    assert read(names, b'1\t1795167015\t"a', b"b") == ["header line", "torn line", "torn line"]
    assert read(names, b'1\tnever\t"a') == ["header line", "time not understood"]


@pytest.mark.parametrize("line", [b"sep=;", b"SEP=;", b'"sep=;"', b"\xef\xbb\xbfsep=;"])
def test_a_line_for_spreadsheets_may_stand_above_a_header(line: bytes):
    """It says what separates fields, as the header does."""
    assert read(line, b"id;text;time;user", b"1;x;1795167015;ann") == ["header line"] * 2 + [post("1", "x")]
    reader = Reader(("id", "text", "time", "user"))
    assert list(reader.parse_line(line.removeprefix(b"\xef\xbb\xbf"))) == [Skip.HEADER_LINE]


def test_tables_may_follow_each_other_and_json_may_stand_between():
    """As in a pipe of several files."""
    assert read(
        HEADER,
        b"1,1795167015,x,ann",
        b'{"id": 2, "time": 1795167015, "text": "x", "user": "ann"}',
        b"text\tid\ttime\tuser",
        b"x\t3\t1795167015\tann",
    ) == ["header line", post("1", "x"), post("2", "x"), "header line", post("3", "x")]


def test_without_a_header_a_row_is_no_json():
    """Nor is one after a line that is none: a header is the first line."""
    row = b"1,1795167015,x,ann"
    assert read(row, HEADER, row) == ["not JSON", "header line", "not JSON"]
    assert read(b"{}", HEADER, row) == ["unknown shape", "header line", "not JSON"]
    assert read(b"", HEADER, row) == ["blank line", "header line", post("1", "x")]
    assert parse_header("id,text," + "x" * 5000) is None
    assert parse_header("id text time") is None
    assert parse_header("id,text,mill") is None


@pytest.mark.parametrize(
    ("file", "start", "taken"),
    [
        ("file:///data/posts.csv", "0", True),
        ("hdfs://host/data/posts.tsv.gz", None, True),
        ("file:///data/posts.csv", "4096", False),
        ("file:///data/posts.jsonl", "0", False),
        (None, None, True),
    ],
)
def test_a_header_is_taken_where_a_file_that_is_a_table_begins(
    file: str | None, start: str | None, taken: bool, monkeypatch: pytest.MonkeyPatch
):
    """As far as the runner tells: else the rows that are read would depend on the splits."""
    for name, value in (("file", file), ("start", start)):
        monkeypatch.delenv(f"mapreduce_map_input_{name}", raising=False)
        if value is not None:
            monkeypatch.setenv(f"mapreduce_map_input_{name}", value)
    assert read(HEADER, b"1,1795167015,x,ann") == ["header line", post("1", "x") if taken else "not JSON"]


def test_told_columns_need_no_header_and_do_not_change():
    """A row shows its own separator, and is one line; a header counts as one."""
    assert read(
        b"1,1795167015,x,ann",
        b"2\t1795167015\tx\tann",
        b"text,id,time",
        b'3,1795167015,"x,"",ann',
        b"4,1795167015,x,ann",
        columns=("id", "time", "text", "user"),
    ) == [post("1", "x"), post("2", "x"), "header line", "torn line", post("4", "x")]


def test_columns_are_told_with_commas_between():
    """Names that we do not know may be among them."""
    assert parse_columns("id,text,n,date") == ("id", "text", "n", "date")
    with pytest.raises(ValueError, match="no column is the text"):
        parse_columns("id,date")


@pytest.mark.parametrize(
    ("names", "field"),
    [(("id", "time"), "text"), (("text", "time"), "id"), (("id", "text"), "time"), (("", " "), "text")],
)
def test_columns_without_a_text_an_id_or_a_time_are_refused(names: tuple[str, ...], field: str):
    """The error names what could stand there."""
    with pytest.raises(ValueError, match=f"no column is the {field}: name one [a-z_]+, "):
        Table(names)


def test_a_table_of_twarc_csv_is_twitters():
    """Its texts are escaped, with line ends as two characters; tags are a list of JSON; a repost names its original."""
    names = b"id,referenced_tweets.retweeted.id,author_id,created_at,text,lang,entities.hashtags,__twarc.version"
    start = Post("7", "a & b\nc #D", 1795167015, "en", "9", ("d",), "", "twitter")
    assert read(
        names,
        b'7,,9,2026-11-20T09:30:15.000Z,a &amp; b\\nc #D,en,"[""#M\\u00fchle"", ""#bread""]",2.1',
        b"7,6,9,2026-11-20T09:30:15.000Z,a &amp; b\\nc #D,en,,2.1",
        b"7,6,9,2026-11-20T09:30:15.000Z,a &amp; b\\nc #D,en,[so,2.1",
    ) == [
        "header line",
        start._replace(hashtags=("m\u00fchle", "bread")),
        start._replace(repost_of="6"),
        start._replace(repost_of="6", hashtags=("so",)),
    ]


@pytest.mark.parametrize(
    ("header", "file", "why"),
    [
        (b"id,message,posted", None, "no column is the time: name one created_at, "),
        (b"id|comment|time", "file:///data/posts.txt", "no column is the text: name one text, "),
        (b"a,b,c", "file:///data/posts.csv", "no column is the text: "),
        (b"1,2026-11-20,so!", "file:///data/posts.tsv.gz", "no column is the text: "),
        (b"id,text,text,time", None, "two columns are called text: rename one"),
        (b"id;user;text;time;User", "file:///data/posts.txt", "two columns are called user: rename one"),
        (b"Posts of March 2026", "file:///data/posts.csv", "cut lines that stand above a header, as by tail -n +2"),
        (b"text only", "file:///data/posts.csv", "no column is the text: "),
        (b"id,text,time," + b"x" * 5000, "file:///data/posts.csv", "no header has more than 4096 characters"),
    ],
)
def test_a_header_that_lacks_a_column_says_which(
    header: bytes, file: str | None, why: str, monkeypatch: pytest.MonkeyPatch
):
    """And what else to do. So each line below it."""
    monkeypatch.delenv("mapreduce_map_input_file", raising=False)
    if file:
        monkeypatch.setenv("mapreduce_map_input_file", file)
    reader = Reader()
    assert [*reader.parse_line(header), *reader.parse_line(b"1,x,2026-11-20")] == [Skip.BAD_HEADER] * 2
    assert why in reader.why
    assert "--columns" in reader.why


def test_a_first_line_that_is_no_header_at_all_is_no_bad_one(monkeypatch: pytest.MonkeyPatch):
    """Prose, and what a file of JSON by its name holds."""
    assert read(b"Well, it is so; id est, time!", b"event: update", b"1|2") == [
        "not JSON",
        "event stream line",
        "not JSON",
    ]
    monkeypatch.setenv("mapreduce_map_input_file", "file:///data/posts.jsonl")
    assert read(b"id,message,posted") == ["not JSON"]


@pytest.mark.parametrize("row", [b"1|1795167015|a, b|ann", b"1;1795167015;a, b;ann", b"1\t1795167015\ta, b\tann"])
def test_a_row_shows_its_separator(row: bytes):
    """Where the columns are told; under a header it is the header's."""
    names = (
        row.replace(b"1795167015", b"time").replace(b"a, b", b"text").replace(b"ann", b"user").replace(b"1", b"id", 1)
    )
    assert read(names, row) == ["header line", post("1", "a, b")]
    assert read(row, columns=("id", "time", "text", "user")) == [post("1", "a, b")]


def test_of_a_row_only_its_own_names_are_compared(monkeypatch: pytest.MonkeyPatch):
    """Each line of a table may be asked whether it is a header; the names that columns have are known by then."""
    compared: list[str] = []
    squeeze = own.squeeze
    monkeypatch.setattr(own, "squeeze", lambda name: compared.append(name) or squeeze(name))
    assert parse_header("17,plain words,2026-11-20") is None
    assert sorted(compared) == ["17", "2026-11-20", "plain words"]
