"""Sentiment of posts, per topic, hashtag, author, language or platform, and hour or day.

    input    posts, a JSON value or a table's row a line (see gristmill.posts.reader); or rows that this job has written
    mapper   key -> state                      a tally of many posts (see gristmill.sentiment.tally), as a JSON list
    combiner, shuffle
    reducer  key TAB JSON object               a row (see gristmill.sentiment.rows)

    key      ["topic","bread","2026-03-01T07"]

With --dedupe there is a step before, in which a post travels by its id (see gristmill.sentiment.dedupe):

    mapper   hash -> record                    a post as it was scored, with its keys
    reducer  key -> state                      a tally of many posts, of which each was the first of its copies
"""

from __future__ import annotations

from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gristmill.job.base import Job
from gristmill.job.protocols import BytesProtocol
from gristmill.posts.reader import Reader, is_table
from gristmill.posts.skip import FAULTS, language_counter
from gristmill.sentiment import dedupe, rows, scorers, topics
from gristmill.sentiment.arguments import add_arguments
from gristmill.sentiment.keys import WINDOWS, Groups
from gristmill.sentiment.tallies import Tallies
from gristmill.sentiment.tally import Scored, Tally, merged
from mrjob.protocol import BytesValueProtocol
from mrjob.step import MRStep

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gristmill.posts.reader import Post

    Record = tuple[bytes, bytes]


