"""The statistics of a text that decide how fast it is indexed: documents, word lengths, frequencies, growth."""

from __future__ import annotations

import math
import re
from collections import Counter
from dataclasses import dataclass, field
from statistics import fmean
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

WORD = re.compile(r"\w+(?:['’]\w+)*")
#: Distinct words are counted after so many words.
GROWTH = (10_000, 100_000, 1_000_000, 3_000_000)
#: Slopes are fitted between these ranks.
RANKS = ((1, 100), (100, 5_000), (5_000, 50_000))


@dataclass
class Description:
    """Statistics of one text; case is counted, so "The" and "the" are two words, except for frequencies."""

    sizes: list[int] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    growth: dict[int, int] = field(default_factory=dict)

    @property
    def words(self) -> int:
        """How many words the text has."""
        return sum(self.counts.values())

    def lengths(self) -> dict[int, float]:
        """The share of words by number of letters."""
        shares: Counter[int] = Counter()
        for word, count in self.counts.items():
            shares[len(word)] += count
        return {length: count / self.words for length, count in sorted(shares.items())}

    def mean_length(self) -> float:
        """Letters of a word."""
        return sum(length * share for length, share in self.lengths().items())

    def folded(self) -> list[int]:
        """How often each word occurs, the commonest first, without regard to case."""
        folded: Counter[str] = Counter()
        for word, count in self.counts.items():
            folded[word.lower()] += count
        return sorted(folded.values(), reverse=True)

    def share_of_top(self, ranks: int) -> float:
        """The part of the text that its `ranks` commonest words are."""
        return sum(self.folded()[:ranks]) / self.words

    def slope(self, first: int, last: int) -> float:
        """The slope of log frequency over log rank, by least squares on ranks that are evenly spaced in the log."""
        counts = self.folded()
        last = min(last, len(counts))
        ranks = sorted({round(first * (last / first) ** (i / 40)) for i in range(41)})
        points = [(math.log(rank), math.log(counts[rank - 1])) for rank in ranks if rank <= last]
        if len(points) < 2:
            return math.nan
        mean_x, mean_y = fmean(x for x, _ in points), fmean(y for _, y in points)
        rise = sum((x - mean_x) * (y - mean_y) for x, y in points)
        run = sum((x - mean_x) * (x - mean_x) for x, _ in points)
        return rise / run

    def once(self) -> float:
        """The part of the vocabulary that occurs once."""
        return sum(count == 1 for count in self.counts.values()) / len(self.counts)

    def size_at(self, share: float) -> int:
        """The size in bytes that `share` of the documents do not pass."""
        return sorted(self.sizes)[min(len(self.sizes) - 1, int(share * len(self.sizes)))]

    def table(self) -> str:
        """All of it for a person, one line each."""
        lengths = self.lengths()
        longer = sum(share for length, share in lengths.items() if length >= 10)
        rows = [
            f"documents        {len(self.sizes):,}",
            f"bytes a document mean {sum(self.sizes) / len(self.sizes):,.0f}, median {self.size_at(0.5):,}, "
            f"90th percentile {self.size_at(0.9):,}, largest {max(self.sizes):,}",
            f"words            {self.words:,}",
            f"letters a word   mean {self.mean_length():.2f}; "
            + ", ".join(f"{n}: {100 * lengths.get(n, 0):.1f} %" for n in range(1, 10))
            + f", 10 and more: {100 * longer:.1f} %",
            "rank-frequency   " + ", ".join(f"{a}-{b}: {self.slope(a, b):.2f}" for a, b in RANKS),
            f"commonest words  10: {100 * self.share_of_top(10):.1f} %, 100: {100 * self.share_of_top(100):.1f} %",
            "distinct words   " + ", ".join(f"{n:,} after {after:,}" for after, n in self.growth.items()),
            f"occur once       {100 * self.once():.1f} % of {len(self.counts):,} distinct words",
        ]
        return "\n".join(rows) + "\n"


def describe(path: Path) -> Description:
    """Read `path`, one document a line (``docid TAB text``, or text alone); 3,900,000 words of it are enough."""
    found = Description()
    seen = 0
    marks = iter(GROWTH)
    mark = next(marks)
    with path.open("rb") as file:
        for line in file:
            text = line.rstrip(b"\n").partition(b"\t")[2] or line.rstrip(b"\n")
            found.sizes.append(len(text))
            words = WORD.findall(text.decode("utf-8", "replace"))
            seen += len(words)
            found.counts.update(words)
            while seen >= mark:
                found.growth[mark] = len(found.counts)
                mark = next(marks, 1 << 62)
            if seen >= GROWTH[-1] * 1.3:
                break
    return found
