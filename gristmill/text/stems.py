"""Stemmers by language: those of snowballstemmer in pure Python, which are the same on every node and load from a zip.

`import snowballstemmer` returns PyStemmer's classes where that is installed, and otherwise imports every language. So
its modules are imported as submodules of this one: a module that has a `__path__` is a package.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from importlib.util import find_spec
from typing import cast

#: The folder of snowballstemmer, located without an import; empty where it is not installed.
__path__ = list(getattr(find_spec("snowballstemmer"), "submodule_search_locations", []))

_SUFFIX = "_stemmer"


def languages() -> list[str]:
    """The names of the languages that have a stemmer, in order; none where snowballstemmer is not installed."""
    names = (module.name for module in pkgutil.iter_modules(__path__))
    return sorted(name[: -len(_SUFFIX)] for name in names if name.endswith(_SUFFIX))


def stemmer(language: str) -> Callable[[str], str]:
    """A function from a casefolded word to its stem; ValueError if the language has none."""
    if language not in languages():
        choices = ", ".join(languages()) or "none: install snowballstemmer"
        raise ValueError(f"no stemmer for {language!r}; there are {choices}")
    name = language + _SUFFIX
    module = importlib.import_module(f"{__name__}.{name}")
    return cast("Callable[[str], str]", getattr(module, name.title().replace("_", ""))().stemWord)
