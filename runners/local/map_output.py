"""What a map task of the local runner writes to, where there is a reducer: a collector of sorted runs."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from gristmill.input import reading
from gristmill.task import substep

if TYPE_CHECKING:
    from gristmill.shuffle.collector import Collector


class Output(io.BufferedWriter):
    """The stdout of a map task with a reducer: a stream, and `record` for whole records of a job in this process."""

    def __init__(self, collector: Collector) -> None:
        super().__init__(substep.Sink(collector.write), reading.CHUNK)
        self._collector = collector
        self.record = collector.record

    def end_line(self) -> None:
        """End a last line that has no newline: what follows is of another input."""
        self.flush()
        self._collector.end_line()
