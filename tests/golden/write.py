"""Writes the golden files of all tests anew: ``python -m tests.golden.write``. Read the diff before it is committed."""

from __future__ import annotations

import os
import sys

import pytest

if __name__ == "__main__":
    os.environ["GOLDEN"] = "write"
    sys.exit(pytest.main(["-q", "-k", "golden", "tests/jobs"]))