class SentimentAgg(Job):
    """Sum up the sentiment of posts: a row for each topic, hashtag, author, language or platform, and hour or day.

    examples:
      python -m jobs.sentiment_agg data/posts.jsonl
      python -m jobs.sentiment_agg --by topic,platform --keywords bread,mill,flour data/posts.jsonl
      python -m jobs.sentiment_agg --keywords topics.txt --dedupe --output-dir hours stream-*.jsonl.gz
      python -m jobs.sentiment_agg --window day hours/
    """

    INPUT_PROTOCOL: Any = BytesValueProtocol
    INTERNAL_PROTOCOL = BytesProtocol
    OUTPUT_PROTOCOL = BytesProtocol

    # options

    def configure_args(self) -> None:
        super().configure_args()
        add_arguments(self.add_passthru_arg)

    def load_args(self, args: list[str]) -> None:
        super().load_args(args)
        keywords = self.options.keywords
        if keywords and Path(keywords).is_file():
            # it is sent to the tasks
            self._passthru_arg_dests.discard("keywords")
            self._file_arg_dests.add("keywords")
        try:
            self.topics = topics.Topics(topics.load(keywords)) if keywords else None
        except (OSError, ValueError) as error:
            self.arg_parser.error(f"--keywords: {error}")
        asked = self.options.by
        self.by = list(chain.from_iterable(asked)) if asked else ["all", *(["topic"] if keywords else [])]
        if "topic" in self.by and not keywords:
            self.arg_parser.error("--by topic: say what makes topics by --keywords")
        if self.options.scorer == "nltk" and not self.is_task():
            scorers.scorer("nltk")

    def jobconf(self) -> dict[str, Any]:
        conf: dict[str, Any] = super().jobconf()
        if not self.options.columns and any(map(is_table, _names(self.options.args))):
            # its header stands in its first line alone
            conf["mapreduce.input.fileinputformat.split.minsize"] = str((1 << 63) - 1)
        return conf

    def steps(self) -> list[MRStep]:
        read = {"mapper_init": self.mapper_init, "mapper": self.mapper, "mapper_final": self.mapper_final}
        add_up = {"combiner": self.combiner, "reducer": self.reducer}
        if not self.options.dedupe:
            return [MRStep(**read, **add_up)]
        once = {"combiner": self.first_copy, "reducer_init": self.count_init, "reducer": self.count_first}
        return [MRStep(**read, **once, reducer_final=self.count_final), MRStep(**add_up)]

    # map

    def mapper_init(self) -> None:
        options = self.options
        self.reader = Reader(options.columns or ())
        self.groups = Groups(self.by, options.window, self.topics, self._leave_out)
        self.score = scorers.scorer(options.scorer)
        self.tallies = Tallies(options.examples)
        self.scored = frozenset(scorers.LANGUAGES) & (options.languages or frozenset(scorers.LANGUAGES))

    def mapper(self, _: None, line: bytes) -> Iterable[Record]:
        return self._row(line) if rows.is_row(line) else self._add(self.reader.read(line))

    def mapper_final(self) -> Iterator[Record]:
        return chain(self._add(self.reader.end()), self.tallies.send())

    def _add(self, things: Iterable[Post | str]) -> Iterable[Record]:
        sent: Iterable[Record] = ()
        for thing in things:
            if isinstance(thing, str):
                self._no_post(thing)
            elif thing.language not in self.scored or (thing.repost_of and self.options.originals_only):
                self._unwanted(thing)
            elif keys := self.groups.of(thing):
                one, size = Scored(thing, self.score(thing.text)), len(thing.text)
                if self.options.dedupe:
                    sent = chain(sent, (dedupe.pack(keys, one, size),))
                elif self.tallies.count(keys, one, size):
                    sent = chain(sent, self.tallies.send())
            else:
                self._leave_out("in no row")
        return sent

    def _unwanted(self, post: Post) -> None:
        if self.options.languages and post.language not in self.options.languages:
            self._leave_out("language not asked for")
        elif post.language not in self.scored:
            self.increment_counter("unscored", language_counter(post.language))
        else:
            self._leave_out("repost")

    def _row(self, line: bytes) -> Iterable[Record]:
        try:
            (dimension, value, window), tally = rows.parse_row(line)
        except ValueError as error:
            return self._fault("row that breaks a rule", f": {error}")
        size = WINDOWS[self.options.window]
        if self.options.by and dimension not in self.by:
            return self._leave_out("row of a dimension not asked for")
        if len(window) < size:
            return self._fault("row of a day, where hours are asked for")
        if tally.most < self.options.examples:
            self._fault("row with fewer examples than asked for, and so has what it is added to")
        key = dimension, value, window[:size]
        if self.options.dedupe:
            return ((rows.format_key(*key), tally.state()),)
        return self.tallies.send() if self.tallies.merge(key, tally, len(line)) else ()

    def _no_post(self, name: str) -> None:
        if name in FAULTS:
            self._fault(name)
        else:
            self.increment_counter("input", name)

    def _fault(self, name: str, why: str = "") -> tuple[()]:
        if self.options.strict:
            self.refuse(f"{name}{why}; mend it, or leave out --strict to have such lines counted")
        self.increment_counter("input", name)
        return ()

    def _leave_out(self, name: str, count: int = 1) -> tuple[()]:
        self.increment_counter("left out", name, count)
        return ()

    # a post's copies to one

    def first_copy(self, name: bytes, records: Iterable[bytes]) -> Iterator[Record]:
        if dedupe.is_name(name):
            records = (self._first(records),)
        for record in records:
            yield name, record

    def count_init(self) -> None:
        self.tallies = Tallies(self.options.examples)

    def count_first(self, name: bytes, records: Iterable[bytes]) -> Iterable[Record]:
        if not dedupe.is_name(name):
            return ((name, record) for record in records)
        keys, one, size = dedupe.unpack(self._first(records))
        return self.tallies.send() if self.tallies.count(keys, one, size) else ()

    def count_final(self) -> Iterator[Record]:
        return self.tallies.send()

    def _first(self, records: Iterable[bytes]) -> bytes:
        first, count = dedupe.first(records)
        if count > 1:
            self._leave_out("copy of a post", count - 1)
        return first

    # states to one, and to rows

    def combiner(self, key: bytes, states: Iterable[bytes]) -> Iterator[Record]:
        yield key, merged(states)

    def reducer(self, key: bytes, states: Iterable[bytes]) -> Iterator[Record]:
        tally = Tally.of_state(merged(states))
        if tally.most > self.options.examples:
            tally.choose(self.options.examples, tally.chosen())
        yield key, rows.format_row(tally)


def _names(paths: Iterable[str]) -> Iterator[str]:
    """The names of the files that are to be read, of those on this machine."""
    for path in paths:
        yield path
        folder = Path(path)
        files = folder.rglob("*") if folder.is_dir() else folder.parent.glob(folder.name or "*")
        yield from (file.name for file in files)


if __name__ == "__main__":
    SentimentAgg.run()
