"""Compressed files: one table of who reads which, by the suffix of a file's name, and the error of a damaged one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from gristmill.errors import InputError
from gristmill.input.decompress import BZIP2, DEFLATE, GZIP, XZ, ZSTD, Format

#: Who reads an input file: a task of this machine, Hadoop by its codecs, or Spark by its own.
Reader = Literal["here", "hadoop", "spark"]


@dataclass(frozen=True)
class Compression:
    """Who reads a compression: this machine by `here`, where that is one; Hadoop; Spark."""

    here: Format | None = None
    hadoop: bool = False
    spark: bool = False


_UNREAD = Compression()
_CODEC = Compression(hadoop=True, spark=True)

#: The compressions by suffix. A reader takes a file of one that it does not read for text, and its bytes for words.
COMPRESSIONS: dict[str, Compression] = {
    ".7z": _UNREAD,
    ".z": _UNREAD,
    ".br": _UNREAD,
    ".bz2": Compression(BZIP2, hadoop=True, spark=True),
    ".deflate": Compression(DEFLATE, hadoop=True, spark=True),
    ".gz": Compression(GZIP, hadoop=True, spark=True),
    ".lz": _UNREAD,
    ".lz4": _CODEC,
    ".lzma": _UNREAD,
    ".lzo": _UNREAD,
    ".rar": _UNREAD,
    ".snappy": _CODEC,
    ".sz": _UNREAD,
    ".xz": Compression(XZ),
    ".zip": _UNREAD,
    # Hadoop's nodes need the native library; Spark has one of its own from 4.1 on
    ".zst": Compression(ZSTD, hadoop=True, spark=True),
}
#: Archives of several files, beside those whose name ends with .tar and a compression: as a text they are headers.
ARCHIVES = (".tar", ".taz", ".tbz", ".tbz2", ".tgz", ".tlz", ".txz", ".tzst")

_REFUSALS = {
    "here": "this compression is not read here",
    "hadoop": "Hadoop does not read this compression",
    "spark": "Spark does not read this compression",
}
_CAPITALS = "in capitals it is text for Hadoop's codecs"


def suffix(name: str) -> str:
    """The suffix of the compression that a file's name ends with, in whatever case; "" for none."""
    name = name.lower()
    return next((suffix for suffix in COMPRESSIONS if name.endswith(suffix)), "")


def suffix_of(form: Format) -> str:
    """The suffix of the files of a compression that this machine reads."""
    return next(suffix for suffix, one in COMPRESSIONS.items() if one.here is form)


def form(name: str) -> Format | None:
    """How this machine reads the compression of a file of this name; None where it takes the bytes as they are."""
    end = suffix(name)
    return COMPRESSIONS[end].here if end else None


def check_readable(name: str, by: Reader, *, as_named: bool = False) -> None:
    """Raise InputError where `by` would take the file of this name, compressed or an archive, for text.

    `as_named`: it is read under this very name, of which Hadoop and Spark heed the case.
    """
    end = suffix(name)
    if name.lower().removesuffix(end).endswith(".tar") or name.lower().endswith(ARCHIVES):
        raise InputError(f"{name}: an archive of files is not read here; unpack it and give the folder")
    if end and not getattr(COMPRESSIONS[end], by):
        known = " ".join(suffix for suffix, one in COMPRESSIONS.items() if getattr(one, by))
        raise InputError(f"{name}: {_REFUSALS[by]}, only {known}; decompress the file first")
    if as_named and not name.endswith(end):
        raise InputError(f"{name}: {_CAPITALS}; rename it to end in {end}")
