"""The modules that a job's tasks import, by following import statements in their sources; none of them is imported.

    module                      import statements followed      files that go
    gristmill.x.y               all                             the folder gristmill/x, data files too
    gristmill.y, gristmill.jobs.y, gristmill.runners.x.y, jobs.y
                                all                             the module
    mrjob.y                     those outside functions         the module
    a user's                    all                             none: the archive sends it, or the user does

A name that stands in a user's source as a string, such as ``import_module("gristmill.vader")``, is followed too. A
module whose name is made at run time goes only where its folder goes whole, or where the job names it in PACKAGES.
"""

from __future__ import annotations

import ast
import re
import sys
import sysconfig
import warnings
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import resolve_name
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gristmill
import mrjob

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_GRISTMILL = Path(gristmill.__file__).parent
#: Our own package `jobs`. A user's may have its name, or its folder may join ours.
JOBS = _GRISTMILL.parent / "jobs"
#: Packages of which tasks get what they import, and no more.
FOLLOWED = ("gristmill", "mrjob")
#: Their folders, from which they are taken whatever sys.path says.
_FOLDERS = {"gristmill": _GRISTMILL, "mrjob": Path(mrjob.__file__).parent}
#: The folders of packages that lie beside `gristmill` and are imported below it.
_BESIDE = {"jobs": JOBS, "runners": _GRISTMILL.parent / "runners"}
#: No task reads them: bytecode, folders of tools, the sources and stubs of what is compiled.
_TOOLS = {"__pycache__", ".git", ".mypy_cache", ".ruff_cache"}
_SOURCES = {".c", ".h", ".pyi"}
#: Where Python's modules and installed ones lie.
_STANDARD = tuple(f"{sysconfig.get_path(name)}/" for name in ("stdlib", "platstdlib"))
_INSTALLED = {"site-packages", "dist-packages"}
#: A string that may be the name of a module of ours or mrjob's.
_is_name = re.compile(r"(?:gristmill|jobs|mrjob)(?:\.\w+)+").fullmatch


@dataclass(frozen=True)
class Source:
    """A module's name and its source, as text or in the source's own encoding."""

    name: str
    text: bytes | str
    is_package: bool = False

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree; an empty one of what Python cannot parse."""
        try:
            with warnings.catch_warnings():
                # Python warns when it imports the module; here it would do so once more, or as an error end the run
                warnings.simplefilter("ignore")
                return ast.parse(self.text, self.name)
        except (SyntaxError, ValueError):
            return ast.Module([], [])


def needed(modules: Iterable[str], sources: Iterable[Source]) -> dict[str, Path]:
    """The files of `modules` and of what they and `sources` import, by their names in an archive, in order."""
    files: dict[str, Path] = {}
    users = list(sources)
    waiting = [*modules, *(name for source in users for name in (*imported(source), *named(source)))]
    # what was sent has been followed; a module of the job's package may have the name of one of ours
    done = {source.name for source in users if not our_file(source.name)}
    while waiting:
        name = waiting.pop()
        if name in done:
            continue
        done.add(name)
        waiting += [name.rpartition(".")[0]] if "." in name else []
        file = our_file(name)
        if file:
            is_package = file.name == "__init__.py"
            files[f"{name.replace('.', '/')}{'/__init__' if is_package else ''}.py"] = file
            folder = _subpackage(name)
            files.update(folder)
            waiting += (_module_name(inside) for inside in folder if inside.endswith(".py"))
            source: Source | None = Source(name, file.read_bytes(), is_package)
        else:
            source = _users_source(name)
            waiting += named(source) if source else ()
        if source:
            waiting += imported(source, in_functions=not name.startswith("mrjob."))
    return dict(sorted(files.items()))


def imported(source: Source, *, in_functions: bool = True) -> Iterator[str]:
    """The absolute names in import statements, also ``a.b`` for ``from a import b``, which may be no module.

    Those under ``if TYPE_CHECKING`` are left out. A source that Python cannot parse has none.
    """
    nodes: list[Any] = [source.tree]
    package = source.name if source.is_package else source.name.rpartition(".")[0]
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            with suppress(ImportError):  # a dot too many
                module = resolve_name("." * node.level + (node.module or ""), package)
                yield from (module, *(f"{module}.{alias.name}" for alias in node.names))
        elif isinstance(node, ast.If) and "TYPE_CHECKING" in (
            getattr(node.test, "id", ""),
            getattr(node.test, "attr", ""),
        ):
            nodes += node.orelse
        elif in_functions or not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for field in ("body", "orelse", "handlers", "finalbody", "cases"):
                nodes += getattr(node, field, ())


def named(source: Source) -> Iterator[str]:
    """The strings in a source that may name a module of ours or mrjob's, to be imported by that name."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _is_name(node.value):
            yield node.value


