"""mrjob as its manual teaches it: one JSON record a word, a sorted set in the reducer, mrjob's own local runner."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

if sys.version_info >= (3, 12):
    import gristmill.job.mrjob_compat  # noqa: F401 (mrjob does not import there without)

from mrjob.job import MRJob
from mrjob.protocol import RawValueProtocol

if TYPE_CHECKING:
    from collections.abc import Iterator

WORD = re.compile(r"\w+(?:'\w+)*")


class NaiveIndex(MRJob):
    """mapper term -> docid; reducer term TAB docid TAB docid…; JSON between them."""

    OUTPUT_PROTOCOL = RawValueProtocol  # type: ignore[assignment]

    def mapper(self, _key: None, line: str) -> Iterator[tuple[str, str]]:
        docid, _, text = line.partition("\t")
        for term in WORD.findall(text.lower().replace("’", "'")):
            yield term, docid

    def reducer(self, term: str, docids: Iterator[str]) -> Iterator[tuple[None, str]]:
        yield None, "\t".join([term, *sorted(set(docids))])


if __name__ == "__main__":
    NaiveIndex.run()
