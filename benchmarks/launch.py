"""Run one command and tell what it cost with all that it started.

    python -m benchmarks.launch REPORT PEAK COMMAND…

REPORT gets one JSON object: status (as subprocess has it), wall (s, until the command ends), cpu (s, of the whole tree)
and peak (bytes, the most that the tree's proportional set sizes came to, or null). PEAK is yes or no: reading the sizes
every 50 ms takes time from what is measured, so times are taken without.
"""

from __future__ import annotations

import ctypes
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

#: Seconds between two looks at the tree's memory.
EVERY = 0.05
#: Seconds that what a command left behind (Spark's JVM outlives its Python by a moment) may take to end.
GRACE = 10
#: From <sys/prctl.h>: orphans among our descendants become our children, so that their CPU time is counted.
PR_SET_CHILD_SUBREAPER = 36


def launch(command: list[str], peak: bool) -> dict[str, float | int | None]:
    """Run `command` on our own standard streams; the keys are those of REPORT."""
    linux = sys.platform == "linux"
    if linux:
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    watch = Watch() if peak and linux else None
    start = time.perf_counter()
    # a Popen object would wait for the child itself, and lose its times
    main = os.posix_spawnp(command[0], command, os.environ)
    if watch:
        watch.start()
    _, status, usage = os.wait4(main, 0)
    wall = time.perf_counter() - start
    cpu = usage.ru_utime + usage.ru_stime + _reap_others()
    most = watch.stop() if watch else None
    return {"status": _exit_code(status), "wall": wall, "cpu": cpu, "peak": most}


def _exit_code(status: int) -> int:
    return -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)


def _reap_others() -> float:
    """Waits for the orphans, kills those that stay, and returns their CPU seconds."""
    cpu = 0.0
    deadline = time.perf_counter() + GRACE
    while True:
        try:
            pid, _, usage = os.wait4(-1, os.WNOHANG)
        except ChildProcessError:
            return cpu
        if pid:
            cpu += usage.ru_utime + usage.ru_stime
            continue
        if time.perf_counter() > deadline:
            for left in descendants(os.getpid()):
                os.kill(left, signal.SIGKILL)
        time.sleep(0.01)


class Watch(threading.Thread):
    """Looks at the memory of all our descendants until it is stopped."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.most = 0
        self.done = threading.Event()

    def run(self) -> None:
        while not self.done.wait(EVERY):
            self.most = max(self.most, sum(map(proportional_size, descendants(os.getpid()))))

    def stop(self) -> int:
        """Bytes at the worst moment."""
        self.done.set()
        self.join()
        return self.most


def descendants(root: int) -> list[int]:
    """Process ids of all that descend from `root`, which is not among them."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            # the name, in brackets, may hold anything; the state and the parent follow the last bracket
            stat = _read(entry / "stat").rpartition(b")")[2].split()
            if stat:
                children.setdefault(int(stat[1]), []).append(int(entry.name))
    found = list(children.get(root, ()))
    for pid in found:
        found += children.get(pid, ())
    return found


def proportional_size(pid: int) -> int:
    """Bytes of `pid`, pages that are shared counted in part (PSS); 0 where it has ended."""
    for line in _read(Path(f"/proc/{pid}/smaps_rollup")).splitlines():
        if line.startswith(b"Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:  # it has just ended
        return b""


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(json.dumps(launch(sys.argv[3:], sys.argv[2] == "yes")))
