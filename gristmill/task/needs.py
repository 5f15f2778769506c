"""The modules that a job's tasks import, by following import statements in their sources; none of them is imported.

    module                      import statements followed      files that go
    gristmill.x.y               all                             the folder gristmill/x, data files too
    gristmill.y, gristmill.jobs.y, gristmill.runners.x.y, jobs.y
                                all                             the module
    mrjob.y                     those outside functions         the module
    a user's                    all                             none: the archive sends it, or the user does

A module that is imported under a name made at run time goes only where its folder goes whole, or where the job names it
in PACKAGES.
"""

from __future__ import annotations

import ast
import sys
import sysconfig
from contextlib import suppress
from dataclasses import dataclass
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
#: The folders of what is taken from where it lies, whatever sys.path says.
_FOLDERS = {
    "gristmill.jobs": JOBS,
    "gristmill.runners": _GRISTMILL.parent / "runners",
    "gristmill": _GRISTMILL,
    "mrjob": Path(mrjob.__file__).parent,
}
#: No task reads them: bytecode, folders of tools, the sources and stubs of what is compiled.
_TOOLS = {"__pycache__", ".git", ".mypy_cache", ".ruff_cache"}
_SOURCES = {".c", ".h", ".pyi"}
#: Where Python's modules and installed ones lie.
_STANDARD = tuple(f"{sysconfig.get_path(name)}/" for name in ("stdlib", "platstdlib"))
_INSTALLED = {"site-packages", "dist-packages"}


@dataclass(frozen=True)
class Source:
    """A module's name and its source, as text or in the source's own encoding."""

    name: str
    text: bytes | str
    is_package: bool = False


def needed(modules: Iterable[str], sources: Iterable[Source]) -> dict[str, Path]:
    """The files of `modules` and of what they and `sources` import, by their names in an archive, in order."""
    files: dict[str, Path] = {}
    done: set[str] = set()
    waiting = [*modules, *(name for source in sources for name in imported(source))]
    while waiting:
        name = waiting.pop()
        if name in done:
            continue
        done.add(name)
        waiting += [name.rpartition(".")[0]] if "." in name else []
        file = _our_file(name)
        if file:
            is_package = file.name == "__init__.py"
            files[f"{name.replace('.', '/')}{'/__init__' if is_package else ''}.py"] = file
            folder = _subpackage(name)
            files.update(folder)
            waiting += (_module_name(inside) for inside in folder if inside.endswith(".py"))
            source: Source | None = Source(name, file.read_bytes(), is_package)
        else:
            source = _users_source(name)
        if source:
            waiting += imported(source, in_functions=not name.startswith("mrjob."))
    return dict(sorted(files.items()))


def imported(source: Source, *, in_functions: bool = True) -> Iterator[str]:
    """The absolute names in import statements, also ``a.b`` for ``from a import b``, which may be no module.

    Those under ``if TYPE_CHECKING`` are left out. A source that Python cannot parse has none.
    """
    try:
        nodes: list[Any] = [ast.parse(source.text)]
    except (SyntaxError, ValueError):
        return
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


def folder_files(folder: Path, name: str) -> Iterator[tuple[str, Path]]:
    """The files that lie below `folder`, by their names in an archive where the folder is `name`, in order."""
    for file in sorted(folder.rglob("*")):
        inside = file.relative_to(folder)
        if file.is_file() and not _TOOLS.intersection(inside.parts):
            yield f"{name}/{inside.as_posix()}", file


def sources(files: Iterable[tuple[str, Path]]) -> Iterator[Source]:
    """The modules among files by their names in an archive; of installed ones those that name a package of ours."""
    for name, file in files:
        if name.endswith(".py"):
            text = file.read_bytes()
            if not _is_installed(str(file)) or b"gristmill" in text or b"mrjob" in text:
                yield Source(_module_name(name), text, file.name == "__init__.py")


def _module_name(file: str) -> str:
    """The name of the module that a file of an archive is."""
    return file[: -len(".py")].replace("/", ".").removesuffix(".__init__")


def _our_file(name: str) -> Path | None:
    """The file of a module of ours or mrjob's; None for any other, and for what is no module."""
    if name.partition(".")[0] == "jobs":
        spec = _spec(name)
        file = Path(spec.origin) if spec and spec.origin else None
        return file if file and JOBS.resolve() in file.resolve().parents else None
    parts = name.split(".")
    # gristmill.jobs itself lies in gristmill; only what is below it lies in jobs
    depth = 2 if len(parts) > 2 and ".".join(parts[:2]) in _FOLDERS else 1
    folder = _FOLDERS.get(".".join(parts[:depth]))
    if folder is None:
        return None
    path = folder.joinpath(*parts[depth:])
    files = (path / "__init__.py", path.with_name(f"{path.name}.py"))
    return next((file for file in files if file.is_file()), None)


def _subpackage(name: str) -> dict[str, Path]:
    """The files of a package below `gristmill`; none of `jobs` and `runners`, which go by the module."""
    head, _, rest = name.partition(".")
    if head != "gristmill" or rest in ("", "jobs", "runners") or not (_GRISTMILL / rest).is_dir():
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
