"""Time our VADER beside nltk's, in one process and in turns, the scorers alone.

    python -m benchmarks.sentiment [--posts N] [--rounds N]

Posts are made up, seeded (see `benchmarks.texts`). Scores are compared before times are.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass, field
from itertools import islice
from statistics import median
from typing import TYPE_CHECKING

import nltk
from nltk.sentiment.vader import SentimentIntensityAnalyzer, VaderConstants

from benchmarks.corpus import SEED
from benchmarks.texts import posts
from gristmill.vader.lexicon import shipped
from gristmill.vader.scorer import Scorer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

#: nltk scores this share of each round's posts, for it takes ten times as long.
NLTK_SHARE = 8
#: Posts that a scorer has seen before new ones are timed, for each in a round.
SEEN = 4


@dataclass
class Times:
    """Microseconds of CPU a post, one for each round."""

    rounds: dict[str, list[float]] = field(default_factory=dict)

    def take(self, name: str, score: Callable[[str], object], posts: Sequence[str]) -> None:
        """Time one contestant once."""
        start = time.process_time()
        for post in posts:
            score(post)
        self.rounds.setdefault(name, []).append((time.process_time() - start) / len(posts) * 1e6)

    def table(self) -> Iterator[str]:
        """A line for each contestant: microseconds a post, and how many times as fast as nltk."""
        nltks = median(self.rounds["nltk"])
        for name, values in self.rounds.items():
            yield f"{name:<42}{median(values):8.1f} µs a post{nltks / median(values):8.1f} times nltk"


def theirs() -> SentimentIntensityAnalyzer:
    """nltk's scorer, without nltk's search for its lexicon: ours is the same."""
    analyzer = SentimentIntensityAnalyzer.__new__(SentimentIntensityAnalyzer)
    analyzer.lexicon = shipped()
    analyzer.constants = VaderConstants()
    return analyzer


def measured(count: int, rounds: int, seed: int = SEED) -> Times:
    """Time all contestants on `count` posts a round; SystemExit where a score differs from nltk's."""
    source = posts(seed)
    scorer, analyzer, times = Scorer(), theirs(), Times()
    for text in islice(source, SEEN * count):
        scorer.compound(text)
    for _ in range(rounds):
        new = list(islice(source, count))
        times.take("ours, new posts", scorer.compound, new)
        times.take("ours, the same posts again", scorer.compound, new)
        times.take("ours, all four scores", scorer.score, new)
        times.take("ours, new posts, a scorer that saw none", Scorer().compound, new)
        some = new[: max(1, count // NLTK_SHARE)]
        times.take("nltk", analyzer.polarity_scores, some)
        for text in some:
            if scorer.compound(text) != round(analyzer.polarity_scores(text)["compound"] * 10_000):
                sys.exit(f"error: nltk gives another score to {text!r}; run tests/fuzz_vader.py")
    return times


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--posts", type=int, default=10_000, help="posts a round (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds; the median counts (default: %(default)s)")
    options = parser.parse_args()
    version = ".".join(map(str, sys.version_info[:3]))
    for line in measured(options.posts, options.rounds).table():
        sys.stdout.write(f"{line}\n")
    sys.stdout.write(f"Python {version}, nltk {nltk.__version__}, {options.rounds} rounds of {options.posts:,} posts\n")


if __name__ == "__main__":
    main()
