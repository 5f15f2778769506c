"""Makes mrjob 0.7.4 importable on every Python from 3.9 on: import this before the first ``import mrjob``.

mrjob imports one name each from three modules that Python no longer has: ``distutils.spawn`` and ``distutils.version``
(until 3.11) and ``pipes`` (until 3.12). distutils has a stand-in on every Python: the real one imports setuptools,
which costs a task 0.2 CPU seconds. So has ``urllib.request``: what it imports to open URLs, which mrjob's EMR runner
alone does, costs a task 25 ms.
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
    module = ModuleType(name, "A stand-in that holds the names that mrjob imports.")
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

    return urlopen(*args, **kwargs)  # noqa: S310 (mrjob's own URL)


def install() -> None:
    """Import the modules of mrjob that need stand-ins, with these in sys.modules meanwhile."""
    if sys.version_info >= (3, 13):
        # stays, since further modules of mrjob import it later
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
        import mrjob.util  # noqa: F401 (while the stand-ins are there)
    finally:
        for name in stand_ins:
            del sys.modules[name]


install()
