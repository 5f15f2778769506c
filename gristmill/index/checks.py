"""What a document must be to be indexed: the rules of a docid, and UTF-8."""

from __future__ import annotations

import re

#: The counter of documents whose text is cut where it is not UTF-8.
BAD_TEXT = "text is not UTF-8"
#: The counter of lines that are not docid TAB text.
NO_TAB = "no TAB"
#: Those of lines whose docid breaks a rule.
DOCID_FAULTS = EMPTY, NOT_UTF8, REPLACED, CONTROL = (
    "empty docid",
    "docid is not UTF-8",
    "docid holds U+FFFD",
    "docid holds a control character",
)
#: What these two are called where the input is in another encoding.
IN_ENCODING = {BAD_TEXT: "text is not in the encoding", NOT_UTF8: "docid is not in the encoding"}

#: Matches a docid of printable ASCII, as most are, which keeps every rule.
is_plain_docid = re.compile(rb"[ -~]+").fullmatch
_control = re.compile("[\0-\x1f\x7f-\x9f]").search


def docid_fault(docid: bytes) -> str:
    """The rule that a docid breaks, as the name of a counter; "" where it breaks none."""
    if not docid:
        return EMPTY
    try:
        text = docid.decode()
    except UnicodeDecodeError:
        return NOT_UTF8
    if "\ufffd" in text:
        # Spark decodes bytes that are not UTF-8 to it
        return REPLACED
    return CONTROL if _control(text) else ""


def is_utf8(text: bytes) -> bool:
    """Whether bytes are UTF-8."""
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True
