"""What a test does where this machine lacks a part that it needs."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def do_without(why: str, so: str = "") -> NoReturn:
    """Skip the test and say why, after `so`; fail it in CI, where a skip that nobody reads would hide it."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"CI runs these tests, and cannot: {why}")
    pytest.skip(f"{so}{why}")
