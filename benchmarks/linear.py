"""Time what a hostile text makes slow where a loop is quadratic: each on two sizes, the second four times the first.

    python -m benchmarks.linear                # half a minute
    python -m benchmarks.linear --smoke        # a second

A ratio of about 4 is linear time, 16 is the square. Exit status 1 where one is over 8, but not with --smoke: its times
are too short to divide.
"""

from __future__ import annotations

import argparse
import sys
import time
from typing import Callable

from gristmill.index.occurrences import locate_terms
from gristmill.index.payloads import PAYLOADS
from gristmill.index.tokens import TermMemo
from gristmill.posts import hashtags
from gristmill.sentiment.topics import Topics
from gristmill.text.words import Analyser

#: How much larger the second size is, and the most that its time may be.
FACTOR, MOST = 4, 8
#: Units of the first size: some tenths of a second each.
UNITS, SMOKE_UNITS = 100_000, 100


def locate(text: str) -> Callable[[], object]:
    """The positions of a text's terms."""
    return lambda: locate_terms(text.encode(), TermMemo(Analyser()))


def gather(text: str) -> Callable[[], object]:
    """The docids of a text's terms."""
    return lambda: list(PAYLOADS["docids"].gather([(b"a", text.encode())], TermMemo(Analyser())))


def phrases(text: str) -> Callable[[], object]:
    """The topics of a text, by phrases of which each begins like all others."""
    finder = Topics({f"{number}": ["mill " * number + "stone"] for number in range(1, 100)})
    return lambda: finder.in_text(text)


#: What is timed, by name: from units to what is called.
CASES: dict[str, Callable[[int], Callable[[], object]]] = {
    "positions: the''a1 the''a2 …": lambda units: locate(" ".join(f"the''a{number}" for number in range(units))),
    "positions: one token, 水車水車…": lambda units: locate("水車" * units),
    "docids: the''a1 the''a2 …": lambda units: gather(" ".join(f"the''a{number}" for number in range(units))),
    "words: a letter and marks out of order": lambda units: locate("a" + "\u0301\u0316" * units),
    "words: apostrophes and marks": lambda units: locate("é'\u0301" * units),
    "topics: 100 phrases, mill mill …": lambda units: phrases("mill " * units),
    "hashtags: #a1 #a2 …": lambda units: lambda: hashtags.in_text(" ".join(f"#a{number}é" for number in range(units))),
}


def seconds(work: Callable[[], object]) -> float:
    """The CPU time of a call, the lesser of two."""
    times = []
    for _ in range(2):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times)


def main(args: list[str] | None = None) -> None:
    """Print a row a case; SystemExit where a ratio is too large."""
    parser = argparse.ArgumentParser(description="Time hostile texts of two sizes.")
    parser.add_argument("--smoke", action="store_true", help="next to nothing, and any ratio is well")
    smoke = parser.parse_args(args).smoke
    units = SMOKE_UNITS if smoke else UNITS
    well = True
    for name, case in CASES.items():
        small, great = seconds(case(units)), seconds(case(units * FACTOR))
        well = well and great <= MOST * small
        sys.stdout.write(f"{name:40} {small:8.3f} s {great:8.3f} s  {great / small:5.1f} times\n")
    if not (well or smoke):
        sys.exit(f"error: {FACTOR} times the text takes more than {MOST} times as long")


if __name__ == "__main__":
    main()
