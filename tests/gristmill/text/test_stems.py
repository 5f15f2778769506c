"""Stemmers by language."""

from __future__ import annotations

import pickle
import sys
from types import ModuleType

import pytest

from gristmill.text import stems
from gristmill.text.stems import languages, stemmer
from gristmill.text.words import Analyser


@pytest.mark.parametrize(
    ("language", "word", "stem"),
    [
        ("english", "consistency", "consist"),
        ("english", "ponies", "poni"),
        ("english", "miller's", "miller"),
        ("porter", "generously", "gener"),
        ("german", "häuser", "haus"),
        ("french", "continuellement", "continuel"),
        ("russian", "книгами", "книг"),
        ("dutch_porter", "lichamelijkheden", "licham"),
    ],
)
def test_a_language_has_its_stemmer(language: str, word: str, stem: str):
    """Stems are those of Snowball."""
    assert stemmer(language)(word) == stem


def test_an_analyser_writes_stems():
    """A stemmer is what an Analyser takes."""
    assert Analyser(stem=stemmer("english"))("the…miller’s…ponies".encode()) == (b"the", b"miller", b"poni")


def test_the_languages_are_those_that_have_a_stemmer():
    """Every language named has a stemmer, which leaves pairs of CJK as they are."""
    assert len(languages()) == 36
    assert languages()[:3] == ["arabic", "armenian", "basque"]
    for language in languages():
        assert stemmer(language)("水车") == "水车"


def test_the_stemmer_is_the_pure_one_where_a_compiled_one_is_installed(monkeypatch: pytest.MonkeyPatch):
    """PyStemmer changes nothing: nodes have it or not, and give the same terms."""
    monkeypatch.setitem(sys.modules, "Stemmer", ModuleType("Stemmer"))
    monkeypatch.delitem(sys.modules, "snowballstemmer", raising=False)
    stem = stemmer("swedish")
    assert stem.__self__.__class__.__module__ == "gristmill.text.stems.swedish_stemmer"
    assert "snowballstemmer" not in sys.modules


def test_a_stemmer_can_be_pickled():
    """Spark sends a job to its tasks as a pickle."""
    assert pickle.loads(pickle.dumps(stemmer("english")))("mills") == "mill"


def test_an_unknown_language_is_an_error_that_names_those_there_are():
    """The message tells the value and the languages."""
    with pytest.raises(ValueError, match=r"^no stemmer") as error:
        stemmer("klingon")
    assert str(error.value).startswith("no stemmer for 'klingon'; there are arabic, armenian, basque, ")
    assert str(error.value).endswith(", tamil, turkish, yiddish")


def test_without_snowballstemmer_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch):
    """A node may lack the package; only a job that stems needs it."""
    monkeypatch.setattr(stems, "__path__", [])
    with pytest.raises(ValueError, match=r"^no stemmer") as error:
        stemmer("english")
    assert str(error.value) == "no stemmer for 'english'; there are none: install snowballstemmer"
