"""The files of an input that are found -> those that a runner's reader can read, told before anything starts."""

from __future__ import annotations

import logging
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Callable

from gristmill.errors import InputError
from gristmill.input import compression, magic
from gristmill.input.decompress import GZIP, LONG_WINDOW, Decompressed, zstd_window
from gristmill.input.folders import raise_input_error

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gristmill.input.compression import Reader
    from gristmill.input.decompress import Format
    from gristmill.input.find import InputFile
    from gristmill.task.counters import Counters

log = logging.getLogger("mrjob.gristmill")

#: Of a .gz whose end may be padding: the most bytes that are read through to know.
_READ_THROUGH = 64 << 20
#: The last bytes of a .gz that is whole hold this many zeros at most: those of a member of no bytes.
_MOST_ZEROS = 9
#: The codecs of Hadoop's that have a framing of their own.
BLOCKS = (".lz4", ".snappy")
#: The longest block that is taken for one.
_LONGEST_BLOCK = 1 << 30
_CHUNK = 1 << 20
_GO_ON = ", or go on without such files by --skip-unreadable"


@dataclass(frozen=True)
class Look:
    """What is looked for in a file's first bytes, which are read once."""

    #: The encoding of a file that is recoded as a whole; "" for none.
    encoding: str = ""
    #: Bytes that are read for `note`, which is called with a file's path and these.
    size: int = 0
    note: Callable[[str, bytes], object] = lambda path, head: None


def usable(
    files: Iterable[InputFile], by: Reader, skip: bool | None, look: Look = Look()
) -> tuple[list[InputFile], int]:
    """The files that `by` can read, and how many others there are; InputError for the first of those.

    `skip`: whether to go on without them; None for a job that does not say that its input is text.
    """
    is_text = skip is not None
    kept, skipped = taken(files, lambda path: path == "-" or check_file(path, by, is_text=is_text, look=look), skip)
    large = [(file.path, size) for file in kept if (size := large_window(file.path))] if by == "here" else []
    if large:
        more = f", and {len(large) - 1} more" if large[1:] else ""
        log.warning(
            "%s%s: takes %d MB of memory to decompress, so one such is read at a time",
            large[0][0],
            more,
            large[0][1] >> 20,
        )
    return kept, skipped


def taken(files: Iterable[InputFile], check: Callable[[str], bool], skip: bool | None) -> tuple[list[InputFile], int]:
    """The files whose paths `check` says are to be read, and of how many it raises InputError.

    Without `skip` the first of those ends the run.
    """
    kept: list[InputFile] = []
    skipped = 0
    for file in files:
        try:
            has_lines = check(file.path)
        except InputError as error:
            if not skip:
                raise
            log.warning("skipped: %s", str(error).removesuffix(_GO_ON))
            skipped += 1
        else:
            if has_lines:
                kept.append(file)
    return kept, skipped


def large_window(path: str) -> int:
    """Bytes of memory that decompressing the file takes, where that is beyond any budget; else 0."""
    if compression.suffix(path) != ".zst" or not Path(path).is_file():
        return 0
    window = zstd_window(path)
    return window if window > LONG_WINDOW else 0


def skipped_counters(skipped: int) -> Counters:
    """The counters of a run that goes on without so many files."""
    return {"input": {"unreadable file": skipped}} if skipped else {}


def check_file(path: str, by: Reader, *, is_text: bool, look: Look = Look()) -> bool:
    """Whether the file of this machine at `path` is for `by` to read; InputError where it cannot be.

    One of no bytes that is compressed by its name is not: Hadoop fails on it.
    """
    compression.check_readable(path, by)
    try:
        state = Path(path).stat()
        if not stat.S_ISREG(state.st_mode):
            return True
        with Path(path).open("rb", buffering=0) as file:
            head = file.read(max(magic.HEAD, look.size))
    except OSError as error:
        raise_input_error(error)
    check_head(path, head, state.st_size, is_text=is_text, encoding=look.encoding)
    if is_text and look.encoding and (form := compression.form(path)):
        _check_plain_head(path, form, look.encoding)
    look.note(path, head)
    end = compression.suffix(path)
    if not end or by == "here":
        return True
    if end == ".gz" and _is_padded(path, state.st_size):
        raise InputError(f"{path}: zeros stand behind its end, which Hadoop takes for damage; {_again('gzip')}")
    if window := large_window(path):
        raise InputError(f"{path}: its window of {window >> 20} MB is more than Hadoop reads; {_again('zstd')}")
    return bool(head)


def check_head(name: str, head: bytes, size: int, *, is_text: bool, encoding: str = "") -> None:
    """Raise InputError where a file of `size` bytes that begins with `head` cannot be what it is by its name.

    `is_text`: where its name says nothing, it is to be text, in an `encoding` of `recode.WIDE` or a superset of ASCII.
    """
    end, form = compression.suffix(name), compression.form(name)
    if form and not form.begins(head):
        raise InputError(
            f"{name}: damaged, or not what its name says (it is no {form.name} data); fetch or make it again"
        )
    if end in BLOCKS and head and not _is_in_blocks(head, size):
        raise InputError(
            f"{name}: not in the framing of Hadoop's {end} codec, so Hadoop and Spark read nothing of it; "
            "decompress it, or make it a .gz"
        )
    if is_text and not end and (fault := _text_fault(head, encoding)):
        raise InputError(f"{name}: {fault}{_GO_ON}")


def _check_plain_head(path: str, form: Format, encoding: str) -> None:
    """Raise InputError where what a compressed file holds is no text in an encoding of `recode.WIDE`."""
    head = b""
    with Path(path).open("rb") as file, Decompressed(file, form, path) as plain:
        while len(head) < magic.HEAD and (data := plain.read(magic.HEAD)):
            head += data
    if fault := _text_fault(head, encoding):
        raise InputError(f"{path}: {fault}{_GO_ON}")


def _text_fault(head: bytes, encoding: str) -> str:
    """What a file that begins with `head` is in place of text in that encoding; "" where it may be such text."""
    if not encoding:
        return magic.fault(head)
    # here, since few jobs need it
    from gristmill.input import recode

    return recode.fault(head, encoding)


def _is_in_blocks(head: bytes, size: int) -> bool:
    """Whether a file begins as Hadoop's block codecs write: plain bytes of a block, bytes of its first piece, piece."""
    plain, piece = (int.from_bytes(head[start : start + 4], "big") for start in (0, 4))
    return plain == 0 or (plain < _LONGEST_BLOCK and 0 < piece <= size - 8)


def _is_padded(path: str, size: int) -> bool:
    """Whether zeros stand behind the last member of a .gz."""
    with Path(path).open("rb") as file:
        file.seek(max(size - _MOST_ZEROS - 1, 0))
        end = file.read()
        zeros = len(end) - len(end.rstrip(b"\0"))
        # a member ends with the number of its plain bytes: the first zeros of padding make it a small one
        if not 0 < zeros <= _MOST_ZEROS or int.from_bytes(end[-4:], "little") > size or size > _READ_THROUGH:
            return zeros > _MOST_ZEROS
        file.seek(0)
        with Decompressed(file, GZIP, path) as plain:
            while plain.read(_CHUNK):
                pass
            return plain.is_padded


def _again(program: str) -> str:
    return f"make it again ({program} -d, then {program})"
