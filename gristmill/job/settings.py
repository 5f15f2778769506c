"""mrjob.conf: which file is read; errors in it become one line here, where mrjob would end in a traceback."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, NoReturn

from yaml import YAMLError

import gristmill.job.mrjob_compat  # noqa: F401 (before any mrjob module)
from gristmill.errors import RunError
from gristmill.typed import is_file
from mrjob.conf import ClearedValue, _conf_object_at_path, find_mrjob_conf
from mrjob.util import expand_path

#: Where settings are looked for after $MRJOB_CONF and before mrjob's own places.
CONF = "mrjob.conf"
#: Options of a runner that are mappings themselves.
_MAPPINGS = ("cmdenv", "jobconf")


def settings(paths: list[str] | None) -> list[str] | None:
    """The paths of a run's settings files, each checked, given those that it names; None if it names none.

    Raises RunError for a file that cannot be used.
    """
    named = Path(os.environ.get("MRJOB_CONF", "")).expanduser()
    if paths is None and not is_file(named) and is_file(CONF):
        paths = [CONF]
    files = [find_mrjob_conf()] if paths is None else paths
    seen: set[str] = set()
    for path in files:
        if path:
            _check(expand_path(path), seen)
    return paths


def _check(path: str, seen: set[str]) -> None:
    """Check a file and those that it includes."""
    real = os.path.realpath(path)
    if real in seen:
        return
    seen.add(real)
    content = _mapping(_parse(path), path, "the whole")
    for name, options in _mapping(content.get("runners"), path, "runners").items():
        for option, value in _mapping(options, path, f"runners: {name}").items():
            if option in _MAPPINGS:
                _mapping(value, path, f"runners: {name}: {option}")
    includes = content.get("include") or []
    for include in [includes] if isinstance(includes, str) else includes:
        _check(os.path.join(os.path.dirname(real), expand_path(include)), seen)  # noqa: PTH118, PTH120 (as mrjob does)


def _parse(path: str) -> Any:
    try:
        return _conf_object_at_path(path)
    except OSError as error:
        _refuse(path, f"{error.strerror}; check the path")
    except UnicodeDecodeError:
        _refuse(path, "not UTF-8; save the file as UTF-8")
    except YAMLError as error:
        _refuse(path, f"{' '.join(str(error).split())}; mend that file")


def _mapping(value: Any, path: str, section: str) -> dict[Any, Any]:
    """The mapping in a section of the file; an empty section is an empty mapping."""
    value = value.value if isinstance(value, ClearedValue) else value
    if not (value is None or isinstance(value, dict)):
        _refuse(path, f"{section} is {str(value)[:40]!r}; it must be names with values, one a line")
    return value or {}


def _refuse(path: str, why: str) -> NoReturn:
    raise RunError(f"settings {path}: {why}")
