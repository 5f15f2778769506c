"""Sentiment of posts, per topic, hashtag, author, language or platform, and hour, day, week or month.

    input    posts, a JSON value or a table's row a line (see gristmill.posts.reader); or rows of this job's output
    mapper   key -> state                      a tally of many posts (see gristmill.sentiment.tally), as a JSON list
    combiner, shuffle
    reducer  key TAB JSON object               a row (see gristmill.sentiment.rows)

    key      ["topic","bread","2026-03-01T07"]; ["unscored","language","2026-03-01T07"] counts what was not scored

With --dedupe there is a step before, whose key is a hash of a post's id (see gristmill.sentiment.dedupe):

    mapper   hash -> record                    a post with its sentiment and its keys
    reducer  key -> state                      a tally of many posts, each the first of its copies
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any

from gristmill.job.encoding import encoding_of
from gristmill.job.options import add_encoding, add_max_line, add_skip_unreadable
from gristmill.job.protocols import BytesProtocol
from gristmill.posts.reader import Reader
from gristmill.posts.skip import LeftOut, Skip, language_counter
from gristmill.posts.time_format import TimeFormat
from gristmill.sentiment import dedupe, lines, rows, scorers, topics
from gristmill.sentiment.arguments import add_arguments
from gristmill.sentiment.dimensions import UNKNOWN_LANGUAGE, UNSCORED
from gristmill.sentiment.keys import Groups
from gristmill.sentiment.post_files import PostFiles
from gristmill.sentiment.tallies import Tallies
from gristmill.sentiment.tally import Scored, Tally, add_states
from gristmill.sentiment.windows import Window
from gristmill.typed import is_file
from mrjob.step import MRStep

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from gristmill.posts.reader import Post

    Record = tuple[bytes, bytes]


class SentimentAgg(PostFiles):
    """Sum up the sentiment of posts: a row for each topic, hashtag, author, language or platform, and hour, day…

    examples:
      python -m jobs.sentiment_agg data/posts.jsonl
      python -m jobs.sentiment_agg --by topic,platform --keywords bread,mill,flour data/posts.jsonl
      python -m jobs.sentiment_agg --keywords topics.txt --dedupe --output-dir hours stream-*.jsonl.gz
      python -m jobs.sentiment_agg --window day --format csv hours/
    """

    INTERNAL_PROTOCOL: Any = BytesProtocol
    OUTPUT_PROTOCOL: Any = BytesProtocol
    SORTED_OUTPUT = True
    LINE_RULE = lines.RULE

    # options

    def configure_args(self) -> None:
        """The options: see `gristmill.sentiment.arguments`."""
        super().configure_args()
        add_arguments(self.add_passthru_arg)
        add_encoding(self.add_passthru_arg)
        add_max_line(self.add_passthru_arg, "100MB")
        add_skip_unreadable(self.add_passthru_arg)

    def load_args(self, args: list[str]) -> None:
        """Parse the keywords, and refuse options that do not go together."""
        super().load_args(args)
        keywords = self.options.keywords
        if keywords and is_file(keywords):
            # a file is uploaded for the tasks
            self._passthru_arg_dests.discard("keywords")
            self._file_arg_dests.add("keywords")
        try:
            self.topics = topics.Topics(topics.load_topics(keywords)) if keywords else None
        except (OSError, ValueError) as error:
            self.arg_parser.error(f"--keywords: {error}")
        self.by = list(chain.from_iterable(self.options.by or [["all", *(["topic"] if keywords else [])]]))
        if "topic" in self.by and not keywords:
            self.arg_parser.error("--by topic: say what makes topics by --keywords")
        if self.options.scorer == "nltk" and not self.is_task():
            scorers.make_scorer("nltk")
        if self.options.format and not (self.is_task() or self._should_cat_output()):
            self.arg_parser.error("--format is of printed output: leave out --output-dir, or add --cat-output")

    def make_runner(self) -> Any:
        """The runner, whose output is printed as --format says."""
        # here, since no task needs it
        from gristmill.sentiment.table import printed_as

        return printed_as(super().make_runner(), self.options.format)

    def steps(self) -> list[MRStep]:
        """One step; two with --dedupe."""
        score = {"mapper_init": self.mapper_init, "mapper": self.mapper, "mapper_final": self.mapper_final}
        add_up = {"combiner": self.combiner, "reducer": self.reducer}
        if not self.options.dedupe:
            return [MRStep(**score, **add_up)]
        once = {"combiner": self.first_copy, "reducer_init": self.count_init, "reducer": self.count_first}
        return [MRStep(**score, **once, reducer_final=self.count_final), MRStep(**add_up)]

    # map

    def mapper_init(self) -> None:
        """Make the task's reader, scorer and tallies."""
        options = self.options
        self.reader = Reader(options.columns or (), TimeFormat(options.time_format) if options.time_format else None)
        self.groups = Groups(self.by, options.window, self.topics, self._leave_out)
        self.score = scorers.make_scorer(options.scorer)
        self.tallies = Tallies(options.examples)
        self.posts = self.rows = 0
        self.scored = frozenset(scorers.LANGUAGES) & (options.languages or frozenset(scorers.LANGUAGES))

    def mapper(self, _: None, line: bytes) -> Iterable[Record]:
        """A line to nothing, to records of its posts, or to all tallies when they are full."""
        return self._add_row(line) if rows.is_row(line) else self._add(self.reader.parse_line(line))

    def mapper_final(self) -> Iterator[Record]:
        """The tallies that are left."""
        last = self._add(self.reader.end())
        for counter, count in ((lines.POSTS, self.posts), (lines.ROWS, self.rows)):
            self.increment_counter(*counter, count)
        return chain(last, self.tallies.send())

    def _add(self, things: Iterable[Post | Skip]) -> Iterable[Record]:
        sent: list[Iterable[Record]] = []
        for thing in things:
            if isinstance(thing, Skip):
                self._skip(thing)
                continue
            self.posts += 1
            if thing.language not in self.scored or (thing.repost_of and self.options.originals_only):
                sent.append(self._pass_over(thing))
            elif keys := self.groups.keys(thing):
                scored, length = Scored(thing, self.score(thing.text)), len(thing.text)
                if self.options.dedupe:
                    sent.append((dedupe.pack(keys, scored, length),))
                elif self.tallies.add_post(keys, scored, length):
                    sent.append(self.tallies.send())
            else:
                self._leave_out(LeftOut.IN_NO_ROW)
        return chain.from_iterable(sent) if sent else ()

    def _pass_over(self, post: Post) -> Iterable[Record]:
        if post.language in self.scored or (self.options.languages and post.language not in self.options.languages):
            reason = (LeftOut.REPOST if post.language in self.scored else LeftOut.OTHER_LANGUAGE).value
            self.increment_counter("left out", reason)
        else:
            self.increment_counter("unscored", language_counter(post.language))
            reason = UNKNOWN_LANGUAGE
        key = self.groups.unscored_key(post, reason)
        if self.options.dedupe:
            return (dedupe.pack_unscored([key], post),)
        return self.tallies.send() if self.tallies.add_unscored(key) else ()

    def _add_row(self, line: bytes) -> Iterable[Record]:
        try:
            (dimension, value, window), tally = rows.parse_row(line)
        except ValueError as error:
            return self._skip(Skip.BAD_ROW, f": {error}")
        self.rows += 1
        if self.options.by and dimension not in self.by and dimension != UNSCORED:
            return self._leave_out(LeftOut.OTHER_DIMENSION)
        wide = Window.parse(window).widen(self.options.window)
        if not wide:
            return self._skip(Skip.ROW_OF_ANOTHER_TIME)
        if dimension == UNSCORED:
            self.increment_counter(*lines.UNSCORED_ROWS)
        if tally.n and tally.most < self.options.examples:
            self._skip(Skip.ROW_OF_FEWER_EXAMPLES)
        key = dimension, value, wide.format()
        if self.options.dedupe:
            return ((rows.format_key(*key), tally.state()),)
        return self.tallies.send() if self.tallies.add_tally(key, tally, len(line)) else ()

    def _skip(self, skip: Skip, why: str = "") -> tuple[()]:
        if skip is Skip.BAD_HEADER:
            self.refuse(self.reader.why)
        if skip is Skip.NOT_UTF8 and encoding_of(self):
            skip, why = Skip.NOT_IN_ENCODING, f" {encoding_of(self)}"
        if skip.is_fault:
            self.count_fault(skip.value, f"{skip.value}{why}; mend it")
        else:
            self.increment_counter("input", skip.value)
        return ()

    def _leave_out(self, reason: LeftOut, count: int = 1) -> tuple[()]:
        self.increment_counter("left out", reason.value, count)
        return ()

    # a post's copies to one

    def first_copy(self, key: bytes, records: Iterable[bytes]) -> Iterator[Record]:
        """A post's copies to the first; states of rows as they are."""
        if dedupe.is_hash(key):
            records = (self._first(records),)
        for record in records:
            yield key, record

    def count_init(self) -> None:
        """Make the task's tallies."""
        self.tallies = Tallies(self.options.examples)

    def count_first(self, key: bytes, records: Iterable[bytes]) -> Iterable[Record]:
        """Add the first of a post's copies to the tallies; states of rows as they are."""
        if not dedupe.is_hash(key):
            return ((key, record) for record in records)
        keys, scored, length = dedupe.unpack(self._first(records))
        full = self.tallies.add_post(keys, scored, length) if scored else self.tallies.add_unscored(keys[0])
        return self.tallies.send() if full else ()

    def count_final(self) -> Iterator[Record]:
        """The tallies that are left."""
        return self.tallies.send()

    def _first(self, records: Iterable[bytes]) -> bytes:
        first, count = dedupe.first_record(records)
        if count > 1:
            self._leave_out(LeftOut.COPY, count - 1)
        return first

    # states to one state, and to rows

    def combiner(self, key: bytes, states: Iterable[bytes]) -> Iterator[Record]:
        """States to one."""
        yield key, add_states(states)

    def reducer(self, key: bytes, states: Iterable[bytes]) -> Iterator[Record]:
        """States to a row."""
        tally = Tally.from_state(add_states(states))
        if tally.most > self.options.examples:
            tally.choose(self.options.examples, tally.chosen())
        yield key, rows.format_row(tally)


if __name__ == "__main__":
    SentimentAgg.run()
