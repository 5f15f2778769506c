"""An inverted index of documents.

    input    docid TAB text                       (--docid-from file: any text, one file a document)
    mapper   term -> docid TAB docid …            a block of up to 512 postings, in order of docids
    shuffle  blocks of a term in order of their first docid
    reducer  term TAB docid TAB docid …           terms in order within a part, docids in order, each once

With --payload tf or positions a posting travels as two fields, docid TAB value, since docids are ordered by their own
bytes alone, and is written as one: ``docid:3`` or ``docid:3:0,7,12`` (`gristmill.index.payloads`).

Map tasks count what they index, ``index: documents`` and ``index: tokens``. With --output-dir ``_gristmill.json`` says
these numbers and by what rules the terms were made (`gristmill.index.manifest`).
"""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gristmill.errors import InputError
from gristmill.index.checks import (
    BAD_TEXT,
    DOCID_FAULTS,
    IN_ENCODING,
    NO_TAB,
    NOT_UTF8,
    docid_fault,
    is_plain_docid,
    is_utf8,
)
from gristmill.index.payloads import PAYLOADS
from gristmill.index.postings import invert
from gristmill.index.rows import RowProtocol, limited_rows
from gristmill.index.tokens import TermMemo
from gristmill.job.base import Job
from gristmill.job.encoding import encoding_of, recoding_protocol
from gristmill.job.options import add_encoding, add_max_line, add_skip_unreadable, positive
from gristmill.job.protocols import BytesProtocol
from gristmill.job.task_input import LONGER_LINE
from gristmill.job.usable_lines import LineRule
from gristmill.task.environment import INPUT_NAME, WHOLE_FILES
from gristmill.text import stems
from gristmill.text.words import Analyser
from gristmill.typed import is_file
from mrjob.protocol import BytesValueProtocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from gristmill.index.payloads import Document
    from gristmill.index.postings import Block
    from gristmill.input.find import InputFile

