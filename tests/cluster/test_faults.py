"""Jobs whose tasks, whose master or whose driver fail: the same bytes in the end, or one line that says why not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import psutil
import pytest

from tests.cluster.held import MASTER, SECONDS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cluster.held import Held

# a fault takes the time of a job or two, and a machine may be busy
pytestmark = [pytest.mark.cluster, pytest.mark.timeout(600)]
#: Time enough for a task that does not hang; Hadoop looks every 30 s, unless told.
TIMEOUT = ("-Dmapreduce.task.timeout=15000", "-Dmapreduce.task.timeout.check-interval-ms=1000")


def test_a_mapper_that_is_killed_is_run_again(held: Held) -> None:
    """kill -9 of a task's Python: its map has a second attempt, and no other has."""
    run = held.start()
    held.started("000000_0", "000001_0")
    psutil.Process(held.maps()["000000_0"]).kill()
    held.release()
    printed, talk = held.end()
    assert (run.returncode, printed) == (0, held.expected()), talk
    assert held.maps().keys() == {"000000_0", "000000_1", "000001_0"}
    assert held.left() == []


@pytest.mark.long
def test_a_map_that_fails_on_every_attempt_ends_the_job_with_its_traceback(held: Held, tmp_path: Path) -> None:
    """Both attempts that it is given; the traceback once, one line that names map, host and split, exit status 1."""
    with (tmp_path / "b.tsv").open("ab") as file:
        file.write(b"boom\tthe mill\n")
    size = (tmp_path / "b.tsv").stat().st_size
    held.release()
    done = held.run("-Dmapreduce.map.maxattempts=2")
    talk = done.stderr.decode()
    assert (done.returncode, done.stdout) == (1, b""), talk
    assert talk.count("Traceback") == 1
    assert 'raise ValueError("it went boom")\nValueError: it went boom (b.tsv, line ' in talk
    found = re.fullmatch(
        rf"error: Step 1 of 1 failed: map task (\d) on \S+, reading b\.tsv bytes 0-{size}: ValueError: it went boom "
        rf"\(b\.tsv, line \d+\)",
        talk.splitlines()[-1],
    )
    assert found, talk
    assert {f"00000{found[1]}_0", f"00000{found[1]}_1"} <= held.maps().keys()
    assert held.left() == []


@pytest.mark.long
def test_a_container_that_is_killed_is_run_again(held: Held) -> None:
    """kill -9 of a task's Java, which leaves its Python to the node."""
    run = held.start()
    held.started("000000_0", "000001_0")
    java = next(parent for parent in psutil.Process(held.maps()["000001_0"]).parents() if parent.name() == "java")
    java.kill()
    held.release()
    printed, talk = held.end()
    assert (run.returncode, printed) == (0, held.expected()), talk
    assert held.maps().keys() == {"000000_0", "000001_0", "000001_1"}
    assert held.left() == []


@pytest.mark.long
def test_a_master_that_is_killed_has_a_successor(held: Held) -> None:
    """kill -9 of the application master: YARN starts another, and the client finds it."""
    run = held.start()
    held.started("000000_0", "000001_0")
    (master,) = held.running(MASTER)
    master.kill()
    held.until(lambda: set(held.running(MASTER)) - {master}, "there is no other master")
    held.release()
    printed, talk = held.end()
    assert (run.returncode, printed) == (0, held.expected()), talk
    assert held.left() == []


@pytest.mark.long
def test_a_map_that_hangs_is_ended_and_run_again(held: Held) -> None:
    """Past mapreduce.task.timeout it has another attempt."""
    held.hold("000000_0")
    run = held.start(*TIMEOUT)
    held.started("000000_0", "000001_0")
    hangs = psutil.Process(held.maps()["000000_0"])
    held.release()
    printed, talk = held.end()
    assert (run.returncode, printed) == (0, held.expected()), talk
    assert "000000_1" in held.maps()
    assert not hangs.is_running()
    assert held.left() == []


@pytest.mark.long
def test_a_driver_that_is_killed_is_in_nobodys_way(held: Held) -> None:
    """kill -9, after which its job ends by itself; the same command succeeds and removes what the first has left."""
    target = "/test/killed"
    run = held.start("--output-dir", target)
    held.started("000000_0", "000001_0")
    run.kill()
    run.communicate(timeout=SECONDS)
    held.release()
    assert held.left() != []
    done = held.run("--output-dir", target, "--cat-output")
    assert (done.returncode, done.stdout) == (0, held.expected()), done.stderr.decode()
    assert held.left() == []
