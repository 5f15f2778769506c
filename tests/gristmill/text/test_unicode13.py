"""The table of characters, and that every Python makes the same words of all of them."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import pytest

import gristmill.text
from gristmill.text.words import words

SCRIPT = Path(__file__).with_name("unicode13.py")
TABLE = Path(gristmill.text.__file__).with_name("unicode13.txt")
IS_13 = unicodedata.unidata_version == "13.0.0"


@pytest.mark.skipif(not IS_13, reason="the table is made on a Python that has Unicode 13.0: 3.9 or 3.10")
def test_the_table_is_what_unicode_13_says():
    """Made again, the table is the one shipped."""
    made = subprocess.run([sys.executable, SCRIPT], check=True, stdout=subprocess.PIPE)
    assert made.stdout == TABLE.read_bytes()


@pytest.mark.skipif(IS_13, reason="this Python can make the table")
def test_no_table_is_made_of_another_unicode():
    """On a Python with other categories the script makes nothing and says why."""
    made = subprocess.run([sys.executable, SCRIPT], capture_output=True, text=True)
    assert (made.returncode, made.stdout) == (1, "")
    version = unicodedata.unidata_version
    assert made.stderr == f"error: this Python has Unicode {version}, the table is of 13.0.0: use 3.9 or 3.10\n"


#: Planes 0 to 3 and 14: the others are empty, or for private use.
PLANES = [*range(0x40000), *range(0xE0000, 0xF0000)]


@pytest.mark.parametrize(
    ("before", "after", "codes", "digest"),
    [
        ("", "", range(0x110000), "92346a225d83c137bf22c07d685e0a6949e48ac116b39933bf4fd8ba881709df"),
        ("a", "z", PLANES, "d6a944097801a72c7bb73993e899c230fb5304e6fca1c33e934944c3772e7b68"),
        ("", "\u0301", PLANES, "36382d498183dc79c070a09a41f2a043a0050a1b562f87f2f295c513e6e84ce0"),
        ("J\u0316", "\u030c", PLANES, "9f9dd018718c10c363fc93453763d495f81028802ed1127c92c6dcf276fc971f"),
    ],
    ids=["alone", "between letters", "before a mark", "between marks"],
)
def test_every_python_makes_the_same_words_of_every_character(
    before: str, after: str, codes: Sequence[int], digest: str
):
    """The words of all code points, each in this surrounding, have one digest on every Python."""
    sums = hashlib.sha256()
    for start in range(0, len(codes), 256):
        # A byte that is not UTF-8 keeps neighbours apart; surrogates are such bytes too.
        texts = (f"{before}{chr(code)}{after}".encode("utf-8", "surrogatepass") for code in codes[start : start + 256])
        sums.update(" ".join(words(b"\xff".join(texts))).encode() + b"\n")
    assert sums.hexdigest() == digest


def test_nothing_that_belongs_to_the_character_before_it_is_a_word_alone():
    """Nor after a sign; of all that Unicode 3.2 had, which every Python knows."""
    category = unicodedata.ucd_3_2_0.category
    for character in map(chr, range(0x110000)):
        if category(character) in {"Mn", "Mc", "Me", "Cf"} and character != "\u200b":
            assert words(character.encode()) == words(f"→{character}{character}".encode()) == []
