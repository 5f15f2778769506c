"""A fragment of HTML to the text that a browser shows, in time linear in its length.

    <p>Salt &amp; <b>butter</b></p><p>I <3 it</p>       Salt & butter, an empty line, I <3 it

A tag is ``<`` or ``</`` and a letter, up to the ``>`` that stands in no quoted value, as HTML's own tokenizer has it.
What is no tag stays: ``<3``, ``</3``, ``good > bad``. Python's parser is not used: what it makes of broken tags differs
between versions, and it takes seconds for a few KB of some.
"""

from __future__ import annotations

import re
from html import unescape

from gristmill.memo import BoundedMemo

#: What stands between two texts, by its rank: of several tags there the highest counts.
_GAPS = ("", "\t", "\n", "\n\n")
_BLOCKS = """
    address article aside body caption center dd details dialog dir div dl dt fieldset figcaption figure footer form
    h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol optgroup option search section summary table
    tbody tfoot thead tr ul
"""
#: The rank of a tag that is a line's end itself.
_LINE = 4
_RANKS = {**dict.fromkeys(_BLOCKS.split(), 2), "td": 1, "th": 1, "p": 3, "blockquote": 3, "pre": 3, "br": _LINE}
#: Stands for the rank of a tag of which the whole fragment must be looked at.
_UNKNOWN = -1
#: Tags that are remembered, and characters of one.
TAGS, LONGEST = 4096, 64
#: Elements whose content is no text: finds their end tags.
_HIDDEN = {name: re.compile(rf"</{name}(?=[\t\n\f\r />])", re.IGNORECASE).search for name in ("script", "style")}

#: Text, tag, text, and so on, where no quoted value holds a < or a >.
_split = re.compile("(<[^<>]*>)").split
_opening = re.compile("</?([A-Za-z][^\t\n\f\r />]*)|<!--|<[!?][A-Za-z[]").match
#: A tag's end, or a value, whose second quotation mark may be missing.
_step = re.compile("""(>)|=[\t\n\f\r ]*(?:"[^"]*("?)|'[^']*('?)|[^\t\n\f\r >]*)""").search
_long_number = re.compile("&#(?:([0-9]{8,})|[xX]([0-9A-Fa-f]{8,}))").sub


def html_to_text(html: str) -> str:
    """The text that a browser shows of a fragment of HTML, links with all of their address."""
    if "<" in html:
        html = _join_texts(html)
    if "&" in html:
        html = unescape(_long_number(_shorten, html) if "&#" in html else html)
    return html.strip()


def _join_texts(html: str) -> str:
    """The text between the tags, with the gaps that they make."""
    pieces = _split(html)
    ranks = [_plain_ranks[tag] for tag in pieces[1::2]]
    if _UNKNOWN in ranks or html.count("<") != len(ranks):
        pieces = _tokenize(html)
        ranks = [_RANKS.get(_element(tag), 0) for tag in pieces[1::2]]
    shown, gap = [pieces[0]], 0
    for rank, text in zip(ranks, pieces[2::2]):
        if rank == _LINE:
            shown.append(_GAPS[gap] + "\n")
            gap = 0
        elif rank > gap:
            gap = rank
        if text and not (gap and text.isspace()):
            shown.append(_GAPS[gap] + text)
            gap = 0
    return "".join(shown)


def _element(tag: str) -> str:
    """The name of a tag's element in lower case, "" where it has none."""
    match = _opening(tag)
    return (match[1] or "").lower() if match else ""


def _plain_rank(tag: str) -> int:
    """The rank of what stands between a < and the next >; _UNKNOWN where that may be no whole tag."""
    name = _element(tag)
    if not name or name in _HIDDEN or "'" in tag or tag.count('"') % 2:
        return _UNKNOWN
    return _RANKS.get(name, 0)


_plain_ranks = BoundedMemo(_plain_rank, TAGS, keep=lambda tag: len(tag) <= LONGEST)


def _tokenize(html: str) -> list[str]:
    """Text, tag, text, and so on, of any fragment; comments, and what is hidden, are parts of tags."""
    pieces: list[str] = []
    begin, at, find_end = 0, html.find("<"), _find_end
    while at >= 0:
        opening = _opening(html, at)
        if not opening:
            at = html.find("<", at + 1)
            continue
        end = find_end(html, opening)
        if end < 0 and find_end is _find_end:
            # a quotation mark that nothing closes, or no > at all: from here on the next > ends a tag
            find_end = _find_bracket
            continue
        if end < 0:
            break
        element = opening[0][1:].lower()
        if element in _HIDDEN:
            closing = _HIDDEN[element](html, end)
            end = closing.start() if closing else len(html)
        pieces += html[begin:at], html[at:end]
        begin, at = end, html.find("<", end)
    return [*pieces, html[begin:]]


def _find_end(html: str, opening: re.Match[str]) -> int:
    """The index behind a tag or a comment, -1 where it does not end."""
    if not opening[1]:
        return _find_bracket(html, opening)
    index = opening.end()
    while step := _step(html, index):
        index = step.end()
        if step[1]:
            return index
        if "" in step.groups():
            break
    return -1


def _find_bracket(html: str, opening: re.Match[str]) -> int:
    """The index behind the next >, or behind a comment, -1 where there is none."""
    if opening[0] == "<!--":
        # one that does not end hides the rest
        end = html.find("-->", opening.start() + 2)
        return end + 3 if end >= 0 else len(html)
    return html.find(">", opening.end()) + 1 or -1


def _shorten(number: re.Match[str]) -> str:
    """A numeric escape that Python can read: of one with more digits than any character has, U+FFFD's."""
    decimal, hexadecimal = number.groups()
    digits = (decimal or hexadecimal).lstrip("0") or "0"
    if len(digits) > 7:
        return "&#65533"  # decimal, since letters may follow
    return f"&#{digits}" if decimal else f"&#x{digits}"
