"""What is known of a set of scored posts: a state of bounded size that adds up exactly, in any order and grouping.

Counts and sums are integers; different authors are told from a sketch, the few posts that are shown are chosen by total
orders: so tallies of parts, merged however they come, are the tally of the whole, to the byte. On its way a state is a
JSON list; `gristmill.sentiment.rows` writes it as a row and reads it again.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Protocol

from gristmill.sentiment import distinct, examples, statistics
from gristmill.sentiment.distinct import Sketch
from gristmill.sentiment.examples import MOST, Choice, Example, clean, shown
from gristmill.sentiment.statistics import BIN, BINS, ONE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gristmill.sentiment.statistics import Pair

#: Ten-thousandths; a text from here on is positive, and from -POSITIVE down negative: VADER's own advice.
POSITIVE = 500

_encode = json.JSONEncoder(separators=(",", ":")).encode


class Post(Protocol):
    """What a tally asks of a post: see `gristmill.posts.reader`."""

    @property
    def id(self) -> str: ...
    @property
    def platform(self) -> str: ...
    @property
    def author(self) -> str: ...
    @property
    def text(self) -> str: ...
    @property
    def time(self) -> int: ...


class Scored:
    """A post with its sentiment in ten-thousandths, made ready once for all tallies that it goes to."""

    __slots__ = ("_example", "_post", "author", "compound", "digest")

    def __init__(self, post: Post, compound: int) -> None:
        self.compound = compound
        #: The hash of its author; empty where it has none.
        self.author = distinct.digest(f"{post.platform}\0{post.author}") if post.author else b""
        self.digest = examples.digest(post.platform, clean(post.id))
        self._post = post
        self._example: Example | None = None

    @classmethod
    def of(cls, author: bytes, example: Example) -> Scored:
        """The scored post of which these are known."""
        one = cls.__new__(cls)
        one.author, one._example = author, example
        one.compound, one.digest = example.compound, example.digest
        return one

    def example(self) -> Example:
        """The post as an example."""
        if self._example is None:
            post = self._post
            text = shown(clean(post.text))
            self._example = Example(self.digest, post.platform, clean(post.id), post.time, self.compound, text)
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
        "worst",
    )

    def __init__(self, most: int = MOST) -> None:
        #: How many posts.
        self.n = 0
        self.positive = self.negative = self.sum = self.sum2 = 0
        self.histogram = [0] * BINS
        self.authors = Sketch()
        self.choose(most, ())

    @property
    def neutral(self) -> int:
        """How many posts are neither positive nor negative."""
        return self.n - self.positive - self.negative

    # adding up

    def add(self, post: Post, score: int) -> None:
        """Add a post with its sentiment in ten-thousandths."""
        self.count(Scored(post, score))

    def count(self, one: Scored) -> None:
        """Add a post that goes to other tallies as well."""
        score = one.compound
        self.n += 1
        if score >= POSITIVE:
            self.positive += 1
            if (-score, one.digest) <= self.best.last:
                self.best.add(-score, one.example())
        elif score <= -POSITIVE:
            self.negative += 1
            if (score, one.digest) <= self.worst.last:
                self.worst.add(score, one.example())
        if (0, one.digest) <= self.sample.last:
            self.sample.add(0, one.example())
        self.sum += score
        self.sum2 += score * score
        self.histogram[(score + ONE) // BIN if score < ONE else BINS - 1] += 1
        if one.author:
            self.authors.add(one.author)

    def merge(self, other: Tally) -> None:
        """Add all posts of another tally; where the two may hold different numbers of examples, the less holds."""
        self.n += other.n
        self.positive += other.positive
        self.negative += other.negative
        self.sum += other.sum
        self.sum2 += other.sum2
        self.histogram = list(map(int.__add__, self.histogram, other.histogram))
        self.authors.merge(other.authors)
        self.choose(min(self.most, other.most), [*self.chosen(), *other.chosen()])

    def chosen(self) -> set[Example]:
        return {*self.best, *self.worst, *self.sample}

    def choose(self, most: int, chosen: Iterable[Example]) -> None:
        """Make the choices anew from all that may be in them."""
        self.most = most
        self.best, self.worst, self.sample = Choice(most), Choice(most), Choice(most)
        for example in chosen:
            score = example.compound
            if score >= POSITIVE:
                self.best.add(-score, example)
            if score <= -POSITIVE:
                self.worst.add(score, example)
            self.sample.add(0, example)

    # on the way

    def state(self) -> bytes:
        """The state as bytes: the same for the same posts, whatever they came by."""
        counts = [self.n, self.positive, self.negative, self.sum, self.sum2]
        bins = [part for place, count in enumerate(self.histogram) if count for part in (place, count)]
        chosen = [example[1:] for example in sorted(self.chosen())]
        return _encode([*counts, bins, self.authors.text(), self.most, chosen]).encode()

    @classmethod
    def of_state(cls, state: bytes) -> Tally:
        """The tally whose state this is."""
        *counts, bins, authors, most, chosen = json.loads(state)
        tally = cls(most)
        tally.n, tally.positive, tally.negative, tally.sum, tally.sum2 = counts
        for place, count in zip(bins[::2], bins[1::2]):
            tally.histogram[place] = count
        tally.authors = Sketch.read(authors)
        tally.choose(most, (Example(examples.digest(*one[:2]), *one) for one in chosen))
        return tally

    def derive(self) -> dict[str, int | Pair | None]:
        """The figures that follow from the state, in ten-thousandths, by name; there must be a post."""
        n, total, squares = self.n, self.sum, self.sum2
        return {
            "mean": statistics.nearest(total, n),
            "sd": statistics.deviation(n, total, squares),
            "ci95": statistics.interval(n, total, squares),
            "net": statistics.nearest((self.positive - self.negative) * ONE, n),
            "positive_ci95": statistics.share_interval(self.positive, n),
            **{f"p{percent}": statistics.percentile(self.histogram, percent) for percent in (10, 50, 90)},
        }


def merged(states: Iterable[bytes]) -> bytes:
    """The state of all posts of some states, of which there is one at least; one alone passes as it is."""
    states = iter(states)
    first = next(states)
    tally = None
    for state in states:
        tally = tally or Tally.of_state(first)
        tally.merge(Tally.of_state(state))
    return tally.state() if tally else first
