"""`--emr-matrix`: all rows of the matrix on EMR, which take a quarter of an hour; without it there are three."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--emr-matrix", action="store_true", help="run all rows of the matrix on EMR (default: three)")
