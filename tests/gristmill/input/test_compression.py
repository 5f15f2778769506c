"""Who reads which compressed file, by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from gristmill.errors import InputError
from gristmill.input.compression import COMPRESSIONS, check_readable, form, suffix, suffix_of
from gristmill.input.decompress import BZIP2, DEFLATE, GZIP, XZ, ZSTD
from gristmill.runners.part_codecs import CODECS

if TYPE_CHECKING:
    from gristmill.input.compression import Reader

#: What each reads, as its error says it.
READ: dict[Reader, str] = {
    "here": ".bz2 .deflate .gz .xz .zst",
    "hadoop": ".bz2 .deflate .gz .lz4 .snappy .zst",
    "spark": ".bz2 .deflate .gz .lz4 .snappy .zst",
}
REFUSAL: dict[Reader, str] = {
    "here": "this compression is not read here, only .bz2 .deflate .gz .xz .zst; decompress the file first",
    "hadoop": "Hadoop does not read this compression, only .bz2 .deflate .gz .lz4 .snappy .zst; "
    "decompress the file first",
    "spark": "Spark does not read this compression, only .bz2 .deflate .gz .lz4 .snappy .zst; "
    "decompress the file first",
}


@pytest.mark.parametrize("by", READ)
def test_each_reader_takes_what_it_reads_and_refuses_the_rest(by: Reader) -> None:
    """By the end of the name, whatever comes before it."""
    for end in COMPRESSIONS:
        if end in READ[by].split():
            check_readable(f"hdfs:///a.tsv{end}", by=by)
            continue
        with pytest.raises(InputError) as error:
            check_readable(f"hdfs:///a.tsv{end}", by=by)
        assert str(error.value) == f"hdfs:///a.tsv{end}: {REFUSAL[by]}"


@pytest.mark.parametrize("by", READ)
@pytest.mark.parametrize("name", ["a.tar", "a.tgz", "a.tar.gz", "a.tbz2", "a.Tar.GZ", "a.tar.lz4", "a.TZST", ".tar"])
def test_an_archive_of_files_is_read_by_none(by: Reader, name: str) -> None:
    """Its headers are no text."""
    with pytest.raises(InputError) as error:
        check_readable(name, by=by)
    assert str(error.value) == f"{name}: an archive of files is not read here; unpack it and give the folder"


def test_a_name_without_such_a_suffix_is_read_as_text() -> None:
    """Also where it has one in its middle."""
    for name in ("a.tsv", "gz", "a.gz.txt", "GZ", "-", ""):
        assert suffix(name) == ""
        assert form(name) is None
        for by in READ:
            check_readable(name, by=by)


def test_the_suffix_of_a_name_says_how_it_is_opened() -> None:
    """Also where a dot stands before it, and in capitals, as Windows and old machines write it."""
    assert [suffix(name) for name in ("a.tsv.gz", ".xz", "a.lz4", "a.Z", "D.TSV.GZ", "a.Bz2")] == [
        ".gz",
        ".xz",
        ".lz4",
        ".z",
        ".gz",
        ".bz2",
    ]
    assert " ".join(end for end in COMPRESSIONS if form(f"A{end.upper()}")) == READ["here"]


def test_a_name_in_capitals_is_refused_with_the_others_of_its_kind() -> None:
    """`B.ZIP` is no text either."""
    with pytest.raises(InputError, match=r"^B\.ZIP: this compression is not read here, only "):
        check_readable("B.ZIP", by="here")


@pytest.mark.parametrize("by", ["hadoop", "spark"])
def test_a_name_in_capitals_on_a_cluster_is_refused_since_it_is_text_there(by: Reader) -> None:
    """Hadoop's table of suffixes heeds the case."""
    check_readable("hdfs:///d.tsv.gz", by=by, as_named=True)
    check_readable("hdfs:///D.TSV", by=by, as_named=True)
    with pytest.raises(InputError) as error:
        check_readable("hdfs:///D.TSV.GZ", by=by, as_named=True)
    assert str(error.value) == ("hdfs:///D.TSV.GZ: in capitals it is text for Hadoop's codecs; rename it to end in .gz")


def test_a_compression_that_is_read_here_has_its_suffix_from_the_table() -> None:
    """So has a part file that is written by it."""
    assert list(map(suffix_of, (BZIP2, DEFLATE, GZIP, XZ, ZSTD))) == [".bz2", ".deflate", ".gz", ".xz", ".zst"]
    assert {codec.suffix for codec in CODECS.values()} == {".deflate", ".gz", ".bz2", ".zst"}
