"""The tests' cluster: one for all tests of a run, started by the first that asks for it, stopped after the last.

tests/conftest.py imports `cluster` and `pytest_terminal_summary` from here; a second import would start a second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests import without
from tests.cluster.cluster import Cluster
from tests.cluster.parts import MissingError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import NoReturn

_REPORT = pytest.StashKey[str]()


@pytest.fixture(scope="session")
def cluster(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A running cluster with every daemon up; a test that kills one mends the cluster."""
    try:
        started = Cluster.start(tmp_path_factory.mktemp("cluster"))
    except MissingError as error:
        do_without(error)
    request.config.stash[_REPORT] = f"cluster: up in {started.seconds:.1f} s, {started.megabytes():,} MB"
    yield started
    started.stop()


def do_without(error: MissingError) -> NoReturn:
    """Skip the test for want of a part of the cluster; fail it in CI."""
    without.do_without(str(error), "no cluster: ")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    if _REPORT in config.stash:
        terminalreporter.write_line(config.stash[_REPORT])
