"""Files that are no text by their first bytes, and text that is none of those."""

from __future__ import annotations

import pickle
import sqlite3
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from gristmill.input.magic import HEAD, fault, kind
from tests.runners.helpers import COMPRESS

KINDS = [
    (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "a PDF document"),
    (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "a PNG image"),
    (b"GIF89a\1\0\1\0", "a GIF image"),
    (b"\xff\xd8\xff\xe0\0\x10JFIF\0", "a JPEG image"),
    (b"\0\0\0 ftypisom\0\0\2\0", "a film or an image (MP4)"),
    (b"PAR1\x15\4\x15", "a Parquet file"),
    (b"ORC\x11\0\0\x0a\6", "an ORC file"),
    (b"Obj\1\4\x14avro.codec", "an Avro file"),
    (b"SEQ\6\x19org.apache.hadoop.io.Text", "a SequenceFile of Hadoop's"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"),
    (b"MZ\x90\0\3\0\0\0", "a program (Windows)"),
    (b"\xca\xfe\xba\xbe\0\0\0\x3d", "a class of Java's, or a program (macOS)"),
    (b"\x04\x22\x4d\x18\x64\x40\xa7", "compressed by lz4"),
    (b"\xff\x06\0\0sNaPpY", "compressed by snappy"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z file"),
    (b"[*M\x18\4\0\0\0", "compressed by zstd; let its name end in .zst"),
    (b"wOF2\0\1\0\0", "a font"),
    (b"fLaC\0\0\0\x22", "a sound (FLAC)"),
    (b"a.txt" + bytes(252) + b"ustar\0", "a tar archive"),
    (b"a\0b\0c\0d\0", "UTF-16LE"),
    (pickle.dumps([1]), "a pickle of Python's"),
    (COMPRESS[".gz"](b"a"), "compressed by gzip; let its name end in .gz"),
    (COMPRESS[".bz2"](b""), "compressed by bzip2; let its name end in .bz2"),
    (COMPRESS[".bz2"](b"a"), "compressed by bzip2; let its name end in .bz2"),
    (COMPRESS[".xz"](b"a"), "compressed by xz; let its name end in .xz"),
    (COMPRESS[".zst"](b"a"), "compressed by zstd; let its name end in .zst"),
]


@pytest.mark.parametrize(("head", "name"), KINDS, ids=[name for _, name in KINDS])
def test_a_file_that_begins_so_is_named(head: bytes, name: str) -> None:
    """In words."""
    assert kind(head) == name


def test_files_of_programs_that_are_here_are_named(tmp_path: Path) -> None:
    """As they are written by the standard library, and the running Python itself."""
    with zipfile.ZipFile(tmp_path / "zip", "w") as archive:
        archive.writestr("a.txt", "mill")
    with tarfile.open(tmp_path / "tar", "w") as packed:
        packed.add(tmp_path / "zip")
    with sqlite3.connect(tmp_path / "sqlite") as database:
        database.execute("create table t (a)")
    named = {path.name: kind(path.read_bytes()[:HEAD]) for path in tmp_path.iterdir()}
    assert named == {
        "zip": "a zip file, as .docx, .xlsx, .epub and .jar are too",
        "tar": "a tar archive",
        "sqlite": "a SQLite database",
    }
    assert kind(Path(sys.executable).read_bytes()[:HEAD]).startswith("a program (")


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["bare", "marked"])
@pytest.mark.parametrize("encoding", ["UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"])
def test_text_that_is_not_of_single_bytes_is_named(encoding: str, mark: str) -> None:
    """By a byte order mark, or by its first four letters; iconv takes the name."""
    head = f'{mark}[{{"id": "é"}}]'.encode(encoding)
    name = encoding[:6] if mark else encoding
    assert kind(head) == name
    option = f"give --encoding {name.lower()}, or " if "16" in name else ""
    assert fault(head) == f"{name} text; {option}make it UTF-8 (iconv -f {name} -t UTF-8)"


@pytest.mark.parametrize(("head", "program"), [(b"\x28\xb5\x2f\xfd", "zstd"), (b"\x1f\x8b\x08", "gzip")])
def test_what_is_compressed_in_a_pipe_has_no_name_to_change(head: bytes, program: str) -> None:
    """But a program to go through."""
    said = f"no text but compressed by {program}; decompress it on its way: {program} -dc FILE |"
    assert fault(head, is_piped=True) == said
    assert fault(b"%PDF-1.7", is_piped=True) == fault(b"%PDF-1.7")


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"d1\tthe mill\n",
        b"\xef\xbb\xbfd1\tthe mill",
        "caf\u00e9\t\u6c34\u8eca".encode(),
        "caf\u00e9\t".encode("latin-1"),
        b"PAR1\tthe mill",
        b"ORC\tthe mill",
        b"ORCHID\tthe mill",
        b"MZ\tthe mill",
        "MZé\tthe mill".encode(),
        "PAR1ß\tthe mill".encode(),
        b"BZh is\ta file's",
        b"%PDF- is\ta document's",
        b"Obj\tthe mill",
        b"SEQ\t1",
        b"Rar!\tthe mill",
        b"ID3\tthe mill",
        b'{"id": "1"}',
        b"\n\n\n",
        b"\0\0\0\0",
    ],
)
def test_text_is_none_of_them(text: bytes) -> None:
    """Whatever its first letters, in any encoding that a text has."""
    assert kind(text) == ""