#: Bytes of memory that a document takes besides its docid and its text: two objects' headers, a tuple, a list's entry.
_DOCUMENT = 128
#: Counters of the map tasks, by group and name, that the manifest adds up.
_DOCUMENTS, _TOKENS = ("index", "documents"), ("index", "tokens")


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
    #: A reducer receives the blocks of a term in order of their first docid.
    SORT_VALUES = True
    SORTED_OUTPUT = True
    #: No term holds a byte below TAB, so that Hadoop may sort whole lines, which is faster.
    PLAIN_KEYS = True
    PACKAGES = ("snowballstemmer",)
    LINE_RULE = LineRule(
        used=(_DOCUMENTS,),
        faults=frozenset((NO_TAB, *DOCID_FAULTS, IN_ENCODING[NOT_UTF8], LONGER_LINE)),
        wanted="a line is docid TAB text; give --docid-from file where each file is a document, or make such lines "
        "(of a CSV by tr , '\\t', of JSON Lines by "
        r"""jq -r '"\(.id)\t" + (.text | gsub("\\s+"; " "))', of a JSON list with .[] | before that)""",
        doubts={
            BAD_TEXT: "words are cut there; name its encoding, such as by --encoding cp1252",
            IN_ENCODING[BAD_TEXT]: "words are cut there; name another by --encoding, or leave it out for UTF-8",
        },
    )

    # options

    def configure_args(self) -> None:
        """The options: see --help."""
        super().configure_args()
        add = self.add_passthru_arg
        add("--payload", choices=tuple(PAYLOADS), default="docids", help="what a posting holds (default: docids)")
        add(
            "--docid-from",
            choices=("line", "file"),
            default="line",
            help="line: docid TAB text lines; file: each file is a document, its name the docid (default: line)",
        )
        add("--stop-words", metavar="LANGUAGE|FILE", help="leave out a language's commonest words, or a file's")
        add("--stem", metavar="LANGUAGE", choices=stems.languages(), help="index the stems of a language's words")
        add("--max-postings", type=positive, metavar="N", help="go on in a further row of the term after N postings")
        add_encoding(add)
        add_max_line(add, "1GB")
        add_skip_unreadable(add)
        add("--strict", action="store_true", help="fail on the first line that cannot be used, instead of counting it")

    def load_args(self, args: list[str]) -> None:
        """Check the options together; a usage error where one cannot be."""
        super().load_args(args)
        self.payload = PAYLOADS[self.options.payload]
        words = self.options.stop_words
        try:
            self.stop_words = self._load_stop_words(words) if words else frozenset()
        except OSError as error:
            self.arg_parser.error(f"--stop-words {words}: {error.strerror}")
        except ValueError as error:
            self.arg_parser.error(f"--stop-words: {error}")
        if self.options.docid_from == "file" and not self.is_task() and "-" in (self.options.args or "-"):
            self.arg_parser.error("--docid-from file: standard input has no name; give files or folders")

    def _load_stop_words(self, words: str) -> frozenset[str]:
        # here, since most tasks need none
        from gristmill.text.stop_words import languages, parse_stop_words, stop_words

        if words in languages() or not is_file(words):
            return stop_words(words)
        # the file is sent to the tasks
        self._passthru_arg_dests.discard("stop_words")
        self._file_arg_dests.add("stop_words")
        return parse_stop_words(Path(words).read_bytes(), words)

    def check_inputs(self, files: Sequence[InputFile]) -> None:
        """With --docid-from file a file's name is a docid, so no two may have one; InputError."""
        if self.options.docid_from == "file":
            paths: dict[str, str] = {}
            for file in files:
                if file.name in paths:
                    both = f"{paths[file.name]} and {file.path} would both be the document {file.name}"
                    raise InputError(f"--docid-from file: {both}; name each file once")
                paths[file.name] = file.path

    def input_protocol(self) -> Any:
        """docid TAB text, or with --docid-from file (None, line)."""
        return recoding_protocol(BytesValueProtocol() if self.options.docid_from == "file" else BytesProtocol(), self)

    def jobconf(self) -> dict[str, Any]:
        """As the user has it; files that are documents stay whole."""
        conf: dict[str, Any] = super().jobconf()
        if self.options.docid_from == "file":
            conf.update(WHOLE_FILES)
        return conf

    def output_manifest(self, counters: list[dict[str, dict[str, int]]]) -> dict[str, Any]:
        """See `gristmill.index.manifest`."""
        # here, since no task needs it
        from gristmill.index.manifest import index_manifest, total

        return index_manifest(
            payload=self.payload.name,
            stem=self.options.stem,
            stop_words=self.stop_words,
            documents=total(counters, *_DOCUMENTS),
            tokens=total(counters, *_TOKENS),
        )

    # map

    def mapper_init(self) -> None:
        """Begin with an empty batch."""
        stem = stems.stemmer(self.options.stem) if self.options.stem else None
        self.terms = TermMemo(Analyser(self.stop_words, stem))
        self.documents: list[Document] = []
        self.size = 0
        self.file_lines: list[bytes] = []
        self.in_encoding = IN_ENCODING if encoding_of(self) else {}

    def mapper(self, docid: bytes | None, text: bytes | None) -> Iterable[Block] | None:
        """Add a line to the batch; the blocks of the batch where it is full."""
        if self.options.docid_from == "file":
            line = text or b""
            self.file_lines.append(line)
            # without --strict `_add` checks the whole text and counts it once
            if self.options.strict and not is_utf8(line):
                self._count_bytes()
            return None
        if text is None:
            self.count_fault(NO_TAB, "no TAB; a line is docid TAB text; mend it")
            return None
        return self._add(docid or b"", text)

    def mapper_final(self) -> Iterator[Block]:
        """The blocks of the last batch."""
        if self.options.docid_from == "file" and self.file_lines:
            name = os.environ.get(INPUT_NAME, "")
            self.record = 1
            yield from self._add(os.fsencode(name), b"\n".join(self.file_lines)) or ()
        yield from self._flush()

    def _add(self, docid: bytes, text: bytes) -> Iterable[Block] | None:
        fault = "" if is_plain_docid(docid) else docid_fault(docid)
        if fault:
            if self.options.docid_from == "line":
                fault = self.in_encoding.get(fault, fault)
            self.count_fault(fault, f"{fault}: {docid[:60]!r}; mend it")
            return None
        if not (text.isascii() or is_utf8(text)):
            self._count_bytes()
        self.documents.append((docid, text))
        self.size += len(docid) + len(text) + _DOCUMENT
        return self._flush() if self.size >= self.payload.batch_bytes else None

    def _flush(self) -> Iterator[Block]:
        documents, self.documents, self.size = self.documents, [], 0
        self.increment_counter(*_DOCUMENTS, len(documents))
        return invert(documents, self.terms, self.payload, partial(self.increment_counter, *_TOKENS))

    def _count_bytes(self) -> None:
        if self.options.strict:
            what = f"the text is not {encoding_of(self) or 'UTF-8'}; name its --encoding"
            self.refuse(f"{what}, or leave out --strict to have such lines counted")
        self.increment_counter("input", self.in_encoding.get(BAD_TEXT, BAD_TEXT))

    # reduce

    def reducer_init(self) -> None:
        """Made once, since a method that is passed on is a new object each time."""
        lost = "docid with several texts: the greater posting stays (at least)"
        self.count_lost = partial(self.increment_counter, "input", lost)

    def reducer(self, term: bytes, blocks: Iterable[bytes]) -> Iterator[tuple[bytes, Iterable[bytes]]]:
        """Blocks of a term, in order of their first docid -> its rows, one where --max-postings sets no limit."""
        payload = self.payload
        # not payload.merge(…): Python 3.11 looks that up far more slowly, and most terms have one short block
        merge, write = payload.merge, payload.write
        pieces = write(merge(blocks, self.count_lost))
        if not self.options.max_postings:
            yield term, pieces
            return
        for row in limited_rows(pieces, self.options.max_postings):
            yield term, row


if __name__ == "__main__":
    InvertedIndex.run()
