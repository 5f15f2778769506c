"""Twenty jobs as people write them for mrjob: run by ``python twenty.py NAME``, on mrjob itself with TWENTY_OF=mrjob.

The one line that a moved job changes is chosen here, so that both sides run the same source.
"""

from __future__ import annotations

import heapq
import os
import re
import sys
from pathlib import Path

import gristmill.job.mrjob_compat  # noqa: F401 (mrjob needs it on Python 3.12 and later)

if os.environ.get("TWENTY_OF") == "mrjob":
    from mrjob.job import MRJob
else:
    from gristmill import Job as MRJob

from mrjob.compat import jobconf_from_env
from mrjob.protocol import (
    BytesProtocol,
    JSONProtocol,
    JSONValueProtocol,
    PickleProtocol,
    ReprProtocol,
    TextProtocol,
)
from mrjob.step import MRStep

WORD = re.compile(r"[a-z]+")


def words(line):
    return WORD.findall(line.lower())


class WordCount(MRJob):
    def mapper(self, _, line):
        for word in words(line):
            yield word, 1

    def combiner(self, word, counts):
        yield word, sum(counts)

    def reducer(self, word, counts):
        yield word, sum(counts)


class TopTen(MRJob):
    """Through one key, as the documentation has it."""

    def steps(self):
        return [MRStep(mapper=self.split, reducer=self.add), MRStep(reducer=self.top)]

    def split(self, _, line):
        for word in words(line):
            yield word, 1

    def add(self, word, counts):
        yield None, (sum(counts), word)

    def top(self, _, pairs):
        for count, word in heapq.nlargest(10, map(tuple, pairs)):
            yield word, count


class JoinByFileName(MRJob):
    """Which side of a join a line is of is in the name of its file."""

    def mapper(self, _, line):
        key, value = line.split(",", 1)
        side = "user" if "users" in jobconf_from_env("mapreduce.map.input.file") else "order"
        yield key, [side, value]

    def reducer(self, key, values):
        sides = {"user": [], "order": []}
        for side, value in values:
            sides[side].append(value)
        for user in sides["user"]:
            yield key, [user, sorted(sides["order"])]


class SecondarySort(MRJob):
    SORT_VALUES = True

    def mapper(self, _, line):
        user, when = line.split(",", 1)
        yield user, when

    def reducer(self, user, times):
        before = ""
        for time in times:
            assert before <= time
            before = time
            yield user, time


