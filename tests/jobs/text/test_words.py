"""Raw tokens to words and terms."""

from __future__ import annotations

import subprocess
import sys
import tracemalloc
import unicodedata
from itertools import groupby
from operator import itemgetter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.text import words as module
from jobs.text.words import LONG_TOKEN, SEPARATORS, Analyser, words

#: Characters that every Python of ours knows, so that the oracles of these tests know them too.
KNOWN = st.characters(blacklist_categories=("Cs", "Cn")).filter(lambda c: unicodedata.ucd_3_2_0.category(c) != "Cn")


def terms(text: str) -> list[str]:
    """The words of a text, cut into raw tokens as a job does it."""
    return [word for raw in text.encode().translate(SEPARATORS).split(b" ") for word in words(raw)]


def test_the_table_lowers_ascii_letters_and_keeps_digits_underscore_apostrophe_and_all_beyond_ascii():
    """What is left of a text after translate and split is its raw tokens."""
    text = "Don't\tSTOP_me-now,\r\nÉTÉ 2024!\x00\x7f".encode()
    assert text.translate(SEPARATORS).split() == [b"don't", b"stop_me", b"now", "ÉtÉ".encode(), b"2024"]
    assert bytes(range(128, 256)).translate(SEPARATORS) == bytes(range(128, 256))
    assert len(SEPARATORS) == 256


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("mill", ["mill"]),
        ("42", ["42"]),
        ("mp3", ["mp3"]),
        ("snake_case", ["snake_case"]),
        ("_", ["_"]),
        ("café", ["café"]),
        ("CAFÉ", ["café"]),
        ("Straße", ["strasse"]),
        ("ΟΔΟΣ", ["οδοσ"]),
        ("οδός", ["οδόσ"]),
        ("İstanbul", ["i̇stanbul"]),
        ("ǆ Ǆ ǅ", ["ǆ", "ǆ", "ǆ"]),
        ("Ａｂ", ["ａｂ"]),
        ("٣٤", ["٣٤"]),
        ("½ ² Ⅷ", ["½", "²", "ⅷ"]),
        ("a‿b", ["a‿b"]),
        ("мельница", ["мельница"]),
        ("한국어", ["한국어"]),
        ("Ⓐ", []),
        ("→ … “mill” 10€", ["mill", "10"]),
        ("mill—stone", ["mill", "stone"]),
        ("a\u00a0b\u3000c\u2028d\u0085e", ["a", "b", "c", "d", "e"]),
        ("co\u00adop zero\u200dwidth", ["co", "op", "zero", "width"]),
        ("😀mill😀stone👩\u200d🌾", ["mill", "stone"]),
        ("𐐀𐐨 𝒜", ["𐐨𐐨", "𝒜"]),
    ],
)
def test_a_word_is_a_run_of_letters_marks_numbers_and_connectors(text: str, expected: list[str]):
    """Words are maximal runs of characters of L*, M*, N* and Pc, casefolded; all others separate."""
    assert terms(text) == expected


@pytest.mark.parametrize("mark", ["'", "’"])
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("'", []),
        ("''", []),
        ("'''", []),
        ("don't", ["don't"]),
        ("'tis", ["tis"]),
        ("dogs'", ["dogs"]),
        ("'tis'", ["tis"]),
        ("''tis''", ["tis"]),
        ("rock'n'roll", ["rock'n'roll"]),
        ("a''b", ["a", "b"]),
        ("a'''b", ["a", "b"]),
        ("a''''b'c", ["a", "b'c"]),
        ("l'été", ["l'été"]),
        ("été''été", ["été", "été"]),
        ("été'''été", ["été", "été"]),
        ("'été'", ["été"]),
        ("été'…l'", ["été", "l"]),
        ("1'000", ["1'000"]),
        ("_'_", ["_'_"]),
        ("é'\u0301", ["é'\u0301"]),
    ],
)
def test_one_apostrophe_between_two_word_characters_belongs_to_the_word(text: str, expected: list[str], mark: str):
    """Either apostrophe stays between two word characters, written '; at an edge, or doubled, it separates."""
    assert terms(text.replace("'", mark)) == expected


def test_apostrophes_of_two_kinds_side_by_side_are_two():
    """A doubled apostrophe separates whatever its halves look like."""
    assert terms("a'’b a’'b l’été'là") == ["a", "b", "a", "b", "l'été'là"]


def test_other_characters_that_look_like_apostrophes_are_what_their_category_says():
    """U+02BC is a letter; U+2018, U+00B4 and U+FF07 are punctuation."""
    assert terms("cʼh ‘a‘b a´b a＇b") == ["cʼh", "a", "b", "a", "b", "a", "b"]


