"""Raw tokens to terms."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc

import pytest

from gristmill.text import words as module
from gristmill.text.words import LONG_TOKEN, Analyser


def test_a_long_token_holds_equal_terms_once():
    """A token of any length takes some bytes a position, not an object each."""
    raw = "水车磨".encode() * LONG_TOKEN
    tracemalloc.start()
    found = Analyser(["车磨"])(raw)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(found) == 3 * LONG_TOKEN - 1
    assert found[:4] == ("水车".encode(), None, "磨水".encode(), "水车".encode())
    assert found[-3:] == ("磨水".encode(), "水车".encode(), None)
    assert peak < 6 * len(raw)


def test_the_terms_held_to_be_shared_are_bounded(monkeypatch: pytest.MonkeyPatch):
    """A long token of terms that all differ forgets the ones before, and loses none."""
    monkeypatch.setattr(module, "LONG_TOKEN", 1)
    monkeypatch.setattr(module, "SHARED_TERMS", 2)
    assert Analyser(["b"])("a’’b’’c’’d’’a’’a".encode()) == (b"a", None, b"c", b"d", b"a", b"a")


def test_an_analyser_gives_one_entry_for_each_position():
    """Terms are UTF-8; a token with no word has no position."""
    analyse = Analyser()
    assert analyse(b"mill") == (b"mill",)
    assert analyse("l’ÉtÉ…mill".encode()) == ("l'été".encode(), b"mill")
    assert analyse("x水车磨".encode()) == (b"x", "水车".encode(), "车磨".encode())
    assert analyse(b"''") == ()
    assert analyse(b"") == ()


def test_a_stop_word_takes_a_position_and_is_not_written():
    """None stands where a stop word is, in ASCII and beyond, in CJK too."""
    analyse = Analyser(["the", "été", "水车", "don't"])
    assert analyse(b"the") == (None,)
    assert analyse(b"don't") == (None,)
    assert analyse("ÉtÉ…mill".encode()) == (None, b"mill")
    assert analyse("水车磨".encode()) == (None, "车磨".encode())


def test_stop_words_are_normalised_as_text_is():
    """A stop word matches in whatever case, normal form or apostrophe it was given."""
    analyse = Analyser(["The", "E\u0301TE\u0301", "Don’t", "«qu’»"])
    assert [analyse(raw.encode()) for raw in ("the", "été", "don't", "qu")] == [(None,)] * 4


@pytest.mark.parametrize(
    ("stop_word", "count"), [("New York", 2), ("vis-à-vis", 3), ("水车磨", 2), ("!", 0), ("", 0), ("\ud800", 0)]
)
def test_a_stop_word_that_is_not_one_word_is_refused(stop_word: str, count: int):
    """It could match no term: the message names it."""
    with pytest.raises(ValueError, match=r"^stop word") as error:
        Analyser(["the", stop_word])
    assert str(error.value) == f"stop word {stop_word!r} is {count} words to the index: give single words"


def test_stop_words_are_compared_before_stemming():
    """A word whose stem is a stop word stays; a stop word is not stemmed first."""
    analyse = Analyser(["mill", "waters"], lambda word: word.rstrip("s"))
    assert (analyse(b"mill"), analyse(b"mills")) == ((None,), (b"mill",))
    assert (analyse(b"waters"), analyse(b"water")) == ((None,), (b"water",))


def test_stems_are_terms_too():
    """A stem is written in NFC; an empty one leaves the word; pairs of CJK have none."""
    assert Analyser(stem=lambda word: "e\u0301")(b"x") == ("é".encode(),)
    assert Analyser(stem=lambda word: "")("x’y".encode()) == (b"x'y",)
    assert Analyser(stem=lambda word: word[:1])("café水车".encode()) == (b"c", "水车".encode())


def test_work_in_ascii_does_not_read_the_table():
    """The table of characters is read when the first token beyond ASCII comes."""
    program = (
        "from gristmill.text import words as w\n"
        "assert w.Analyser(['The'])(b\"don't\") == (b\"don't\",)\n"
        "assert w._table.cache_info().currsize == 0\n"
        "assert w.words(b'\\xc3\\xa9') == ['\\xe9']\n"
        "assert w._table.cache_info().currsize == 1\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
