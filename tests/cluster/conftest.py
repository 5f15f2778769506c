"""The cluster for the tests of this folder."""

from tests.cluster.plugin import cluster, pytest_terminal_summary

__all__ = ["cluster", "pytest_terminal_summary"]
