"""mrjob.conf: which file is read; errors in it become one line here, where mrjob would end in a traceback."""

from __future__ import annotations

import logging
import os
import stat
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

from yaml import YAMLError

import gristmill.job.mrjob_compat  # noqa: F401 (before any mrjob module)
from gristmill.errors import RunError
from gristmill.plain import hide
from mrjob.conf import ClearedValue, _conf_object_at_path
from mrjob.util import expand_path

log = logging.getLogger("mrjob.gristmill")

#: Where settings are looked for after $MRJOB_CONF.
_PLACES = ("mrjob.conf", "~/.mrjob.conf", "/etc/mrjob.conf")
#: Options of a runner that are mappings themselves.
_MAPPINGS = ("cmdenv", "jobconf")


def settings(paths: list[str] | None) -> list[str]:
    """The paths of a run's settings files, each checked, given those that it names; None if it names none.

    Raises RunError for a file that cannot be used. Of files that are only found, one that another user may have written
    is not used: it names commands that are run.
    """
    if paths is not None:
        _check_all(paths)
        return paths
    named = os.environ.get("MRJOB_CONF")
    if named and os.path.exists(expand_path(named)):  # noqa: PTH110 (for what is no path it is no error)
        _check_all([named])
        return [named]
    for path in map(expand_path, _PLACES):
        if _is_there(path) and _is_ours(path) and all(map(_is_ours, _check_all([path]))):
            log.debug("Using configs in %s", path)
            return [path]
    return []


def section(name: str) -> tuple[str, dict[Any, Any]]:
    """A section beside `runners` of the settings file that a run would find, with the file's path: empty for none."""
    for path in settings(None):
        real = expand_path(path)
        return real, _mapping(_mapping(_parse(real), real, "the whole").get(name), real, name)
    return "", {}


def _is_there(path: str) -> bool:
    """Whether there is a file, as far as this user may see."""
    with suppress(OSError):
        return stat.S_ISREG(os.stat(path).st_mode)  # noqa: PTH116
    return False


def _is_ours(path: str) -> bool:
    """Whether a file and its folder are this user's or root's and not all may write to them; else one line says so."""
    file, real = Path(path), Path(path).resolve()
    behind = [each.stat() for each in (real, real.parent, file.parent)]
    owners = {each.st_uid for each in (*behind, file.lstat())}
    if owners <= {os.geteuid(), 0} and not any(each.st_mode & stat.S_IWOTH for each in behind):
        return True
    log.warning("settings %s: not read, since another user may have written it; name it by -c to use it", path)
    return False


def _check_all(paths: list[str]) -> set[str]:
    """Check files and those that they include; the real paths of all."""
    seen: set[str] = set()
    for path in paths:
        _check(expand_path(path), seen)
    return seen


def _check(path: str, seen: set[str]) -> None:
    """Check a file and those that it includes."""
    real = os.path.realpath(path)
    if real in seen:
        return
    seen.add(real)
    content = _mapping(_parse(path), path, "the whole")
    hide(content)
    for name, options in _mapping(content.get("runners"), path, "runners").items():
        for option, value in _mapping(options, path, f"runners: {name}").items():
            if option in _MAPPINGS:
                hide(_mapping(value, path, f"runners: {name}: {option}"))
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
