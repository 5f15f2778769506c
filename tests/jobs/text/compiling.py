"""Tests with the compiled part of the package, and without it."""

from __future__ import annotations

import os

import pytest

from jobs.text import blocks, compiled, postings


def need() -> None:
    """Skip a test where nothing was compiled; where CI runs, which has a compiler, fail it."""
    if compiled.kernel() is None:
        why = (
            "nothing was compiled when this was installed: install a C compiler and Python's headers, and install again"
        )
        if os.environ.get("CI") == "true":
            pytest.fail(why)
        pytest.skip(why)


def choose(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a test run with it or without, as the fixture's parameter says: "compiled" or "in Python"."""
    if request.param == "compiled":
        need()
    else:
        for module in (blocks, postings):
            monkeypatch.setattr(module, "_compiled", None)
