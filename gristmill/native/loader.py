"""Loads the extension module `_kernel` from this folder, or from the archive that holds a job on a node.

An archive may have been made on another machine, whose code does not run here: then there is no kernel, and callers do
the same work in Python.
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
    """The extension module; None where there is none that runs here."""
    try:
        from gristmill.native import _kernel
    except ImportError:
        return _from_archive()
    return _kernel


def _from_archive() -> Any:
    for suffix in EXTENSION_SUFFIXES:
        try:
            # an import finds it in a folder, but not in a zip
            data = pkgutil.get_data(__package__, f"_kernel{suffix}")
        except OSError:
            continue
        try:
            return _loaded(data or b"")
        except (ImportError, OSError):
            return None
    return None


def _loaded(data: bytes) -> Any:
    # the file may be deleted once it is loaded
    with NamedTemporaryFile(suffix=".so") as file:
        file.write(data)
        file.flush()
        loader = ExtensionFileLoader(_NAME, file.name)
        spec = spec_from_file_location(_NAME, file.name, loader=loader)
        assert spec  # noqa: S101 (it has a loader)
        loaded = module_from_spec(spec)
        loader.exec_module(loaded)
    return loaded
