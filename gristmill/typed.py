"""Words that a person typed: whether one names a file, which text it is, which known word a misspelt one is near to."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from gristmill.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable


def is_file(word: str | os.PathLike[str]) -> bool:
    """Whether a word is the path of a file; InputError where the system does not let us look.

    `Path.is_file` raises OSError for a word that is too long to be a name: an awk program, a list of keywords.
    """
    try:
        return stat.S_ISREG(os.stat(word).st_mode)  # noqa: PTH116 (no word becomes a Path before it is one)
    except PermissionError as error:
        raise InputError(f"{error.filename}: {error.strerror}; check the path and its permissions") from None
    except (OSError, ValueError):
        return False


def utf8(word: str) -> str:
    """A word as the text it is, in UTF-8 whatever the locale; ValueError where it is not UTF-8.

    Under LC_ALL=C, and without UTF-8 mode, Python keeps each byte beyond ASCII as a surrogate.
    """
    try:
        return os.fsencode(word).decode() if any("\udc80" <= one <= "\udcff" for one in word) else word
    except UnicodeDecodeError as error:
        raise ValueError(f"{word!r} is not UTF-8") from error


def nearest(word: str, known: Iterable[str]) -> str:
    """`` (did you mean --mapper?)``: the known word nearest to `word`, to stand behind it; "" where none is near.

    Hyphens in front do not count: all options have them.
    """
    # here, since no task needs it
    from difflib import get_close_matches

    names = {each.lstrip("-"): each for each in known}
    found = get_close_matches(word.lstrip("-"), names, n=1, cutoff=0.7)
    return "".join(f" (did you mean {names[near]}?)" for near in found)
