"""Which module of ours imports which, as the source says it; ``python -m tests.arrows`` prints it package by package.

A module has the name of its file: `jobs.x` and `runners.x` are those that others import as `gristmill.jobs.x` and
`gristmill.runners.x`.
"""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
TOPS = ("gristmill", "jobs", "runners")


@cache
def modules() -> dict[str, Path]:
    """The files of our modules by name; a package's is its __init__.py."""
    paths = (path for top in TOPS for path in sorted((ROOT / top).rglob("*.py")))
    return {".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path for path in paths}


@cache
def parsed(module: str) -> ast.Module:
    """Its source, parsed."""
    return ast.parse(modules()[module].read_text(encoding="utf-8"))


def package(module: str) -> str:
    """The package that a module belongs to: `jobs`, `gristmill.index`; itself, where it lies beside the packages."""
    top, *rest = module.split(".")
    return top if top == "jobs" else ".".join([top, *rest[:1]])


def imported(module: str) -> set[str]:
    """Our modules that it imports, in functions and for types too."""
    return {name for node in ast.walk(parsed(module)) for name, _ in names(module, node)}


def imported_at_once(module: str) -> set[str]:
    """Our modules that must be there before it is."""
    return {name for node in _run_by_import(parsed(module)) for name, _ in names(module, node)}


def names(module: str, node: ast.AST) -> Iterator[tuple[str, str]]:
    """What an import statement takes from modules of ours: (module, name), the name empty for the module itself."""
    if isinstance(node, ast.Import):
        pairs = [(alias.name, "") for alias in node.names]
    elif isinstance(node, ast.ImportFrom):
        # the name of a package's __init__ ends there too, so that each dot of the statement takes one name off
        start = [*module.split("."), *(["__init__"] if modules()[module].name == "__init__.py" else [])]
        source = ".".join([*start[: -node.level if node.level else 0], *([node.module] if node.module else [])])
        pairs = [(source, alias.name) for alias in node.names]
    else:
        return
    for source, name in pairs:
        if (inner := _by_file(f"{source}.{name}")) in modules():
            yield inner, ""
        elif (outer := _by_file(source)) in modules():
            yield outer, name


def _by_file(name: str) -> str:
    """The name of a module after its file: `gristmill.jobs.x` is `jobs.x`."""
    inner = name.removeprefix("gristmill.")
    return inner if inner.partition(".")[0] in TOPS else name


def _run_by_import(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a module that run when it is imported; what stands under `if TYPE_CHECKING` does not."""
    yield node
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
        return
    for child in node.orelse if _for_types(node) else ast.iter_child_nodes(node):
        yield from _run_by_import(child)


def _for_types(node: ast.AST) -> bool:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def between_packages() -> dict[str, set[str]]:
    """The packages that each package imports."""
    arrows: dict[str, set[str]] = {}
    for module in modules():
        arrows.setdefault(package(module), set()).update(map(package, imported(module)))
    return {start: ends - {start} for start, ends in arrows.items()}


if __name__ == "__main__":
    for start, ends in sorted(between_packages().items()):
        print(start, "->", ", ".join(sorted(ends)) or "nothing of ours")  # noqa: T201 (it is what was asked for)
