"""How a task reads and writes records: what mrjob's MRJob does, at half the cost; and whether there is such a task."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, Callable

import gristmill.job.mrjob_compat  # noqa: F401 (before any mrjob module)
from gristmill.input import records
from gristmill.job import task_input
from mrjob.step import MRStep

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    Read = Callable[[bytes], Any]
    Write = Callable[[Any, Any], bytes]


def check_task(job: Any, mrc: str, step_num: int) -> None:
    """A usage error where a job has no step of that number, or the step no such task."""
    steps = job.steps()
    if not 0 <= step_num < len(steps):
        there = f"0 to {len(steps) - 1}" if steps else "none"
        job.arg_parser.error(f"--step-num {step_num}: there is no such step of this job; its steps are {there}")
    step = steps[step_num]
    if not isinstance(step, MRStep) or step[mrc] is None:
        job.arg_parser.error(f"--{mrc} --step-num {step_num}: that step has no {mrc}")


def reader_and_writer(
    job: Any, protocols: tuple[Read, Write], step_type: str
) -> tuple[Callable[[], Iterator[tuple[Any, Any]]], Callable[[Any, Any], None]]:
    """The pairs of a task's input, and what writes a pair to its output.

    A protocol may have `pieces(key, value)`, an iterable of bytes: its lines are then written piece by piece and
    need not fit in memory. A stdout may have `record(line)`, which takes a line without its end.
    """
    read, write = protocols
    is_mapper = step_type == "mapper"
    sources = task_input.sources(job, is_map=is_mapper)
    lines = _numbered(job, sources) if is_mapper else records.shuffle_records(chain.from_iterable(sources))
    put = job.stdout.write
    record: Any = getattr(job.stdout, "record", None)
    pieces: Any = getattr(getattr(write, "__self__", None), "pieces", None)

    def read_lines() -> Iterator[tuple[Any, Any]]:
        return map(read, lines)

    def write_line(key: Any, value: Any) -> None:
        put(write(key, value) + b"\n")

    def write_record(key: Any, value: Any) -> None:
        record(write(key, value))

    def write_pieces(key: Any, value: Any) -> None:
        for piece in pieces(key, value):
            put(piece)
        put(b"\n")

    return read_lines, write_pieces if pieces else write_record if record else write_line


def _numbered(job: Any, sources: Iterable[Iterable[bytes]]) -> Iterator[bytes]:
    """The records of the input; `job.record` is the number of the current one."""
    for source in sources:
        for batch in records.input_batches(source, job.max_line, job.pass_over_line):
            for job.record, line in enumerate(batch, job.record + 1):  # noqa: B020
                yield line
