"""Tests with the compiled part of the package, and without it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gristmill.index import blocks, docid_lists
from gristmill.native import loader
from tests.without import do_without

if TYPE_CHECKING:
    import pytest


def need() -> None:
    """Skip a test where nothing was compiled; where CI runs, which has a compiler, fail it."""
    if loader.kernel() is None:
        do_without("nothing was compiled; install a C compiler and Python's headers, and this project again")


def choose(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test run with it or without, as the fixture's parameter says: "compiled" or "in Python"."""
    if request.param == "compiled":
        need()
    else:
        for module in (blocks, docid_lists):
            monkeypatch.setattr(module, "_compiled", None)
