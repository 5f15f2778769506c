"""Lists of stop words, by language or from a file.

The lists are those of the package stop-words, copied into `stop_word_lists/` with its licence when this package is
built: one word a line, UTF-8. An entry that is not one word by the rules of `words.py` could match no term and is left
out: phrases, and CJK of three characters and more, which become pairs.
"""

from __future__ import annotations

import json
import pkgutil
from typing import cast

from gristmill.text.words import words


def languages() -> list[str]:
    """The names that have a list, in order; each has an ISO 639-1 code too."""
    return sorted(_names().values())


def stop_words(language: str) -> frozenset[str]:
    """The stop words of a language, by its name or its code ("english", "en"); ValueError if there are none."""
    name = _names().get(language, language)
    if name not in languages():
        raise ValueError(f"no stop words for {language!r}: no such file, and languages are {', '.join(languages())}")
    entries = map(words, _resource(f"{name}.txt").splitlines())
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


def _names() -> dict[str, str]:
    """The languages' names by their ISO 639-1 codes."""
    return cast("dict[str, str]", json.loads(_resource("languages.json")))


def _resource(name: str) -> bytes:
    # None comes only from loaders that have no files.
    return cast("bytes", pkgutil.get_data(__package__, f"stop_word_lists/{name}"))
