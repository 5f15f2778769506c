"""Texts to topics: whole words and phrases, whatever their case and accents."""

from __future__ import annotations

import re
import time
from pathlib import Path
from typing import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gristmill.sentiment import topics
from gristmill.sentiment.topics import Topics, load_topics, parse_topics

FINDER = Topics(
    {
        "bread": ["bread", "loaf", "sour dough", "pain au levain"],
        "mill": ["Mühle", "mill", "μύλος"],
        "miller's": ["miller's"],
        "面包": ["面包"],
        "two": ["bread mill"],
    }
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("Nothing of this", []),
        ("BREAD", ["bread"]),
        ("a loaf, a Loaf", ["bread"]),
        ("breads, breadth, gingerbread", []),
        ("Bread's price; the loaf’s crust", ["bread"]),
        ("sour dough", ["bread"]),
        ("Sour-\nDOUGH!", ["bread"]),
        ("sour old dough", []),
        ("dough sour", []),
        ("le PAIN  au—Levain", ["bread"]),
        ("sour sour dough", ["bread"]),
        ("#bread @mill", ["bread", "mill", "two"]),
        ("die Muhle", ["mill"]),
        ("DIE MU\u0308HLE", ["mill"]),
        ("ΜΥΛΟΣ, μυλος", ["mill"]),
        ("the miller’s wife", ["miller's"]),
        ("the miller", ["miller's"]),
        ("我吃面包了", ["面包"]),
        ("面", []),
        ("bread_mill", []),
        ("bread\ud800mill", ["bread", "mill", "two"]),
        ("http://example.org/bread?x=mill", ["bread", "mill"]),
    ],
)
def test_a_text_has_the_topics_of_its_words(text: str, found: list[str]):
    """Punctuation between the words of a phrase is no matter; order and neighbourhood are."""
    assert FINDER.in_text(text) == found


@pytest.mark.parametrize(
    "text", ["fresh ❤️ bread", "fresh❤️bread", "fre\u00adsh bread\ufe0f", "fresh 👩\u200d🌾 🇩🇪 bread\u200d"]
)
def test_what_no_eye_sees_splits_no_phrase(text: str):
    """Nor do emoji between its words."""
    assert Topics({"new": ["fresh bread"]}).in_text(text) == ["new"]


EMOJI = Topics(
    {name: [name] for name in ("😍", "❤️", "✈️", "👍", "👩", "👩\u200d🌾", "🇩🇪", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "🥹", "🍞🥖", "→", "mill 🌾")}
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("so good😍!", ["😍"]),
        ("❤ ☀️", ["❤️"]),
        ("✈️❤️‍🔥", ["✈️"]),
        ("👍🏽", ["👍"]),
        ("👩🏽 👩🏽\u200d🌾", ["👩", "👩\u200d🌾"]),
        ("👩\u200d🚀", []),
        ("🇨🇩🇪🇺", []),
        ("a🇩🇪🇩🇪", ["🇩🇪"]),
        ("🏴 🏴󠁧󠁢󠁳󠁣󠁴󠁿", []),
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", ["🏴󠁧󠁢󠁥󠁮󠁧󠁿"]),
        ("🥹", ["🥹"]),
        ("🍞 🥖", ["🍞🥖"]),
        ("🍞 a 🥖", []),
        ("bread → mill", ["mill 🌾", "→"]),
    ],
)
def test_an_emoji_is_a_topic(text: str, found: list[str]):
    """With or without its variation selector and skin; what is joined is another; beside words it is punctuation."""
    assert EMOJI.in_text(text) == found


SIGNED = Topics({name: [name] for name in ("C", "C++", "C#", "F#", "Notepad++", "A+", "C++ builder")})


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("C, c. (C) vitamin C", ["C"]),
        ("C++", ["C++"]),
        ("C#", ["C#"]),
        ("c/c++/c#", ["C", "C#", "C++"]),
        ("We write C++11 in Notepad++ and C#8.", ["C#", "C++", "Notepad++"]),
        ("日本C++語 C#を学ぶ", ["C#", "C++"]),
        ("C＋＋, f♯ and F＃", ["C++", "F#"]),
        ("#C++ is 'C++'s' tag", ["C++"]),
        ("a C++ builder", ["C++", "C++ builder"]),
        ("got an A+!", ["A+"]),
        ("A++, a", []),
        ("C+ C+D C#bread C- C--", ["C"]),
        ("notepad, abc++, abc#", []),
    ],
)
def test_signs_after_a_word_tell_languages_apart(text: str, found: list[str]):
    """C++ and C# are no C, nor is C one of them; other words keep their signs where a keyword has them."""
    assert SIGNED.in_text(text) == found


def test_a_topic_of_one_letter_is_not_that_letter_with_signs():
    """Whether or not there are topics for these."""
    assert [Topics({"C": ["C"]}).in_text(text) for text in ("C", "C++", "C#", "so C+")] == [["C"], [], [], ["C"]]
    assert Topics({"bread": ["bread"]}).in_text("bread++ #bread# bread+butter") == ["bread"]


def seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


@pytest.mark.parametrize(
    ("phrases", "text"),
    [
        ([f"mill wheel{number}" for number in range(2000)], "mill "),
        (["mill " * number + "stone" for number in range(1, 200)], "mill "),
        (["mill " * number for number in range(1, 200)], "mill "),
        ([f"mill{'+' * number} stone" for number in range(2000)], "mill++ "),
    ],
)
def test_phrases_that_begin_alike_take_time_linear_in_the_text(phrases: list[str], text: str):
    """2,000 of one first word, and phrases of which each holds the one before; of two sizes the greater takes twice."""
    finder = Topics({phrase: [phrase] for phrase in phrases})
    small, great = (seconds(lambda: finder.in_text(text * 40_000)), seconds(lambda: finder.in_text(text * 80_000)))
    assert great < max(4 * small, 1)


def test_a_finder_forgets_rather_than_grows(monkeypatch: pytest.MonkeyPatch):
    """With room for next to nothing topics are the same; long tokens are not remembered."""
    monkeypatch.setattr(topics, "TOKENS", 2)
    finder = Topics({"mill": ["Mühle"]})
    for _ in range(2):
        assert [finder.in_text(text) for text in ("Mühle", "é", "è ë", "é" * 99, "Mühle")] == [
            ["mill"],
            [],
            [],
            [],
            ["mill"],
        ]


WORDS = ["bread", "sour", "dough", "é", "Mühle", "x", "bread's", "it's", "水", "水车"]
phrases = st.lists(st.sampled_from(["bread", "sour", "dough", "É", "muhle", "水车", "it's"]), min_size=1, max_size=3)


@given(
    text=st.lists(st.sampled_from(WORDS), max_size=8),
    space=st.sampled_from([" ", ", ", "\n", "—"]),
    keywords=st.lists(phrases, min_size=1, max_size=4),
)
@settings(max_examples=200, deadline=None)
def test_topics_are_those_that_a_plain_search_finds(text: list[str], space: str, keywords: list[list[str]]):
    """A search for the phrase between spaces, in words that are folded by hand."""
    plain = {"é": "e", "É": "e", "Mühle": "muhle", "bread's": "bread", "it's": "it"}
    folded = f" {' '.join(plain.get(word, word) for word in text)} "
    finder = Topics({str(number): [" ".join(phrase)] for number, phrase in enumerate(keywords)})
    expected = [
        str(number)
        for number, phrase in enumerate(keywords)
        if re.search(f" {' '.join(plain.get(word, word) for word in phrase)} ", folded)
    ]
    assert finder.in_text(space.join(text)) == expected


def test_a_file_has_a_topic_a_line(tmp_path: Path):
    """Comments, empty lines and a byte order mark are none; a topic may go on in a further line."""
    path = tmp_path / "topics.txt"
    path.write_bytes("\ufeffbread: bread, sour dough,\r\n\n# rye: rye\nMühle\nbread: loaf\n".encode())
    assert load_topics(str(path)) == {"bread": ["bread", "sour dough", "loaf"], "Mühle": ["Mühle"]}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("bread", {"bread": ["bread"]}),
        ("bread, sour dough,mill", {"bread": ["bread"], "sour dough": ["sour dough"], "mill": ["mill"]}),
        ("bread: loaf,mill", {"bread": ["loaf"], "mill": ["mill"]}),
    ],
)
def test_a_list_has_a_topic_between_commas(source: str, expected: dict[str, list[str]]):
    """Each is its own keyword, unless a colon says otherwise."""
    assert load_topics(source) == expected


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("nowhere/topics", "'nowhere/topics' is no file; give one, or a list of words with commas between"),
        ("topics.txt", "'topics.txt' is no file; give one, or a list of words with commas between"),
        (",", "there is no topic; give 'topic: word, phrase' or 'word'"),
        (": bread", "': bread' is no topic; give 'topic: word, phrase' or 'word'"),
        ("bread:", "'bread:' is no topic; give 'topic: word, phrase' or 'word'"),
    ],
)
def test_a_source_without_topics_is_refused(source: str, message: str):
    """The error names the value and what to give."""
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        load_topics(source)


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path):
    """As one of stop words is."""
    path = tmp_path / "topics.txt"
    path.write_bytes("Mühle".encode("latin-1"))
    with pytest.raises(ValueError, match=f"^{re.escape(str(path))} is not UTF-8: save the file as UTF-8$"):
        load_topics(str(path))


def test_a_keyword_without_a_word_is_refused():
    """It could match nothing."""
    with pytest.raises(ValueError, match=r"^keyword '!' has no letter, digit or emoji; mend it$"):
        Topics(parse_topics(["bread: loaf, !"]))
