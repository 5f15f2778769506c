"""The tally of a set of scored posts: a state of bounded size that adds up exactly, in any order and grouping.

Counts and sums are integers, authors are counted by a sketch, and examples are chosen by total orders. So tallies of
subsets, added in any order, are the tally of the whole set, to the byte. In the shuffle a state is a JSON list:

    [n, positive, negative, sum, sum2, [bin, count, bin, count, ...], sketch, most, [example, ...], unscored]

The last is left out where it is 0.

`gristmill.sentiment.rows` formats it as a row, and parses that.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from gristmill.sentiment import distinct, examples, statistics
from gristmill.sentiment.distinct import Sketch
from gristmill.sentiment.examples import MOST, Choice, Example, clean, cut
from gristmill.sentiment.statistics import BIN, BINS, ONE, POSITIVE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gristmill.posts.post import Post
    from gristmill.sentiment.statistics import Pair

_encode = json.JSONEncoder(separators=(",", ":")).encode


class Scored:
    """A post with its sentiment and its hashes, which are computed once for all tallies that it is added to."""

    __slots__ = ("_example", "_post", "author", "compound", "hashed")

    def __init__(self, post: Post, compound: int) -> None:
        """A post with its sentiment in ten-thousandths."""
        self.compound = compound
        #: The hash of its author; empty where it has none.
        self.author = distinct.hash_name(f"{post.platform}\0{post.author}") if post.author else b""
        #: The hash of its platform and id.
        self.hashed = examples.hash_id(post.platform, clean(post.id))
        self._post = post
        self._example: Example | None = None

    @classmethod
    def from_example(cls, author: bytes, example: Example) -> Scored:
        """The scored post of an example, and of the hash of its author."""
        scored = cls.__new__(cls)
        scored.author, scored._example = author, example
        scored.compound, scored.hashed = example.compound, example.hashed
        return scored

    def example(self) -> Example:
        """The post as an example."""
        if self._example is None:
            post = self._post
            text = cut(clean(post.text))
            self._example = Example(self.hashed, post.platform, clean(post.id), post.time, self.compound, text)
        return self._example


class Tally:
    """The state of one row, of no posts at first, with up to `most` examples of each kind."""

    __slots__ = (
        "authors",
        "best",
        "histogram",
        "most",
        "n",
        "negative",
        "positive",
        "sample",
        "sum",
        "sum2",
        "unscored",
        "worst",
    )

    def __init__(self, most: int = MOST) -> None:
        """A tally of no posts."""
        #: How many posts that were scored, and how many that were not, which are in none of the other figures.
        self.n = self.unscored = 0
        self.positive = self.negative = 0
        #: Of the posts' sentiments, and of their squares, in ten-thousandths.
        self.sum = self.sum2 = 0
        self.histogram = [0] * BINS
        self.authors = Sketch()
        self.choose(most, ())

    @property
    def neutral(self) -> int:
        """How many posts are neither positive nor negative."""
        return self.n - self.positive - self.negative

    # adding up

    def add_post(self, post: Post, compound: int) -> None:
        """Add a post with its sentiment in ten-thousandths."""
        self.add_scored(Scored(post, compound))

    def add_scored(self, scored: Scored) -> None:
        """Add a post that may be added to other tallies as well."""
        score = scored.compound
        self.n += 1
        if score >= POSITIVE:
            self.positive += 1
            if (-score, scored.hashed) <= self.best.last:
                self.best.add(-score, scored.example())
        elif score <= -POSITIVE:
            self.negative += 1
            if (score, scored.hashed) <= self.worst.last:
                self.worst.add(score, scored.example())
        if (0, scored.hashed) <= self.sample.last:
            self.sample.add(0, scored.example())
        self.sum += score
        self.sum2 += score * score
        self.histogram[(score + ONE) // BIN if score < ONE else BINS - 1] += 1
        if scored.author:
            self.authors.add(scored.author)

    def add(self, other: Tally) -> None:
        """Add all posts of another tally; of two different `most` the smaller one counts from then on."""
        self.n += other.n
        self.unscored += other.unscored
        self.positive += other.positive
        self.negative += other.negative
        self.sum += other.sum
        self.sum2 += other.sum2
        self.histogram = list(map(int.__add__, self.histogram, other.histogram))
        self.authors.add_all(other.authors)
        self.choose(min(self.most, other.most), [*self.chosen(), *other.chosen()])

    def chosen(self) -> set[Example]:
        """All examples of the three choices, each once."""
        return {*self.best, *self.worst, *self.sample}

    def choose(self, most: int, chosen: Iterable[Example]) -> None:
        """Replace the three choices by those from `chosen`, of up to `most` each."""
        self.most = most
        self.best, self.worst, self.sample = Choice(most), Choice(most), Choice(most)
        for example in chosen:
            score = example.compound
            if score >= POSITIVE:
                self.best.add(-score, example)
            if score <= -POSITIVE:
                self.worst.add(score, example)
            self.sample.add(0, example)

    # in the shuffle

    def state(self) -> bytes:
        """The state as bytes: the same for the same posts, in whatever order and grouping they were added."""
        counts = [self.n, self.positive, self.negative, self.sum, self.sum2]
        bins = [number for entry in enumerate(self.histogram) if entry[1] for number in entry]
        chosen = [example[1:] for example in sorted(self.chosen())]
        unscored = [self.unscored] if self.unscored else []
        return _encode([*counts, bins, self.authors.format(), self.most, chosen, *unscored]).encode()

    @classmethod
    def from_state(cls, state: bytes) -> Tally:
        """The tally of a state that `state` made."""
        n, positive, negative, total, squares, bins, authors, most, chosen, *unscored = json.loads(state)
        tally = cls(most)
        tally.n, tally.positive, tally.negative, tally.sum, tally.sum2 = n, positive, negative, total, squares
        tally.unscored = sum(unscored)
        for index, count in zip(bins[::2], bins[1::2]):
            tally.histogram[index] = count
        tally.authors = Sketch.parse(authors)
        tally.choose(most, (Example(examples.hash_id(*fields[:2]), *fields) for fields in chosen))
        return tally

    def derive(self) -> dict[str, int | Pair | None]:
        """The figures of a row by name, in ten-thousandths; see `rows`. All are None where no post was scored."""
        n, total, squares = self.n, self.sum, self.sum2
        if not n:
            return dict.fromkeys(("mean", "sd", "ci95", "net", "positive_ci95", "p10", "p50", "p90"))
        return {
            "mean": statistics.nearest(total, n),
            "sd": statistics.deviation(n, total, squares),
            "ci95": statistics.interval(n, total, squares),
            "net": statistics.nearest((self.positive - self.negative) * ONE, n),
            "positive_ci95": statistics.share_interval(self.positive, n),
            **{f"p{percent}": statistics.percentile(self.histogram, percent) for percent in (10, 50, 90)},
        }


def add_states(states: Iterable[bytes]) -> bytes:
    """The state of all posts of some states, of which there is one at least; a single one is returned unparsed."""
    states = iter(states)
    first = next(states)
    tally = None
    for state in states:
        tally = tally or Tally.from_state(first)
        tally.add(Tally.from_state(state))
    return tally.state() if tally else first
