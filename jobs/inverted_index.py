"""An inverted index of documents.

    input    docid TAB text                       (--docid-from file: any text, one file a document)
    mapper   term -> docid TAB docid …            a block of up to 512 postings, in order of docids
    shuffle  blocks of a term in order of their first docid
    reducer  term TAB docid TAB docid …           terms in order within a part, docids in order, each once

With --payload tf or positions a posting travels as two fields, docid TAB payload, since docids are ordered by their
own bytes alone, and is written as one: ``docid:3`` or ``docid:3:0,7,12``.
"""

from __future__ import annotations

import os
import re
from argparse import ArgumentTypeError
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gristmill.index.blocks import merge, merge_payloads
from gristmill.index.postings import BLOCK, PAYLOADS, Memo, invert
from gristmill.job.base import Job
from gristmill.job.protocols import BytesProtocol
from gristmill.task.environment import INPUT_NAME
from gristmill.text import stems, stop_words
from gristmill.text.words import Analyser
from mrjob.protocol import BytesValueProtocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Block = tuple[bytes, bytes]

#: Bytes of text held before they are inverted. A posting costs 20 bytes as a docid, 80 with tf, 120 with positions.
BATCH = {"docids": 52 << 20, "tf": 8 << 20, "positions": 6 << 20}
#: What a document costs in memory besides its bytes: two objects' headers, the pair of them, its place in a list.
_DOCUMENT = 128
#: A docid of which nothing need be checked.
_plain = re.compile(rb"[ -~]+").fullmatch
_control = re.compile("[\x00-\x1f\x7f]").search


class RowProtocol(BytesProtocol):
    """term TAB postings, where the postings come in pieces, an iterable of bytes."""

    def pieces(self, key: bytes, value: Iterable[bytes]) -> Iterator[bytes]:
        for piece in value:
            yield b"%b\t%b" % (key, piece)
            key = b""

    def write(self, key: bytes, value: Any) -> bytes:
        return b"".join(self.pieces(key, value))


