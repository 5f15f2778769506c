"""What the tests of faults use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cluster.held import Held

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.cluster.cluster import Cluster


@pytest.fixture
def held(cluster: Cluster, tmp_path: Path) -> Iterator[Held]:
    """The job that is held in its maps; the cluster is mended behind it."""
    job = Held(cluster, tmp_path)
    yield job
    job.close()
