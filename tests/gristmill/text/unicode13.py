"""Write the table of characters that `gristmill.text.words` reads.

    python3.9 tests/gristmill/text/unicode13.py > gristmill/text/unicode13.txt

It runs on a Python that has Unicode 13.0.0 (3.9 and 3.10) and refuses any other, whose table would be another one.
"""

from __future__ import annotations

import sys
import unicodedata
from itertools import groupby

VERSION = "13.0.0"

#: Han, Hiragana and Katakana by block, since Python knows no scripts; what is no word character there stays as it is.
CJK = (
    (0x2E80, 0x2FDF),
    (0x3005, 0x3005),
    (0x3007, 0x3007),
    (0x3041, 0x3096),
    (0x309B, 0x309F),
    (0x30A0, 0x30FF),
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0xFF66, 0xFF9D),
    (0x20000, 0x3FFFF),
)

# Word_Break is a function of the general category but for these (UAX #29, revision 37, table 3; PropList.txt):
#: Cf that is no Format: the zero width space separates.
SPACE, JOINERS = 0x200B, (0x200C, 0x200D)
#: Extend that is no M*: Emoji_Modifier, and of Other_Grapheme_Extend the half-width voiced marks; its tags are Cf.
MODIFIERS, VOICED = range(0x1F3FB, 0x1F400), (0xFF9E, 0xFF9F)
#: Variation_Selector, but U+180E, which is Cf.
SELECTORS = {*range(0x180B, 0x180E), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)}

HEADER = """\
# Unicode 13.0.0, from the general category and the decomposition of each character: first code point, last one, class.
#   word     category L*, N* or Pc
#   cjk      such a one of Han, Hiragana or Katakana
#   mark     Word_Break Extend that stays in a word: Mn and Mc but variation selectors, and half-width voiced marks
#   moving   such a one that normalisation moves past others
#   joiner   U+200C and U+200D
#   gone     all other Word_Break Extend and Format: no word has it, and it separates none
#   other    assigned, and none of these; what no line holds is unassigned
# Written by tests/gristmill/text/unicode13.py.
"""


def kind(code: int) -> str:
    """The class of one code point; "" if it is unassigned (or a surrogate, which UTF-8 cannot hold)."""
    character = chr(code)
    category = unicodedata.category(character)
    if category in {"Cn", "Cs"}:
        return ""
    if code in JOINERS:
        return "joiner"
    if (category in {"Mn", "Mc"} and code not in SELECTORS) or code in VOICED:
        moves = unicodedata.combining(unicodedata.normalize("NFD", character)[0]) > 0
        return "moving" if moves else "mark"
    if category[0] == "M" or code in MODIFIERS or (category == "Cf" and code != SPACE):
        return "gone"
    if category[0] not in "LN" and category != "Pc":
        return "other"
    return "cjk" if any(first <= code <= last for first, last in CJK) else "word"


def table() -> str:
    """The whole table, one line a run of code points of one class."""
    lines = [HEADER]
    for name, group in groupby(range(sys.maxunicode + 1), kind):
        codes = list(group)
        if name:
            lines.append(f"{codes[0]:04X} {codes[-1]:04X} {name}\n")
    return "".join(lines)


if __name__ == "__main__":
    here = unicodedata.unidata_version
    if here != VERSION:
        sys.exit(f"error: this Python has Unicode {here}, the table is of {VERSION}: use 3.9 or 3.10")
    sys.stdout.write(table())
