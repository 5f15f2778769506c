"""What ``_gristmill.json`` says of an index.

    format       "gristmill inverted index"
    version      2: the version of the rows' format and of the rules for terms; a reader refuses one it does not know
                 (1: what no eye sees, U+FE0F or a soft hyphen, was a term or separated words)
    payload      "docids", "tf" or "positions": what a posting holds
    stem         the language whose stemmer made the terms; null where words are terms
    stop_words   SHA-256, in hexadecimal digits, of the words that are left out: as terms have them before stemming, in
                 order of their UTF-8, each followed by LF; null where none is left out
    documents    how many were indexed: lines, or with --docid-from file the files that have a line. Lines of one docid
                 count each; lines that are left out, having no TAB or a bad docid, do not count
    tokens       how many raw tokens these documents hold, equal ones counted each time: the same number for every
                 payload, stem and list of stop words
    unicode      "13.0.0": the version of Unicode whose properties cut text into words

`documents` and `tokens` are exact or null. Every map task reports both, zeros too, so an empty input has 0 of each.
They are null where no task's report is in the counters, which a runner that cannot count exactly leaves out.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from gristmill.text.words import UNICODE_VERSION

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

#: The version of the rows' format and of the rules for terms.
VERSION = 2


def index_manifest(
    *,
    payload: str,
    stem: str | None,
    stop_words: Collection[str],
    documents: int | None,
    tokens: int | None,
) -> dict[str, Any]:
    """The manifest of an index; see the module."""
    return {
        "format": "gristmill inverted index",
        "version": VERSION,
        "payload": payload,
        "stem": stem,
        "stop_words": _digest(stop_words),
        "documents": documents,
        "tokens": tokens,
        "unicode": UNICODE_VERSION,
    }


def total(counters: Iterable[Mapping[str, Mapping[str, int]]], group: str, name: str) -> int | None:
    """The sum of a counter over all steps, {group: {name: n}} each; None where no step has it."""
    amounts = [step[group][name] for step in counters if name in step.get(group, {})]
    return sum(amounts) if amounts else None


def _digest(words: Collection[str]) -> str | None:
    if not words:
        return None
    return hashlib.sha256(b"".join(word + b"\n" for word in sorted(map(str.encode, words)))).hexdigest()
