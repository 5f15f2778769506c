"""The local runner: the memory of all its processes together is less than the input."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

#: Seconds between two looks at the memory.
LOOK = 0.02

JOB = """\
from gristmill.job.base import Job
from mrjob.protocol import BytesProtocol, BytesValueProtocol


class Sizes(Job):
    INPUT_PROTOCOL = BytesValueProtocol
    INTERNAL_PROTOCOL = BytesProtocol
    OUTPUT_PROTOCOL = BytesProtocol
    SORTED_OUTPUT = True

    def mapper(self, _, line):
        yield line[:2], line

    def reducer(self, key, lines):
        yield key, b"%d" % sum(map(len, lines))


if __name__ == "__main__":
    Sizes.run()
"""


def tree(pid: int) -> list[int]:
    """A process and all its descendants that live."""
    found = [pid]
    for parent in found:
        for path in Path(f"/proc/{parent}/task").glob("*/children"):
            try:
                found += map(int, path.read_text().split())
            except OSError:  # it has just ended
                continue
    return found


def held(pid: int) -> int:
    """KB of memory of a process: what it shares with others is divided among them."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # it has just ended
        return 0
    return next((int(line.split()[1]) for line in lines if line.startswith("Pss:")), 0)


def peak(folder: Path, megabytes: int, *arguments: str) -> float:
    """The most MB that a run over so many megabytes held at any time; its output is checked."""
    path = folder / f"{megabytes}.txt"
    line = b"%02d" + b"x" * 497 + b"\n"
    path.write_bytes(b"".join(line % (number % 100) for number in range(megabytes * 2000)))
    environment = {**os.environ, "TMPDIR": str(folder)}
    command = [sys.executable, "job.py", "--no-conf", "-q", "--num-cores", "2", *arguments, path.name]
    with (folder / "out").open("wb") as out:
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=out)
        most = 0
        while process.returncode is None:
            most = max(most, sum(map(held, tree(process.pid))))
            try:
                process.wait(LOOK)
            except subprocess.TimeoutExpired:
                continue
    assert process.returncode == 0
    assert (folder / "out").read_bytes() == b"".join(b"%02d\t%d\n" % (key, megabytes * 20 * 499) for key in range(100))
    return most / 1024


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="only Linux tells the memory of a tree")
def test_the_memory_of_a_run_is_less_than_its_input(tmp_path: Path) -> None:
    """160 MB that meet in a hundred keys, sorted in 4 MB a task, pass through 100, most of it Python's own."""
    (tmp_path / "job.py").write_text(JOB)
    small = ["-D", "mapreduce.task.io.sort.mb=4", "-D", "mapreduce.job.maps=2", "-D", "mapreduce.job.reduces=2"]
    most = peak(tmp_path, 160, *small)
    assert most < 100
