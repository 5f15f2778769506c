"""Lets mrjob 0.7.4 be imported on every Python from 3.9 on: import this before the first ``import mrjob``.

mrjob wants one thing each of three modules that are gone, ``distutils.spawn`` and ``distutils.version`` (since 3.12)
and ``pipes`` (since 3.13). distutils gets its stand-in everywhere: the real one, which is setuptools', costs a task 0.2
CPU seconds. So does ``urllib.request``: what it imports to open URLs, which nothing but mrjob's EMR runner does, costs
each task 25 ms.
"""

from __future__ import annotations

import re
import shlex
import shutil
import sys
from types import ModuleType
from typing import Any
from urllib.parse import quote


def _stand_in(name: str, **content: object) -> ModuleType:
    module = ModuleType(name, "A stand-in that holds what mrjob imports.")
    vars(module).update(content)
    return module


class LooseVersion:
    """A version such as ``3.4.1`` or ``0.20.203-cdh``, ordered by its numbers and letters."""

    def __init__(self, version: str) -> None:
        self._parts = [
            (1, int(part), "") if part.isdigit() else (0, 0, part) for part in re.findall("[0-9]+|[a-z]+", version)
        ]

    def __lt__(self, other: LooseVersion) -> bool:
        return self._parts < other._parts

    def __ge__(self, other: LooseVersion) -> bool:
        return self._parts >= other._parts


def _urlopen(*args: Any, **kwargs: Any) -> Any:
    from urllib.request import urlopen

    return urlopen(*args, **kwargs)  # noqa: S310 (what mrjob asks for)


def install() -> None:
    """Import the modules of mrjob that need a stand-in, and take the stand-ins away again."""
    if sys.version_info >= (3, 13):
        # stays, since mrjob's modules import it later
        sys.modules.setdefault("pipes", _stand_in("pipes", quote=shlex.quote))
    if "distutils" in sys.modules or "mrjob.util" in sys.modules:
        return
    stand_ins = {
        "distutils": _stand_in("distutils", __path__=[]),
        "distutils.spawn": _stand_in("distutils.spawn", find_executable=shutil.which),
        "distutils.version": _stand_in("distutils.version", LooseVersion=LooseVersion),
    }
    if "urllib.request" not in sys.modules:
        stand_ins["urllib.request"] = _stand_in("urllib.request", urlopen=_urlopen, pathname2url=quote)
    sys.modules.update(stand_ins)
    try:
        import mrjob.compat
        import mrjob.py2
        import mrjob.util  # noqa: F401
    finally:
        for name in stand_ins:
            del sys.modules[name]


install()
