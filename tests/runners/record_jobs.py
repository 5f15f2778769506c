"""Jobs of which records stay what they are, unless a setting says otherwise; tests write this to a script's file."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from gristmill.job.base import Job
from mrjob.protocol import BytesValueProtocol
from mrjob.step import MRStep

if TYPE_CHECKING:
    from collections.abc import Iterator

    Pairs = Iterator[tuple[None, bytes]]


class Records(Job):
    """Lines of bytes, as they are, mapped and reduced."""

    INPUT_PROTOCOL = INTERNAL_PROTOCOL = OUTPUT_PROTOCOL = BytesValueProtocol

    def mapper(self, _: object, line: bytes) -> Pairs:
        yield None, line

    def reducer(self, _: object, lines: Iterator[bytes]) -> Pairs:
        for line in lines:
            yield None, line


class Combined(Records):
    """With a combiner that changes nothing."""

    combiner = Records.reducer


class Maps(Records):
    """Without a reducer."""

    reducer = None  # type: ignore[assignment]


class Twice(Records):
    """Two steps, the second of which has a setting of its own."""

    def steps(self) -> list[MRStep]:
        sort = {
            "mapreduce.job.output.key.comparator.class": "org.apache.hadoop.mapred.lib.KeyFieldBasedComparator",
            "mapreduce.partition.keycomparator.options": "-nr",
        }
        return [MRStep(mapper=self.mapper, reducer=self.reducer), MRStep(reducer=self.reducer, jobconf=sort)]


class Spread(Records):
    """Spread by fields."""

    PARTITIONER = "org.apache.hadoop.mapreduce.lib.partition.KeyFieldBasedPartitioner"


class Sorted(Records):
    """With values in order, by mrjob's way."""

    SORT_VALUES = True


class Raising(Records):
    """A mapper that fails at its second line, and a reducer that exits behind its second."""

    def mapper_init(self) -> None:
        self.left = 2

    reducer_init = mapper_init

    def mapper(self, _: object, line: bytes) -> Pairs:
        self.left -= 1
        if not self.left:
            raise ValueError("no more today")
        yield None, line

    def reducer(self, _: object, lines: Iterator[bytes]) -> Pairs:
        for line in lines:
            yield None, line
            self.left -= 1
            if not self.left:
                sys.exit(3)


class SortedAndSpread(Sorted):
    """And spread by the whole key."""

    PARTITIONER = "org.apache.hadoop.mapred.lib.HashPartitioner"
