"""What is compiled of this package, from a folder or from the archive that a job is sent as; or nothing.

An archive was made on another machine, and may hold what this one cannot run: then the same is done in Python.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from tempfile import NamedTemporaryFile
from typing import Any


def module(name: str) -> Any:
    """The module of this package that is compiled; None where there is none that runs here."""
    try:
        return import_module(f"{__package__}.{name}")
    except ImportError:
        return _from_archive(name)


def _from_archive(name: str) -> Any:
    for suffix in EXTENSION_SUFFIXES:
        try:
            # in a folder it would have been found
            data = pkgutil.get_data(__package__, name + suffix)
        except OSError:
            continue
        try:
            return _loaded(f"{__package__}.{name}", data or b"")
        except (ImportError, OSError):
            return None
    return None


def _loaded(name: str, data: bytes) -> Any:
    # the file may go once it is loaded
    with NamedTemporaryFile(suffix=".so") as file:
        file.write(data)
        file.flush()
        spec = spec_from_file_location(name, file.name, loader=ExtensionFileLoader(name, file.name))
        assert spec  # noqa: S101 (it has a loader)
        loaded = module_from_spec(spec)
        ExtensionFileLoader(name, file.name).exec_module(loaded)
    return loaded
