"""What the matrix of equality runs: every job of `jobs/`, over its golden input and over what no job should trip on.

A new job joins by being there. Its input is tests/golden/JOB/input, or what SAMPLES names for it; its arguments are
none, or what ARGUMENTS names.
"""

from __future__ import annotations

import gzip
import importlib
import inspect
import pkgutil
import shutil
from codecs import BOM_UTF8
from dataclasses import dataclass
from itertools import combinations, product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jobs
from gristmill.job.base import Job
from gristmill.runners.registry import OURS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"

#: Input of jobs that have no golden one.
SAMPLES = {"streaming": ROOT / "data" / "documents.tsv"}
#: Command lines to try of jobs that have options of interest; {folder} is where the matrix keeps its files.
ARGUMENTS: dict[str, list[list[str]]] = {
    "inverted_index": [
        ["--payload", "positions", "--stop-words", "english", "--stem", "english"],
        ["--docid-from", "file"],
    ],
    "sentiment_agg": [["--by", "all,topic,hashtag,author,language,platform", "--keywords", "bread,mill", "--dedupe"]],
    # what its reducer writes is in order of keys, as `uniq -c` is not: of that no order is promised
    "streaming": [["--mapper", "cut -f 1", "--reducer", "uniq"]],
}
#: Jobs of programs, and the runners that say so and start none.
REFUSED = {"streaming": ("inline", "spark")}
#: Lines and ends of lines that a job must take as they are, or count.
HARD = (
    b"\xef\xbb\xbf100% \"of\" it's\tthe mill's rye\n"
    b"\xef\xbb\xbfmarked\tin the middle \xef\xbb\xbf\n"
    b"a b\tgrain\xff\xfe flour caf\xc3\xa9\r\n"
    b"\n\n\r\r\n"
    b"lone\tcarriage\rreturn\treturns the mill\r"
    b"\xff\tbad docid\n"
    b"no tab at all\n"
    b"\tno docid\n"
    b"ctrl\x01\tcontrol\x00characters\n"
    b"tabs\tone\ttwo\t\tthree\t\n"
    b"wide\t\xe6\xb0\xb4\xe8\xbb\x8a \xf0\x9f\x8d\x9e \xe2\x80\xa8 e\xcc\x81\n"
    b'{"id": "torn", "text": "mill'
)
#: A long line of each job: how it begins, what it repeats, how it ends.
LONG_LINES = {"sentiment_agg": (b'{"id": "1", "created_at": "2026-01-02T03:04:05Z", "text": "', b"good mill ", b'"}')}
LONG = (b"long\t", b"mill rye's \xff ", b"")
#: The numbers of splits that are tried, where not all are: on a cluster each is a container, which takes seconds.
SPLITS = {"hadoop": (1, 3), "emr": (1, 3)}
#: Bytes of a long line.
LONG_BYTES = 100_000_000


@dataclass(frozen=True)
class Run:
    """One run of the matrix."""

    job: str
    arguments: tuple[str, ...]
    runner: str
    splits: int
    reduces: int

    def __str__(self) -> str:
        words = "".join(word for word in self.arguments[:2] if word.startswith("--"))
        return f"{self.job}{words}-{self.runner}-{self.splits}-{self.reduces}"

    @property
    def refused(self) -> bool:
        """Whether the runner cannot run the job, and says so."""
        return self.runner in REFUSED.get(self.job, ())

    @property
    def is_sorted(self) -> bool:
        """Whether the job's output is printed in order of keys, so that the number of reduces does not show."""
        (job,) = _jobs(importlib.import_module(f"jobs.{self.job}"))
        return bool(job.SORTED_OUTPUT)

    def command(self, *inputs: Path) -> list[str]:
        """What Python is to run."""
        conf = [f"mapreduce.job.maps={self.splits}", f"mapreduce.job.reduces={self.reduces}"]
        words = ["-m", f"jobs.{self.job}", "-r", self.runner, *self.arguments]
        return [*words, *(word for one in conf for word in ("-D", one)), *map(str, inputs)]


#: The runners of the matrix; of EMR, whose steps take twice as long as Hadoop's, some rows are run besides.
RUNNERS = [runner for runner in OURS if runner != "emr"]


def names() -> list[str]:
    """The modules of `jobs/` that are a job when they are run, by their names under `jobs`."""
    found = []
    for each in pkgutil.walk_packages(jobs.__path__, "jobs."):
        module = importlib.import_module(each.name)
        # what is compiled has no source
        if any(_jobs(module)) and 'if __name__ == "__main__":' in inspect.getsource(module):
            found.append(each.name.partition(".")[2])
    return found


def _jobs(module: Any) -> Iterator[type[Job]]:
    for value in vars(module).values():
        if inspect.isclass(value) and issubclass(value, Job) and value.__module__ == module.__name__:
            yield value


def runs(runners: Iterable[str] = RUNNERS) -> list[Run]:
    """The whole matrix, on these runners."""
    cases = [(job, tuple(arguments)) for job in names() for arguments in ARGUMENTS.get(job, [[]])]
    choices = [(runner, splits) for runner in runners for splits in SPLITS.get(runner, (1, 3, 13))]
    return [Run(*case, *choice, reduces) for case, choice, reduces in product(cases, choices, (1, 4))]


def emr_runs() -> list[Run]:
    """A row for each of three jobs on EMR; `make faults-emr` has them all."""
    jobs = ("inverted_index", "sentiment_agg", "streaming")
    return [Run(job, tuple(ARGUMENTS.get(job, [[]])[0]), "emr", 2, 2) for job in jobs]


def pairs(matrix: Iterable[Run]) -> list[Run]:
    """Runs in which every two values of different columns of the matrix meet, as few as a greedy choice finds."""
    left = list(matrix)
    wanted = {pair for run in left for pair in _pairs(run)}
    chosen = []
    while wanted:
        best = max(left, key=lambda run: len(wanted & _pairs(run)))
        chosen.append(best)
        wanted -= _pairs(best)
    return chosen


def _pairs(run: Run) -> set[Any]:
    columns = enumerate([(run.job, run.arguments), run.runner, run.splits, run.reduces])
    return set(combinations(columns, 2))


def write_input(job: str, folder: Path) -> None:
    """The input of a job: its golden one, that again as .gz, and the hard lines under a hard name."""
    source = GOLDEN / job / "input"
    source = source if source.is_dir() else SAMPLES.get(job, source)
    assert source.exists(), f"jobs.{job} has no input: add tests/golden/{job}/input, or a row to SAMPLES in {__file__}"
    files = sorted(source.iterdir()) if source.is_dir() else [source]
    folder.mkdir(parents=True)
    for file in files:
        shutil.copy(file, folder)
    (folder / "deep er").mkdir()
    (folder / "deep er" / f"{files[0].name}.gz").write_bytes(gzip.compress(BOM_UTF8 + files[0].read_bytes()))
    (folder / '100% "of" it\'s.txt').write_bytes(HARD)


def write_long_line(job: str, path: Path, length: int = LONG_BYTES) -> None:
    """A file of a line of `length` bytes and one of a few."""
    start, again, end = LONG_LINES.get(job, LONG)
    path.write_bytes(start + again * (length // len(again)) + end + b"\n" + start + again + end + b"\n")
