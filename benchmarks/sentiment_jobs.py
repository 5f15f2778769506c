"""Our sentiment job beside the one that courses teach, and how its cost grows: the benchmark's part `sentiment`."""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import report
from benchmarks.contestants import Contestant
from benchmarks.measure import ROOT, Paths, Result, measure
from gristmill.vader import scorer

if TYPE_CHECKING:
    from collections.abc import Iterator

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Sizes:
    """How many posts: short ones, v1.1 of 4 KB, of growing inputs, and scored by the scorers alone in a round."""

    short: int = 100_000
    v1: int = 25_000
    growth: tuple[int, ...] = (10_000, 100_000, 1_000_000)
    scored: int = 10_000


SMOKE = Sizes(300, 100, (100, 300), 100)


def our_row(line: bytes) -> bytes:
    """What both jobs say of an hour, from our row; nothing of one of what was not scored."""
    key, value = (json.loads(part) for part in line.split(b"\t"))
    if key[0] == "unscored":
        return b""
    return json.dumps([key[2], *(value[name] for name in ("n", "positive", "negative", "sum"))]).encode()


def their_row(line: bytes) -> bytes:
    """The same from the other job's."""
    hour, values = (json.loads(part) for part in line.split(b"\t"))
    return json.dumps([hour, *values]).encode()


OURS = Contestant(
    "gristmill",
    ("{python}", "-m", "jobs.sentiment_agg", "-r", "local", "{source}"),
    "`python -m jobs.sentiment_agg -r local FILE`",
    compared=our_row,
    promise="peak 300 MB at most",
)
#: Where nltk finds it.
LEXICON = ("env", "NLTK_DATA={scratch}/nltk_data")
THEIRS = Contestant(
    "nltk-mrjob",
    (
        *LEXICON,
        "{python}",
        "{peers}/nltk_mrjob.py",
        "-r",
        "local",
        "--no-conf",
        "{source}",
    ),
    "nltk's VADER, mrjob's local runner, one JSON record a post",
    needs=("nltk",),
    in_key_order=False,
    compared=their_row,
    promise="5 times at least",
)


def sentiment(work: Path, scratch: Path, sizes: Sizes, rounds: int) -> Iterator[tuple[str, str, dict[str, Result]]]:
    """For each table its title, its text and its results; inputs are kept in `work`."""
    _lexicon(scratch)
    contestants = [one for one in (OURS, THEIRS) if not one.absent()]
    for shape, count, about in (("plain", sizes.short, "short posts"), ("v1", sizes.v1, "posts of Twitter's API v1.1")):
        source = made(work, shape, count)
        results = measure(contestants, Paths(source, scratch), rounds)
        table = report.comparison((OURS, THEIRS), results)
        size = source.stat().st_size / 1e6
        yield f"Sentiment of {count:,} {about}, {size:,.1f} MB", table + _rate(count, results), results
    growing = [
        replace(
            OURS, name=f"{count:,} posts", source=made(work, "plain", count), writes_rows=False, promise="10.5 times"
        )
        for count in sizes.growth
    ]
    results = measure(growing, Paths(Path(), scratch), rounds)
    yield "Growth of our sentiment job", report.growth(growing, results), results


def scorers(sizes: Sizes, rounds: int) -> str:
    """Our scorer beside nltk's, as a table."""
    if find_spec("nltk") is None:
        return "absent: nltk is not installed\n"
    from benchmarks.sentiment import measured

    return "".join(f"    {line}\n" for line in measured(sizes.scored, max(rounds, 1)).table())


def made(work: Path, shape: str, count: int) -> Path:
    """A file of made-up posts in the folder `work`, made at the first call."""
    path = work / f"posts-{shape}-{count}.jsonl"
    if not path.exists():
        log.info("making %s", path)
        command = [sys.executable, "-m", "benchmarks.posts", "--posts", str(count), "--shape", shape]
        unfinished = path.with_suffix(".tmp")
        with unfinished.open("wb") as out:
            subprocess.run(command, stdout=out, cwd=ROOT, check=True)  # noqa: S603 (the benchmark's own)
        shutil.move(unfinished, path)
    return path


def _rate(count: int, results: dict[str, Result]) -> str:
    """What it comes to; start-up and sorting included."""
    ours = results[OURS.name]
    return "" if ours.failure else f"\n{count / ours.cpu_seconds:,.0f} posts a second and core.\n"


def _lexicon(scratch: Path) -> None:
    """VADER's lexicon, ours, where nltk looks for it."""
    folder = scratch / "nltk_data" / "sentiment"
    folder.mkdir(parents=True)
    file = Path(scorer.__file__).with_name("vader_lexicon") / "vader_lexicon.txt"
    with zipfile.ZipFile(folder / "vader_lexicon.zip", "w") as archive:
        archive.write(file, "vader_lexicon/vader_lexicon.txt")
