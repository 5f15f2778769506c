"""Time our index and sentiment jobs beside their peers, our local runner beside mrjob's, and how our cost grows.

    python -m benchmarks.bench                             # all of it, on a made-up corpus of 90 MB: half an hour
    python -m benchmarks.bench --smoke                     # all of it, on next to nothing: a minute
    python -m benchmarks.bench --part index --input docs.tsv
    python -m benchmarks.bench --part index --only polars,duckdb --mb 10
    python -m benchmarks.bench --part growth --rounds 1
    python -m benchmarks.bench --part sentiment
    python -m benchmarks.bench --part hadoop               # on a real cluster; only where it is asked for
    python -m benchmarks.bench --before main               # this tree beside a git revision of it, not its peers

Everything runs in one go and in turns, each in a process of its own, its start included; times are medians. Outputs are
compared before times are. Memory is the sum of the proportional set sizes of the whole process tree, looked at every
50 ms in a run of its own. Peers that are not installed are named; `pip install -e '.[bench]'` installs all of them.

--before builds the revision once, under .bench, which `make clean` removes. Times are then lower quartiles, and the
parts are index, sentiment and start, which is the start of a map task.
"""

from __future__ import annotations

import argparse
import hashlib
import logging
import math
import sys
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import before, builds, corpus, hadoop_jobs, lexicon, report, sentiment_jobs
from benchmarks.contestants import INDEXERS, OURS, word_counts
from benchmarks.measure import ROOT, Paths, Result, measure

log = logging.getLogger(__name__)

PARTS = ("index", "wordcount", "growth", "sentiment")
#: The part that is only run where it is asked for: it takes a quarter of an hour and starts a cluster.
HADOOP = "hadoop"
#: Timed runs of each, where --rounds does not say; those beside a revision are in before.ROUNDS.
ROUNDS = 3
#: Millions of bytes of the three growing inputs, and of their tiny stand-ins.
SIZES, SMOKE_SIZES = (10, 100, 1000), (0.03, 0.1, 0.3)
SMOKE_MB = 0.3
#: Enough for the word count: its time is the examples' own code, a JSON record a word, and grows in step.
WORD_COUNT_MB = 20
#: Small files of a few documents each, and of their smoke test.
FILES, SMOKE_FILES = 200, 5


@dataclass(frozen=True)
class Run:
    """What was asked for; no rounds means that the one run which looks at memory is timed as well."""

    work: Path
    source: Path | None
    mb: float
    only: frozenset[str]
    rounds: int
    sizes: tuple[float, ...]
    #: Stands in for the peers.
    before: builds.Revision | None = None
    #: Whether the revision may have another output than this tree.
    may_differ: bool = False

    def input(self, most: float = math.inf) -> Path:
        """The file to read; a made-up one has no more than `most` millions of bytes."""
        return self.source or made(self.work, min(self.mb, most))


def made(work: Path, mb: float) -> Path:
    """A made-up corpus in the folder `work`, made at the first call; its name changes with the code that makes it."""
    code = b"".join(Path(module.__file__ or "").read_bytes() for module in (corpus, lexicon))
    path = work / f"corpus-{mb:g}mb-{hashlib.sha256(code).hexdigest()[:8]}.tsv"
    if not path.exists():
        log.info("making %s", path)
        corpus.write_corpus(path, round(mb * 1e6))
    return path


def in_files(source: Path, folder: Path, count: int) -> Path:
    """The first lines of a file, in as many files of four lines, or fewer where it has no more."""
    folder.mkdir()
    with source.open("rb") as lines:
        for number, first in enumerate(islice(lines, count)):
            (folder / f"{number:05}").write_bytes(b"".join([first, *islice(lines, 3)]))
    return folder


def index(run: Run, scratch: Path) -> bool:
    """Prints the table of our index job and its peers; whether all is well."""
    contestants = [c for c in INDEXERS if c is OURS or not run.only or c.name in run.only]
    source = run.input()
    results = measure([c for c in contestants if not c.absent()], Paths(source, scratch), run.rounds)
    _print(f"### Inverted index of {_size(source)}", report.comparison(contestants, results))
    return _well(results, compared=run.source is None)


def wordcount(run: Run, scratch: Path) -> bool:
    """Prints the tables of our local runner and mrjob's, on one file and on many; whether all is well."""
    source = run.input(WORD_COUNT_MB)
    contestants = word_counts(scratch)
    count = FILES if run.rounds else SMOKE_FILES
    well = True
    for what, words in ((_size(source), source), (f"{count:,} small files", in_files(source, scratch / "in", count))):
        results = measure(contestants, Paths(words, scratch), run.rounds)
        _print(f"### Word count of {what}: the runner alone", report.comparison(contestants, results))
        well = _well(results, compared=True) and well
    return well


def growth(run: Run, scratch: Path) -> bool:
    """Prints the table of our index job on ever larger inputs; whether all is well."""
    contestants = [
        replace(OURS, name=f"{mb:g} MB", source=made(run.work, mb), writes_rows=False, promise="10.5 times at most")
        for mb in run.sizes
    ]
    results = measure(contestants, Paths(Path(), scratch), run.rounds)
    _print("### Growth of our index job", report.growth(contestants, results))
    return _well(results, compared=False)


