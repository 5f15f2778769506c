"""What a document must be to be indexed: the rules of a docid, and UTF-8."""

from __future__ import annotations

import re

#: Matches a docid of printable ASCII, as most are, which keeps every rule.
is_plain_docid = re.compile(rb"[ -~]+").fullmatch
_control = re.compile("[\0-\x1f\x7f-\x9f]").search


def docid_fault(docid: bytes) -> str:
    """The rule that a docid breaks, as the name of a counter; "" where it breaks none."""
    if not docid:
        return "empty docid"
    try:
        text = docid.decode()
    except UnicodeDecodeError:
        return "docid is not UTF-8"
    if "\ufffd" in text:
        # Spark decodes bytes that are not UTF-8 to it
        return "docid holds U+FFFD"
    return "docid holds a control character" if _control(text) else ""


def is_utf8(text: bytes) -> bool:
    """Whether bytes are UTF-8."""
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True