def test_combining_marks_belong_to_the_word():
    """Devanagari vowel signs and viramas, and marks that compose with nothing, do not cut a word."""
    assert terms("नमस्ते दुनिया") == ["नमस्ते", "दुनिया"]
    assert terms("x\u0301y q\u0323\u0301") == ["x\u0301y", "q\u0323\u0301"]
    assert terms("กำลัง שָׁלוֹם") == ["กำลัง", "שָׁלוֹם"]
    assert terms("\u0301") == ["\u0301"]


def test_decomposed_text_gives_the_terms_of_composed_text():
    """Terms are NFC, in whatever order the marks came."""
    assert terms("cafe\u0301 A\u030a \u212b ᄒ\u1161\u11ab") == ["café", "å", "å", "한"]
    assert terms("o\u0302\u0323 o\u0323\u0302 ộ") == ["ộ", "ộ", "ộ"]
    assert terms("\u0958") == ["\u0915\u093c"]


def test_what_composes_only_after_casefolding_is_composed():
    """J with a caron has no composed form and j with one has: both are the latter."""
    assert terms("J\u030c ǰ ŉ\u0303 ᾼ") == ["ǰ", "ǰ", "ʼñ", "αι"]


def test_a_sign_that_a_mark_makes_of_another_sign_stays_a_sign():
    """NFC comes before the cut: U+2203 with a stroke is U+2204, no word, and the stroke is no word of its own."""
    assert terms("∃\u0338 a∄b") == ["a", "b"]


def test_runs_of_han_and_kana_become_overlapping_pairs():
    """A run of CJK of n characters is n - 1 words; a lone character is one."""
    assert terms("水") == ["水"]
    assert terms("水车") == ["水车"]
    assert terms("水车磨坊") == ["水车", "车磨", "磨坊"]
    assert terms("ひらがなカナ") == ["ひら", "らが", "がな", "なカ", "カナ"]
    assert terms("人々〇ー") == ["人々", "々〇", "〇ー"]
    assert terms("𠀀𠀁水") == ["𠀀𠀁", "𠀁水"]
    assert terms("か\u3099き\u309a") == ["がき", "き\u309a"]
    assert terms("\ufa19") == ["神"]


def test_half_width_katakana_are_cjk_and_stay_half_width():
    """NFC does not widen; the half-width sound marks U+FF9E and U+FF9F are outside the range, so words of their own."""
    assert terms("ｶﾀｶﾅ") == ["ｶﾀ", "ﾀｶ", "ｶﾅ"]
    assert terms("ｶﾞ") == ["ｶ", "ﾞ"]


def test_punctuation_within_the_cjk_blocks_separates():
    """The middle dot, the double hyphen, iteration signs that are symbols and radicals are no word characters."""
    assert terms("水・车゠磨、坊。⼀⺀") == ["水", "车", "磨", "坊"]


def test_mixed_runs_are_cut_where_cjk_begins_and_ends():
    """Letters and digits beside CJK are words of their own; Hangul is no CJK here."""
    assert terms("abc水车2024年 GPU工场x") == ["abc", "水车", "2024", "年", "gpu", "工场", "x"]
    assert terms("한水글") == ["한", "水", "글"]


def test_no_apostrophe_belongs_to_cjk():
    """An apostrophe with CJK on either side separates."""
    assert terms("水'车 水’车 水''车") == ["水", "车", "水", "车", "水", "车"]
    assert terms("a'水 水’a é'水'é") == ["a", "水", "水", "a", "é", "水", "é"]


@pytest.mark.parametrize(
    "bad",
    [
        b"\xff",
        b"\x80",
        b"\xc3",
        b"\xc0\xaf",
        b"\xe0\x80\xaf",
        b"\xe6\xb0",
        b"\xed\xa0\x80",
        b"\xed\xa0\xbd\xed\xb8\x80",
        b"\xf0\x9f\x98",
        b"\xf4\x90\x80\x80",
        b"\xf8\x88\x80\x80\x80",
        b"\xfe\xff",
        b"\xef\xbf\xbd",
        b"\xef\xbb\xbf",
    ],
    ids=bytes.hex,
)
def test_bytes_that_are_not_utf8_separate_words(bad: bytes):
    """Stray, overlong, cut, surrogate and too large sequences end a word, as U+FFFD and a byte order mark do."""
    assert words(bad) == []
    assert words(b"a" + bad + b"b" + bad) == ["a", "b"]
    assert words("é’".encode() + bad + "é水".encode()) == ["é", "é", "水"]
    assert Analyser()(b"a" + bad + b"b") == (b"a", b"b")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a\u0870b", ["a", "b"]),
        ("a\U0001df00b", ["a", "b"]),
        ("水\u9ffd水", ["水", "水"]),
        ("a\U00031350b", ["a", "b"]),
        ("a\u0378b", ["a", "b"]),
        ("a\ufdd0b", ["a", "b"]),
        ("a\U0010ffffb", ["a", "b"]),
        ("a\ue000b", ["a", "b"]),
        ("e\u0898\u0301", ["e", "\u0301"]),
        ("e\u0301\u1acf\u0316", ["é", "\u0316"]),
        ("a\U0001e4ec\u0316b", ["a", "\u0316b"]),
        ("\u0cf3a\u1ac1\u0323", ["a", "\u0323"]),
    ],
)
def test_characters_unknown_to_unicode_13_separate_and_keep_marks_from_moving_past_them(text: str, expected: list[str]):
    """Assigned in 14.0 or later, or never, or for private use: no word, and no neighbour is reordered or composed."""
    assert words(text.encode()) == expected


