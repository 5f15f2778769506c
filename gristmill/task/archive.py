"""A job as one file that Python runs: ``python3 inverted_index.zip --mapper``.

It holds the job's top package and those of PACKAGES whole, data files too, and of `gristmill` and mrjob what these and
the files that are sent along import (see `needs`), mrjob's modules compiled too (see `bytecode`). So a node needs
Python and nothing else, and there is one file to send and no search path to set.

A module that opens a file beside it by its path finds none in an archive. So where a runner unpacks archives, what is
the user's goes as another, which is unpacked to the folder PACKAGE of a task's working directory.
"""

from __future__ import annotations

import importlib.util
import inspect
import os
import sys
import zipfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from gristmill.errors import RunError
from gristmill.input import names as input_names
from gristmill.task import bytecode, needs
from gristmill.task.environment import PACKAGE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: Options of a runner that name what is sent along.
_SENT = ("upload_files", "upload_dirs", "upload_archives", "py_files")
_MAIN = """\
import importlib
import operator
import os
import sys

# files that are sent along lie in the working directory, and the job imports them
sys.path[:0] = [os.getcwd(), os.path.join(os.getcwd(), {package!r})]


# Python's own hook shows no source lines of modules in an archive
def show(*error):
    import traceback

    traceback.print_exception(*error)


sys.excepthook = show

import gristmill.job.mrjob_compat
{before}
operator.attrgetter({name!r})(importlib.import_module({module!r})).run()
"""
_SET_INPUT_NAME = """
from gristmill.input import names

names.set_input_name(__loader__.get_data(names.TABLE))
"""


def sent_paths(options: Mapping[str, Any]) -> list[str]:
    """What a runner's options say is sent along: paths, some with ``#NAME`` behind."""
    return [path for option in _SENT for path in options[option]]


def write_archive(
    job: Any, path: Path, *modules: str, names: bytes = b"", sent: Iterable[str] = (), apart: bool = False
) -> None:
    """Write the archive of the job class `job` to `path`, with what `modules` need too; same content, same bytes.

    `names` is the table of gristmill.input.names, as JSON, `sent` are paths of what is sent along, whose modules import
    from the archive. What is the user's is left out where it goes `apart`. Raises RunError for a job that cannot be
    sent.
    """
    module = home(job)[0]
    main = bytecode.PROGRAM + program(job, _SET_INPUT_NAME if names else "")
    users = _users_files(job)
    sources = [needs.Source("__main__", main), *needs.sources(users.items()), *needs.sent_sources(sent)]
    files = needs.needed([module, *modules, *job.PACKAGES], sources)
    for package in needs.FOLLOWED:
        files.update(needs.package_files(package) if package in job.PACKAGES else {})
    files.update({} if apart else users)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        _write(target, "__main__.py", main.encode())
        if names:
            _write(target, input_names.TABLE, names)
        _write_files(target, files)
        for name, code in bytecode.compiled(files).items():
            _write(target, name, code)


def write_package(job: Any, path: Path, *, with_script: bool = False) -> bool:
    """Write what is the user's of the job class `job` to the zip archive `path`, if there is any; whether there is.

    A job that is a script goes as a file by its own name, and into the archive only `with_script`.
    """
    script = home(job)[1]
    is_left = script is not None and not with_script and script.stem.isidentifier()
    files = {name: file for name, file in _users_files(job).items() if not (is_left and file == script)}
    if files:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
            _write_files(target, files)
    return bool(files)


def program(job: Any, before: str = "") -> str:
    """The source of a program that executes `before`, imports the job class and runs it."""
    return _MAIN.format(module=home(job)[0], name=job.__qualname__, before=before, package=PACKAGE)


def _write_files(target: zipfile.ZipFile, files: Mapping[str, Path]) -> None:
    # Python finds a package without __init__.py in a zip only where the zip names its folder
    folders = (f"{folder}/" for name in files for folder in PurePosixPath(name).parents if folder.name)
    for folder in dict.fromkeys(folders):
        _write(target, folder, b"", 0o755)
    for name, file in files.items():
        _write(target, name, file.read_bytes(), 0o755 if os.access(file, os.X_OK) else 0o644)


def _write(target: zipfile.ZipFile, name: str, data: bytes, mode: int = 0o644) -> None:
    info = zipfile.ZipInfo(name)
    info.external_attr = mode << 16
    target.writestr(info, data, zipfile.ZIP_DEFLATED)


def _users_files(job: Any) -> dict[str, Path]:
    """The script or the top package of a job, and those that it names in PACKAGES, by their names in an archive."""
    module, script = home(job)
    top = module.partition(".")[0]
    files = {f"{module}.py": script} if script else {} if top in needs.FOLLOWED else _files(top)
    for package in job.PACKAGES:
        files.update(_named_files(package))
    return files


def home(job: Any) -> tuple[str, Path | None]:
    """The name of the module that defines the class `job`, and its file where that is a script outside any package.

    Raises RunError for a class that is defined in a function: no other process can import it.
    """
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


def _files(package: str, *, named: bool = False) -> dict[str, Path]:
    """The files of a package that goes whole, by their names in the archive; of two of a name, the one Python imports.

    Of our own package `jobs`, which a user's folder may join, modules go only as they are needed, unless it is `named`.
    """
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise RunError(f"the job ships the package {package!r}, which is not installed here; install it")
    files: dict[str, Path] = {}
    for folder in map(Path, getattr(sys.modules.get(package), "__path__", spec.submodule_search_locations)):
        is_followed = folder.resolve() == needs.JOBS.resolve() and not named
        for name, file in needs.folder_files(folder, package):
            if not (is_followed and name.endswith(".py")):
                files.setdefault(name, file)
    return files


def _named_files(package: str) -> dict[str, Path]:
    """The files of a package that a job names in PACKAGES; none of ours or mrjob's, or of a module of theirs."""
    is_followed = package in needs.FOLLOWED or ("." in package and needs.our_file(package) is not None)
    return {} if is_followed else _files(package, named=True)
