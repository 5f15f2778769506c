"""A bar on stderr, when stderr is a terminal, of the bytes that tasks in other processes have read."""

from __future__ import annotations

import mmap
import sys
from typing import Any, Callable


class TaskProgress:
    """What one task has seen of its inputs, in memory that it shares with the driver."""

    def __init__(self, memory: memoryview, task: int) -> None:
        self._memory = memory
        self._place = 2 * task

    def add(self, count: int) -> None:
        """So many more bytes have been read."""
        self._memory[self._place] += count

    def begin(self, number: int) -> None:
        """The input with this number among the task's own is read now."""
        self._memory[self._place + 1] = number

    @property
    def at(self) -> int:
        """The number of the input that is read, or was when the task ended."""
        return self._memory[self._place + 1]


class Progress:
    """``map`` or ``reduce``, `total` bytes in `tasks` tasks; a task tells in shared memory how far it is."""

    def __init__(self, name: str, tasks: int, total: int, *, quiet: bool) -> None:
        # of each task the bytes that it has read, and the number of the input that it is at
        self._memory = memoryview(mmap.mmap(-1, 16 * max(tasks, 1))).cast("Q")
        self._total = total
        self._bar: Any = None
        if not quiet and sys.stderr is not None and sys.stderr.isatty():
            from tqdm import tqdm

            tqdm.monitor_interval = 0  # its thread would be copied by every fork
            self._bar = tqdm(desc=name, total=total, unit="B", unit_scale=True, leave=True, file=sys.stderr)

    def task(self, number: int) -> TaskProgress:
        """How far the task with this number is: what it tells, and what the driver asks."""
        return TaskProgress(self._memory, number)

    @property
    def tick(self) -> Callable[[], None] | None:
        """What the driver calls from time to time; None where nobody looks."""
        return self._show if self._bar is not None else None

    def close(self) -> None:
        """Leave the bar as it stands."""
        if self._bar is not None:
            self._show()
            self._bar.close()
        self._memory.release()

    def _show(self) -> None:
        self._bar.update(min(sum(self._memory[::2]), self._total) - self._bar.n)


class Percent:
    """A bar on stderr, when stderr is a terminal, of a job that another machine runs: how far map and reduce are."""

    def __init__(self, *, quiet: bool) -> None:
        self._bar: Any = None
        if not quiet and sys.stderr is not None and sys.stderr.isatty():
            from tqdm import tqdm

            self._bar = tqdm(total=200, bar_format="{desc} |{bar:30}| {elapsed}", leave=True, file=sys.stderr)
            self.show(0, 0)

    def show(self, map_percent: int, reduce_percent: int) -> None:
        """Tell how far map and reduce are, in percent."""
        if self._bar is not None:
            self._bar.set_description_str(f"map {map_percent:3} % reduce {reduce_percent:3} %", refresh=False)
            self._bar.n = map_percent + reduce_percent
            self._bar.refresh()

    def close(self) -> None:
        """Leave the bar as it stands."""
        if self._bar is not None:
            self._bar.close()
