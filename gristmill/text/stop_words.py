"""Lists of stop words, by language or from a file.

Other packages' lists are copied here with their licences when this package is built: one word a line, UTF-8. Those of
bm25s (`short_stop_word_lists/`) are made for retrieval: Snowball's, mended. Languages that have none there have that of
stop-words (`stop_word_lists/`), most of them long. An entry that is not one word by the rules of `words.py` could match
no term and is left out: phrases, and CJK of three characters and more, which become pairs.
"""

from __future__ import annotations

import json
from typing import cast

from gristmill.built import built
from gristmill.text.words import words
from gristmill.typed import nearest

#: The languages that have a short list, by the names that their lists have in bm25s.
SHORT = {
    "STOPWORDS_DANISH": "danish",
    "STOPWORDS_DUTCH": "dutch",
    "STOPWORDS_EN_PLUS": "english",
    "STOPWORDS_FRENCH": "french",
    "STOPWORDS_GERMAN": "german",
    "STOPWORDS_ITALIAN": "italian",
    "STOPWORDS_NORWEGIAN": "norwegian",
    "STOPWORDS_PORTUGUESE": "portuguese",
    "STOPWORDS_RUSSIAN": "russian",
    "STOPWORDS_SPANISH": "spanish",
    "STOPWORDS_SWEDISH": "swedish",
    "STOPWORDS_TURKISH": "turkish",
}
#: What apostrophes leave of English words where they separate; here they do not, and "haven" and "ma" are words.
_PIECES = {*"domsty", "ain", "ll", "ma", "re", "ve"}


def languages() -> list[str]:
    """The names that have a list, in order; each has an ISO 639-1 code too."""
    return sorted(_names().values())


def stop_words(language: str) -> frozenset[str]:
    """The stop words of a language, by its name or its code ("english", "en"); ValueError if there are none."""
    name = _names().get(language, language)
    if name not in languages():
        known = ", ".join(languages()) + nearest(language, languages())
        raise ValueError(f"no stop words for {language!r}: no such file, and languages are {known}")
    folder = "short_stop_word_lists" if name in SHORT.values() else "stop_word_lists"
    entries = map(words, built(__package__, f"{folder}/{name}.txt").splitlines())
    return frozenset(entry[0] for entry in entries if len(entry) == 1)


def parse_stop_words(data: bytes, name: str) -> frozenset[str]:
    """The stop words in a file's bytes: UTF-8, one word a line; what follows a # is a comment.

    A line of no word or of several, and a line that is not UTF-8, raise ValueError, which says `name` and the line.
    """
    stops = set()
    for number, line in enumerate(data.splitlines(), start=1):
        try:
            text = line.decode("utf-8-sig" if number == 1 else "utf-8").partition("#")[0].strip()
        except UnicodeDecodeError as error:
            raise ValueError(f"{name}, line {number}: {line[:40]!r} is not UTF-8: save the file as UTF-8") from error
        if not text:
            continue
        split = words(text.encode())
        if len(split) != 1:
            count = f"{len(split)} words to the index"
            raise ValueError(f"{name}, line {number}: {text[:40]!r} is {count}: give one word a line")
        stops.add(split[0])
    return frozenset(stops)


def short_lists(name: str, data: bytes) -> dict[str, bytes]:
    """The files that the build makes of one of bm25s': a language's list each of its module; others stay."""
    if name != "stopwords.py":
        return {name: data}
    # here, since no task needs it
    import ast

    lists = {}
    for statement in ast.parse(data).body:
        if isinstance(statement, ast.Assign) and (language := SHORT.get(ast.unparse(statement.targets[0]))):
            lists[language] = ast.literal_eval(statement.value)
    english = lists["english"]
    lists["english"] = [word for word in english if word not in _PIECES and f"{word}'t" not in english]
    return {f"{language}.txt": "".join(f"{word}\n" for word in words).encode() for language, words in lists.items()}


def _names() -> dict[str, str]:
    """The languages' names by their ISO 639-1 codes."""
    return cast("dict[str, str]", json.loads(built(__package__, "stop_word_lists/languages.json")))