class InvertedIndex(Job):
    """Index documents: `docid TAB text` lines in, `term TAB docid TAB docid...` rows out, in key order.

    examples:
      python -m jobs.inverted_index data/documents.tsv
      python -m jobs.inverted_index --docid-from file --payload positions data/documents/
      python -m jobs.inverted_index --stop-words english --stem english -o index/ docs-*.tsv.gz
      zcat docs.tsv.gz | python -m jobs.inverted_index --payload tf -
    """

    INTERNAL_PROTOCOL = BytesProtocol
    OUTPUT_PROTOCOL = RowProtocol
    #: Blocks of a term then come in order of their first docid.
    SORT_VALUES = True
    PACKAGES = ("snowballstemmer",)

    # options

    def configure_args(self) -> None:
        super().configure_args()
        add = self.add_passthru_arg
        add("--payload", choices=PAYLOADS, default="docids", help="what a posting holds (default: docids)")
        add(
            "--docid-from",
            choices=("line", "file"),
            default="line",
            help="line: docid TAB text lines; file: each file is a document, its name the docid (default: line)",
        )
        add("--stop-words", metavar="LANGUAGE|FILE", help="leave out a language's commonest words, or a file's")
        add("--stem", metavar="LANGUAGE", choices=stems.languages(), help="index the stems of a language's words")
        add("--max-postings", type=_positive, metavar="N", help="go on in a further row of the term after N postings")
        add("--strict", action="store_true", help="fail on the first line that cannot be used, instead of counting it")

    def load_args(self, args: list[str]) -> None:
        super().load_args(args)
        words = self.options.stop_words
        if words and words not in stop_words.languages() and Path(words).is_file():
            # it is sent to the tasks
            self._passthru_arg_dests.discard("stop_words")
            self._file_arg_dests.add("stop_words")
        try:
            self.stop_words = self._read_stop_words()
        except OSError as error:
            self.arg_parser.error(f"--stop-words {words}: {error.strerror}")
        except ValueError as error:
            self.arg_parser.error(f"--stop-words: {error}")
        if self.options.docid_from == "file" and not self.is_task() and "-" in (self.options.args or "-"):
            self.arg_parser.error("--docid-from file: standard input has no name; give files or folders")

    def _read_stop_words(self) -> frozenset[str]:
        words = self.options.stop_words
        if not words:
            return frozenset()
        if "stop_words" in self._file_arg_dests:
            return stop_words.read(Path(words).read_bytes(), words)
        return stop_words.stop_words(words)

    def input_protocol(self) -> Any:
        return BytesValueProtocol() if self.options.docid_from == "file" else BytesProtocol()

    def jobconf(self) -> dict[str, Any]:
        conf: dict[str, Any] = super().jobconf()
        if self.options.docid_from == "file":
            # a file is a document, so no part of one is a split
            conf["mapreduce.input.fileinputformat.split.minsize"] = str((1 << 63) - 1)
        return conf

    # map

    def mapper_init(self) -> None:
        stem = stems.stemmer(self.options.stem) if self.options.stem else None
        analyser = Analyser(self.stop_words, stem)
        self.memo = Memo(analyser, plain=analyser.plain)
        self.documents: list[Block] = []
        self.size = 0
        self.file_lines: list[bytes] = []

    def mapper(self, docid: bytes | None, text: bytes | None) -> Iterable[Block] | None:
        if self.options.docid_from == "file":
            line = text or b""
            self.file_lines.append(line)
            # without --strict, the text is looked at as a whole, and counted once
            if self.options.strict and not _is_utf8(line):
                self._count("text is not UTF-8", "the text is not UTF-8; recode it")
            return None
        if text is None:
            self._count("no TAB", "no TAB; a line is docid TAB text; mend it")
            return None
        return self._add(docid or b"", text)

    def mapper_final(self) -> Iterator[Block]:
        if self.options.docid_from == "file" and self.file_lines:
            name = os.environ.get(INPUT_NAME, "")
            self.record = 1
            yield from self._add(os.fsencode(name), b"\n".join(self.file_lines)) or ()
        yield from self._flush()

    def _add(self, docid: bytes, text: bytes) -> Iterable[Block] | None:
        if not _plain(docid):
            fault = _fault(docid)
            if fault:
                self._count(fault, f"{fault}: {docid[:60]!r}; mend it")
                return None
        if not (text.isascii() or _is_utf8(text)):
            self._count("text is not UTF-8", "the text is not UTF-8; recode it")
        self.documents.append((docid, text))
        self.size += len(docid) + len(text) + _DOCUMENT
        return self._flush() if self.size >= BATCH[self.options.payload] else None

    def _flush(self) -> Iterator[Block]:
        documents, self.documents, self.size = self.documents, [], 0
        return invert(documents, self.memo, self.options.payload)

    def _count(self, name: str, why: str) -> None:
        if self.options.strict:
            self.refuse(f"{why}, or leave out --strict to have such lines counted")
        self.increment_counter("input", name)

    # reduce

    def reducer(self, term: bytes, blocks: Iterable[bytes]) -> Iterator[tuple[bytes, Iterable[bytes]]]:
        pieces = merge(blocks) if self.options.payload == "docids" else self._postings(blocks)
        if not self.options.max_postings:
            yield term, pieces
            return
        for row in _rows(pieces, self.options.max_postings):
            yield term, row

    def _postings(self, blocks: Iterable[bytes]) -> Iterator[bytes]:
        positions = self.options.payload == "positions"
        for postings in merge_payloads(blocks, _by_place if positions else int, self._lost):
            if positions:
                rows = [b"%b:%d:%b" % (docid, found.count(b",") + 1, found) for docid, found in postings]
            else:
                rows = [b"%b:%b" % posting for posting in postings]
            yield b"\t".join(rows)

    def _lost(self, count: int) -> None:
        self.increment_counter("input", "docid with several texts: the greater posting stays (at least)", count)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is no number from 1 on")
    return int(text)


def _fault(docid: bytes) -> str:
    """What is wrong with a docid; "" where nothing is."""
    if not docid:
        return "empty docid"
    try:
        text = docid.decode()
    except UnicodeDecodeError:
        return "docid is not UTF-8"
    if "\ufffd" in text:
        return "docid holds U+FFFD"
    return "docid holds a control character" if _control(text) else ""


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _by_place(positions: bytes) -> tuple[int, list[int]]:
    """The order of two lists of positions: the longer is greater, then the one with the greater first difference."""
    places = list(map(int, positions.split(b",")))
    return len(places), places


def _rows(pieces: Iterable[bytes], most: int) -> Iterator[Iterator[bytes]]:
    """Rows of `most` postings, in pieces: each row is to be read before the next is asked for."""
    postings = chain.from_iterable(piece.split(b"\t") for piece in pieces)
    for first in postings:
        yield _joined(first, islice(postings, most - 1))


def _joined(first: bytes, others: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    while some := list(islice(others, BLOCK)):
        yield b"\t".join(some)


if __name__ == "__main__":
    InvertedIndex.run()
