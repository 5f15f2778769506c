"""Stemmers by language: the pure Python ones of snowballstemmer, the same on every node, out of a zip too.

`import snowballstemmer` hands out PyStemmer's classes where that is installed, and else imports all of its languages.
So its modules are imported as members of this one: a module that has a `__path__` is a package.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from importlib.util import find_spec
from typing import cast

#: Where snowballstemmer is (found without importing it), or nowhere.
__path__ = list(getattr(find_spec("snowballstemmer"), "submodule_search_locations", []))

_SUFFIX = "_stemmer"


def languages() -> list[str]:
    """The names that have a stemmer, in order."""
    names = (module.name for module in pkgutil.iter_modules(__path__))
    return sorted(name[: -len(_SUFFIX)] for name in names if name.endswith(_SUFFIX))


def stemmer(language: str) -> Callable[[str], str]:
    """A function from a casefolded word to its stem; ValueError if the language has none."""
    if language not in languages():
        there = ", ".join(languages()) or "none: install snowballstemmer"
        raise ValueError(f"no stemmer for {language!r}; there are {there}")
    name = language + _SUFFIX
    module = importlib.import_module(f"{__name__}.{name}")
    return cast("Callable[[str], str]", getattr(module, name.title().replace("_", ""))().stemWord)
