"""What commands cost, run one after another in rounds, so that a slow minute of the machine meets all of them."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import shutil
import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.contestants import Contestant

log = logging.getLogger(__name__)

#: The tree that holds benchmarks/ and jobs/: commands run in it.
ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Result:
    """What one contestant did: seconds of each timed run, bytes of the worst moment, or why there is nothing."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    peak: int | None = None
    rows: Rows | None = None
    failure: str = ""

    @property
    def seconds(self) -> float:
        """Wall time, the median of the rounds; not a number where there is none."""
        return statistics.median(self.wall) if self.wall else float("nan")

    @property
    def cpu_seconds(self) -> float:
        """CPU time of all processes, the median of the rounds."""
        return statistics.median(self.cpu) if self.cpu else float("nan")


@dataclass(frozen=True)
class Rows:
    """A digest of an output's lines, and the lines' own hashes, as a set, when outputs may differ."""

    count: int
    digest: str
    each: frozenset[int]

    def differing(self, other: Rows) -> int:
        """How many rows are in one output and not in the other."""
        return len(self.each ^ other.each)


def rows_of(path: Path, in_order: bool, compared: Callable[[bytes], bytes] | None = None) -> Rows:
    """Read an output of one row a line, or what is compared of it, if anything; rows in no order are sorted first."""
    digest = hashlib.sha256()
    each = []
    with path.open("rb") as file:
        lines = filter(None, map(compared, file)) if compared else file
        # rows can be long: only their hashes are held, unless they must be sorted
        for line in lines if in_order else sorted(lines):
            digest.update(line)
            each.append(hash(line))
    return Rows(len(each), digest.hexdigest(), frozenset(each))


@dataclass(frozen=True)
class Paths:
    """The input, and a folder for all that is written."""

    source: Path
    scratch: Path


def measure(
    contestants: Sequence[Contestant], paths: Paths, rounds: int, *, alternate: bool = False
) -> dict[str, Result]:
    """Run each once for its memory and its output, then all of them in `rounds` rounds for their times.

    With no rounds the first run's times are taken. Every other round goes backwards where they are to `alternate`.
    Results are by the contestants' names.
    """
    results = {contestant.name: Result() for contestant in contestants}
    for number in range(rounds + 1):
        for contestant in reversed(contestants) if alternate and number % 2 == 0 else contestants:
            result = results[contestant.name]
            if not result.failure:
                run(contestant, paths, result, first=number == 0, timed=number > 0 or rounds == 0)
    return results


def run(contestant: Contestant, paths: Paths, result: Result, *, first: bool, timed: bool) -> None:
    """Run one contestant once and add what it cost to `result`."""
    scratch = paths.scratch
    output, report, stdout, stderr = (scratch / name for name in ("output", "report", "stdout", "stderr"))
    command = contestant.filled(paths.source, output, scratch)
    tree = contestant.tree or ROOT
    # by its path: another tree has a launcher of its own, or none
    launcher = [sys.executable, str(ROOT / "benchmarks" / "launch.py"), str(report), "yes" if first else "no", *command]
    how: dict[str, Any] = {"cwd": tree, "env": environment(scratch, tree), "stdin": subprocess.DEVNULL, "check": True}
    with stdout.open("wb") as out, stderr.open("wb") as errors:
        subprocess.run(launcher, stdout=out, stderr=errors, **how)  # noqa: S603 (the benchmark's own)
    cost = json.loads(report.read_text())
    log.info("%s: %.2f s, CPU %.2f s", contestant.name, cost["wall"], cost["cpu"])
    if cost["status"] != 0:
        result.failure = f"failed with status {cost['status']}: {_last_words(stderr)}"
        log.error("%s\n%s %s", stderr.read_text(errors="replace"), contestant.name, result.failure)
        return
    if timed:
        result.wall.append(cost["wall"])
        result.cpu.append(cost["cpu"])
    if first:
        result.peak = cost["peak"]
        if contestant.writes_rows:
            result.rows = rows_of(output if output.exists() else stdout, contestant.in_key_order, contestant.compared)
    _clear(output)


def _last_words(stderr: Path) -> str:
    """The last line that is not the indented part of some traceback."""
    lines = [line for line in stderr.read_text(errors="replace").splitlines() if line.strip() and not line[0].isspace()]
    return lines[-1] if lines else "it said nothing"


def environment(scratch: Path, tree: Path = ROOT) -> dict[str, str]:
    """Ours, with all temporary files on one disk, text in UTF-8 and compiled modules kept from run to run."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": str(tree), "PYTHONUTF8": "1", "TMPDIR": str(scratch)}


def _clear(output: Path) -> None:
    if output.is_dir():
        shutil.rmtree(output)
    else:
        output.unlink(missing_ok=True)
