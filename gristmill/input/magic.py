"""What a file is by its first bytes: the kinds that are no text in a superset of ASCII, whatever their names say."""

from __future__ import annotations

import re
from functools import cache

#: The bytes of a file that are looked at: a tar names itself at byte 257.
HEAD = 512

#: What a file begins with, and what it then is. No text begins so, in UTF-8 or another superset of ASCII.
_KINDS: tuple[tuple[bytes, str], ...] = (
    (rb"%PDF-\d\.\d", "a PDF document"),
    (rb"\x89PNG\r\n\x1a\n", "a PNG image"),
    (rb"GIF8[79]a", "a GIF image"),
    (rb"\xff\xd8\xff", "a JPEG image"),
    (rb"(?:II\*\0|MM\0\*)", "a TIFF image"),
    (rb"RIFF.{4}(?:WEBP|WAVE|AVI )", "an image, a sound or a film (RIFF)"),
    (rb"\0\0\0.ftyp", "a film or an image (MP4)"),
    (rb"\x1aE\xdf\xa3", "a film (Matroska)"),
    (rb"OggS\0", "a sound (Ogg)"),
    (rb"fLaC\0", "a sound (FLAC)"),
    (rb"ID3[\x02-\x04]\0", "a sound (MP3)"),
    (rb"PK(?:\x03\x04|\x05\x06|\x07\x08)", "a zip file, as .docx, .xlsx, .epub and .jar are too"),
    (rb"7z\xbc\xaf\x27\x1c", "a 7z file"),
    (rb"Rar!\x1a\x07", "a RAR file"),
    (rb".{257}ustar(?:\0|  )", "a tar archive"),
    (rb"!<arch>\n", "an ar archive"),
    (rb"\xed\xab\xee\xdb", "an RPM package"),
    (rb"\x1f\x8b\x08", "compressed by gzip; let its name end in .gz"),
    (rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)", "compressed by bzip2; let its name end in .bz2"),
    (rb"\xfd7zXZ\0", "compressed by xz; let its name end in .xz"),
    (rb"(?:\x28\xb5\x2f\xfd|[\x50-\x5f]\x2a\x4d\x18)", "compressed by zstd; let its name end in .zst"),
    (rb"(?:\x04\x22|\x02\x21)\x4d\x18|\x02\x21\x4c\x18", "compressed by lz4"),
    (rb"\xff\x06\0\0sNaPpY|\x82SNAPPY\0", "compressed by snappy"),
    (rb"\x1f[\x9d\xa0]", "compressed by compress"),
    (rb"\x89LZO\0", "compressed by lzop"),
    (rb"LZIP\x01", "compressed by lzip"),
    (rb"PAR1[\0-\x08\x0e-\x1f\x80-\xc1]", "a Parquet file"),
    (rb"ORC[\0-\x08\x0e-\x1f]", "an ORC file"),
    (rb"Obj\x01", "an Avro file"),
    (rb"SEQ[\x04-\x06]", "a SequenceFile of Hadoop's"),
    (rb"ARROW1\0\0", "an Arrow file"),
    (rb"\x93NUMPY", "an array of numpy's"),
    (rb"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (rb"SQLite format 3\0", "a SQLite database"),
    (rb"\x80[\x02-\x05]", "a pickle of Python's"),
    (rb"\x7fELF", "a program (ELF)"),
    (rb"MZ[\0-\x08\x0e-\x1f\x80-\xc1]", "a program (Windows)"),
    (rb"(?:\xfe\xed\xfa[\xce\xcf]|[\xce\xcf]\xfa\xed\xfe)", "a program (macOS)"),
    (rb"\xca\xfe\xba\xbe", "a class of Java's, or a program (macOS)"),
    (rb"\0asm", "a program (WebAssembly)"),
    (rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"),
    (rb"wOF[F2]\0", "a font"),
)
#: How text in no superset of ASCII begins, and its encoding: with a byte order mark, or with four letters of ASCII.
_ENCODINGS: tuple[tuple[bytes, str], ...] = (
    (rb"\xff\xfe\0\0|\0\0\xfe\xff", "UTF-32"),
    (rb"\xff\xfe|\xfe\xff", "UTF-16"),
    (rb"(?:[\t\n\r -~]\0\0\0){4}", "UTF-32LE"),
    (rb"(?:\0\0\0[\t\n\r -~]){4}", "UTF-32BE"),
    (rb"(?:[\t\n\r -~]\0){4}", "UTF-16LE"),
    (rb"(?:\0[\t\n\r -~]){4}", "UTF-16BE"),
)
_TABLE = (*_KINDS, *_ENCODINGS)
#: What most text begins with, and of the kinds only those that have a NUL in their first bytes.
_TEXT = frozenset(b"012345689abcdeghijklmnopqrstuvxyz{\"'#<")


@cache
def _any() -> re.Pattern[bytes]:
    """The whole table as one pattern, whose groups are numbered; made at the first file that it may be of."""
    return re.compile(b"|".join(b"(?:%b)()" % pattern for pattern, _ in _TABLE), re.DOTALL)


def kind(head: bytes) -> str:
    """What a file is that begins with `head`: words for a person, or an encoding; "" where it may be text for us."""
    if head[:1] and head[0] in _TEXT and b"\0" not in head:
        return ""
    found = _any().match(head)
    return _TABLE[found.lastindex - 1][1] if found and found.lastindex else ""


def fault(head: bytes, *, is_piped: bool = False) -> str:
    """What a file is that begins with `head` and what to do about it, for an error; "" where it may be text.

    `is_piped`: it has no name that could end in another way.
    """
    what = kind(head)
    program, _, suffix = what.partition("; let its name end in ")
    if is_piped and suffix:
        return f"no text but {program}; decompress it on its way: {program.rpartition(' ')[2]} -dc FILE |"
    if what.startswith("UTF-"):
        option = "" if "32" in what else f"give --encoding {what.lower()}, or "
        return f"{what} text; {option}make it UTF-8 (iconv -f {what} -t UTF-8)"
    return what and f"no text but {what}; give what is text"
