"""Progress bars on stderr, where stderr is a terminal.

tasks -> bytes read, in memory shared with the driver -> Progress (the local runner)
Hadoop's client -> percent of map and of reduce -> Percent
"""

from __future__ import annotations

import mmap
import sys
from typing import Any, Callable


class TaskProgress:
    """One task's progress, in memory that it shares with the driver: bytes read, and the input being read."""

    def __init__(self, memory: memoryview, task: int) -> None:
        self._memory = memory
        self._offset = 2 * task

    def add(self, count: int) -> None:
        """Add `count` bytes to those read."""
        self._memory[self._offset] += count

    def begin(self, number: int) -> None:
        """Begin the task's input with this number, from 0."""
        self._memory[self._offset + 1] = number

    @property
    def current_input(self) -> int:
        """The number of the input being read, or the last one of a task that has ended."""
        return self._memory[self._offset + 1]


class Progress:
    """The bar of ``map`` or ``reduce``: `total` bytes in `tasks` tasks."""

    def __init__(self, name: str, tasks: int, total: int, *, quiet: bool) -> None:
        # two numbers a task: bytes read, number of the current input
        self._memory = memoryview(mmap.mmap(-1, 16 * max(tasks, 1))).cast("Q")
        self._total = total
        self._bar: Any = None
        if not quiet and _has_terminal():
            from tqdm import tqdm

            tqdm.monitor_interval = 0  # its thread would be copied by every fork
            self._bar = tqdm(desc=name, total=total, unit="B", unit_scale=True, leave=True, file=sys.stderr)

    def task(self, number: int) -> TaskProgress:
        """The progress of the task with this number, for the task to write and the driver to read."""
        return TaskProgress(self._memory, number)

    @property
    def tick(self) -> Callable[[], None] | None:
        """Redraws the bar; None where there is no bar."""
        return self._show if self._bar is not None else None

    def close(self) -> None:
        """Draw the bar once more and leave it; no task may write any more."""
        if self._bar is not None:
            self._show()
            self._bar.close()
        self._memory.release()

    def _show(self) -> None:
        self._bar.update(min(sum(self._memory[::2]), self._total) - self._bar.n)


class Percent:
    """The bar of a job on a cluster: percent of map and of reduce."""

    def __init__(self, *, quiet: bool) -> None:
        self._bar: Any = None
        if not quiet and _has_terminal():
            from tqdm import tqdm

            self._bar = tqdm(total=200, bar_format="{desc} |{bar:30}| {elapsed}", leave=True, file=sys.stderr)
            self.show(0, 0)

    def show(self, map_percent: int, reduce_percent: int) -> None:
        """Redraw the bar."""
        if self._bar is not None:
            self._bar.set_description_str(f"map {map_percent:3} % reduce {reduce_percent:3} %", refresh=False)
            self._bar.n = map_percent + reduce_percent
            self._bar.refresh()

    def close(self) -> None:
        """Leave the bar as it is."""
        if self._bar is not None:
            self._bar.close()


def _has_terminal() -> bool:
    """Whether stderr is a terminal; it is None where it was closed."""
    return sys.stderr is not None and sys.stderr.isatty()
