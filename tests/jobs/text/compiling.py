"""Whether this package's compiled loop is there, and a test without it."""

from __future__ import annotations

import os

import pytest

from jobs.text import compiled


def need() -> None:
    """Skip a test where nothing was compiled; where CI runs, which has a compiler, fail it."""
    if compiled.module("_gather") is None:
        why = (
            "nothing was compiled when this was installed: install a C compiler and Python's headers, and install again"
        )
        if os.environ.get("CI") == "true":
            pytest.fail(why)
        pytest.skip(why)
