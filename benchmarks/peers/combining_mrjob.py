"""The best that mrjob's own local runner does: a task holds its postings and hands on one record of bytes a term."""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from typing import TYPE_CHECKING

if sys.version_info >= (3, 12):
    import gristmill.job.mrjob_compat  # noqa: F401 (mrjob does not import there without)

from mrjob.job import MRJob
from mrjob.protocol import BytesProtocol, BytesValueProtocol

if TYPE_CHECKING:
    from collections.abc import Iterator

WORD = re.compile(r"\w+(?:'\w+)*")


class CombiningIndex(MRJob):
    """mapper term -> docid TAB docid…, once a task; reducer the same for all tasks."""

    INPUT_PROTOCOL = BytesValueProtocol  # type: ignore[assignment]
    INTERNAL_PROTOCOL = BytesProtocol  # type: ignore[assignment]
    OUTPUT_PROTOCOL = BytesProtocol  # type: ignore[assignment]

    def mapper_init(self) -> None:
        self.postings: defaultdict[str, list[bytes]] = defaultdict(list)

    def mapper(self, _key: None, line: bytes) -> None:
        docid, _, text = line.partition(b"\t")
        for term in set(WORD.findall(text.decode().lower().replace("’", "'"))):
            self.postings[term].append(docid)

    def mapper_final(self) -> Iterator[tuple[bytes, bytes]]:
        for term, docids in self.postings.items():
            yield term.encode(), b"\t".join(docids)

    def reducer(self, term: bytes, lists: Iterator[bytes]) -> Iterator[tuple[bytes, bytes]]:
        yield term, b"\t".join(sorted(set(b"\t".join(lists).split(b"\t"))))


if __name__ == "__main__":
    CombiningIndex.run()
