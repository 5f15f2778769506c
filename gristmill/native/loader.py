"""What is compiled of this package, `_kernel`, from a folder or from the archive that a job is sent as; or nothing.

An archive was made on another machine, and may hold what this one cannot run: then the same is done in Python.
"""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader
from importlib.util import module_from_spec, spec_from_file_location
from tempfile import NamedTemporaryFile
from typing import Any

_NAME = f"{__package__}._kernel"


@cache
def kernel() -> Any:
    """The compiled module; None where there is none that runs here."""
    try:
        from gristmill.native import _kernel
    except ImportError:
        return _from_archive()
    return _kernel


def _from_archive() -> Any:
    for suffix in EXTENSION_SUFFIXES:
        try:
            # in a folder it would have been found
            data = pkgutil.get_data(__package__, f"_kernel{suffix}")
        except OSError:
            continue
        try:
            return _loaded(data or b"")
        except (ImportError, OSError):
            return None
    return None


def _loaded(data: bytes) -> Any:
    # the file may go once it is loaded
    with NamedTemporaryFile(suffix=".so") as file:
        file.write(data)
        file.flush()
        loader = ExtensionFileLoader(_NAME, file.name)
        spec = spec_from_file_location(_NAME, file.name, loader=loader)
        assert spec  # noqa: S101 (it has a loader)
        loaded = module_from_spec(spec)
        loader.exec_module(loaded)
    return loaded
