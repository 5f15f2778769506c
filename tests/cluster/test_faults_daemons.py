"""Daemons that are killed while a job runs: the job goes on, and its bytes are those of the local runner."""

from __future__ import annotations

from typing import TYPE_CHECKING

import psutil
import pytest

from tests.cluster.held import node

if TYPE_CHECKING:
    from tests.cluster.cluster import Cluster
    from tests.cluster.held import Held

pytestmark = [pytest.mark.cluster, pytest.mark.long, pytest.mark.timeout(600)]


def test_a_node_manager_that_is_killed_has_its_maps_run_elsewhere(held: Held, cluster: Cluster) -> None:
    """kill -9 in the map phase, of the node of a map."""
    run = held.start()
    held.started("000000_0", "000001_0")
    lost = node(psutil.Process(held.maps()["000000_0"]))
    cluster.kill(lost)
    held.until(lambda: cluster.live_nodemanagers() == 1, "the node is not missed")
    held.release()
    printed, talk = held.end()
    assert (run.returncode, printed) == (0, held.expected()), talk
    cluster.mend()
    assert held.left() == []


def test_a_data_node_that_is_killed_is_done_without(held: Held, cluster: Cluster) -> None:
    """kill -9 in the map phase: what it held, the other has too."""
    run = held.start()
    held.started("000000_0", "000001_0")
    cluster.kill("datanode1")
    held.release()
    printed, talk = held.end()
    assert (run.returncode, printed) == (0, held.expected()), talk
    cluster.mend()
    assert held.left() == []


def test_a_resource_manager_that_is_restarted_goes_on_with_the_job(held: Held, cluster: Cluster) -> None:
    """kill -9 and a new start in the map phase: the maps that run are not run again."""
    run = held.start()
    held.started("000000_0", "000001_0")
    cluster.restart("resourcemanager")
    held.until(lambda: cluster.live_nodemanagers() == 2, "the nodes do not come back")
    held.release()
    printed, talk = held.end()
    assert (run.returncode, printed) == (0, held.expected()), talk
    assert held.maps().keys() == {"000000_0", "000001_0"}
    assert held.left() == []