def folder_files(folder: Path, name: str) -> Iterator[tuple[str, Path]]:
    """The files that lie below `folder`, by their names in an archive where the folder is `name`, in order."""
    for file in sorted(folder.rglob("*")):
        inside = file.relative_to(folder)
        if file.is_file() and not _TOOLS.intersection(inside.parts):
            yield f"{name}/{inside.as_posix()}", file


def package_files(package: str) -> dict[str, Path]:
    """All files of one of FOLLOWED that a task may read, by their names in an archive."""
    return {name: file for name, file in folder_files(_FOLDERS[package], package) if file.suffix not in _SOURCES}


def sources(files: Iterable[tuple[str, Path]]) -> Iterator[Source]:
    """The modules among files by their names in an archive; of installed ones those that name a package of ours."""
    for name, file in files:
        if name.endswith(".py"):
            text = file.read_bytes()
            if not _is_installed(str(file)) or b"gristmill" in text or b"mrjob" in text:
                yield Source(_module_name(name), text, file.name == "__init__.py")


def sent_sources(paths: Iterable[str]) -> Iterator[Source]:
    """The modules in files, folders and zip archives of this machine that a user sends along; ``#NAME`` may follow."""
    for path in paths:
        sent = Path(path if Path(path).exists() else path.partition("#")[0])
        if sent.is_dir():
            yield from sources((name.partition("/")[2], file) for name, file in folder_files(sent, sent.name))
        elif sent.suffix == ".py" and sent.is_file():
            yield from sources([(sent.name, sent)])
        elif zipfile.is_zipfile(sent):
            with zipfile.ZipFile(sent) as archive:
                for name in archive.namelist():
                    if name.endswith(".py"):
                        yield Source(_module_name(name), archive.read(name), name.endswith("__init__.py"))


def _module_name(file: str) -> str:
    """The name of the module that a file of an archive is."""
    return file[: -len(".py")].replace("/", ".").removesuffix(".__init__")


def our_file(name: str) -> Path | None:
    """The file of a module of ours or mrjob's; None for any other, and for what is no module."""
    if name.partition(".")[0] == "jobs":
        spec = _spec(name)
        file = Path(spec.origin) if spec and spec.origin else None
        # the folder alone is resolved: each of its files may be a link to where an installation keeps it
        folders = (file.parent.resolve(), *file.parent.resolve().parents) if file else ()
        return file if JOBS.resolve() in folders else None
    top, *parts = name.split(".")
    if top not in FOLLOWED:
        return None
    folder = _FOLDERS[top]
    if top == "gristmill" and len(parts) > 1 and parts[0] in _BESIDE:
        folder = _BESIDE[parts.pop(0)]
    path = folder.joinpath(*parts)
    files = (path / "__init__.py", path.with_name(f"{path.name}.py"))
    return next((file for file in files if file.is_file()), None)


def _subpackage(name: str) -> dict[str, Path]:
    """The files of a package below `gristmill`; none of `jobs` and `runners`, which go by the module."""
    head, _, rest = name.partition(".")
    if head != "gristmill" or rest in ("", *_BESIDE) or not (_GRISTMILL / rest).is_dir():
        return {}
    files = folder_files(_GRISTMILL / rest, f"gristmill/{rest}")
    return {inside: file for inside, file in files if file.suffix not in _SOURCES}


def _users_source(name: str) -> Source | None:
    """A module that is neither ours, mrjob's, Python's nor installed."""
    spec = None if name.partition(".")[0] in FOLLOWED else _spec(name)
    if spec is None or not (spec.origin or "").endswith(".py") or _is_installed(str(spec.origin)):
        return None
    loader: Any = spec.loader
    return Source(name, loader.get_data(spec.origin), spec.submodule_search_locations is not None)


def _spec(name: str) -> ModuleSpec | None:
    """Where a module lies, of a package as far as it is imported; None for what is no module."""
    parent = name.rpartition(".")[0]
    if not parent:
        return PathFinder.find_spec(name)
    path = getattr(sys.modules.get(parent), "__path__", None)
    if path is None:
        spec = _spec(parent)
        if spec is None or spec.submodule_search_locations is None:
            return None
        path = spec.submodule_search_locations
    try:
        return PathFinder.find_spec(name, path)
    except KeyError:  # below a folder without __init__.py that is not imported
        return None


def _is_installed(path: str) -> bool:
    return path.startswith(_STANDARD) or not _INSTALLED.isdisjoint(Path(path).parts)
