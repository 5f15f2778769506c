"""Time our VADER beside nltk's, in one process and in turns, the scorers alone.

    python -m benchmarks.sentiment [--posts N] [--rounds N]

Posts are made up, seeded: some fifteen words of the corpus (see `benchmarks.corpus`), of which one in ten is in the
lexicon and one in twenty a booster, a negation or the like; names, tags and links, most of them new. Scores are
compared before times are.
"""

from __future__ import annotations

import argparse
import sys
import time
from dataclasses import dataclass, field
from itertools import accumulate, islice
from random import Random
from statistics import median
from typing import TYPE_CHECKING

import nltk
from nltk.sentiment.vader import SentimentIntensityAnalyzer, VaderConstants

from benchmarks.corpus import SEED, documents
from jobs.social.lexicon import shipped
from jobs.social.tokens import BOOSTERS, NEGATIONS
from jobs.social.vader import Scorer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

MODIFIERS = (
    *BOOSTERS,
    *NEGATIONS,
    "so",
    "so",
    "very",
    "very",
    "not",
    "not",
    "but",
    "but",
    "this",
    "the",
    "don't",
    "can't",
)
ENDINGS = ("", "", "", "", "!", "!!", "?", "...", " 🙂", " 😂😂", " :)")
LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
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


def posts(seed: int) -> Iterator[str]:
    """Posts without end."""
    rng = Random(seed)  # noqa: S311 (made-up text, not secrets)
    felt = sorted(shipped(), key=lambda word: (not word.isalpha(), rng.random()))
    weights = list(accumulate(1 / (rank + 20) for rank in range(len(felt))))
    for line in documents(seed):
        words = line.decode().split("\t")[1].split()
        while words:
            size = 4 + int(22 * rng.random())
            yield post(rng, words[:size], lambda: rng.choices(felt, cum_weights=weights)[0])
            del words[:size]


def post(rng: Random, words: list[str], felt: Callable[[], str]) -> str:
    """A post of about as many words as are given."""
    for place in range(len(words)):
        dice = rng.random()
        if dice < 0.1:
            words[place] = felt()
        elif dice < 0.15:
            words[place] = rng.choice(MODIFIERS)
        if dice > 0.98:
            words[place] = words[place].upper()
    name = "".join(rng.choices(LETTERS, k=8))
    before = f"@{name} " if rng.random() < 0.4 else ""
    after = f" #{words[-1].strip('.,?!')}{name[:2]}" if rng.random() < 0.3 else ""
    link = f" https://t.co/{name}" if rng.random() < 0.3 else ""
    return before + " ".join(words) + rng.choice(ENDINGS) + after + link


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