def sentiment(run: Run, scratch: Path) -> bool:
    """Prints the tables of our sentiment job and nltk's; whether all is well."""
    sizes = sentiment_jobs.Sizes() if run.rounds else sentiment_jobs.SMOKE
    _print("### VADER, the scorers alone", sentiment_jobs.scorers(sizes, run.rounds))
    well = True
    for title, table, results in sentiment_jobs.sentiment(run.work, scratch, sizes, run.rounds):
        _print(f"### {title}", table)
        well = _well(results, compared=True) and well
    return well


def hadoop(run: Run, scratch: Path) -> bool:
    """Prints the table of our index job and its peers on a real Hadoop; whether all is well."""
    source = run.input()
    table, well = hadoop_jobs.run(source, scratch, run.rounds)
    _print(f"### Inverted index of {_size(source)} on Hadoop, two maps and two reducers", table)
    return well


def beside(part: str, run: Run, revision: builds.Revision, scratch: Path) -> bool:
    """Prints the tables of one part by this tree and by `revision`; whether all is well."""
    pair = builds.pair(revision)
    if part == "index":
        tables = before.index(pair, Paths(run.input(), scratch), run.rounds)
    elif part == "sentiment":
        tables = before.sentiment(pair, run.work, scratch, run.rounds)
    else:
        tables = before.start(pair, scratch, run.rounds)
    well = True
    for title, table, results in tables:
        _print(f"### {title}", table)
        # the same job on the same input, whoever's it is
        well = _well(results, compared=not run.may_differ) and well
    return well


def _well(results: dict[str, Result], compared: bool) -> bool:
    digests = {result.rows.digest for result in results.values() if result.rows}
    return not any(result.failure for result in results.values()) and not (compared and len(digests) > 1)


def _size(path: Path) -> str:
    return f"{path.stat().st_size / 1e6:,.1f} MB ({path.name})"


def _print(title: str, table: str) -> None:
    sys.stdout.write(f"{title}\n\n{table}\n")
    sys.stdout.flush()


def parser() -> argparse.ArgumentParser:
    """The command line."""
    names = ", ".join(c.name for c in INDEXERS if c is not OURS)
    options = argparse.ArgumentParser(
        prog="python -m benchmarks.bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parts = dict.fromkeys((*PARTS, HADOOP, *before.PARTS))
    options.add_argument("--part", choices=parts, action="append", help="one part; may be given again")
    options.add_argument("--only", metavar="NAMES", default="", help=f"only these of the index's peers: {names}")
    options.add_argument("--input", type=Path, metavar="FILE", help="lines docid TAB text, not a made-up corpus")
    options.add_argument("--mb", type=float, default=90, help="size of the made-up corpus (default: %(default)s)")
    rounds = f"timed runs of each (default: {ROUNDS}, with --before {before.ROUNDS})"
    options.add_argument("--rounds", type=int, help=rounds)
    options.add_argument("--work", type=Path, default=ROOT / "build" / "bench", metavar="DIR", help="keeps the corpora")
    options.add_argument("--smoke", action="store_true", help="one run of each, on 300 KB")
    options.add_argument("--before", metavar="REV", help="this tree beside that git revision of it, not its peers")
    options.add_argument("--may-differ", action="store_true", help="other output than --before's is shown, no error")
    return options


def asked(words: list[str]) -> tuple[Run, list[str]]:
    """The run and the parts of it that the command line asks for; a mistake in it ends the program with status 2."""
    options = parser()
    args = options.parse_args(words)
    only = frozenset(filter(None, args.only.split(",")))
    unknown = only - {c.name for c in INDEXERS}
    if unknown:
        options.error(f"--only: no peer is called {', '.join(sorted(unknown))}; there are those that --help names")
    rounds = args.rounds if args.rounds is not None else before.ROUNDS if args.before else ROUNDS
    if rounds < 1:
        options.error(f"--rounds: {rounds} is less than one")
    if args.input and not args.input.is_file():
        options.error(f"--input: {args.input} is no file")
    run = Run(
        work=args.work.resolve(),
        source=args.input.resolve() if args.input else None,
        mb=SMOKE_MB if args.smoke else args.mb,
        only=only,
        rounds=0 if args.smoke else rounds,
        sizes=SMOKE_SIZES if args.smoke else SIZES,
        before=before.asked(options, args),
        may_differ=args.may_differ,
    )
    parts = before.PARTS if args.before else PARTS
    # growth needs inputs of three sizes, sentiment posts: a person's own is neither
    return run, args.part or [part for part in parts if not (part in ("growth", "sentiment") and args.input)]


def main() -> None:
    run, parts = asked(sys.argv[1:])
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stderr)
    run.work.mkdir(parents=True, exist_ok=True)
    sys.stdout.write(f"{report.command()}\n{report.machine()}\n")
    try:
        well = [run_part(part, run) for part in parts]
    except builds.BuildFailed as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
    if not all(well):
        sys.exit("error: a contestant failed, or outputs differ: see the tables")


def run_part(part: str, run: Run) -> bool:
    """Run one part in a folder of its own; whether all is well."""
    with TemporaryDirectory(dir=run.work) as scratch:
        if run.before:
            return beside(part, run, run.before, Path(scratch))
        parts = {"index": index, "wordcount": wordcount, "growth": growth, "sentiment": sentiment, HADOOP: hadoop}
        return parts[part](run, Path(scratch))


if __name__ == "__main__":
    main()
