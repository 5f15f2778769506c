"""What several files of tests share: jobs that count words, files, lines through the shuffle, tasks that fail."""

from __future__ import annotations

import bz2
import gzip
import lzma
import resource
import sys
from contextlib import contextmanager
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from gristmill.errors import RunError
from gristmill.input import decompress
from gristmill.job.base import Job
from gristmill.shuffle.collector import Collector, Layout
from gristmill.shuffle.merge import Run, merge_all
from gristmill.shuffle.partition import partitioner
from gristmill.task.processes import Task, run_tasks
from mrjob.protocol import TextValueProtocol
from mrjob.step import StepFailedException

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from gristmill.shuffle.collector import Combine
    from tests.runners.conftest import RunHere

    Pairs = Iterator[tuple[Any, Any]]

zstd = decompress.zstd()

# disks


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """Files of this process take no more than `size` bytes meanwhile: of a write that is too long, what fits."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


# jobs

#: The source of a job that describes its output by its counters.
DESCRIBED = """\
from gristmill.job.base import Job


class Described(Job):
    def mapper(self, _, line):
        self.increment_counter("lines", "seen")
        yield line, 1

    def output_manifest(self, counters):
        return {"lines": counters[0]["lines"]["seen"]}


if __name__ == "__main__":
    Described.run()
"""


class Text(Job):
    """Lines of text, out as in."""

    OUTPUT_PROTOCOL = TextValueProtocol


class Lines(Text):
    """Lines as they are."""

    def mapper(self, _: object, line: str) -> Pairs:
        yield None, line


class Words(Job):
    """How often each word occurs; a counter for each task that runs."""

    SORTED_OUTPUT = True

    def mapper_init(self) -> None:
        self.increment_counter("tasks", "map")

    def mapper(self, _: object, line: str) -> Pairs:
        for word in line.split():
            yield word, 1

    def reducer_init(self) -> None:
        self.increment_counter("tasks", "reduce")

    def reducer(self, word: str, counts: Iterator[int]) -> Pairs:
        yield word, sum(counts)


class Combined(Words):
    """The same with a combiner."""

    def combiner_init(self) -> None:
        self.increment_counter("tasks", "combine")

    def combiner(self, word: str, counts: Iterator[int]) -> Pairs:
        yield word, sum(counts)


#: Fourteen lines of the same length, and how often each of their words occurs.
TEXT = b"the mill\nby river\n" * 6 + b"river by\nthe\t\tby\n"
COUNTED = b'"by"\t8\n"mill"\t6\n"river"\t7\n"the"\t7\n'


class Failing(Job):
    """How often each word occurs, unless one of the three stages is told to fail."""

    fails = ""

    def mapper(self, _: object, line: str) -> Pairs:
        for word in line.split():
            self.stage("mapper", word)
            yield word, 1

    def combiner(self, word: str, counts: Iterator[int]) -> Pairs:
        self.stage("combiner", word)
        yield word, sum(counts)

    def reducer(self, word: str, counts: Iterator[int]) -> Pairs:
        self.stage("reducer", word)
        yield word, sum(counts)

    def stage(self, name: str, word: str) -> None:
        if self.fails == name and word == "oat":
            self.fail(word)

    def fail(self, word: str) -> None:
        print("about to fail", file=sys.stderr)  # noqa: T201 (as a job may)
        raise ValueError(f"no {word} today")


#: Numbers of tasks that are the same everywhere.
TASKS = ("-D", "mapreduce.job.maps=2", "-D", "mapreduce.job.reduces=1")


def failure(run_here: RunHere, job: type[Job], *arguments: str | Path) -> str:
    """The message of a run that fails; it left neither output nor temporary files."""
    folder = Path(arguments[-1]).parent
    before = sorted(folder.iterdir())
    with pytest.raises((StepFailedException, RunError)) as error:
        run_here(job, *TASKS, "--output-dir", folder / "out", *arguments)
    assert sorted(folder.iterdir()) == before
    message = str(error.value)
    assert "\n" not in message
    return message.replace(str(folder), "")


#: A script whose job is upper case.
UPPER = (
    "from gristmill.job.base import Job\n\n"
    "class Upper(Job):\n"
    "    def mapper(self, _, line):\n"
    "        yield line.upper(), 1\n\n"
    "if __name__ == '__main__':\n"
    "    Upper.run()\n"
)

# files

COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    # as the program zstd writes it
    ".zst": partial(zstd.compress, options={zstd.CompressionParameter.checksum_flag: 1}),
}


def write(path: Path, content: bytes = b"") -> str:
    """Make a file, and the folders that lead to it; the path as a string."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return str(path)


def names(folder: Path) -> list[str]:
    """What a folder holds, hidden files too."""
    return sorted(path.name for path in folder.iterdir())


def left(job_tmp: Path) -> list[Path]:
    """What a run left behind: its own files, and the lock that mrjob keeps in /tmp for set-up commands."""
    return [*job_tmp.iterdir(), *Path("/tmp").glob("wrapper.lock.test_local_*")]


# the shuffle


def layout(reduces: int = 1, *, sort_values: bool = False, budget: int = 1 << 20) -> Layout:
    """A layout with Hadoop's partitions."""
    return Layout(partitioner(reduces, sort_values=sort_values), reduces, sort_values, budget)


def collect(path: Path, writes: Iterable[bytes], plan: Layout, combine: Combine | None = None) -> list[list[Run]]:
    """The runs of each partition of what a task wrote."""
    collector = Collector(str(path), plan, combine)
    for data in writes:
        assert collector.write(data) == len(data)
    return collector.finish()


def merged(runs: Sequence[Run], scratch: Path, *, sort_values: bool = False) -> list[bytes]:
    """All lines of the runs."""
    return list(chain.from_iterable(merge_all(runs, scratch, sort_values=sort_values)))


def pass_on(lines: Iterable[bytes], write: Callable[[bytes], object]) -> None:
    """A combiner that changes nothing."""
    write(b"".join(line + b"\n" for line in lines))


# tasks


def fails(work: Callable[[], object], stderr: Path | None = None) -> RunError:
    """The error of a single task that does not end well."""
    task = Task("map task 0", work) if stderr is None else Task("map task 0", work, str(stderr))
    with pytest.raises(RunError) as error:
        run_tasks([task], 2)
    return error.value


def raises(error: BaseException) -> NoReturn:
    """Raise, as work of a task."""
    raise error