@given(st.text(KNOWN))
def test_a_term_is_its_own_only_term(text: str):
    """Analysing the UTF-8 of a term gives that term, unless it is a pair of CJK with its own marks."""
    for word in terms(text):
        assert words(word.encode()) == [word]


@given(st.text(KNOWN))
def test_words_do_not_depend_on_the_normal_form(text: str):
    """Composed or decomposed, a text has the same words."""
    found = words(text.encode())
    assert words(unicodedata.normalize("NFD", text).encode()) == found
    assert words(unicodedata.normalize("NFC", text).encode()) == found


@given(st.text("aZé\u0301\u0316_1'’水かｶ한ß😀\u0345ᾼ\u0338∃=…İ\u0307Σς\u00ad"))
def test_words_are_those_of_the_rule_taken_step_by_step(text: str):
    """NFC, words, apostrophes, CJK runs, casefold, NFC, one character after the other."""
    assert words(text.encode()) == by_the_rule(text)


def by_the_rule(text: str) -> list[str]:
    """The rule as its sentences have it, slow and plain."""
    text = f" {unicodedata.normalize('NFC', text)} ".replace("’", "'")
    kinds = list(map(kind, text))
    for i in range(1, len(text) - 1):
        if kinds[i - 1 : i + 2] == ["word", "'", "word"]:
            kinds[i] = "word"
    found = []
    for name, group in groupby(zip(kinds, text), itemgetter(0)):
        run = unicodedata.normalize("NFC", "".join(character for _, character in group).casefold())
        if name == "word":
            found.append(run)
        elif name == "cjk":
            found.extend(run[i : i + 2] for i in range(max(1, len(run) - 1)))
    return found


def kind(character: str) -> str:
    """What one of the characters that this test draws from is to the rule."""
    if character in "水かｶ":
        return "cjk"
    category = unicodedata.category(character)
    return "'" if character == "'" else "word" if category[0] in "LMN" or category == "Pc" else "sign"


def test_ascii_letters_may_be_lowered_before_composing():
    """With every mark, and every two that compose with a letter, a capital and its small letter give one word."""
    every = {chr(c) for c in range(0x300, 0x20000) if unicodedata.combining(chr(c))}
    composing = every & {unicodedata.normalize("NFD", chr(c))[-1] for c in range(0xC0, 0x2000)}
    tails = sorted(every | {one + other for one in composing for other in composing})
    for small in "abcdefghijklmnopqrstuvwxyz":
        lowered, capital = (" ".join(letter + tail for tail in tails) for letter in (small, small.upper()))
        assert words(capital.encode()) == words(lowered.encode())


@given(st.text("aI\u0301\u0316\u0327\u0345\u0344\u0f73\u0f75\u05b0\u302a", min_size=260, max_size=400))
def test_many_marks_in_a_row_are_put_in_the_order_that_normalising_gives(text: str):
    """The order of marks taken in linear time is the canonical one."""
    expected = unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())
    assert words(text.encode()) == [expected]


def test_a_million_marks_out_of_order_take_linear_time():
    """Python's own sort would take hours for these."""
    found = words(("a" + "\u0301\u0316" * 500_000).encode())
    assert found == ["á" + "\u0316" * 500_000 + "\u0301" * 499_999]


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
        "from jobs.text import words as w\n"
        "assert w.Analyser(['The'])(b\"don't\") == (b\"don't\",)\n"
        "assert w._table.cache_info().currsize == 0\n"
        "assert w.words(b'\\xc3\\xa9') == ['\\xe9']\n"
        "assert w._table.cache_info().currsize == 1\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
