"""The jobs over text that is not UTF-8: the same bytes on every runner, as if it had been made UTF-8."""

from __future__ import annotations

import gzip
import io
import json
from typing import TYPE_CHECKING

import pytest

from gristmill.errors import BadInput, InputError
from jobs.inverted_index import InvertedIndex
from jobs.sentiment_agg import SentimentAgg
from tests.runners.hadoop import stand_in

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunJob
    from tests.jobs.conftest import RunHere, RunTask

DOCUMENTS = {
    "cp1252": "d1\tcafé “naïve”\r\nd–2\tfine café\n",
    "shift_jis": "表\t表示 ソ\nd2\t予定表\n",
    "gb18030": "\ufeffd1\t水车 caf\u00e9\n水\t水\n",
    "mac-roman": "d1\tcafé\rd2\tœuvre\r",
    "utf-16": "\ufeffd1\tcafé ਊ\r\n\u0d0a\t\u0a0d x\n",
}
TABLE = "\ufeffid;text;created_at;user\r\n1;“A good café”;2026-11-20;Zoë\r\n2;bad;2026-11-20;Zoë\r\n"
POSTS = [{"id": "1", "text": "a good café", "created_at": "2026-11-20", "user": "Zoë"}]
MAPS = ("-D", "mapreduce.job.maps=3")


@pytest.mark.parametrize("runner", ["local", "inline"])
@pytest.mark.parametrize("encoding", DOCUMENTS)
def test_documents_give_the_index_of_their_utf8(run_here: RunHere, tmp_path: Path, encoding: str, runner: str) -> None:
    """Compressed too, however many splits there are."""
    text = DOCUMENTS[encoding]
    known, plain, packed = tmp_path / "known.tsv", tmp_path / "in.tsv", tmp_path / "in.tsv.gz"
    known.write_bytes(text.encode())
    plain.write_bytes(text.encode("utf-16-be" if encoding == "utf-16" else encoding))
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    wanted = run_here(InvertedIndex, "-r", runner, *MAPS, known)
    for path in (plain, packed):
        assert run_here(InvertedIndex, "-r", runner, *MAPS, "--encoding", encoding, path) == wanted


@pytest.mark.parametrize("encoding", ["cp1252", pytest.param("utf-16", marks=pytest.mark.long)])
def test_spark_gives_the_same_bytes(run_job: RunJob, tmp_path: Path, encoding: str) -> None:
    """Of a superset of ASCII and of UTF-16."""
    (tmp_path / "in.tsv").write_bytes(DOCUMENTS[encoding].encode(encoding))
    index = ["-m", "jobs.inverted_index", "--no-conf", "--encoding", encoding, tmp_path / "in.tsv"]
    ran = run_job(*index, "-r", "spark")
    assert (ran.returncode, ran.stdout) == (0, run_job(*index).stdout)


@pytest.mark.parametrize("encoding", ["cp1252", "gb18030", "utf-16"])
def test_a_pipe_gives_the_same_bytes(run_job: RunJob, encoding: str) -> None:
    """As a task that a person starts."""
    mapper = ["-m", "jobs.inverted_index", "--mapper"]
    known = run_job(*mapper, stdin=DOCUMENTS[encoding].encode()).stdout
    given = DOCUMENTS[encoding].encode("utf-16-le" if encoding == "utf-16" else encoding)
    assert run_job(*mapper, "--encoding", encoding, stdin=given).stdout == known != b""
    index = ["-m", "jobs.inverted_index", "--no-conf", "-q", "--encoding", encoding, "-"]
    assert run_job(*index, stdin=given).stdout.splitlines() == sorted(known.splitlines())


