"""This tree beside an earlier revision of it: `python -m benchmarks.bench --before REV`.

    each round    now, before; in the next round before, now; so a drift of the machine meets both alike
    each figure   the lower quartile of the rounds: what else the machine does only adds
    each job      in its own tree, by its own environment, on the same input; the outputs' bytes must be equal,
                  but where --may-differ says that the change means them not to be

A task's start is a map task without input: as a module, and from the archive that a job sends to its tasks. It takes a
tenth of a second, so each round has many of them.
"""

from __future__ import annotations

import os
import shlex
import statistics
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import contestants, report, sentiment_jobs
from benchmarks.builds import BuildFailed, NoRevision, revision
from benchmarks.contestants import Contestant
from benchmarks.measure import Paths, Result, environment, measure

if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator, Sequence

    from benchmarks.builds import Build, Pair, Revision

    Table = tuple[str, str, dict[str, Result]]

PARTS = ("index", "sentiment", "start")
ROUNDS = 7
#: What a change may cost.
PROMISE = "CPU 1.03 times at most"
#: Of a task, in each round.
STARTS = 15
START = Contestant("", ("{python}", "-m", "jobs.inverted_index", "--mapper"), "")
#: A task's Python that keeps the archive it is given, under a name of its own first: tasks run side by side.
KEEP = """\
kept=$1 python=$2
shift 2
cp "$1" "$kept.$$" && mv -f "$kept.$$" "$kept"
exec "$python" "$@"
"""


def asked(options: ArgumentParser, args: Namespace) -> Revision | None:
    """What --before names; a mistake in it, or in what it is given with, ends the program with status 2."""
    parts = args.part or ()
    if args.before is None:
        if "start" in parts:
            options.error("--part start: it is compared with that of a revision; name one by --before")
        if args.may_differ:
            options.error("--may-differ is about the output of a revision; name one by --before")
        return None
    for part in parts:
        if part not in PARTS:
            options.error(f"--part {part}: with --before there are {', '.join(PARTS)}; name one of them")
    if args.only:
        options.error(f"--only {args.only}: with --before no peers run; leave one of the two out")
    try:
        return revision(args.before)
    except NoRevision as error:
        options.error(f"--before: {error}")


def index(pair: Pair, paths: Paths, rounds: int) -> Iterator[Table]:
    """For each table its title, its text and its results: the index of a file."""
    title = f"Inverted index of {_size(paths.source)}"
    yield _compared(title, entrants(pair, contestants.OURS), paths, rounds)


def sentiment(pair: Pair, work: Path, scratch: Path, rounds: int) -> Iterator[Table]:
    """The same of the sentiment of short posts and of long ones; inputs are kept in `work`."""
    sizes = sentiment_jobs.Sizes() if rounds else sentiment_jobs.SMOKE
    for shape, count, about in (("plain", sizes.short, "short posts"), ("v1", sizes.v1, "posts of Twitter's API v1.1")):
        source = sentiment_jobs.made(work, shape, count)
        title = f"Sentiment of {count:,} {about}, {_size(source)}"
        yield _compared(title, entrants(pair, sentiment_jobs.OURS), Paths(source, scratch), rounds)


def start(pair: Pair, scratch: Path, rounds: int) -> Iterator[Table]:
    """The same of the start of a map task, by both ways in which tasks are started."""
    node = scratch / "node"
    node.mkdir()
    modules = entrants(pair, START)
    for build in (pair.now, pair.before):
        keep_archive(build, scratch / f"{build.name}.zip", scratch)
    archives = [
        # a task looks for modules where it stands first: not in the tree
        replace(entrant, command=("{python}", f"{{scratch}}/{entrant.name}.zip", "--mapper"), tree=node)
        for entrant in modules
    ]
    paths = Paths(Path(os.devnull), scratch)
    yield _compared("Start of a map task, a module", modules, paths, rounds * STARTS)
    yield _compared("Start of a map task, from the job's archive", archives, paths, rounds * STARTS)


def entrants(pair: Pair, job: Contestant) -> list[Contestant]:
    """The job by both builds; all of their outputs is compared, since it is the same job."""
    return [
        replace(
            job,
            name=build.name,
            about=build.about,
            tree=build.tree,
            python=str(build.python),
            compared=None,
            promise=PROMISE if build is pair.now else "",
        )
        for build in (pair.now, pair.before)
    ]


def keep_archive(build: Build, path: Path, scratch: Path) -> None:
    """Write the archive that the build's index job sends to its tasks to `path`; raises BuildFailed.

    The local runner hands it to the Python that --task-python-bin names, whichever module of the build makes it.
    """
    script, source = scratch / "keep.sh", scratch / "one.tsv"
    script.write_text(KEEP)
    source.write_text("docid\ttext\n")
    task = shlex.join(["sh", str(script), str(path), str(build.python)])
    command = [str(build.python), "-m", "jobs.inverted_index", "-r", "local", "--task-python-bin", task, str(source)]
    how: dict[str, Any] = {"cwd": build.tree, "env": environment(scratch, build.tree), "stdin": subprocess.DEVNULL}
    done = subprocess.run(command, capture_output=True, text=True, check=False, **how)  # noqa: S603 (the benchmark's own)
    if done.returncode or not path.exists():
        lines = done.stderr.strip().splitlines() or ["it said nothing"]
        raise BuildFailed(f"{build.about}: -r local sends no archive to its tasks: {lines[-1]}; leave --part start out")


def _compared(title: str, entrants: Sequence[Contestant], paths: Paths, rounds: int) -> Table:
    results = measure(entrants, paths, rounds, alternate=True)
    runs = f"lower quartiles of {rounds} runs each" if rounds else "one run each"
    return f"{title}; {runs}", table(entrants, results), results


def table(entrants: Sequence[Contestant], results: dict[str, Result]) -> str:
    """One row a build; now comes first and stands as a ratio to before."""
    heads = ("", "CPU s", "times before", "wall s", "times before", "peak MB", "output", "promised")
    now, before = (results[entrant.name] for entrant in entrants)
    rows = []
    for entrant in entrants:
        name, result = f"**{entrant.name}**: {entrant.about}", results[entrant.name]
        if result.failure:
            rows.append((name, *["-"] * 5, result.failure, entrant.promise))
            continue
        figures = (
            spread(result.cpu),
            f"{lower_quartile(result.cpu) / lower_quartile(before.cpu):.3f}",
            spread(result.wall),
            f"{lower_quartile(result.wall) / lower_quartile(before.wall):.3f}",
            report.megabytes(result.peak),
        )
        rows.append((name, *figures, report.verdict(result, now), entrant.promise))
    return report.table(heads, rows)


def lower_quartile(seconds: Sequence[float]) -> float:
    """A quarter of the runs took no longer; between two runs in step, not a number where there is none."""
    if len(seconds) < 2:
        return seconds[0] if seconds else float("nan")
    return statistics.quantiles(seconds, n=4, method="inclusive")[0]


def spread(seconds: Sequence[float]) -> str:
    """The lower quartile, with the least and the most of several; of a start too, which takes milliseconds."""
    quartile = f"{lower_quartile(seconds):.4g}"
    return quartile if len(seconds) == 1 else f"{quartile} ({min(seconds):.4g}-{max(seconds):.4g})"


def _size(path: Path) -> str:
    return f"{path.stat().st_size / 1e6:,.1f} MB"
