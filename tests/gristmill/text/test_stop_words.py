"""Stop words by language and from a file."""

from __future__ import annotations

import pytest

from gristmill.text.stop_words import SHORT, languages, parse_stop_words, short_lists, stop_words
from gristmill.text.words import Analyser


def test_a_language_has_its_list_by_name_and_by_code():
    """A list is found under its name and under its ISO 639-1 code."""
    assert stop_words("en") == stop_words("english")
    assert {"the", "of", "don't"} <= stop_words("english")
    assert {"und", "dass"} <= stop_words("de")


def test_a_short_list_has_no_word_that_people_search_for():
    """Those made for retrieval have a language's pronouns, articles, auxiliaries and prepositions."""
    english = stop_words("english")
    assert len(english) == 150
    assert not english & {
        "mill",
        "computer",
        "fire",
        "system",
        "microsoft",
        "home",
        "page",
        "world",
        "won",
        "haven",
        "ma",
    }
    assert {"les", "ils", "de"} <= stop_words("french")
    assert max(len(stop_words(language)) for language in SHORT.values()) == 313


def test_a_language_without_a_short_list_keeps_its_long_one():
    """It is that of another package."""
    assert len(stop_words("finnish")) > 800
    assert set(SHORT.values()) < set(languages())


def test_the_build_makes_a_file_of_each_list_and_keeps_the_licence():
    """Of the languages named; of English without what an apostrophe leaves where it separates."""
    lists = {name: ("x",) for name in SHORT} | {"STOPWORDS_EN_PLUS": ("haven", "haven't", "ma", "the"), "OTHER": ("y",)}
    module = "".join(f"{name} = {words!r}\n" for name, words in lists.items()).encode()
    made = short_lists("stopwords.py", module)
    assert sorted(made) == sorted(f"{language}.txt" for language in SHORT.values())
    assert (made["danish.txt"], made["english.txt"]) == (b"x\n", b"haven't\nthe\n")
    assert short_lists("LICENSE", b"MIT\n") == {"LICENSE": b"MIT\n"}


def test_the_languages_are_those_of_the_lists():
    """Every language named has words, each of them one word to the index."""
    assert len(languages()) == 33
    assert languages()[:3] == ["arabic", "bulgarian", "catalan"]
    for language in languages():
        found = stop_words(language)
        assert len(found) > 30
        assert Analyser(found)(b"") == ()


def test_entries_that_are_not_one_word_are_left_out():
    """A phrase, a sign, or a CJK word of three characters could match no term."""
    assert "por qué" not in stop_words("spanish")
    assert "そこ" in stop_words("japanese")
    assert "あそこ" not in stop_words("japanese")
    assert "あそ" not in stop_words("japanese")


def test_an_unknown_language_is_an_error_that_names_those_there_are():
    """The message tells the value, the languages and the other way."""
    with pytest.raises(ValueError, match=r"^no stop words") as error:
        stop_words("klingon")
    message = str(error.value)
    assert message.startswith("no stop words for 'klingon': no such file, and languages are arabic, bulgarian, ")
    assert message.endswith(", ukrainian, vietnamese")


@pytest.mark.parametrize("language", ["", "../words", "languages", "English"])
def test_a_language_is_a_name_and_no_path(language: str):
    """Only the names listed are looked for."""
    with pytest.raises(ValueError, match=r"^no stop words"):
        stop_words(language)


def test_a_file_has_one_word_a_line():
    """Blank lines and comments are skipped, line ends of every kind are; words are normalised."""
    data = "\ufeff# ours\nThe\r\n\r\n  E\u0301te\u0301  # summer\rDon’t\n\n水车".encode()
    assert parse_stop_words(data, "ours.txt") == {"the", "été", "don't", "水车"}
    assert parse_stop_words(b"", "ours.txt") == frozenset()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"the\n\xe9t\xe9\n", r"ours.txt, line 2: b'\xe9t\xe9' is not UTF-8: save the file as UTF-8"),
        (b"\xff\xfet\x00", r"ours.txt, line 1: b'\xff\xfet\x00' is not UTF-8: save the file as UTF-8"),
        (b"the\n\nnew york", "ours.txt, line 3: 'new york' is 2 words to the index: give one word a line"),
        (b"-- # dash", "ours.txt, line 1: '--' is 0 words to the index: give one word a line"),
        ("水车磨".encode(), "ours.txt, line 1: '水车磨' is 2 words to the index: give one word a line"),
    ],
)
def test_a_bad_line_is_named_with_its_file_and_what_to_do(data: bytes, message: str):
    """One line of message: file, line, rule, next step."""
    with pytest.raises(ValueError, match=r"^ours\.txt, line ") as error:
        parse_stop_words(data, "ours.txt")
    assert str(error.value) == message


def test_a_long_bad_line_is_shown_in_part():
    """The message stays one line of a readable length."""
    with pytest.raises(ValueError, match="is 50 words") as error:
        parse_stop_words(b"word " * 50, "ours.txt")
    assert len(str(error.value)) < 120
