"""A job as one file that Python runs: ``python3 inverted_index.zip --mapper``.

It holds the job's package (data files too), this package of jobs, mrjob, and what else the job names in PACKAGES; so
a node needs Python and nothing else, and there is one file to send and no search path to set.
"""

from __future__ import annotations

import importlib.util
import inspect
import sys
import zipfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from gristmill.errors import RunError
from gristmill.input import names as input_names

if TYPE_CHECKING:
    from collections.abc import Iterator

_MAIN = """\
import importlib
import operator
import os
import sys

# what is sent along is imported as by a script that lies beside it
sys.path.insert(0, os.getcwd())


# Python's own way shows no lines of what is in an archive
def show(*error):
    import traceback

    traceback.print_exception(*error)


sys.excepthook = show

import gristmill.job.mrjob_compat
{tell}
operator.attrgetter({name!r})(importlib.import_module({module!r})).run()
"""
_TELL = """
from gristmill.input import names

names.set_input_name(__loader__.get_data(names.TABLE))
"""
#: Files of a package that no task reads.
_LEFT_OUT = {"__pycache__", ".git", ".mypy_cache", ".ruff_cache"}


def write_archive(job: Any, path: Path, *others: str, names: bytes = b"") -> None:
    """Write the archive of the job class `job`, with `others`, packages, too; the same bytes for the same content.

    `names` is the table of gristmill.input.names.
    """
    module, source = home(job)
    top = module.partition(".")[0]
    packages = dict.fromkeys(["gristmill", "mrjob", *job.PACKAGES, *others] + ([] if source else [top]))
    files = {f"{module}.py": source} if source else {}
    for package in packages:
        files.update(_files(package))
    # Python finds a package without __init__.py in a zip only where the zip names its folder
    folders = dict.fromkeys(f"{folder}/" for name in files for folder in PurePosixPath(name).parents if folder.name)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        _write(target, "__main__.py", program(job, _TELL if names else "").encode())
        if names:
            _write(target, input_names.TABLE, names)
        for name in folders:
            _write(target, name, b"")
        for name, file in files.items():
            _write(target, name, file.read_bytes())


def program(job: Any, tell: str = "") -> str:
    """A program that imports the job from its archive, or from what lies beside it, and runs it after `tell`."""
    return _MAIN.format(module=home(job)[0], name=job.__qualname__, tell=tell)


def _write(target: zipfile.ZipFile, name: str, data: bytes) -> None:
    target.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)


def home(job: Any) -> tuple[str, Path | None]:
    """The name of the module that holds `job`, and its file where that is a script outside any package."""
    module = job.__module__
    if "<locals>" in job.__qualname__:
        raise RunError(f"{job.__name__} cannot be sent, it is made in a function; define it at the top of its module")
    if module == "__main__":
        spec = sys.modules["__main__"].__spec__
        if spec is not None:
            return spec.name, None
        # a dot would make packages of its parts
        return Path(inspect.getfile(job)).stem.replace(".", "_"), Path(inspect.getfile(job))
    if "." in module or hasattr(sys.modules[module], "__path__"):
        return module, None
    return module, Path(inspect.getfile(job))


def _files(package: str) -> Iterator[tuple[str, Path]]:
    """The files of a package, by their names in the archive; of a package in several folders the first has its way."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise RunError(f"the job ships the package {package!r}, which is not installed here; install it")
    found: dict[str, Path] = {}
    folders = getattr(sys.modules.get(package), "__path__", spec.submodule_search_locations)
    for folder in map(Path, folders):
        for file in sorted(folder.rglob("*")):
            inside = file.relative_to(folder)
            if file.is_file() and not _LEFT_OUT.intersection(inside.parts):
                found.setdefault(f"{package.replace('.', '/')}/{inside.as_posix()}", file)
    yield from found.items()
