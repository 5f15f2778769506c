"""Ends every process of a cluster. Run as a program, it waits for the cluster's starter to be gone and then does that.

python guard.py FOLDER PID   PID is the starter, this program's parent; how it ends does not matter, kill -9 included
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

MARK = "GRISTMILL_CLUSTER"
#: Seconds between two looks at the starter.
LOOK = 0.2
#: Seconds between two looks for processes.
PAUSE = 0.05
#: What is found in no two looks in a row has not been born meanwhile either: a container's shell has no mark while it
#: makes ready to start a task.
QUIET_LOOKS = 3


def members(folder: Path) -> Iterator[Any]:
    """The processes (psutil's) of the cluster in `folder`: daemons, clients, and containers with all they started."""
    import psutil

    me = psutil.Process()
    for process in psutil.process_iter():
        # gone meanwhile, or another user's
        with contextlib.suppress(psutil.Error, OSError):
            ours = process.environ().get(MARK) == str(folder) or (folder / "data") in Path(process.cwd()).parents
            if ours and process != me:
                yield process


def end(folder: Path) -> None:
    """Kill every process of the cluster in `folder`, until none is left, and remove what it wrote, logs excepted."""
    import psutil

    quiet = 0
    while quiet < QUIET_LOOKS:
        found = list(members(folder))
        for process in found:
            with contextlib.suppress(psutil.Error):
                process.kill()
        quiet = 0 if found else quiet + 1
        time.sleep(PAUSE)
    shutil.rmtree(folder / "data", ignore_errors=True)


def main(folder: str, starter: str) -> None:
    while os.getppid() == int(starter):
        time.sleep(LOOK)
    end(Path(folder))


if __name__ == "__main__":
    main(*sys.argv[1:])
