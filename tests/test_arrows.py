"""The arrows between our modules: who imports whom, and by which names."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from graphlib import TopologicalSorter

import pytest

from tests.arrows import ROOT, TOPS, imported, imported_at_once, modules, names, package, parsed


def test_jobs_and_runners_import_gristmill_and_it_imports_neither():
    """A job asks for the registry when its driver runs, a command for what it runs or prints: by a name in a string."""
    arrows = [(module.partition(".")[0], other.partition(".")[0]) for module in modules() for other in imported(module)]
    assert set(arrows) <= {(top, top) for top in TOPS} | {("jobs", "gristmill"), ("runners", "gristmill")}
    by_string = {
        module
        for module in modules()
        for node in ast.walk(parsed(module))
        if isinstance(node, ast.Constant) and re.match(r"gristmill\.(jobs|runners)\b", str(node.value))
        if module.startswith("gristmill")
    }
    tiers = {f"gristmill.tiers.{name}" for name in ("aws", "jobs", "result")}
    assert by_string == {"gristmill.command", "gristmill.job.base", *tiers}


def test_nothing_else_of_the_library_imports_the_tiers():
    """They need Django, which no task and no other command has to have."""
    outside = [module for module in modules() if not module.startswith("gristmill.tiers")]
    assert [module for module in outside if any(name.startswith("gristmill.tiers") for name in imported(module))] == []


def test_no_circle_of_modules_imports_one_another():
    """Each can be read with those below it alone; TopologicalSorter names the circle."""
    TopologicalSorter({module: imported_at_once(module) - {module} for module in modules()}).prepare()


def test_all_ways_to_import_are_found():
    """By the whole name, from a package, from beside, and in a function; a type is not needed at once."""
    assert "gristmill.errors" in imported("gristmill.input.find")
    assert "gristmill.report.bar_chart" in imported("gristmill.report.cards")
    assert "runners.progress" in imported("runners.local.stages")
    assert "gristmill.job.base" in imported("gristmill") - imported_at_once("gristmill")
    assert "gristmill.report.series" in imported("gristmill.report.words") - imported_at_once("gristmill.report.words")


def by_the_name_of_its_importers(module: str) -> str:
    """`gristmill.runners.x` for `runners.x`."""
    return module if module.startswith("gristmill") else f"gristmill.{module}"


#: Those of the tiers aside, which want Django's settings first.
WITH_MRJOB = [
    name for name, path in modules().items() if "mrjob" in path.read_text() and not name.startswith("gristmill.tiers")
]


@pytest.mark.parametrize("module", WITH_MRJOB)
def test_a_module_that_imports_mrjob_can_be_the_first_to(module: str):
    """On Python 3.13 mrjob cannot be imported before gristmill.job.mrjob_compat, whoever comes first: a task, say."""
    code = f"import {by_the_name_of_its_importers(module)}"
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code], cwd=ROOT, capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_arrows_between_packages_are_printed_one_package_a_line():
    """`make arrows` shows where a change can reach."""
    done = subprocess.run([sys.executable, "-m", "tests.arrows"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert (
        len(re.findall(r"^gristmill\.report -> gristmill\.\S+, .*gristmill\.sentiment", done.stdout, re.MULTILINE)) == 1
    )
    assert len(re.findall(r"^jobs -> gristmill\.\S+, .*gristmill\.report", done.stdout, re.MULTILINE)) == 1


def test_no_module_uses_a_private_name_of_another():
    """A name that begins with _ may be changed by whoever reads its file alone."""
    used = []
    for module in modules():
        nodes = list(ast.walk(parsed(module)))
        taken = [pair for node in nodes for pair in names(module, node)]
        used += [f"{module}: {source}.{name}" for source, name in taken if private(name) and source != package(module)]
        ours = {
            alias.asname or alias.name
            for node in nodes
            if isinstance(node, (ast.Import, ast.ImportFrom)) and any(names(module, node))
            for alias in node.names
        }
        used += [
            f"{module}: {node.value.id}.{node.attr}"
            for node in nodes
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
            if node.value.id in ours and private(node.attr)
        ]
    assert used == []


def private(name: str) -> bool:
    """A named tuple has public names that begin with _."""
    return re.match("_(?!_)", name) is not None and name not in {"_asdict", "_fields", "_make", "_replace"}