class PageRank(MRJob):
    """Three rounds over links of pages."""

    INTERNAL_PROTOCOL = JSONProtocol

    def steps(self):
        return [MRStep(mapper=self.load), *[MRStep(mapper=self.send, reducer=self.receive)] * 3]

    def load(self, _, line):
        page, *links = words(line) or [""]
        if page:
            yield page, {"rank": 64, "links": links[:4]}

    def send(self, page, node):
        yield page, ["links", node["links"]]
        for link in node["links"]:
            yield link, ["rank", node["rank"] // len(node["links"])]

    def receive(self, page, messages):
        rank, links = 1, []
        for kind, value in messages:
            if kind == "rank":
                rank += value
            else:
                links = sorted({*links, *value})
        yield page, {"rank": rank, "links": links}


class Average(MRJob):
    """A combiner that keeps sums and counts apart."""

    def mapper(self, _, line):
        for word in words(line):
            yield word[0], (len(word), 1)

    def combiner(self, letter, pairs):
        yield letter, self.added(pairs)

    def reducer(self, letter, pairs):
        total, count = self.added(pairs)
        yield letter, total / count

    def added(self, pairs):
        return tuple(map(sum, zip(*pairs)))


class LinesOfWord(MRJob):
    def mapper(self, _, line):
        for word in set(words(line)):
            yield word, line

    def reducer(self, word, lines):
        yield word, sorted(set(lines))


class DistinctNeighbours(MRJob):
    """Two steps: pairs once each, then how many each word has."""

    def steps(self):
        return [
            MRStep(mapper=self.pairs, combiner=self.once, reducer=self.once),
            MRStep(mapper=self.left, reducer=self.count),
        ]

    def pairs(self, _, line):
        found = words(line)
        for pair in zip(found, found[1:]):
            yield pair, None

    def once(self, pair, _):
        yield pair, None

    def left(self, pair, _):
        yield pair[0], 1

    def count(self, word, ones):
        yield word, sum(ones)


class LongestWord(MRJob):
    """State of a task, yielded at its end."""

    def mapper_init(self):
        self.longest = ""

    def mapper(self, _, line):
        self.longest = max([self.longest, *words(line)], key=lambda word: (len(word), word))

    def mapper_final(self):
        yield None, self.longest

    def reducer(self, _, found):
        yield "longest", max(found, key=lambda word: (len(word), word))


class MatrixProduct(MRJob):
    def steps(self):
        return [MRStep(mapper=self.cells, reducer=self.products), MRStep(reducer=self.add)]

    def cells(self, _, line):
        numbers = [len(word) for word in words(line)][:3]
        yield from enumerate(numbers)

    def products(self, column, numbers):
        found = sorted(numbers)
        for first in found[:5]:
            for second in found[:5]:
                yield [first, second], column * first * second

    def add(self, cell, products):
        yield cell, sum(products)


class Repr(MRJob):
    """Tuples and sets between tasks."""

    INTERNAL_PROTOCOL = ReprProtocol

    def mapper(self, _, line):
        for word in words(line):
            yield (word[0], len(word)), {word}

    def reducer(self, key, sets):
        yield key, sorted(set().union(*sets))


class Pickled(MRJob):
    """Whatever can be pickled between tasks."""

    INTERNAL_PROTOCOL = PickleProtocol

    def mapper(self, _, line):
        for word in words(line):
            yield word, frozenset(word)

    def reducer(self, word, letters):
        yield word, "".join(sorted(frozenset().union(*letters)))


class Raw(MRJob):
    """Bytes in, text out: key TAB value without JSON."""

    INTERNAL_PROTOCOL = BytesProtocol
    OUTPUT_PROTOCOL = TextProtocol

    def mapper(self, _, line):
        for word in words(line):
            yield word.encode(), str(len(word)).encode()

    def reducer(self, word, lengths):
        yield word.decode(), str(sum(map(int, lengths)))


class JSONLines(MRJob):
    INPUT_PROTOCOL = JSONValueProtocol

    def mapper(self, _, record):
        for tag in record.get("tags", []):
            yield tag, record["n"]

    def reducer(self, tag, numbers):
        yield tag, [min(numbers)]


class LongerThan(MRJob):
    """An option that tasks see too."""

    def configure_args(self):
        super().configure_args()
        self.add_passthru_arg("--length", type=int, default=3)

    def mapper(self, _, line):
        for word in words(line):
            if len(word) > self.options.length:
                yield word, 1

    def reducer(self, word, counts):
        yield word, sum(counts)


class WithoutDull(MRJob):
    """A file that a user names, sent to the tasks."""

    def configure_args(self):
        super().configure_args()
        self.add_file_arg("--dull")

    def mapper_init(self):
        with Path(self.options.dull).open() as file:
            self.dull = set(file.read().split())

    def mapper(self, _, line):
        for word in words(line):
            if word not in self.dull:
                yield word, 1

    def reducer(self, word, counts):
        yield word, sum(counts)


class Categories(MRJob):
    """A file that lies beside the job."""

    FILES = ("categories.txt",)

    def mapper_init(self):
        with Path("categories.txt").open() as file:
            self.categories = dict(line.split() for line in file)

    def mapper(self, _, line):
        for word in words(line):
            yield self.categories.get(word[0], "other"), 1

    def reducer(self, category, counts):
        yield category, sum(counts)


class WholeFile(MRJob):
    """A mapper that gets a file's path."""

    def mapper_raw(self, path, uri):
        with Path(path).open() as file:
            yield "lines", sum(1 for _ in file)

    def reducer(self, key, counts):
        yield key, sorted(counts)


class Friends(MRJob):
    """Whom two words of a line have in common."""

    def mapper(self, _, line):
        found = sorted(set(words(line)))[:5]
        for first in found:
            for second in found:
                if first < second:
                    yield [first, second], found

    def reducer(self, pair, groups):
        common = set.intersection(*map(set, groups)) - set(pair)
        yield pair, sorted(common)


class Counted(MRJob):
    """Counters, a reduce without a mapper of its own, and a final row of each task summed in a last step."""

    def steps(self):
        return [
            MRStep(mapper=self.first),
            MRStep(reducer_init=self.begin, reducer=self.add, reducer_final=self.end),
            MRStep(reducer=self.total),
        ]

    def first(self, _, line):
        for word in words(line)[:1]:
            self.increment_counter("words", word)
            yield word, 1

    def begin(self):
        self.seen = 0

    def add(self, word, ones):
        self.seen += sum(ones)
        yield word, self.seen * 0 + 1

    def end(self):
        yield "all", self.seen

    def total(self, word, numbers):
        yield word, sum(numbers)


JOBS = {name: job for name, job in list(globals().items()) if isinstance(job, type) and job.__module__ == __name__}

if __name__ == "__main__":
    name = sys.argv.pop(1)
    JOBS[name].run()
