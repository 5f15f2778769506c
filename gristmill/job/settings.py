"""mrjob.conf: which file is used, and one line for a file that mrjob would end in a traceback for."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NoReturn

from yaml import YAMLError

import gristmill.job.mrjob_compat  # noqa: F401 (before any mrjob module)
from gristmill.errors import RunError
from mrjob.conf import ClearedValue, _conf_object_at_path, find_mrjob_conf
from mrjob.util import expand_path

#: The file that is used where $MRJOB_CONF names none, before those that mrjob looks for.
CONF = "mrjob.conf"
#: Options of a runner whose values are mappings.
_MAPPINGS = ("cmdenv", "jobconf")


def settings(paths: list[str] | None) -> list[str] | None:
    """The paths of a run's settings files, from those that it names; None for none, also as the answer: mrjob's own.

    Raises RunError for a file that cannot be used.
    """
    named = Path(os.environ.get("MRJOB_CONF", "")).expanduser()
    if paths is None and not named.is_file() and Path(CONF).is_file():
        paths = [CONF]
    files = [find_mrjob_conf()] if paths is None else paths
    checked: set[str] = set()
    for path in files:
        if path:
            _check(expand_path(path), checked)
    return paths


def _check(path: str, checked: set[str]) -> None:
    """Raise RunError where a file, or one that it includes, cannot be used; a file in `checked` is passed over."""
    real = os.path.realpath(path)
    if real in checked:
        return
    checked.add(real)
    content = _mapping(_parse(path), path, "the whole")
    for name, options in _mapping(content.get("runners"), path, "runners").items():
        for option, value in _mapping(options, path, f"runners: {name}").items():
            if option in _MAPPINGS:
                _mapping(value, path, f"runners: {name}: {option}")
    includes = content.get("include") or []
    for include in [includes] if isinstance(includes, str) else includes:
        _check(os.path.join(os.path.dirname(real), expand_path(include)), checked)  # noqa: PTH118, PTH120 (as mrjob does)


def _parse(path: str) -> Any:
    try:
        return _conf_object_at_path(path)
    except OSError as error:
        _refuse(path, f"{error.strerror}; check the path")
    except UnicodeDecodeError:
        _refuse(path, "not UTF-8; save the file as UTF-8")
    except YAMLError as error:
        _refuse(path, f"{' '.join(str(error).split())}; mend that file")


def _mapping(value: Any, path: str, key: str) -> dict[Any, Any]:
    """The value of `key` in the file, a mapping; nothing is an empty one, anything else raises RunError."""
    value = value.value if isinstance(value, ClearedValue) else value
    if not (value is None or isinstance(value, dict)):
        _refuse(path, f"{key} is {str(value)[:40]!r}; it must be names with values, one a line")
    return value or {}


def _refuse(path: str, why: str) -> NoReturn:
    raise RunError(f"settings {path}: {why}")
