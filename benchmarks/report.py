"""The tables that bench prints: Markdown, so that they can be quoted as they are."""

from __future__ import annotations

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from benchmarks.contestants import Contestant
    from benchmarks.measure import Result

PACKAGES = ("mrjob", "pyspark", "duckdb", "polars", "tantivy", "nltk")
#: A machine with more runnable processes a core than this is doing something else.
BUSY = 0.3


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table; the first column and the last are text, the others numbers."""
    rows = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    marks = ["---", *["---:"] * (len(heads) - 2), "---"]
    return "".join(f"| {' | '.join(row)} |\n" for row in (heads, marks, *rows))


def comparison(contestants: Sequence[Contestant], results: dict[str, Result]) -> str:
    """One row a contestant beside the first, which is ours; those that are absent or failed say so."""
    heads = ("", "wall s", "times ours", "CPU s", "times ours", "peak MB", "output", "promised")
    ours = results[contestants[0].name]
    rows = []
    for contestant in contestants:
        name = f"**{contestant.name}**: {contestant.about}"
        result = results.get(contestant.name)
        if result is None:
            rows.append((name, *["-"] * 5, f"absent: {contestant.absent()} is not installed", contestant.promise))
        elif result.failure:
            rows.append((name, *["-"] * 5, result.failure, contestant.promise))
        else:
            figures = (
                spread(result.wall),
                f"{result.seconds / ours.seconds:.2f}",
                f"{result.cpu_seconds:.2f}",
                f"{result.cpu_seconds / ours.cpu_seconds:.2f}",
                megabytes(result.peak),
            )
            rows.append((name, *figures, verdict(result, ours), contestant.promise))
    return table(heads, rows)


def growth(contestants: Sequence[Contestant], results: dict[str, Result]) -> str:
    """One row a size, each beside the one before."""
    rows = []
    before = None
    for contestant in contestants:
        result = results[contestant.name]
        if result.failure:
            rows.append((contestant.name, *["-"] * 4, result.failure))
            before = None
            continue
        times = f"{result.seconds / before.seconds:.2f}" if before else "-"
        figures = (spread(result.wall), times, f"{result.cpu_seconds:.2f}", megabytes(result.peak))
        rows.append((contestant.name, *figures, contestant.promise if before else ""))
        before = result
    return table(("input", "wall s", "times the one before", "CPU s", "peak MB", "promised"), rows)


def verdict(result: Result, ours: Result) -> str:
    """How a contestant's output compares with ours."""
    if result.rows is None or ours.rows is None:
        return "not compared"
    if result is ours:
        return f"{ours.rows.count:,} rows"
    if result.rows.digest == ours.rows.digest:
        return "equal"
    return f"differs: {result.rows.count:,} rows, {result.rows.differing(ours.rows):,} are in one of the two only"


def spread(seconds: list[float]) -> str:
    """The median, with the least and the most of several."""
    middle = sorted(seconds)[len(seconds) // 2]
    return f"{middle:.2f}" if len(seconds) == 1 else f"{middle:.2f} ({min(seconds):.2f}-{max(seconds):.2f})"


def megabytes(size: int | None) -> str:
    """Millions of bytes, or a dash where the system does not tell."""
    return "-" if size is None else f"{size / 1e6:,.0f}"


def machine() -> str:
    """What it ran on, and the versions of all that ran."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / (1 << 30)
    versions = ", ".join(f"{name} {_version(name)}" for name in PACKAGES)
    lines = [
        f"Machine: {_processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, {platform.system()} {platform.release()}.",
        f"Python {platform.python_version()}; {versions}.",
    ]
    load = os.getloadavg()[0]
    if load > BUSY * (os.cpu_count() or 1):
        lines.append(f"The machine was busy when this began (load {load:.1f}): take the ratios with care.")
    return "\n".join(lines) + "\n"


def command() -> str:
    """The command line that this run was started with."""
    return f"`python -m benchmarks.bench {' '.join(sys.argv[1:])}`".replace(" `", "`")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "is absent"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()
