"""Raw tokens to words, case by case."""

from __future__ import annotations

import pytest

from gristmill.text.words import SEPARATORS, Analyser, words


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
        ("zero\u200bwidth", ["zero", "width"]),
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
        ("é'\u0301", ["é"]),
        ("é'\u0301a", ["é'\u0301a"]),
        ("é'\u0301'a", ["é", "a"]),
        ("'\u0301a", ["a"]),
        ("don'\u00adt é'\ufe0ft", ["don't", "é't"]),
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
    assert terms("\ufa19") == ["神"]


def test_half_width_katakana_are_cjk_and_stay_half_width():
    """NFC does not widen."""
    assert terms("ｶﾀｶﾅ") == ["ｶﾀ", "ﾀｶ", "ｶﾅ"]


def test_a_character_of_a_pair_has_its_marks():
    """Voiced marks, of either width, are one character with their kana; so are tone marks with a Han character."""
    assert terms("ｶﾞｷﾞﾌﾟ") == ["ｶﾞｷﾞ", "ｷﾞﾌﾟ"]
    assert terms("ｶﾞ きﾞ ﾞ \uff9f\u3099") == ["ｶﾞ", "きﾞ"]
    assert terms("か\u3099き\u309aく") == ["がき\u309a", "き\u309aく"]
    assert terms("き\u309a 水\u302a車") == ["き\u309a", "水\u302a車"]


@pytest.mark.parametrize(
    "hidden",
    [
        "\u00ad",
        "\u2060",
        "\u200e",
        "\u202e",
        "\ufeff",
        "\ufe0f",
        "\ufe00",
        "\U000e0100",
        "\u180b",
        "\u20dd",
        "\u061c",
        "🏽",
        "\U000e0067",
        "\ufe0f\u20e3",
        "\u2060\u00ad",
    ],
    ids=ascii,
)
def test_what_no_eye_sees_is_in_no_word_and_separates_none(hidden: str):
    """Format characters, variation selectors, enclosing marks and an emoji's skin: with them or without, one word."""
    assert terms(hidden) == terms(f" {hidden}é")[1:] == terms(f"❤{hidden}{hidden}") == []
    assert terms(f"{hidden}com{hidden}mu{hidden} mu") == ["commu", "mu"]
    assert terms(f"水{hidden}車{hidden}") == ["水車"]
    assert terms(f"e{hidden}\u0301") == ["é"]
    assert terms(f"don{hidden}'{hidden}t") == ["don't"]
    assert terms(f"∃{hidden}\u0338") == []


@pytest.mark.parametrize("joiner", ["\u200c", "\u200d"], ids=ascii)
def test_a_joiner_stays_between_two_characters_of_a_word(joiner: str):
    """Persian and Sinhala need it; at the end of a word, and beside a sign, it is nothing."""
    assert terms(f"می{joiner}خواهم ක්{joiner}ෂ") == [f"می{joiner}خواهم", f"ක්{joiner}ෂ"]
    assert terms(f"{joiner}a{joiner} {joiner} a{joiner}'b") == ["a", f"a{joiner}'b"]
    assert terms(f"a{joiner}😀{joiner}b a{joiner}'") == ["a", "b", "a"]
    assert terms(f"a{joiner}\u00ad{joiner}\u0301b") == [f"a{joiner}{joiner}\u0301b"]
    assert terms(f"水{joiner}車{joiner}磨{joiner}a") == [f"水{joiner}車", f"車{joiner}磨", "a"]


@pytest.mark.parametrize("mark", ["\u0301", "\u0345", "\u0903", "\u3099", "\uff9e", "\u0338"], ids=ascii)
def test_a_mark_that_stands_after_no_character_of_a_word_is_nothing(mark: str):
    """Alone, after a sign of ASCII or beyond, and after an unassigned character."""
    assert terms(f"{mark} a={mark} ❤{mark} -{mark}é \u0378{mark}{mark}") == ["a", "é"]


def test_a_sign_that_is_composed_with_a_stroke_is_that_sign_decomposed():
    """≠, ≮ and ≯ are a sign of ASCII and a stroke: either way they separate."""
    assert terms("a≠b c≮d e≯f") == terms("a=\u0338b c<\u0338d e>\u0338f") == ["a", "b", "c", "d", "e", "f"]


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
    ],
    ids=bytes.hex,
)
def test_bytes_that_are_not_utf8_separate_words(bad: bytes):
    """Stray, overlong, cut, surrogate and too large sequences end a word, as U+FFFD does."""
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
        ("e\u0898\u0301", ["e"]),
        ("e\u0301\u1acf\u0316", ["é"]),
        ("a\U0001e4ec\u0316b", ["a", "b"]),
        ("\u0cf3a\u1ac1\u0323", ["a"]),
    ],
)
def test_characters_unknown_to_unicode_13_separate_and_keep_marks_from_moving_past_them(text: str, expected: list[str]):
    """Assigned in 14.0 or later, or never, or for private use: no word, and no neighbour is reordered or composed."""
    assert words(text.encode()) == expected


def test_a_million_marks_out_of_order_take_linear_time():
    """Python's own sort would take hours for these."""
    found = words(("a" + "\u0301\u0316" * 500_000).encode())
    assert found == ["á" + "\u0316" * 500_000 + "\u0301" * 499_999]
