import json
import subprocess
import sys
import time

import pytest

BURN = "import time\nend = time.process_time() + {}\nwhile time.process_time() < end: pass\n"


def launched(tmp_path, code, peak="no"):
    report = tmp_path / "report"
    command = [sys.executable, "-m", "benchmarks.launch", str(report), peak, sys.executable, "-c", code]
    subprocess.run(command, check=True)
    return json.loads(report.read_text())


def test_cpu_time_is_that_of_the_whole_tree_orphans_too(tmp_path):
    """A grandchild that outlives its parent is waited for and counted, as Spark's JVM must be."""
    child = f"import os, subprocess, sys; subprocess.Popen([sys.executable, '-c', {BURN.format(0.5)!r}])"
    cost = launched(tmp_path, child)
    assert cost["status"] == 0
    assert cost["peak"] is None
    assert 0.5 <= cost["cpu"] <= 1.5


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells proportional set sizes")
def test_peak_memory_is_that_of_the_whole_tree_with_shared_pages_once(tmp_path):
    """50 MB that a fork shares with its parent are 50 MB, and 30 MB of its own are 30 more."""
    code = (
        "import os, time\nshared = bytearray(b'x') * 50_000_000\n"
        "pid = os.fork()\nown = b'' if pid else b'y' * 30_000_000\ntime.sleep(0.5)\n"
        "pid and os.waitpid(pid, 0)\n"
    )
    cost = launched(tmp_path, code, peak="yes")
    assert 80_000_000 <= cost["peak"] <= 110_000_000


def test_the_status_is_the_commands(tmp_path):
    """A signal's number is negative, as subprocess has it."""
    assert launched(tmp_path, "raise SystemExit(3)")["status"] == 3
    assert launched(tmp_path, "import os; os.kill(os.getpid(), 9)")["status"] == -9


def test_wall_time_ends_with_the_command(tmp_path):
    """What a command leaves behind costs CPU, not wall."""
    start = time.perf_counter()
    cost = launched(tmp_path, "import subprocess; subprocess.Popen(['sleep', '2'])")
    assert cost["wall"] < 1.5
    assert time.perf_counter() - start >= 2