def test_a_file_that_a_task_is_given_is_recoded(run_job: RunJob, tmp_path: Path) -> None:
    """As a run's is."""
    (tmp_path / "in.tsv").write_bytes(DOCUMENTS["utf-16"].encode("utf-16-be"))
    mapper = ["-m", "jobs.inverted_index", "--mapper"]
    known = run_job(*mapper, stdin=DOCUMENTS["utf-16"].encode()).stdout
    assert run_job(*mapper, "--encoding", "utf-16", tmp_path / "in.tsv").stdout == known


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
def test_hadoop_gets_utf16_as_utf8(
    run_job: RunJob, tmp_path: Path, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It cuts lines between bytes; a superset of ASCII goes as it is."""
    monkeypatch.setenv("HADOOP_HOME", str(tmp_path / "hadoop"))
    stand_in.install(tmp_path / "hadoop")
    path = tmp_path / "in.tsv.gz"
    path.write_bytes(gzip.compress(DOCUMENTS["utf-16"].encode("utf-16")))
    if encoding == "cp1252":
        path = tmp_path / "in.tsv"
        path.write_bytes(DOCUMENTS[encoding].encode(encoding))
    index = ["-m", "jobs.inverted_index", "--no-conf", "--encoding", encoding]
    ran = run_job(*index, "-r", "hadoop", path)
    assert (ran.returncode, ran.stdout) == (0, run_job(*index, path).stdout), ran.stderr
    assert ran.stdout


@pytest.mark.parametrize("runner", ["hadoop", "spark"])
def test_utf16_of_a_cluster_is_refused_by_name(runner: str) -> None:
    """Before anything starts: a cluster cuts lines between bytes."""
    job = InvertedIndex(["-r", runner, "--no-conf", "--encoding", "utf-16", "hdfs:///logs/a.tsv"])
    with job.make_runner() as made, pytest.raises(InputError) as error:
        made.run()
    assert str(error.value) == (
        "hdfs:///logs/a.tsv: --encoding utf-16 is of files of this machine, since a cluster cuts lines between bytes; "
        "make it UTF-8 there (iconv -f UTF-16 -t UTF-8)"
    )


def test_each_file_in_an_encoding_is_a_document(run_here: RunHere, tmp_path: Path) -> None:
    """Their names are as they are."""
    (tmp_path / "é.txt").write_bytes(DOCUMENTS["utf-16"].encode("utf-16"))
    ran = run_here(InvertedIndex, "--docid-from", "file", "--encoding", "utf-16", tmp_path)
    assert ran.output.splitlines()[0] == "café\té.txt".encode()
    (tmp_path / "é.txt").write_bytes("ÀÉ Œuvre\n".encode("cp1252") * 2)
    ran = run_here(InvertedIndex, "--docid-from", "file", "--encoding", "cp1252", tmp_path)
    assert ran.output == "àé\té.txt\nœuvre\té.txt\n".encode()


def test_what_the_encoding_lacks_is_counted_under_an_honest_name(run_here: RunHere, tmp_path: Path) -> None:
    """It separates words, as what is not UTF-8 does; a strict job names it."""
    path = tmp_path / "in.tsv"
    path.write_bytes(b"d1\ta\x81b\nd\x81\tx\n")
    ran = run_here(InvertedIndex, "--encoding", "cp1252", path)
    assert ran.output == b"a\td1\nb\td1\n"
    assert ran.counters["input"] == {"text is not in the encoding": 1, "docid is not in the encoding": 1}
    with pytest.raises(BadInput, match=r"in.tsv, line 1: the text is not cp1252; name its --encoding, or leave out"):
        run_here(InvertedIndex, "--encoding", "windows-1252", "--strict", path)
    bad = tmp_path / "\udcff.txt"
    bad.write_bytes(b"x")
    ran = run_here(InvertedIndex, "--encoding", "cp1252", "--docid-from", "file", bad)
    assert ran.counters["input"] == {"docid is not UTF-8": 1}


@pytest.mark.parametrize("runner", ["local", "inline"])
@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
def test_posts_in_an_encoding_are_those_of_their_utf8(
    run_here: RunHere, tmp_path: Path, encoding: str, runner: str
) -> None:
    """A table, JSON over several lines, a post a line."""
    pretty, line = (json.dumps(POSTS, ensure_ascii=False, indent=indent) for indent in (1, None))
    sentiment = ["-r", runner, "--by", "author", "--window", "day", *MAPS]
    for name, text in (("a.csv", TABLE), ("a.json", pretty), ("a.jsonl", line.strip("[]") + "\n")):
        path, known = tmp_path / name, tmp_path / f"known-{name}"
        known.write_text(text, encoding="utf-8")
        path.write_bytes((text if encoding == "utf-16" else text.lstrip("\ufeff")).encode(encoding))
        ran = run_here(SentimentAgg, *sentiment, "--encoding", encoding, path)
        assert ran == run_here(SentimentAgg, *sentiment, known)
        assert "Zoë".encode() in ran.output


def test_what_the_encoding_lacks_costs_no_post(run_here: RunHere, tmp_path: Path) -> None:
    """Rows of an earlier run are UTF-8 in any encoding."""
    path = tmp_path / "in.jsonl"
    path.write_bytes(b'{"id":"1","text":"good \x81","created_at":"2026-11-20","user":"Zo\xeb"}\n')
    sentiment = ["--by", "author", "--window", "day", "--encoding", "cp1252"]
    ran = run_here(SentimentAgg, *sentiment, path)
    assert ran.counters["input"] == {"not in the encoding": 1}
    path.write_bytes(ran.output)
    assert run_here(SentimentAgg, *sentiment, path).output == ran.output != b""
    path.write_bytes(b'{"id":"1","text":"good \x81","created_at":"2026-11-20"}\n')
    with pytest.raises(BadInput, match="line 1: not in the encoding cp1252; mend it, or leave out --strict"):
        run_here(SentimentAgg, "--strict", *sentiment, path)


def test_a_mark_of_gb18030_is_dropped_at_a_files_start_alone(
    run_task: RunTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As that of UTF-8 is."""
    line = "\ufeffd1\tmill\n".encode("gb18030")
    args = ["--mapper", "--encoding", "gb18030"]
    assert run_task(InvertedIndex, *args, stdin=line * 2) == "mill\td1\t\ufeffd1\n".encode()
    monkeypatch.setenv("mapreduce_map_input_start", "9")
    assert run_task(InvertedIndex, *args, stdin=line) == "mill\t\ufeffd1\n".encode()


def test_each_file_that_a_task_is_given_loses_its_mark_of_gb18030(run_task: RunTask, tmp_path: Path) -> None:
    """Not the first alone; so do the lines that a runner gives in place of a stream."""
    paths = [tmp_path / name for name in ("g1", "g2")]
    for path in paths:
        path.write_bytes(f"\ufeff{path.name}\tmill\n".encode("gb18030"))
    args = ["--mapper", "--encoding", "gb18030"]
    assert run_task(InvertedIndex, *args, *map(str, paths), stdin=b"") == b"mill\tg1\tg2\n"
    lines = [path.read_bytes() for path in paths]
    job = InvertedIndex([*args])
    out = io.BytesIO()
    job.sandbox(stdin=lines, stdout=out)
    job.execute()
    assert out.getvalue() == "mill\tg1\t\ufeffg2\n".encode()


@pytest.mark.parametrize("runner", ["local", "inline", "hadoop"])
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_a_compressed_file_that_is_no_utf16_is_skipped_and_counted(
    run_job: RunJob, tmp_path: Path, runner: str, encoding: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As a plain one is; without --skip-unreadable the error names it and that option."""
    monkeypatch.setenv("HADOOP_HOME", str(tmp_path / "hadoop"))
    stand_in.install(tmp_path / "hadoop")
    (tmp_path / "in").mkdir()
    for name, text in (("a", "\ufeffd1\tmill\n".encode("utf-8" if encoding == "utf-16" else "utf-16-be")), ("b", b"")):
        (tmp_path / "in" / f"{name}.gz").write_bytes(gzip.compress(text))
    (tmp_path / "in" / "c.gz").write_bytes(gzip.compress("d1\tcafé\n".encode(encoding)))
    index = ["-m", "jobs.inverted_index", "--no-conf", "-r", runner, "--encoding", encoding, tmp_path / "in"]
    ran = run_job(*index, "--skip-unreadable")
    assert (ran.returncode, ran.stdout) == (0, "café\td1\n".encode()), ran.stderr
    assert f"skipped: {tmp_path}/in/a.gz: " in ran.stderr.decode()
    assert "unreadable file=1" in ran.stderr.decode()
    ran = run_job(*index)
    assert (ran.returncode, ran.stderr.count(b"\n")) == (1, 1)
    assert ran.stderr.decode().startswith(f"error: {tmp_path}/in/a.gz: ")
    assert "go on without such files by --skip-unreadable" in ran.stderr.decode()


def test_an_unknown_encoding_is_a_usage_error_of_one_line(run_job: RunJob) -> None:
    """With the nearest name."""
    ran = run_job("-m", "jobs.sentiment_agg", "--encoding", "latn-1", stdin=b"")
    assert (ran.returncode, ran.stderr.decode()) == (
        2,
        "error: argument --encoding: there is no encoding 'latn-1' (did you mean latin-1?); such as cp1252, latin-1, "
        "shift_jis, gb18030, utf-16; --help lists the options\n",
    )
